//! From what a manifest or a request asks for to one model at one provider, or to the reason why there is none. Pure:
//! the same configuration, environment and probe results give the same answer.

use reqwest::Url;
use serde::Serialize;

use super::{AuthStatus, ModelChoice, NamedModel, Registry};
use crate::llm::catalog::{
    ApiFormat, Catalog, FoundBy, Model, Prices, Tier, UNKNOWN_CONTEXT_WINDOW, UNKNOWN_MAX_OUTPUT, canonical_provider,
    is_local, upstream_id,
};

/// Without a configured default: the first of these that has a credential. `None` means the provider's default model.
const FIRST_START: [(&str, Option<&str>); 13] = [
    ("openai", Some("gpt-4o")),
    ("anthropic", Some("claude-sonnet-4-20250514")),
    ("gemini", Some("gemini-2.5-flash")),
    ("groq", Some("llama-3.3-70b-versatile")),
    ("deepseek", Some("deepseek-chat")),
    ("openrouter", Some("openrouter/google/gemini-2.5-flash")),
    ("mistral", Some("mistral-large-latest")),
    ("together", None),
    ("fireworks", None),
    ("xai", Some("grok-2")),
    ("perplexity", None),
    ("cohere", Some("command-r-plus")),
    ("novita", Some("moonshotai/kimi-k2.5")),
];
const GOOGLE_VARIABLE: &str = "GOOGLE_API_KEY";
pub(super) const ECHO: &str = "builtin/echo";
const SCRIPT: &str = "builtin/script";
const EMBED: &str = "builtin/embed";

/// Who chose the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ModelSource {
    Manifest,
    Default,
    Tier,
    Pinned,
    /// Nobody named a model and no provider is set up.
    Builtin,
}

/// Why a model cannot be called now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ModelProblem {
    UnknownProvider,
    UnknownModel,
    ModelDisabled,
    NoCredential,
    /// The key may not go to the address.
    ForeignAddress,
    InvalidAddress,
    /// This release cannot speak to the provider.
    NotSupported,
}

#[derive(Clone, Debug, PartialEq)]
pub struct ResolvedModel {
    pub provider: String,
    /// As in the catalogue.
    pub model: String,
    /// As sent to the provider.
    pub upstream_id: String,
    pub tier: Option<Tier>,
    /// Tokens.
    pub context_window: u32,
    /// Tokens.
    pub max_output: u32,
    pub prices: Prices,
    pub tools: bool,
    pub vision: bool,
    pub source: ModelSource,
    pub ready: bool,
    pub problem: Option<ModelProblem>,
    /// A sentence for people about `problem`.
    pub reason: Option<String>,
    /// True when nobody named a model, so that the built-in one answers for want of a provider.
    pub selected_by_default: bool,
    pub(super) format: ApiFormat,
    pub(super) base_url: Option<String>,
    pub(super) key_variable: Option<String>,
}

impl Registry {
    /// Answers anew at each call, so that a key or a local provider that came meanwhile counts.
    pub fn resolve(&self, choice: &ModelChoice) -> ResolvedModel {
        let named = choice.provider().is_some() || choice.model().is_some();
        if named {
            let source = if choice.pinned { ModelSource::Pinned } else { ModelSource::Manifest };
            return self.resolve_names(choice, source);
        }
        if let Some(text) = choice.tier.and_then(|tier| self.config.tiers.get(&tier)) {
            return self.resolve_names(&ModelChoice::named(text.clone()), ModelSource::Tier);
        }
        self.resolve_default()
    }

    /// The operator's fallback chain, for manifests that name none.
    pub fn default_fallbacks(&self) -> Vec<ModelChoice> {
        self.config.fallback_providers.iter().cloned().map(ModelChoice::from).collect()
    }

    fn resolve_default(&self) -> ResolvedModel {
        if let Some(named) = &self.config.default_model {
            return self.resolve_names(&named.clone().into(), ModelSource::Default);
        }
        if let Some(first) = self.first_with_credential() {
            return self.resolve_names(&first, ModelSource::Default);
        }
        if let Some(model) = self.local_default("ollama") {
            let choice = ModelChoice { provider: "ollama".into(), ..ModelChoice::named(model) };
            return self.resolve_names(&choice, ModelSource::Default);
        }
        let echo = self.resolve_names(&ModelChoice::named(ECHO), ModelSource::Builtin);
        ResolvedModel { selected_by_default: true, ..echo }
    }

    fn first_with_credential(&self) -> Option<ModelChoice> {
        let choose = |provider: &str, model: Option<&str>| ModelChoice {
            provider: provider.to_owned(),
            ..ModelChoice::named(model.unwrap_or_default())
        };
        let first = FIRST_START
            .iter()
            .find(|(provider, _)| self.key_variable(provider).is_some_and(|variable| variable != GOOGLE_VARIABLE));
        match first {
            Some((provider, model)) => Some(choose(provider, *model)),
            None => self.read(GOOGLE_VARIABLE).map(|_| choose("gemini", Some("gemini-2.5-flash"))),
        }
    }

