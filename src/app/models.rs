//! The model registry as the configuration asks for it.

use std::sync::Arc;

use crate::{
    config::Config,
    llm::{
        catalog::Tier,
        drivers::builtin::{Builtin, BuiltinConfig},
        registry::{BuiltinModels, LlmConfig, NamedModel, Registry},
    },
};

pub fn registry(config: &Config) -> Result<Registry, String> {
    let builtin = &config.builtin;
    let driver = Builtin::new(BuiltinConfig {
        script: builtin.script,
        scripts_dir: config.home.join(builtin.scripts_dir.as_deref().unwrap_or("scripts".as_ref())),
        word_delay_ms: builtin.word_delay_ms,
        count_cached: false,
    });
    let environment = config.environment.clone();
    let lookup = Arc::new(move |name: &str| environment.get(name).map(str::to_owned));
    Registry::new(llm_config(config)?, lookup, Arc::new(driver)).map_err(|e| e.to_string())
}

fn llm_config(config: &Config) -> Result<LlmConfig, String> {
    let default = &config.default_model;
    let named = default.provider.is_some() || default.model.is_some();
    let default_model = named.then(|| NamedModel {
        provider: default.provider.clone().unwrap_or_default(),
        model: default.model.clone().unwrap_or_default(),
        api_key_env: default.api_key_env.clone(),
        base_url: default.base_url.clone(),
    });
    let fallbacks = config.fallback_providers.iter().map(|f| NamedModel {
        provider: f.provider.clone(),
        model: f.model.clone(),
        api_key_env: f.api_key_env.clone(),
        base_url: f.base_url.clone(),
    });
    let tier = |(name, model): (&String, &String)| {
        let tier: Tier = name.parse().map_err(|_| format!("models.tiers.{name}: not a tier"))?;
        Ok::<_, String>((tier, model.clone()))
    };
    Ok(LlmConfig {
        default_model,
        fallback_providers: fallbacks.collect(),
        provider_urls: config.provider_urls.clone(),
        provider_api_keys: config.provider_api_keys.clone(),
        tiers: config.models.tiers.iter().map(tier).collect::<Result<_, _>>()?,
        headers: config.provider_headers.clone(),
        builtin: BuiltinModels {
            script: config.builtin.script,
            context_window: config.builtin.context_window,
            price_in_per_m: config.builtin.price_in_per_m,
            price_out_per_m: config.builtin.price_out_per_m,
        },
        ..LlmConfig::default()
    })
}
