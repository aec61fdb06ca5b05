//! Which model answers: names, tiers and defaults become one provider, model, address and key, and a driver for it.
//! Only `probe_local` touches the network; everything else is answered from configuration, environment and catalogue.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::{Duration, Instant};

use super::catalog::{
    ApiFormat, Catalog, CatalogError, Model, ModelOrigin, Prices, Tier, canonical_provider, is_local,
};
use super::drivers::builtin;
use super::drivers::remote::{CallLimits, Embeddings, HttpClient, RemoteDriver, Target};
use super::{Driver, ErrorClass, LlmError};

mod config;
mod credential;
mod probe;
mod resolve;
#[cfg(test)]
mod tests;

pub use config::{BuiltinModels, LlmConfig, ModelChoice, NamedModel, TimeoutOverrides};
pub use credential::{AuthStatus, UrlSource};
pub use probe::Probe;
pub use resolve::{ModelProblem, ModelSource, ResolvedModel};

/// Looks a variable up. The configuration hands it in, so that only one place reads the environment.
pub type Environment = Arc<dyn Fn(&str) -> Option<String> + Send + Sync>;

pub struct Registry {
    config: LlmConfig,
    env: Environment,
    builtin: Arc<dyn Driver>,
    catalog: RwLock<Arc<Catalog>>,
    probes: RwLock<BTreeMap<String, Probe>>,
    /// Held while local providers are asked, so that they are asked once.
    probing: tokio::sync::Mutex<Option<Instant>>,
    /// One client for each limit on connecting, since that is a property of the client.
    clients: BTreeMap<Duration, HttpClient>,
}

impl Registry {
    pub fn new(config: LlmConfig, env: Environment, builtin: Arc<dyn Driver>) -> Result<Self, CatalogError> {
        let config = with_canonical_ids(config);
        let connect: BTreeSet<Duration> =
            config.timeouts.values().filter_map(|t| t.connect).chain([CallLimits::CONNECT]).collect();
        Ok(Self {
            catalog: RwLock::new(Catalog::bundled(builtin_models(&config.builtin))?.into()),
            clients: connect.into_iter().map(|limit| (limit, HttpClient::new(limit))).collect(),
            probes: RwLock::default(),
            probing: tokio::sync::Mutex::default(),
            config,
            env,
            builtin,
        })
    }

    /// The tables of the release with what local providers reported.
    pub fn catalog(&self) -> Arc<Catalog> {
        read_lock(&self.catalog).clone()
    }

    /// A driver for one call or many. For a model that is not ready it is one that says why.
    pub fn driver(&self, model: &ResolvedModel) -> Arc<dyn Driver> {
        if model.ready && model.format == ApiFormat::Builtin {
            return self.builtin.clone();
        }
        Arc::new(match self.target(model) {
            Ok((target, client)) => RemoteDriver::new(target, client),
            Err(error) => RemoteDriver::refusing(error),
        })
    }

    /// For texts to vectors. Fails for a model that is not ready.
    pub fn embeddings(&self, model: &ResolvedModel, dimensions: Option<usize>) -> Result<Embeddings, LlmError> {
        let (target, client) = self.target(model)?;
        Embeddings::new(target, client, model.upstream_id.clone(), dimensions)
    }

    fn target(&self, model: &ResolvedModel) -> Result<(Target, HttpClient), LlmError> {
        let refuse = |class, message: String| LlmError { class, status: None, retry_after: None, message };
        let base_url = match (&model.base_url, &model.reason) {
            (Some(base_url), None) if model.ready => base_url.clone(),
            (_, reason) => {
                let class = match model.problem {
                    Some(ModelProblem::UnknownModel | ModelProblem::UnknownProvider | ModelProblem::ModelDisabled) => {
                        ErrorClass::ModelNotFound
                    }
                    Some(ModelProblem::NotSupported | ModelProblem::InvalidAddress) => ErrorClass::BadRequest,
                    _ => ErrorClass::Auth,
                };
                return Err(refuse(class, reason.clone().unwrap_or_default()));
            }
        };
        let key = match &model.key_variable {
            Some(variable) => Some(self.read(variable).ok_or_else(|| {
                refuse(ErrorClass::Auth, format!("The variable {variable} with the key is no longer set."))
            })?),
            None => None,
        };
        let limits = self.limits(&model.provider);
        let client = self.clients.get(&limits.connect).or_else(|| self.clients.first_key_value().map(|(_, c)| c));
        let client = client.cloned().unwrap_or_else(|| HttpClient::new(limits.connect));
        let target = Target {
            provider: model.provider.clone(),
            format: model.format,
            base_url,
            key,
            headers: self.config.headers.get(&model.provider).cloned().unwrap_or_default(),
            limits,
            max_output: model.max_output,
        };
        Ok((target, client))
    }