    /// The model of a local provider that answered and has one.
    fn local_default(&self, provider: &str) -> Option<String> {
        let models = self.probe_of(provider)?.models.ok()?;
        let preferred = self.catalog().provider(provider)?.default_model.clone()?;
        let same = |id: &&String| id.as_str() == preferred || id.strip_prefix(&preferred) == Some(":latest");
        models.iter().find(same).or(models.first()).cloned()
    }

    fn resolve_names(&self, choice: &ModelChoice, source: ModelSource) -> ResolvedModel {
        let catalog = self.catalog();
        let (provider, text) = match self.names(&catalog, choice) {
            Ok(names) => names,
            Err(refused) => return ResolvedModel { source, ..*refused },
        };
        let known = catalog.find(Some(&provider), &text, &|_| true).map(|(model, _)| model.clone());
        let mut model = match known {
            Some(model) => describe(&model),
            None => self.describe_unknown(&catalog, &provider, &text),
        };
        model.source = source;
        model.format = catalog.provider(&provider).map_or(ApiFormat::OpenAi, |p| p.format);
        if let Err((problem, reason)) = self.make_ready(&mut model, choice) {
            model.ready = false;
            model.problem = Some(problem);
            model.reason = Some(reason);
        }
        model
    }

    /// Provider and model text, each as precise as the catalogue allows.
    fn names(&self, catalog: &Catalog, choice: &ModelChoice) -> Result<(String, String), Box<ResolvedModel>> {
        let usable = |provider: &str| self.is_usable(provider);
        match (choice.provider(), choice.model()) {
            (Some(provider), model) => {
                let provider = canonical_provider(provider);
                let default = self.config.default_model.as_ref().filter(|d| d.provider == provider);
                let default = default.map(|d| d.model.clone()).filter(|m| !m.is_empty());
                let default = default
                    .or_else(|| self.local_default(&provider))
                    .or_else(|| catalog.provider(&provider).and_then(|p| p.default_model.clone()));
                match model.map(str::to_owned).or(default) {
                    Some(model) => Ok((provider, model)),
                    None => {
                        let reason = format!("Provider `{provider}` has no default model: name one.");
                        Err(Box::new(refused(&provider, "", ModelProblem::UnknownModel, reason)))
                    }
                }
            }
            (None, model) => {
                let text = model.unwrap_or_default();
                if let Some((model, _)) = catalog.find(None, text, &usable) {
                    return Ok((model.provider.clone(), model.id.clone()));
                }
                // A provider in front settles whose model it is, even when the catalogue has not heard of it yet.
                if let Some((provider, rest)) = text.split_once(['/', ':'])
                    && !matches!(self.auth_status(provider), AuthStatus::Unknown)
                {
                    return Ok((canonical_provider(provider), rest.to_owned()));
                }
                let near = catalog.near(text, 3);
                let reason = match near.is_empty() {
                    true => format!("No provider has a model `{text}`."),
                    false => format!("No provider has a model `{text}`. Did you mean {}?", near.join(", ")),
                };
                Err(Box::new(refused("", text, ModelProblem::UnknownModel, reason)))
            }
        }
    }

    fn is_usable(&self, provider: &str) -> bool {
        let speaks = self.catalog().provider(provider).is_some_and(|p| unsupported(&p.id, p.format).is_none());
        speaks && matches!(self.auth_status(provider), AuthStatus::Configured | AuthStatus::NotRequired)
    }

    fn describe_unknown(&self, catalog: &Catalog, provider: &str, text: &str) -> ResolvedModel {
        let id = upstream_id(provider, text);
        // Routers sell other vendors' models under those vendors' ids.
        if let Some((same, FoundBy::Id)) = catalog.find(None, id, &|_| true)
            && !is_local(provider)
            && provider != "builtin"
        {
            let prices = Prices::new(provider, id, same.prices.input, same.prices.output);
            let model = describe(same);
            return ResolvedModel {
                provider: provider.into(),
                model: text.into(),
                upstream_id: id.into(),
                prices,
                ..model
            };
        }
        let free = is_local(provider) || matches!(provider, "builtin" | "claude-code" | "qwen-code" | "github-copilot");
        ResolvedModel {
            provider: provider.to_owned(),
            model: text.to_owned(),
            upstream_id: id.to_owned(),
            tier: is_local(provider).then_some(Tier::Local),
            context_window: UNKNOWN_CONTEXT_WINDOW,
            max_output: UNKNOWN_MAX_OUTPUT,
            prices: if free { Prices::FREE } else { Prices::assumed(provider, id) },
            tools: true,
            vision: false,
            ..describe(&Model::discovered(provider, text))
        }
    }

