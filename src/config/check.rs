//! Which keys there are, what their values must look like, and what to say when they do not.

use std::net::IpAddr;

use toml::{Table, Value};

use super::{Config, ConfigError};

/// Every key of the file that something reads. `*` stands for a name of the operator's choice.
pub const KEYS: &[&str] = &[
    "agents.default_profile",
    "agents.mount_roots",
    "agents.strict_manifests",
    "api_key",
    "api_listen",
    "approval.allow_dangerous",
    "approval.auto_approve",
    "approval.auto_approve_autonomous",
    "approval.max_pending_per_agent",
    "approval.require_approval",
    "approval.rules",
    "approval.timeout_secs",
    "auth.enabled",
    "auth.password_hash",
    "auth.role",
    "auth.session_ttl_hours",
    "auth.username",
    "budget.alert_threshold",
    "budget.default_max_llm_tokens_per_hour",
    "budget.max_daily_usd",
    "budget.max_hourly_usd",
    "budget.max_monthly_usd",
    "budget.timezone",
    "budget.unknown_price",
    "builtin.context_window",
    "builtin.price_in_per_m",
    "builtin.price_out_per_m",
    "builtin.script",
    "builtin.scripts_dir",
    "builtin.word_delay_ms",
    "cors.allowed_origins",
    "data_dir",
    "database.url",
    "default_agent",
    "default_model.api_key_env",
    "default_model.base_url",
    "default_model.model",
    "default_model.provider",
    "exec.path",
    "exec_policy.allowed_commands",
    "exec_policy.denied_commands",
    "exec_policy.max_output_bytes",
    "exec_policy.max_timeout_secs",
    "exec_policy.mode",
    "exec_policy.no_output_timeout_secs",
    "exec_policy.safe_bins",
    "exec_policy.sandbox",
    "exec_policy.shell_env_passthrough",
    "exec_policy.timeout_secs",
    "fallback_providers",
    "location.lookup",
    "location.place",
    "log_level",
    "memory.consolidation_interval_hours",
    "memory.decay_rate",
    "memory.embedding_api_key_env",
    "memory.embedding_dimensions",
    "memory.embedding_model",
    "memory.embedding_provider",
    "memory.sqlite_path",
    "models.tiers.*",
    "policy.admin_tools",
    "provider_api_keys.*",
    "provider_headers.*",
    "provider_urls.*",
    "rate_limit.burst",
    "rate_limit.enabled",
    "rate_limit.tokens_per_minute",
    "runs.events_retention_hours",
    "runs.retention_days",
    "runtime.background_workers",
    "runtime.drain_secs",
    "runtime.lease_secs",
    "runtime.retry_base_ms",
    "runtime.workers",
    "security.manifest_signing",
    "server.allowed_hosts",
    "server.body_limit_bytes",
    "server.request_timeout_secs",
    "server.trusted_proxies",
    "skills.trusted_keys",
    "tls.cert",
    "tls.key",
    "web.brave.api_key_env",
    "web.brave.base_url",
    "web.brave.country",
    "web.brave.freshness",
    "web.brave.max_results",
    "web.brave.search_lang",
    "web.cache_ttl_minutes",
    "web.duckduckgo.base_url",
    "web.fetch.max_chars",
    "web.fetch.max_response_bytes",
    "web.fetch.ssrf_allowed_hosts",
    "web.fetch.timeout_secs",
    "web.search_provider",
    "web.searxng.url",
    "web.tavily.api_key_env",
    "web.tavily.base_url",
    "web.tavily.max_results",
    "web.tavily.search_depth",
    "websocket.idle_timeout_secs",
    "websocket.max_messages_per_minute",
    "websocket.max_per_ip",
    "workspaces_dir",
];

/// Keys whose values are lists of text; in the environment they are comma-separated or JSON.
const LISTS: [&str; 12] = [
    "agents.mount_roots",
    "approval.require_approval",
    "cors.allowed_origins",
    "exec.path",
    "exec_policy.allowed_commands",
    "exec_policy.denied_commands",
    "exec_policy.safe_bins",
    "exec_policy.shell_env_passthrough",
    "policy.admin_tools",
    "server.allowed_hosts",
    "server.trusted_proxies",
    "web.fetch.ssrf_allowed_hosts",
];

/// Old spellings that mean a key of ours.
const MOVED: [(&str, &str); 12] = [
    ("exec_policy.env_passthrough", "exec_policy.shell_env_passthrough"),
    ("exec_policy.env_allowlist", "exec_policy.shell_env_passthrough"),
    ("web.provider", "web.search_provider"),
    ("web.timeout_secs", "web.fetch.timeout_secs"),
    ("web.max_results", "web.brave.max_results"),
    ("approval_policy", "approval"),
    ("listen_addr", "api_listen"),
    ("general.api_listen", "api_listen"),
    ("general.api_key", "api_key"),
    ("api.api_key", "api_key"),
    ("api.api_listen", "api_listen"),
    ("allowed_origins", "cors.allowed_origins"),
];

