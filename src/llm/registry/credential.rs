//! Which key and which address a provider has, and which key may go to which address: a key leaves the server only for
//! the origin of the provider it belongs to, or for one that the operator has named, so that no manifest can steal it.

use std::path::Path;

use reqwest::Url;
use secrecy::SecretString;
use serde::Serialize;

use super::Registry;
use crate::llm::catalog::{self, ApiFormat, LOCAL_PROVIDERS, Provider, canonical_provider};

/// Variables that are read after the one in the table.
const FURTHER_VARIABLES: [(&str, &str); 2] = [("gemini", "GOOGLE_API_KEY"), ("bedrock", "AWS_BEARER_TOKEN_BEDROCK")];
/// Moonshot serves the ids that begin so from a host of their own.
const KIMI_PREFIX: &str = "kimi-";
const KIMI_BASE_URL: &str = "https://api.moonshot.cn/v1";

/// Whether a provider has the credential it needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AuthStatus {
    Configured,
    Missing,
    NotRequired,
    /// No such provider.
    Unknown,
}

/// Where a provider's address was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum UrlSource {
    Manifest,
    Config,
    Env,
    Default,
}

impl Registry {
    /// Makes no call: it only looks for a key.
    pub fn auth_status(&self, provider: &str) -> AuthStatus {
        let id = canonical_provider(provider);
        match self.catalog().provider(&id) {
            Some(p) if p.format == ApiFormat::Cli => match self.program_is_installed(&id) {
                true => AuthStatus::NotRequired,
                false => AuthStatus::Missing,
            },
            Some(p) if !p.key_required => AuthStatus::NotRequired,
            Some(_) if self.key_variable(&id).is_some() => AuthStatus::Configured,
            Some(_) => AuthStatus::Missing,
            None if self.operator_url(&id).is_none() => AuthStatus::Unknown,
            None if self.key_variable(&id).is_some() => AuthStatus::Configured,
            None => AuthStatus::NotRequired,
        }
    }

    /// The variable that holds the provider's key, if one is set.
    pub fn key_variable(&self, provider: &str) -> Option<String> {
        self.key_variables(&canonical_provider(provider)).into_iter().find(|name| self.read(name).is_some())
    }

    /// The variable that a person should set for this provider.
    pub(super) fn expected_variable(&self, provider: &str) -> Option<String> {
        self.key_variables(provider).into_iter().next()
    }

    /// In the order in which they are read.
    pub(super) fn key_variables(&self, provider: &str) -> Vec<String> {
        let catalog = self.catalog();
        let known = catalog.provider(provider);
        let mut names = Vec::new();
        names.extend(self.config.provider_api_keys.get(provider).cloned());
        let default = self.config.default_model.as_ref().filter(|d| d.provider == provider);
        names.extend(default.and_then(|d| d.api_key_env.clone()));
        names.extend(known.and_then(|p| p.api_key_env.clone()));
        names.extend(FURTHER_VARIABLES.iter().filter(|(id, _)| *id == provider).map(|(_, name)| (*name).to_owned()));
        if known.is_none() {
            names.push(format!("{}_API_KEY", provider.to_ascii_uppercase().replace(['-', '.'], "_")));
        }
        names
    }

    /// The value of a variable with a key. Empty is not set; the server's own secrets are no model keys.
    pub(super) fn read(&self, variable: &str) -> Option<SecretString> {
        if variable.starts_with("OPENFANG_") {
            return None;
        }
        (self.env)(variable).map(|v| v.trim().to_owned()).filter(|v| !v.is_empty()).map(SecretString::from)
    }

    /// `named` is the address in a manifest.
    pub fn base_url(&self, provider: &str, upstream_id: &str, named: Option<&str>) -> Option<(String, UrlSource)> {
        let id = canonical_provider(provider);
        let found =
            named.map(|url| (url.to_owned(), UrlSource::Manifest)).or_else(|| self.operator_url(&id)).or_else(|| {
                let table = self.catalog().provider(&id)?.base_url.clone()?;
                let url =
                    if id == "moonshot" && upstream_id.starts_with(KIMI_PREFIX) { KIMI_BASE_URL.into() } else { table };
                Some((url, UrlSource::Default))
            });
        found.map(|(url, source)| (url.trim().trim_end_matches('/').to_owned(), source))
    }

    /// An address that the operator gave, in the configuration or the environment.
    fn operator_url(&self, provider: &str) -> Option<(String, UrlSource)> {
        let default = self.config.default_model.as_ref().filter(|d| d.provider == provider);
        let configured = self.config.provider_urls.get(provider).or(default.and_then(|d| d.base_url.as_ref()));
        configured
            .map(|url| (url.clone(), UrlSource::Config))
            .or_else(|| self.local_url(provider).map(|url| (url, UrlSource::Env)))
    }

    fn local_url(&self, provider: &str) -> Option<String> {
        if !catalog::is_local(provider) {
            return None;
        }
        let name = provider.to_ascii_uppercase();
        let set = |suffix: &str| (self.env)(&format!("{name}_{suffix}")).filter(|v| !v.trim().is_empty());
        let text = set("BASE_URL").or_else(|| set("HOST"))?;
        let text = text.trim().trim_end_matches('/');
        let text = if text.contains("://") { text.to_owned() } else { format!("http://{text}") };
        let has_path = Url::parse(&text).is_ok_and(|url| url.path() != "/");
        let path = if provider == "lemonade" { "/api/v1" } else { "/v1" };
        Some(if has_path { text } else { format!("{text}{path}") })
    }

    /// Whether the key in `variable` may be sent to `url`. A variable that belongs to no provider is free: whoever may
    /// name it in a manifest names the address beside it.
    pub(super) fn key_may_go_to(&self, variable: &str, url: &Url) -> bool {
        let owners = self.owners(variable);
        owners.is_empty()
            || owners.iter().any(|owner| self.addresses_of(owner).iter().any(|a| a.origin() == url.origin()))
    }

    fn owners(&self, variable: &str) -> Vec<String> {
        let catalog = self.catalog();
        let configured =
            self.config.provider_api_keys.keys().chain(self.config.default_model.iter().map(|d| &d.provider));
        let ids = catalog.providers().iter().map(|p| &p.id).chain(configured);
        let mut owners: Vec<String> =
            ids.filter(|id| self.key_variables(id).iter().any(|name| name == variable)).cloned().collect();
        owners.dedup();
        owners
    }

    fn addresses_of(&self, provider: &str) -> Vec<Url> {
        let catalog = self.catalog();
        let table = catalog.provider(provider).and_then(|p: &Provider| p.base_url.clone());
        let named = self.config.default_model.iter().chain(&self.config.fallback_providers);
        let mut urls: Vec<String> = table.into_iter().chain(self.operator_url(provider).map(|(url, _)| url)).collect();
        urls.extend(named.filter(|m| m.provider == provider).filter_map(|m| m.base_url.clone()));
        if provider == "moonshot" {
            urls.push(KIMI_BASE_URL.to_owned());
        }
        urls.iter().filter_map(|url| Url::parse(url).ok()).collect()
    }

    fn program_is_installed(&self, provider: &str) -> bool {
        let program = match provider {
            "claude-code" => "claude",
            _ => "qwen",
        };
        let path = (self.env)("PATH").unwrap_or_default();
        std::env::split_paths(&path).any(|folder| Path::new(&folder).join(program).is_file())
    }

    pub(super) fn local_providers(&self) -> impl Iterator<Item = (&'static str, String)> + '_ {
        LOCAL_PROVIDERS.into_iter().filter_map(|id| self.base_url(id, "", None).map(|(url, _)| (id, url)))
    }
}
