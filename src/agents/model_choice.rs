//! From the words of a manifest to a question for the model registry.

use super::manifest::{AgentManifest, FallbackModel, ManifestModel, ModelTier};
use crate::llm::{
    catalog::{Tier, canonical_provider},
    registry::{ModelChoice, Registry},
};

/// What an agent asks for. A pinned model stands in for the manifest's own.
pub fn model_choice(manifest: &AgentManifest, pinned: Option<&str>) -> ModelChoice {
    if let Some(pinned) = pinned {
        return ModelChoice { pinned: true, ..ModelChoice::named(pinned) };
    }
    let model = &manifest.model;
    ModelChoice {
        provider: model.provider.clone(),
        model: model.model.clone(),
        tier: model.tier.map(Tier::from),
        api_key_env: model.api_key_env.clone(),
        base_url: model.base_url.clone(),
        pinned: false,
    }
}

impl From<&FallbackModel> for ModelChoice {
    fn from(fallback: &FallbackModel) -> Self {
        Self {
            provider: fallback.provider.clone(),
            model: fallback.model.clone(),
            api_key_env: fallback.api_key_env.clone(),
            base_url: fallback.base_url.clone(),
            ..Self::default()
        }
    }
}

impl From<ModelTier> for Tier {
    fn from(tier: ModelTier) -> Self {
        match tier {
            ModelTier::Frontier => Self::Frontier,
            ModelTier::Smart => Self::Smart,
            ModelTier::Balanced => Self::Balanced,
            ModelTier::Fast => Self::Fast,
            ModelTier::Local => Self::Local,
        }
    }
}

/// Provider and model to store when somebody asks for a model by id, alias or `provider/id`. With a provider the model is
/// looked up there only; without one an agent with an address of its own keeps its provider, else the catalogue decides,
/// then the prefix. `default` goes back to the server's choice.
pub fn chosen_names(
    models: &Registry,
    current: &ManifestModel,
    model: Option<&str>,
    provider: Option<&str>,
) -> (String, String) {
    let named = |text: Option<&str>| {
        text.map(str::trim).filter(|t| !t.is_empty() && !t.eq_ignore_ascii_case("default")).map(str::to_owned)
    };
    let keeps = current.base_url.is_some().then(|| current.provider.clone());
    let (model, provider) = match (named(model), named(provider).or(keeps)) {
        (None, None) => return ("default".to_owned(), "default".to_owned()),
        (None, Some(provider)) => return (canonical_provider(&provider), "default".to_owned()),
        (Some(model), provider) => (model, provider.unwrap_or_default()),
    };
    let found = models.resolve(&ModelChoice { provider, ..ModelChoice::named(model.clone()) });
    match found.provider.as_str() {
        // Nobody knows it: kept as written, so that it works as soon as a provider has it.
        "" => ("default".to_owned(), model),
        _ => (found.provider, found.model),
    }
}
