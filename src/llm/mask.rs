//! API keys in texts of others, known by how they begin: a provider may repeat the key that it refused.

/// How keys of the known vendors begin.
const KEY_PREFIXES: [&str; 22] = [
    "sk-",
    "sk_",
    "rk-",
    "pk-",
    "gsk_",
    "xai-",
    "AIza",
    "AQ.",
    "ya29.",
    "pplx-",
    "hf_",
    "r8_",
    "nvapi-",
    "fw_",
    "tgp_",
    "csk-",
    "key-",
    "ghp_",
    "gho_",
    "ghu_",
    "github_pat_",
    "AKIA",
];
const MIN_KEY: usize = 12;

/// Each key becomes `***`, and so does whatever follows `Bearer`.
pub fn mask_tokens(text: &str) -> String {
    let part_of_token = |c: char| c.is_ascii_alphanumeric() || "-_.*".contains(c);
    let mut masked = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let token = rest.find(|c| !part_of_token(c)).unwrap_or(rest.len());
        if token == 0 {
            let other = rest.find(part_of_token).unwrap_or(rest.len());
            masked.push_str(&rest[..other]);
            rest = &rest[other..];
            continue;
        }
        let word = &rest[..token];
        let bearer = masked.ends_with("Bearer ");
        let key = word.len() >= MIN_KEY && KEY_PREFIXES.iter().any(|prefix| word.starts_with(prefix));
        masked.push_str(if key || bearer { "***" } else { word });
        rest = &rest[token..];
    }
    masked
}