    /// Finds address and key, or says what is missing.
    fn make_ready(&self, model: &mut ResolvedModel, choice: &ModelChoice) -> Result<(), (ModelProblem, String)> {
        let provider = model.provider.clone();
        if model.format == ApiFormat::Builtin {
            return self.check_builtin(model);
        }
        if let Some(reason) = unsupported(&provider, model.format) {
            return Err((ModelProblem::NotSupported, reason));
        }
        let Some((base_url, _)) = self.base_url(&provider, &model.upstream_id, choice.base_url.as_deref()) else {
            let near = self.catalog().near_providers(&provider, 3);
            let hint = if near.is_empty() { String::new() } else { format!(" Did you mean {}?", near.join(", ")) };
            return Err((ModelProblem::UnknownProvider, format!("There is no provider `{provider}`.{hint}")));
        };
        let url = checked_address(&base_url).map_err(|reason| (ModelProblem::InvalidAddress, reason))?;
        model.base_url = Some(base_url);

        let variable = match &choice.api_key_env {
            Some(named) if self.read(named).is_some() => Some(named.clone()),
            Some(named) => {
                let reason = format!("No key for provider `{provider}`: the variable {named} is not set.");
                return Err((ModelProblem::NoCredential, reason));
            }
            None => self.key_variable(&provider),
        };
        let required = self.catalog().provider(&provider).is_some_and(|p| p.key_required);
        match variable {
            Some(variable) if self.key_may_go_to(&variable, &url) => model.key_variable = Some(variable),
            Some(variable) if required || choice.api_key_env.is_some() => {
                let host = url.host_str().unwrap_or_default();
                let reason = format!(
                    "The key in {variable} is not sent to {host}, which is not an address of its provider. Set \
                     provider_urls.{provider} in the configuration, or name a key of its own with api_key_env."
                );
                return Err((ModelProblem::ForeignAddress, reason));
            }
            Some(_) => {}
            None if required => {
                let variable = self.expected_variable(&provider).unwrap_or_default();
                let reason = format!("No key for provider `{provider}`: set the variable {variable}.");
                return Err((ModelProblem::NoCredential, reason));
            }
            None => {}
        }
        model.ready = true;
        Ok(())
    }

    fn check_builtin(&self, model: &mut ResolvedModel) -> Result<(), (ModelProblem, String)> {
        let id = model.model.clone();
        let file = id.strip_prefix(SCRIPT).or(id.strip_prefix("script")).is_some_and(|rest| rest.starts_with(':'));
        if id == SCRIPT || file {
            if !self.config.builtin.script {
                let reason = format!("`{id}` is switched off: set builtin.script = true to use it.");
                return Err((ModelProblem::ModelDisabled, reason));
            }
            if file {
                let script = self.resolve_names(&ModelChoice::named(SCRIPT), model.source);
                let upstream_id = upstream_id("builtin", &id).to_owned();
                *model = ResolvedModel { model: format!("builtin/{upstream_id}"), upstream_id, ..script };
            }
        } else if id == EMBED {
            return Err((ModelProblem::UnknownModel, format!("`{EMBED}` makes embeddings and cannot converse.")));
        } else if id != ECHO {
            return Err((ModelProblem::UnknownModel, format!("The built-in provider has no model `{id}`.")));
        }
        model.ready = true;
        Ok(())
    }
}

/// What this release cannot speak to, and why.
fn unsupported(provider: &str, format: ApiFormat) -> Option<String> {
    match (provider, format) {
        ("github-copilot", _) => Some("Signing in to GitHub Copilot is not supported yet.".to_owned()),
        (_, ApiFormat::Vertex | ApiFormat::Bedrock | ApiFormat::AzureOpenAi | ApiFormat::Cli) => {
            Some(format!("Provider `{provider}` is not supported yet."))
        }
        _ => None,
    }
}

fn checked_address(base_url: &str) -> Result<Url, String> {
    let url = Url::parse(base_url).map_err(|e| format!("`{base_url}` is not an address: {e}."))?;
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']).to_ascii_lowercase();
    let metadata = host.starts_with("169.254.")
        || ["metadata.google.internal", "metadata", "fd00:ec2::254", "100.100.100.200"].contains(&host.as_str());
    match url.scheme() {
        "http" | "https" if host.is_empty() => Err(format!("`{base_url}` has no host.")),
        "http" | "https" if metadata => Err(format!("`{base_url}` is a metadata address and is never called.")),
        "http" | "https" => Ok(url),
        _ => Err(format!("`{base_url}` is not an http or https address.")),
    }
}

fn describe(model: &Model) -> ResolvedModel {
    ResolvedModel {
        provider: model.provider.clone(),
        model: model.id.clone(),
        upstream_id: model.upstream_id().to_owned(),
        tier: Some(model.tier),
        context_window: model.context_window,
        max_output: model.max_output_tokens,
        prices: model.prices,
        tools: model.tools,
        vision: model.vision,
        source: ModelSource::Manifest,
        ready: false,
        problem: None,
        reason: None,
        selected_by_default: false,
        format: ApiFormat::OpenAi,
        base_url: None,
        key_variable: None,
    }
}

fn refused(provider: &str, model: &str, problem: ModelProblem, reason: String) -> ResolvedModel {
    ResolvedModel {
        tier: None,
        problem: Some(problem),
        reason: Some(reason),
        ..describe(&Model::discovered(provider, model))
    }
}

impl NamedModel {
    pub(super) fn with_canonical_provider(mut self) -> Self {
        if !self.provider.is_empty() {
            self.provider = canonical_provider(&self.provider);
        }
        self
    }
}
