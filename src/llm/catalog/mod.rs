//! Which providers and models exist and what is claimed of them. Pure data and look-ups: no network, no credentials.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

mod lookup;
mod parse;
mod price;
#[cfg(test)]
mod tests;

pub use parse::CatalogError;
pub use price::{Prices, cost_micro_usd};

/// What is assumed of a model that no catalogue describes.
pub const UNKNOWN_CONTEXT_WINDOW: u32 = 131_072;
pub const UNKNOWN_MAX_OUTPUT: u32 = 131_072;
/// The same for models that a local provider reports.
const DISCOVERED_MAX_OUTPUT: u32 = 16_384;

/// How a provider is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ApiFormat {
    #[serde(rename = "openai")]
    OpenAi,
    Anthropic,
    Gemini,
    Vertex,
    Bedrock,
    #[serde(rename = "azure_openai")]
    AzureOpenAi,
    Cli,
    Builtin,
}

/// How strong a model is, in words that a manifest may use instead of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    Frontier,
    Smart,
    Balanced,
    Fast,
    Local,
    Custom,
}

impl Tier {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Frontier => "frontier",
            Self::Smart => "smart",
            Self::Balanced => "balanced",
            Self::Fast => "fast",
            Self::Local => "local",
            Self::Custom => "custom",
        }
    }
}

impl fmt::Display for Tier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Tier {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [Self::Frontier, Self::Smart, Self::Balanced, Self::Fast, Self::Local, Self::Custom]
            .into_iter()
            .find(|tier| tier.as_str() == text)
            .ok_or_else(|| format!("unknown tier `{text}`"))
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Provider {
    pub id: String,
    pub display_name: String,
    /// Without a trailing `/`. None where it depends on the account, or where there is no HTTP.
    pub base_url: Option<String>,
    /// Name of the environment variable with the key.
    pub api_key_env: Option<String>,
    pub key_required: bool,
    pub format: ApiFormat,
    pub default_model: Option<String>,
}

impl Provider {
    pub fn is_local(&self) -> bool {
        is_local(&self.id)
    }
}

/// The providers that run on the operator's own machine and tell which models they have.
pub const LOCAL_PROVIDERS: [&str; 4] = ["ollama", "vllm", "lmstudio", "lemonade"];

pub fn is_local(provider: &str) -> bool {
    LOCAL_PROVIDERS.contains(&provider)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ModelOrigin {
    /// A row of the release.
    Builtin,
    /// Reported by its provider.
    Discovered,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    pub provider: String,
    /// As shown to people and written in manifests; may begin with the provider.
    pub id: String,
    pub display_name: String,
    pub tier: Tier,
    /// Tokens.
    pub context_window: u32,
    /// Tokens.
    pub max_output_tokens: u32,
    pub prices: Prices,
    pub tools: bool,
    pub vision: bool,
    pub streaming: bool,
    pub origin: ModelOrigin,
}

impl Model {
    /// A model that `provider` says it has, with what is assumed of such models.
    pub fn discovered(provider: &str, id: &str) -> Self {
        let local = is_local(provider);
        Self {
            provider: provider.to_owned(),
            id: id.to_owned(),
            display_name: format!("{id} ({provider})"),
            tier: if local { Tier::Local } else { Tier::Balanced },
            context_window: UNKNOWN_CONTEXT_WINDOW,
            max_output_tokens: DISCOVERED_MAX_OUTPUT,
            prices: if local { Prices::FREE } else { Prices::assumed(provider, id) },
            tools: true,
            vision: false,
            streaming: true,
            origin: ModelOrigin::Discovered,
        }
    }

    /// The id as the provider knows it.
    pub fn upstream_id(&self) -> &str {
        upstream_id(&self.provider, &self.id)
    }
}

/// `provider/model`, for ids that name their provider and for those that do not.
pub fn qualified(provider: &str, id: &str) -> String {
    format!("{provider}/{}", upstream_id(provider, id))
}

/// Cuts one leading `<provider>/` or `<provider>:` from a model id, unless it belongs to the id.
pub fn upstream_id<'a>(provider: &str, id: &'a str) -> &'a str {
    let prefix = match provider {
        "nvidia" => return id,
        "huggingface" => "hf",
        other => other,
    };
    id.strip_prefix(prefix).and_then(|rest| rest.strip_prefix(['/', ':'])).filter(|rest| !rest.is_empty()).unwrap_or(id)
}

/// How a text led to a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FoundBy {
    Id,
    Alias,
    DisplayName,
}

#[derive(Clone, Debug)]
pub struct Catalog {
    providers: Vec<Provider>,
    /// Rows of the release first, then discovered ones.
    models: Vec<Model>,
    aliases: BTreeMap<String, String>,
}

impl Catalog {
    /// In the order of the table.
    pub fn providers(&self) -> &[Provider] {
        &self.providers
    }

    pub fn models(&self) -> &[Model] {
        &self.models
    }

    /// Alias (lower case) to model id.
    pub fn aliases(&self) -> &BTreeMap<String, String> {
        &self.aliases
    }

    /// Takes an id or one of its aliases, in any case.
    pub fn provider(&self, id: &str) -> Option<&Provider> {
        let id = canonical_provider(id);
        self.providers.iter().find(|p| p.id == id)
    }

    /// The same catalogue with what `provider` reports at this moment instead of what it reported before.
    pub fn with_discovered(&self, provider: &str, ids: &[String]) -> Self {
        let mut next = self.clone();
        next.models.retain(|m| m.origin == ModelOrigin::Builtin || m.provider != provider);
        let fresh = ids
            .iter()
            .filter(|id| !next.models.iter().any(|m| m.provider == provider && m.id.eq_ignore_ascii_case(id)));
        let fresh: Vec<_> = fresh.map(|id| Model::discovered(provider, id)).collect();
        next.models.extend(fresh);
        next
    }
}

/// The id under which a provider is stored and shown.
pub fn canonical_provider(id: &str) -> String {
    let id = id.trim().to_ascii_lowercase();
    let canonical = match id.as_str() {
        "google" => "gemini",
        "copilot" => "github-copilot",
        "openai-codex" => "codex",
        "kimi" | "kimi2" => "moonshot",
        "dashscope" | "model_studio" => "qwen",
        "glm" => "zhipu",
        "codegeex" => "zhipu_coding",
        "z.ai" => "zai",
        "baidu" => "qianfan",
        "doubao" => "volcengine",
        "nvidia-nim" => "nvidia",
        "azure-openai" => "azure",
        "novita-ai" => "novita",
        "vertex" | "google-vertex" => "vertex-ai",
        _ => return id,
    };
    canonical.to_owned()
}
