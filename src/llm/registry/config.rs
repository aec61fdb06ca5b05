//! What the operator may say about model providers, and what a caller may ask for. Ids of providers in any spelling.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::llm::catalog::Tier;

/// A model by name, as in `default_model` and `fallback_providers`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NamedModel {
    pub provider: String,
    /// Empty: the provider's own default.
    pub model: String,
    /// Name of the environment variable with the key.
    pub api_key_env: Option<String>,
    pub base_url: Option<String>,
}

#[derive(Clone, Debug, Default)]
pub struct LlmConfig {
    pub default_model: Option<NamedModel>,
    /// Tried in this order when a manifest names no fallbacks.
    pub fallback_providers: Vec<NamedModel>,
    pub provider_urls: BTreeMap<String, String>,
    /// Provider to the name of the environment variable with its key.
    pub provider_api_keys: BTreeMap<String, String>,
    /// Tier to a model id, an alias or `provider/id`.
    pub tiers: BTreeMap<Tier, String>,
    /// Further request headers of a provider.
    pub headers: BTreeMap<String, BTreeMap<String, String>>,
    pub timeouts: BTreeMap<String, TimeoutOverrides>,
    pub builtin: BuiltinModels,
}

/// Facts about the built-in provider's models that the operator may set.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BuiltinModels {
    /// Whether `builtin/script` is offered.
    pub script: bool,
    /// Tokens.
    pub context_window: u32,
    /// USD per million tokens.
    pub price_in_per_m: f64,
    /// USD per million tokens.
    pub price_out_per_m: f64,
}

impl Default for BuiltinModels {
    fn default() -> Self {
        Self { script: false, context_window: 32_768, price_in_per_m: 0.0, price_out_per_m: 0.0 }
    }
}

/// Limits of one model call. Absent ones follow from the provider and the request.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct TimeoutOverrides {
    pub connect: Option<Duration>,
    pub first_event: Option<Duration>,
    pub silence: Option<Duration>,
    pub total: Option<Duration>,
}

/// What a manifest, a request or a routing rule asks for. The default asks for the server's default model.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ModelChoice {
    /// Empty or `default`: whatever provider has the model.
    pub provider: String,
    /// Empty or `default`: the provider's default.
    pub model: String,
    /// Read only when neither a provider nor a model is named.
    pub tier: Option<Tier>,
    pub api_key_env: Option<String>,
    pub base_url: Option<String>,
    /// The names come from a pin instead of the manifest's own model.
    pub pinned: bool,
}

impl ModelChoice {
    /// A model by id, alias or `provider/id`.
    pub fn named(model: impl Into<String>) -> Self {
        Self { model: model.into(), ..Self::default() }
    }

    pub(super) fn provider(&self) -> Option<&str> {
        named(&self.provider)
    }

    pub(super) fn model(&self) -> Option<&str> {
        named(&self.model)
    }
}

impl From<NamedModel> for ModelChoice {
    fn from(named: NamedModel) -> Self {
        Self {
            provider: named.provider,
            model: named.model,
            api_key_env: named.api_key_env,
            base_url: named.base_url,
            ..Self::default()
        }
    }
}

fn named(text: &str) -> Option<&str> {
    Some(text.trim()).filter(|text| !text.is_empty() && !text.eq_ignore_ascii_case("default"))
}
