//! The environment of a program (X11): nothing of the server's but what was named.

use std::{collections::BTreeMap, path::Path};

use super::ExecSettings;
use crate::agents::{
    capabilities::{Grants, Kind, wildcard},
    manifest::ExecPolicy,
};

/// Parts of names that say that the value is a secret.
const SECRET: [&str; 5] = ["KEY", "TOKEN", "SECRET", "PASSWORD", "CREDENTIAL"];
/// Passed on as they are, besides what is set here.
const LANGUAGE: [&str; 3] = ["LANG", "LC_ALL", "TZ"];

/// `private` is the folder for HOME and temporary files.
pub fn environment(
    settings: &ExecSettings,
    policy: &ExecPolicy,
    grants: &Grants,
    private: &Path,
) -> BTreeMap<String, String> {
    let path: Vec<String> = settings.path.iter().map(|dir| dir.display().to_string()).collect();
    let private = private.display().to_string();
    let mut all = BTreeMap::from([("LANG".to_owned(), "C.UTF-8".to_owned())]);
    let patterns = || {
        let granted = grants.iter().filter(|grant| grant.kind == Kind::Env).map(|grant| grant.pattern());
        policy.shell_env_passthrough.iter().map(String::as_str).chain(granted)
    };
    for (name, value) in settings.environment.iter() {
        let never = name.starts_with("OPENFANG_") || settings.never_passed.contains(name);
        let upper = name.to_ascii_uppercase();
        let secret = SECRET.iter().any(|part| upper.contains(part));
        let named = patterns().any(|pattern| if secret { pattern == name } else { wildcard(pattern, name) });
        if !never && (named || LANGUAGE.contains(&name.as_str())) {
            all.insert(name.clone(), value.clone());
        }
    }
    let own = [("PATH", path.join(":")), ("HOME", private.clone()), ("TMPDIR", private), ("TERM", "dumb".to_owned())];
    all.extend(own.map(|(name, value)| (name.to_owned(), value)));
    all
}
