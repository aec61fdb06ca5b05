//! Kinds of access with their grants, and the names that ask first (P9).

use super::{
    super::{Roots, ToolError, ToolErrorCode},
    given::{RootId, VirtualPath},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    Read,
    Write,
}

impl Access {
    pub fn grant(self, path: &VirtualPath) -> String {
        match self {
            Self::Read => format!("fs.read:{path}"),
            Self::Write => format!("fs.write:{path}"),
        }
    }

    pub fn missing(self, path: &VirtualPath) -> ToolError {
        ToolError::new(ToolErrorCode::CapabilityMissing, format!("The agent does not hold {}", self.grant(path)))
    }

    /// A root that is mounted for reading grants no writes, whatever the manifest says.
    pub fn check_root(self, path: &VirtualPath, roots: &Roots) -> Result<(), ToolError> {
        match (&path.root, self) {
            (RootId::Named(name), Self::Write) if !roots.named.iter().any(|r| r.name == *name && r.writable) => {
                Err(ToolError::new(
                    ToolErrorCode::CapabilityMissing,
                    format!("The root @{name} is mounted for reading only"),
                ))
            }
            _ => Ok(()),
        }
    }
}

/// Why this access asks a person first, if it does. Letter case does not matter: some volumes ignore it.
pub fn protected(parts: &[String], access: Access) -> Option<&'static str> {
    let lower: Vec<String> = parts.iter().map(|part| part.to_ascii_lowercase()).collect();
    if lower.last().is_some_and(|name| looks_secret(name)) {
        return Some("files of this name usually hold secrets");
    }
    (access == Access::Write && steers_programs(&lower)).then_some("files here steer what programs do")
}

fn looks_secret(name: &str) -> bool {
    const PREFIXES: [&str; 4] = [".env", "id_rsa", "id_ed25519", "credentials"];
    PREFIXES.iter().any(|prefix| name.starts_with(prefix))
        || name.ends_with(".pem")
        || name.ends_with(".key")
        || matches!(name, ".netrc" | ".npmrc")
}

fn steers_programs(parts: &[String]) -> bool {
    parts.iter().enumerate().any(|(at, part)| match part.as_str() {
        ".openfang" => true,
        // The folder itself too: moving or copying one into place would bring its hooks along.
        ".git" => parts.get(at + 1).is_none_or(|next| next == "hooks" || next == "config"),
        _ => false,
    })
}
