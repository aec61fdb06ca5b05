//! Keys that only callers with a further scope may touch. What an earlier version of the manifest already says may stay.

use crate::scopes::Scopes;

use super::{
    AgentManifest, ExecPolicy, ExecPolicyOverrides, ManifestModel, Profile, Sandbox,
    language_model::DEFAULT_MODEL_WORD,
    problem::{Findings, ManifestCode},
};

const CONFIG: &str = "config:write";
const SYSTEM: &str = "system:write";
const APPROVALS: &str = "approvals:write";

pub(super) fn check(
    manifest: &AgentManifest,
    previous: Option<&AgentManifest>,
    server: &ExecPolicy,
    scopes: Scopes,
    findings: &mut Findings,
) {
    let mut refuse = |code: ManifestCode, path: String, scope: &'static str| {
        if !scopes.has(scope) {
            let message = format!("only a caller with the scope {scope} may set, change or clear this");
            findings.error(code, path, message).needs_scope(scope);
        }
    };
    let model = &manifest.model;
    let none = ManifestModel::default();
    let before = previous.map_or(&none, |previous| &previous.model);
    // Taking away an address would send the key that belonged to it elsewhere, so clearing counts as well.
    if model.api_key_env != before.api_key_env {
        refuse(ManifestCode::ForbiddenKey, "model.api_key_env".to_owned(), CONFIG);
    }
    if model.base_url != before.base_url {
        refuse(ManifestCode::ForbiddenKey, "model.base_url".to_owned(), CONFIG);
    }
    if model.params != before.params {
        refuse(ManifestCode::ForbiddenKey, "model.params".to_owned(), CONFIG);
    }
    // Without a provider of its own the manifest follows the model's.
    let moves = model.provider != before.provider
        || (model.provider.eq_ignore_ascii_case(DEFAULT_MODEL_WORD) && model.model != before.model);
    if moves && model.api_key_env.is_some() {
        refuse(ManifestCode::ForbiddenKey, "model.provider".to_owned(), CONFIG);
    }
    let known_fallbacks = previous.and_then(|previous| previous.fallback_models.as_deref()).unwrap_or_default();
    for (i, fallback) in manifest.fallback_models.iter().flatten().enumerate() {
        if known_fallbacks.contains(fallback) {
            continue;
        }
        if fallback.api_key_env.is_some() {
            refuse(ManifestCode::ForbiddenKey, format!("fallback_models[{i}].api_key_env"), CONFIG);
        }
        if fallback.base_url.is_some() {
            refuse(ManifestCode::ForbiddenKey, format!("fallback_models[{i}].base_url"), CONFIG);
        }
    }
    if manifest.profile == Some(Profile::Full) && previous.is_none_or(|p| p.profile != Some(Profile::Full)) {
        refuse(ManifestCode::ForbiddenKey, "profile".to_owned(), SYSTEM);
    }
    let auto = manifest.approval.auto.iter().flatten();
    let auto_before = previous.and_then(|previous| previous.approval.auto.as_deref()).unwrap_or_default();
    if auto.clone().any(|tool| !auto_before.contains(tool)) {
        refuse(ManifestCode::ForbiddenKey, "approval.auto".to_owned(), APPROVALS);
    }
    if let Some(own) = &manifest.exec_policy
        && previous.is_none_or(|previous| previous.exec_policy.as_ref() != Some(own))
    {
        for key in wider_keys(own, server) {
            refuse(ManifestCode::ExecPolicyEscalation, format!("exec_policy.{key}"), SYSTEM);
        }
    }
}

/// Keys in which an agent's policy allows more than the server's.
fn wider_keys(own: &ExecPolicyOverrides, server: &ExecPolicy) -> Vec<&'static str> {
    let adds = |own: &Option<Vec<String>>, server: &[String]| {
        own.as_ref().is_some_and(|own| own.iter().any(|name| !server.contains(name)))
    };
    let removes_denied =
        own.denied_commands.as_ref().is_some_and(|own| server.denied_commands.iter().any(|name| !own.contains(name)));
    let over = |own: Option<u32>| own.is_some_and(|secs| secs > server.max_timeout_secs);
    [
        ("mode", own.mode.is_some_and(|mode| mode > server.mode)),
        ("safe_bins", adds(&own.safe_bins, &server.safe_bins)),
        ("allowed_commands", adds(&own.allowed_commands, &server.allowed_commands)),
        ("denied_commands", removes_denied),
        ("timeout_secs", over(own.timeout_secs)),
        ("max_timeout_secs", over(own.max_timeout_secs)),
        ("shell_env_passthrough", adds(&own.shell_env_passthrough, &server.shell_env_passthrough)),
        ("sandbox", server.sandbox == Sandbox::Docker && own.sandbox == Some(Sandbox::None)),
    ]
    .into_iter()
    .filter_map(|(key, wider)| wider.then_some(key))
    .collect()
}