pub fn is_known(key: &str) -> bool {
    KEYS.iter().any(|known| match known.strip_suffix('*') {
        Some(prefix) => key.strip_prefix(prefix).is_some_and(|name| !name.is_empty()),
        None => *known == key,
    })
}

/// A sentence about a key that nothing reads.
pub fn unknown_key(key: &str) -> String {
    let nearest = KEYS.iter().min_by_key(|known| strsim::levenshtein(known, key));
    match nearest.filter(|known| strsim::levenshtein(known, key) <= 3) {
        Some(known) => format!("unknown key '{key}' is ignored; did you mean '{known}'?"),
        None => format!("unknown key '{key}' is ignored"),
    }
}

/// The text of a variable as a value of the key's type.
pub fn value_of(key: &str, text: &str) -> Value {
    // One of the lists also takes a flag.
    if LISTS.contains(&key) && !matches!(text, "true" | "false") {
        let items = serde_json::from_str::<Vec<String>>(text)
            .unwrap_or_else(|_| text.split(',').map(|s| s.trim().to_owned()).filter(|s| !s.is_empty()).collect());
        return Value::Array(items.into_iter().map(Value::String).collect());
    }
    let by_form = || -> Option<Value> {
        let default = toml::from_str::<Table>(&format!("v = {text}")).ok()?;
        default.get("v").filter(|v| !matches!(v, Value::String(_) | Value::Datetime(_))).cloned()
    };
    let wants_text =
        matches!(key.rsplit('.').next(), Some("api_key" | "username" | "model" | "provider" | "default_agent"));
    if wants_text {
        Value::String(text.to_owned())
    } else {
        by_form().unwrap_or_else(|| Value::String(text.to_owned()))
    }
}

pub fn set(table: &mut Table, key: &str, value: Value) -> Result<(), String> {
    match key.split_once('.') {
        None => {
            table.insert(key.to_owned(), value);
            Ok(())
        }
        Some((section, rest)) => match table.entry(section).or_insert_with(|| Value::Table(Table::new())) {
            Value::Table(inner) => set(inner, rest, value),
            _ => Err(format!("'{section}' in the file is not a table")),
        },
    }
}

/// Moves old spellings to their place; gives (old, new) for each that was found.
pub fn moved_keys(table: &mut Table) -> Vec<(&'static str, &'static str)> {
    let mut moved = vec![];
    for (old, new) in MOVED {
        let value = match old.split_once('.') {
            None => table.remove(old),
            Some((section, key)) => table.get_mut(section).and_then(Value::as_table_mut).and_then(|t| t.remove(key)),
        };
        if let Some(value) = value
            && set(table, new, value).is_ok()
        {
            moved.push((old, new));
        }
    }
    moved
}