    /// Times that one call of this provider may take.
    pub fn limits(&self, provider: &str) -> CallLimits {
        let base = if is_local(provider) { CallLimits::LOCAL } else { CallLimits::REMOTE };
        let set = self.config.timeouts.get(provider).copied().unwrap_or_default();
        CallLimits {
            connect: set.connect.unwrap_or(base.connect),
            first_event: set.first_event.unwrap_or(base.first_event),
            // A limit that the operator chose also holds for reasoning.
            first_event_reasoning: set.first_event.unwrap_or(base.first_event_reasoning),
            silence: set.silence.unwrap_or(base.silence),
            total: set.total.unwrap_or(base.total),
        }
    }

    /// What a person can do to get a model, as sentences. Empty when the default model is ready and not the built-in one.
    pub fn how_to_configure(&self) -> Vec<String> {
        let default = self.resolve(&ModelChoice::default());
        match default.reason {
            Some(reason) => {
                let name = format!("{}/{}", default.provider, default.upstream_id);
                vec![
                    format!("The default model {name} is not ready. {reason}"),
                    "Or name another model with default_model.provider and default_model.model in the configuration."
                        .to_owned(),
                ]
            }
            None if default.source == ModelSource::Builtin => vec![
                "No AI provider is set up, so the built-in model answers by fixed rules.".to_owned(),
                "Set a provider key, such as OPENAI_API_KEY, ANTHROPIC_API_KEY, GEMINI_API_KEY, GROQ_API_KEY or \
                 OPENROUTER_API_KEY, in the server's environment and start it again."
                    .to_owned(),
                format!(
                    "Or run Ollama on this machine: it is found at {} when it has a model.",
                    self.base_url("ollama", "", None).map(|(url, _)| url).unwrap_or_default()
                ),
                "Or name a model with default_model.provider and default_model.model in the configuration.".to_owned(),
            ],
            None => vec![],
        }
    }
}

fn with_canonical_ids(config: LlmConfig) -> LlmConfig {
    fn ids<T>(map: BTreeMap<String, T>) -> BTreeMap<String, T> {
        map.into_iter().map(|(id, value)| (canonical_provider(&id), value)).collect()
    }
    LlmConfig {
        default_model: config.default_model.map(NamedModel::with_canonical_provider),
        fallback_providers: config.fallback_providers.into_iter().map(NamedModel::with_canonical_provider).collect(),
        provider_urls: ids(config.provider_urls),
        provider_api_keys: ids(config.provider_api_keys),
        headers: ids(config.headers),
        timeouts: ids(config.timeouts),
        tiers: config.tiers,
        builtin: config.builtin,
    }
}

fn builtin_models(facts: &BuiltinModels) -> Vec<Model> {
    let nano = |usd_per_m: f64| (usd_per_m.max(0.0) * 1_000.0).round() as u64;
    let model =
        |name: &str, display_name: &str, context_window: u32, max_output_tokens: u32, tools: bool, vision: bool| {
            Model {
                provider: "builtin".to_owned(),
                id: format!("builtin/{name}"),
                display_name: display_name.to_owned(),
                tier: Tier::Local,
                context_window,
                max_output_tokens,
                prices: Prices::new("builtin", name, nano(facts.price_in_per_m), nano(facts.price_out_per_m)),
                tools,
                vision,
                streaming: true,
                origin: ModelOrigin::Builtin,
            }
        };
    vec![
        model("echo", "Built-in Echo", facts.context_window, builtin::ECHO_MAX_OUTPUT, true, false),
        model("script", "Built-in Script", facts.context_window, builtin::SCRIPT_MAX_OUTPUT, true, true),
        model("embed", "Built-in Embeddings", 8_192, 0, false, false),
    ]
}

/// A poisoned lock still holds a whole value: values are only ever replaced.
fn read_lock<T>(lock: &RwLock<T>) -> RwLockReadGuard<'_, T> {
    lock.read().unwrap_or_else(PoisonError::into_inner)
}

fn write_lock<T>(lock: &RwLock<T>) -> RwLockWriteGuard<'_, T> {
    lock.write().unwrap_or_else(PoisonError::into_inner)
}
