//! The engine as the configuration asks for it.

use std::{sync::Arc, time::Duration};

use secrecy::SecretString;

use crate::{
    agents::rules::ManifestRules,
    budget::Budget,
    config::{Config, MASTER_KEY_VARIABLE},
    db::Db,
    events::EventBus,
    ids::Id,
    llm::registry::{ModelChoice, Registry as Models},
    memory::semantic::{
        embedder::{Builtin, Embedder, Remote},
        search::Search,
    },
    runtime::{
        engine::{EngineParts, EngineSettings},
        tools::{builtin::ToolSettings, registry::Registry as Tools, result::Secrets},
    },
};

/// Parts that others use too.
pub struct Shared {
    pub models: Arc<Models>,
    pub tools: Arc<Tools>,
    pub rules: Arc<ManifestRules>,
    pub budget: Arc<Budget>,
    pub tool_settings: ToolSettings,
}

pub fn parts(config: &Config, db: &Db, boot_id: Id, shared: Shared, events: &EventBus) -> EngineParts {
    let events = events.clone();
    let Shared { models, tools, rules, budget, tool_settings } = shared;
    EngineParts {
        db: db.clone(),
        settings: settings(config, db, boot_id, &models),
        memory: Arc::new(Search::new(embedder(config, db, &models))),
        models,
        tools,
        budget,
        #[cfg(unix)]
        processes: tool_settings.processes,
        resolve: Arc::new(move |manifest, mode| rules.resolve(manifest, mode)),
        listener: Arc::new(move |name, payload| events.publish(name, payload)),
    }
}

/// A model of the provider that is configured for it, else the built-in one.
fn embedder(config: &Config, db: &Db, models: &Arc<Models>) -> Arc<dyn Embedder> {
    let memory = &config.memory;
    let Some(provider) = memory.embedding_provider.clone().filter(|name| !["", "builtin"].contains(&name.as_str()))
    else {
        return Arc::new(Builtin);
    };
    let choice = ModelChoice {
        provider,
        api_key_env: memory.embedding_api_key_env.clone(),
        ..ModelChoice::named(memory.embedding_model.clone())
    };
    let dimensions = memory.embedding_dimensions.and_then(|n| usize::try_from(n).ok());
    Arc::new(Remote::new(db.clone(), models.clone(), choice, dimensions))
}

fn settings(config: &Config, db: &Db, boot_id: Id, models: &Models) -> EngineSettings {
    let runtime = &config.runtime;
    let lease = Duration::from_secs(runtime.lease_secs);
    let mut server_folders =
        vec![config.data_dir(), config.home.join("agents"), config.home.join("modules"), config.home.join("skills")];
    server_folders.extend(config.closed_files());
    EngineSettings {
        boot_id,
        workers: runtime.workers as usize,
        background_workers: runtime.background_workers as usize,
        lease,
        renew_every: lease / 3,
        retry_base: Duration::from_millis(runtime.retry_base_ms),
        drain: Duration::from_secs(runtime.drain_secs),
        admin_tools: config.policy.admin_tools.clone(),
        approval: config.approval.clone(),
        secrets: secrets(config, models),
        workspaces: config.workspaces_dir(),
        server_folders,
        sole_process: db.is_sqlite(),
        ..EngineSettings::default()
    }
}

/// What no tool result may show: the configured keys and the keys of providers.
fn secrets(config: &Config, models: &Models) -> Secrets {
    let catalog = models.catalog();
    let keys = catalog.providers().iter().filter_map(|provider| {
        let name = models.key_variable(&provider.id)?;
        let value = config.environment.get(&name)?.to_owned();
        Some((name, SecretString::from(value)))
    });
    let search = [&config.web.brave.api_key_env, &config.web.tavily.api_key_env].into_iter().filter_map(|name| {
        let value = config.environment.get(name)?.to_owned();
        Some((name.clone(), SecretString::from(value)))
    });
    let own = [("api_key", config.config_key()), (MASTER_KEY_VARIABLE, config.environment.get(MASTER_KEY_VARIABLE))];
    let own = own.into_iter().filter_map(|(name, value)| Some((name.to_owned(), SecretString::from(value?))));
    Secrets::new(keys.chain(search).chain(own))
}