pub fn validate(config: &Config) -> Result<(), ConfigError> {
    let fail = |key: &str, message: String| Err(ConfigError::Value { key: key.into(), message });
    if let Err(message) = config.database_url() {
        return fail("database.url", message);
    }
    if !config.api_listen.contains(':')
        || config.api_listen.rsplit(':').next().is_none_or(|p| p.parse::<u16>().is_err())
    {
        return fail("api_listen", format!("'{}' is not host:port", config.api_listen));
    }
    let is_argon2id =
        |phc: &str| argon2::PasswordHash::new(phc).is_ok_and(|hash| hash.algorithm.as_str() == "argon2id");
    if (config.auth.enabled || !config.auth.password_hash.is_empty()) && !is_argon2id(&config.auth.password_hash) {
        return fail(
            "auth.password_hash",
            "must be an Argon2id hash; make one with `openfang keys hash-password`".into(),
        );
    }
    if config.tls.cert.is_some() != config.tls.key.is_some() {
        return fail("tls", "needs both cert and key".into());
    }
    for (key, file) in [("tls.cert", &config.tls.cert), ("tls.key", &config.tls.key)] {
        if let Some(file) = file
            && let Err(error) = std::fs::File::open(config.home.join(file))
        {
            return fail(key, format!("{} cannot be read: {error}", file.display()));
        }
    }
    for (key, names) in
        [("cors.allowed_origins", &config.cors.allowed_origins), ("server.allowed_hosts", &config.server.allowed_hosts)]
    {
        if names.iter().any(|name| name.contains('*')) {
            return fail(key, "takes no wildcards; name each one".into());
        }
    }
    for network in &config.server.trusted_proxies {
        if parse_network(network).is_none() {
            return fail(
                "server.trusted_proxies",
                format!("'{network}' is neither an address nor a network such as 10.0.0.0/8"),
            );
        }
    }
    check_tools(config)?;
    if let Err((key, message)) = config.budget.check() {
        return fail(key, message);
    }
    if !(0.0..=1.0).contains(&config.memory.decay_rate) {
        return fail("memory.decay_rate", format!("{} is out of range (0 to 1)", config.memory.decay_rate));
    }
    let ranges: [(&str, u64, u64, u64); 17] = [
        ("approval.timeout_secs", config.approval.timeout_secs.into(), 10, 604_800),
        ("approval.max_pending_per_agent", config.approval.max_pending_per_agent.into(), 1, 100),
        ("memory.embedding_dimensions", config.memory.embedding_dimensions.unwrap_or(1).into(), 1, 8192),
        ("server.body_limit_bytes", config.server.body_limit_bytes as u64, 1024, 1 << 30),
        ("server.request_timeout_secs", config.server.request_timeout_secs, 1, 3600),
        ("rate_limit.tokens_per_minute", config.rate_limit.tokens_per_minute.into(), 1, 10_000_000),
        ("rate_limit.burst", config.rate_limit.burst.into(), 1, 10_000_000),
        ("runs.retention_days", config.runs.retention_days.into(), 1, 36_500),
        ("runs.events_retention_hours", config.runs.events_retention_hours.into(), 1, 876_000),
        ("auth.session_ttl_hours", config.auth.session_ttl_hours.into(), 1, 8760),
        ("websocket.max_per_ip", config.websocket.max_per_ip.into(), 1, 100_000),
        ("websocket.idle_timeout_secs", config.websocket.idle_timeout_secs, 1, 86_400),
        ("websocket.max_messages_per_minute", config.websocket.max_messages_per_minute.into(), 1, 100_000),
        ("memory.consolidation_interval_hours", config.memory.consolidation_interval_hours.into(), 0, 8760),
        ("runtime.workers", config.runtime.workers.into(), 1, 1024),
        ("runtime.lease_secs", config.runtime.lease_secs, 1, 600),
        ("runtime.drain_secs", config.runtime.drain_secs, 0, 600),
    ];
    match ranges.iter().find(|(_, value, low, high)| value < low || value > high) {
        Some((key, value, low, high)) => fail(key, format!("{value} is out of range ({low} to {high})")),
        None => Ok(()),
    }
}

fn check_tools(config: &Config) -> Result<(), ConfigError> {
    let fail = |key: &str, message: String| Err(ConfigError::Value { key: key.into(), message });
    if let Err(message) = config.web.check() {
        return fail("web", message);
    }
    if let Some(path) = config.exec.path.iter().find(|path| !path.is_absolute()) {
        return fail("exec.path", format!("'{}' is not absolute", path.display()));
    }
    let exec = &config.exec_policy;
    if exec.timeout_secs > exec.max_timeout_secs {
        return fail("exec_policy.timeout_secs", "is above exec_policy.max_timeout_secs".into());
    }
    let fetch = &config.web.fetch;
    let ranges = [
        ("exec_policy.timeout_secs", exec.timeout_secs.into(), 1, 3600),
        ("exec_policy.max_timeout_secs", exec.max_timeout_secs.into(), 1, 3600),
        ("exec_policy.no_output_timeout_secs", exec.no_output_timeout_secs.into(), 0, 3600),
        ("exec_policy.max_output_bytes", exec.max_output_bytes, 1024, 5_242_880),
        ("web.fetch.max_chars", fetch.max_chars as u64, 100, 200_000),
        ("web.fetch.max_response_bytes", fetch.max_response_bytes as u64, 1024, 52_428_800),
        ("web.fetch.timeout_secs", fetch.timeout_secs, 1, 120),
    ];
    match ranges.iter().find(|(_, value, low, high)| value < low || value > high) {
        Some((key, value, low, high)) => fail(key, format!("{value} is out of range ({low} to {high})")),
        None => Ok(()),
    }
}

fn parse_network(text: &str) -> Option<(IpAddr, u8)> {
    let (address, bits) = match text.split_once('/') {
        Some((address, bits)) => (address, Some(bits.parse().ok()?)),
        None => (text, None),
    };
    let address: IpAddr = address.parse().ok()?;
    let width = if address.is_ipv4() { 32 } else { 128 };
    let bits = bits.unwrap_or(width);
    (bits <= width).then_some((address, bits))
}

/// Whether `peer` lies in the address or network written as `text`.
pub fn network_contains(text: &str, peer: IpAddr) -> bool {
    let Some((network, bits)) = parse_network(text) else { return false };
    let leading = |a: u128, b: u128, width: u32| bits == 0 || (a ^ b) >> (width - u32::from(bits)) == 0;
    match (network, peer.to_canonical()) {
        (IpAddr::V4(a), IpAddr::V4(b)) => leading(a.to_bits().into(), b.to_bits().into(), 32),
        (IpAddr::V6(a), IpAddr::V6(b)) => leading(a.to_bits(), b.to_bits(), 128),
        _ => false,
    }
}
