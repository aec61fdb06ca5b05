//! Reads the layers and joins them. Errors name file and line, or the variable; unknown keys become warnings.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
};

use serde::Deserialize;
use toml::{Table, Value};

use super::{Config, KeyOrigin, check};

/// Variables of the process, or of a test. `home/.env` and `home/secrets.env` lie below it.
#[derive(Clone)]
pub struct Environment(Arc<BTreeMap<String, String>>);

impl Environment {
    pub fn process() -> Self {
        std::env::vars().collect::<BTreeMap<_, _>>().into()
    }

    pub fn empty() -> Self {
        BTreeMap::new().into()
    }

    /// The value, unless it is not set or blank.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(|v| v.trim()).filter(|v| !v.is_empty())
    }

    /// Everything that is set.
    pub fn all(&self) -> Arc<BTreeMap<String, String>> {
        self.0.clone()
    }

    fn is_true(&self, name: &str) -> bool {
        self.get(name).is_some_and(|v| matches!(v.to_lowercase().as_str(), "1" | "true" | "yes"))
    }

    fn below(self, lower: BTreeMap<String, String>) -> Self {
        let mut all = lower;
        all.extend(self.0.iter().map(|(k, v)| (k.clone(), v.clone())));
        all.into()
    }
}

impl From<BTreeMap<String, String>> for Environment {
    fn from(variables: BTreeMap<String, String>) -> Self {
        Self(Arc::new(variables))
    }
}

/// Why the configuration cannot be used. The start stops; nothing falls back to a default.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("{file}: cannot be read: {cause}")]
    Unreadable { file: PathBuf, cause: std::io::Error },
    #[error("{file}, line {line}: {message}")]
    File { file: PathBuf, line: usize, message: String },
    #[error("environment variable {name}: {message}")]
    Variable { name: String, message: String },
    #[error("{key}: {message}")]
    Value { key: String, message: String },
}

pub struct Loaded {
    pub config: Config,
    /// The file that was read, if there is one.
    pub file: Option<PathBuf>,
}

/// Fixed names, which win over the general `OPENFANG_<SECTION>__<KEY>`.
const NAMED: [(&str, &str); 6] = [
    ("DATABASE_URL", "database.url"),
    ("OPENFANG_DATABASE_URL", "database.url"),
    ("OPENFANG_LISTEN", "api_listen"),
    ("OPENFANG_API_KEY", "api_key"),
    ("OPENFANG_DEFAULT_AGENT", "default_agent"),
    ("RUST_LOG", "log_level"),
];
/// 32 bytes in hex or base64; the file in the data folder otherwise.
pub const MASTER_KEY_VARIABLE: &str = "OPENFANG_MASTER_KEY";
/// Read elsewhere; not keys of the file.
const RESERVED: [&str; 5] =
    ["OPENFANG_HOME", "OPENFANG_CONFIG", "OPENFANG_ALLOW_NO_AUTH", "OPENFANG_BUILTIN_SCRIPT", MASTER_KEY_VARIABLE];

/// Loads the configuration of `home`, or of an explicit `file` (which then must exist).
pub fn load(home: &Path, file: Option<&Path>, environment: Environment) -> Result<Loaded, ConfigError> {
    let path = file.map_or_else(|| home.join("config.toml"), Path::to_owned);
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => Some(text),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound && file.is_none() => None,
        Err(cause) => return Err(ConfigError::Unreadable { file: path, cause }),
    };
    let environment = environment.below(dotenv(home)?);
    let mut warnings = vec![];
    let mut table = match &text {
        Some(text) => file_table(&path, text, &mut warnings)?,
        None => Table::new(),
    };
    let mut set_by = BTreeMap::new();
    note_keys(&table, "", &mut set_by);
    let origins = overlay(&mut table, &environment, &mut warnings)?;
    set_by.extend(origins.keys().map(|key| (key.clone(), KeyOrigin::Environment)));
    let mut config: Config = Config::deserialize(Value::Table(table)).map_err(|e| located(&e.to_string(), &origins))?;
    config.home = home.to_owned();
    config.set_by = Arc::new(set_by);
    config.allow_no_auth = environment.is_true("OPENFANG_ALLOW_NO_AUTH");
    config.builtin.script |= environment.is_true("OPENFANG_BUILTIN_SCRIPT");
    check::validate(&config)?;
    config.environment = environment;
    config.warnings = Arc::new(warnings);
    Ok(Loaded { config, file: text.map(|_| path) })
}

