//! The built-in tools as the configuration asks for them.

use std::{net::ToSocketAddrs, sync::Arc, time::Duration};

use secrecy::SecretString;

use crate::{
    config::Config,
    http::outbound::{Guard, Outbound, Own, system_lookup},
    runtime::tools::builtin::{
        ToolSettings,
        web::{Brave, SearchSettings, Tavily, WebSettings},
    },
};

pub fn settings(config: &Config) -> Result<ToolSettings, String> {
    let own = Own {
        listens: config.api_listen.to_socket_addrs().ok().and_then(|mut all| all.next()),
        names: config.server.allowed_hosts.iter().map(|host| host.to_ascii_lowercase()).collect(),
    };
    let guard = Guard { listed: config.web.listed()?, own, lookup: system_lookup() };
    Ok(ToolSettings { outbound: Outbound::new(guard), web: web(config)? })
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
