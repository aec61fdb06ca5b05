//! The built-in tools as the configuration asks for them.

use std::{net::ToSocketAddrs, sync::Arc, time::Duration};

use secrecy::SecretString;

#[cfg(unix)]
use crate::runtime::tools::process::{ExecSettings, Processes};
use crate::{
    config::Config,
    http::outbound::{Guard, Outbound, Own, system_lookup},
    llm::registry::Registry as Models,
    runtime::tools::builtin::{
        ToolSettings,
        location_get::LocationSettings,
        web::{Brave, SearchSettings, Tavily, WebSettings},
    },
};

pub fn settings(config: &Config, models: &Models) -> Result<ToolSettings, String> {
    let own = Own {
        listens: config.api_listen.to_socket_addrs().ok().and_then(|mut all| all.next()),
        names: config.server.allowed_hosts.iter().map(|host| host.to_ascii_lowercase()).collect(),
    };
    let guard = Guard { listed: config.web.listed()?, own, lookup: system_lookup() };
    let location = LocationSettings {
        place: config.location.place.clone(),
        lookup: config.location.lookup,
        ..LocationSettings::default()
    };
    Ok(ToolSettings {
        outbound: Outbound::new(guard),
        web: web(config)?,
        location,
        #[cfg(unix)]
        exec: exec(config, models),
        #[cfg(unix)]
        processes: Processes::default(),
    })
}

#[cfg(unix)]
fn exec(config: &Config, models: &Models) -> ExecSettings {
    let catalog = models.catalog();
    let keys = catalog.providers().iter().filter_map(|provider| models.key_variable(&provider.id));
    let search = [&config.web.brave.api_key_env, &config.web.tavily.api_key_env].into_iter().cloned();
    let usual = ExecSettings::default();
    ExecSettings {
        launcher: config.launcher.clone().unwrap_or(usual.launcher),
        path: config.exec.path.clone(),
        environment: config.environment.all(),
        never_passed: Arc::new(keys.chain(search).collect()),
        hidden: vec![config.workspaces_dir()],
    }
}

fn web(config: &Config) -> Result<WebSettings, String> {
    let web = &config.web;
    let variable = |name: &str| config.environment.get(name).map(|value| SecretString::from(value.to_owned()));
    let environment = config.environment.clone();
    Ok(WebSettings {
        // The server's own secrets are nobody's to name.
        secret: Arc::new(move |name| {
            let value = environment.get(name).filter(|_| !name.starts_with("OPENFANG_"))?;
            Some(SecretString::from(value.to_owned()))
        }),
        cache_for: Duration::from_secs(web.cache_ttl_minutes * 60),
        max_chars: web.fetch.max_chars,
        max_response_bytes: web.fetch.max_response_bytes,
        timeout: Duration::from_secs(web.fetch.timeout_secs),
        search: SearchSettings {
            provider: web.provider()?,
            brave: Brave {
                key: variable(&web.brave.api_key_env),
                base_url: web.brave.base_url.clone(),
                max_results: web.brave.max_results,
                country: web.brave.country.clone(),
                search_lang: web.brave.search_lang.clone(),
                freshness: web.brave.freshness.clone(),
            },
            tavily: Tavily {
                key: variable(&web.tavily.api_key_env),
                base_url: web.tavily.base_url.clone(),
                max_results: web.tavily.max_results,
                search_depth: web.tavily.search_depth.clone(),
            },
            searxng_url: web.searxng.url.clone(),
            duckduckgo_url: web.duckduckgo.base_url.clone(),
        },
    })
}