/// Dotted names of what the file says.
fn note_keys(table: &Table, prefix: &str, found: &mut BTreeMap<String, KeyOrigin>) {
    for (name, value) in table {
        let key = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
        match value {
            Value::Table(inner) => note_keys(inner, &key, found),
            _ => drop(found.insert(key, KeyOrigin::File)),
        }
    }
}

/// Parses and type-checks the file by itself, so that an error has its line.
fn file_table(path: &Path, text: &str, warnings: &mut Vec<String>) -> Result<Table, ConfigError> {
    let fail = |e: toml::de::Error| ConfigError::File {
        file: path.to_owned(),
        line: e.span().map_or(1, |s| 1 + text[..s.start.min(text.len())].matches('\n').count()),
        message: e.message().to_owned(),
    };
    let mut table: Table = toml::from_str(text).map_err(fail)?;
    let mut unknown = vec![];
    let deserializer = toml::de::Deserializer::parse(text).map_err(fail)?;
    serde_ignored::deserialize::<_, _, Config>(deserializer, |key| unknown.push(key.to_string())).map_err(fail)?;
    for (wrong, right) in check::moved_keys(&mut table) {
        warnings.push(format!("{}: '{wrong}' is an old name of '{right}'", path.display()));
        unknown.retain(|key| *key != wrong && !wrong.starts_with(&format!("{key}.")));
    }
    warnings.extend(unknown.iter().map(|key| format!("{}: {}", path.display(), check::unknown_key(key))));
    Ok(table)
}

/// Puts the environment over the file. Gives the variable behind each key, for error messages.
fn overlay(
    table: &mut Table,
    environment: &Environment,
    warnings: &mut Vec<String>,
) -> Result<BTreeMap<String, String>, ConfigError> {
    let mut origins = BTreeMap::new();
    let general = environment.0.keys().filter_map(|name| {
        let rest = name.strip_prefix("OPENFANG_")?;
        let fixed = RESERVED.contains(&name.as_str()) || NAMED.iter().any(|(fixed, _)| fixed == name);
        (!fixed).then(|| (name.clone(), rest.to_lowercase().replace("__", ".")))
    });
    let named = NAMED.iter().map(|(name, key)| ((*name).to_owned(), (*key).to_owned()));
    for (name, key) in general.chain(named) {
        let Some(text) = environment.get(&name) else { continue };
        if !check::is_known(&key) {
            warnings.push(format!("environment variable {name}: {}", check::unknown_key(&key)));
            continue;
        }
        let value = check::value_of(&key, text);
        check::set(table, &key, value).map_err(|message| ConfigError::Variable { name: name.clone(), message })?;
        // One variable at a time, so that a wrong value is blamed on its own name.
        if let Err(e) = Config::deserialize(Value::Table(table.clone())) {
            return Err(ConfigError::Variable { name, message: e.message().to_owned() });
        }
        origins.insert(key, name);
    }
    Ok(origins)
}

fn located(message: &str, origins: &BTreeMap<String, String>) -> ConfigError {
    let key = origins.keys().next().cloned().unwrap_or_else(|| "config".into());
    ConfigError::Value { key, message: message.to_owned() }
}

/// `NAME=value` lines of `.env` and `secrets.env`; the latter wins.
fn dotenv(home: &Path) -> Result<BTreeMap<String, String>, ConfigError> {
    let mut all = BTreeMap::new();
    for name in [".env", "secrets.env"] {
        let file = home.join(name);
        let text = match std::fs::read_to_string(&file) {
            Ok(text) => text,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => continue,
            Err(cause) => return Err(ConfigError::Unreadable { file, cause }),
        };
        for (index, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let Some((key, value)) = line.strip_prefix("export ").unwrap_or(line).split_once('=') else {
                return Err(ConfigError::File { file, line: index + 1, message: "expected NAME=value".into() });
            };
            let value = value.trim();
            let quoted = value.len() > 1
                && (value.starts_with('"') && value.ends_with('"') || value.starts_with('\'') && value.ends_with('\''));
            let value = if quoted { &value[1..value.len() - 1] } else { value };
            all.insert(key.trim().to_owned(), value.to_owned());
        }
    }
    Ok(all)
}
