//! The manifest's `[model]`, `[[fallback_models]]` and `[routing]`.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// The word that stands for the server's own choice of provider or model.
pub const DEFAULT_MODEL_WORD: &str = "default";

/// The language model and how it is asked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct ManifestModel {
    /// Provider id; `default` follows the server's default model at each run.
    #[schema(max_length = 64)]
    pub provider: String,
    /// Model id, alias or `provider/id`; `default` follows the server's default model at each run.
    #[schema(max_length = 256)]
    pub model: String,
    /// Class of model, used while provider and model are `default`; the operator maps it to a model.
    pub tier: Option<ModelTier>,
    /// Instructions for the model; null = made of name and description.
    #[schema(max_length = 65536)]
    pub system_prompt: Option<String>,
    /// Output limit of one model call, in tokens.
    #[schema(minimum = 1, maximum = 10_000_000)]
    pub max_tokens: u64,
    /// Randomness; left out of the request for models that refuse it.
    #[schema(minimum = 0, maximum = 2)]
    pub temperature: f64,
    /// Nucleus sampling share, above 0.
    #[schema(exclusive_minimum = 0, maximum = 1)]
    pub top_p: Option<f64>,
    /// Texts at which the answer ends (64 characters each).
    #[schema(max_items = 4)]
    pub stop: Vec<String>,
    /// Seed for providers that take one.
    #[schema(minimum = 0, maximum = 2_147_483_647)]
    pub seed: Option<u32>,
    /// Name of the environment variable or vault entry with the key. Needs `config:write`.
    #[schema(pattern = r"^[A-Z_][A-Z0-9_]{0,127}$", example = "OPENAI_API_KEY")]
    pub api_key_env: Option<String>,
    /// Address of the provider's API. Needs `config:write`.
    #[schema(max_length = 2048, pattern = r"^https?://[^\s]+$", example = "https://llm.example.com/v1")]
    pub base_url: Option<String>,
    /// Context window in tokens, when the catalog is wrong about it.
    #[schema(minimum = 1024, maximum = 10_000_000)]
    pub context_window: Option<u64>,
    /// Form of the final answer; it is validated and repaired once.
    pub response_format: Option<ResponseFormat>,
    /// Further members of the provider's request body (16 KiB). Needs `config:write`.
    #[schema(value_type = Object)]
    pub params: Map<String, Value>,
}

impl Default for ManifestModel {
    fn default() -> Self {
        Self {
            provider: DEFAULT_MODEL_WORD.to_owned(),
            model: DEFAULT_MODEL_WORD.to_owned(),
            tier: None,
            system_prompt: None,
            max_tokens: 4096,
            temperature: 0.7,
            top_p: None,
            stop: vec![],
            seed: None,
            api_key_env: None,
            base_url: None,
            context_window: None,
            response_format: None,
            params: Map::new(),
        }
    }
}

impl ManifestModel {
    /// Whether the server's default model (or tier) is meant.
    pub fn follows_server(&self) -> bool {
        self.provider == DEFAULT_MODEL_WORD && self.model == DEFAULT_MODEL_WORD
    }

    /// Whether both ask for the same model.
    pub fn same_names(&self, other: &Self) -> bool {
        (&self.provider, &self.model, self.tier) == (&other.provider, &other.model, other.tier)
    }
}

/// Class of model that the operator maps to a concrete one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ModelTier {
    Frontier,
    Smart,
    Balanced,
    Fast,
    Local,
}

/// Form of the final answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ResponseFormat {
    /// Kind of answer.
    #[serde(rename = "type")]
    pub format: ResponseFormatType,
    /// JSON Schema of the answer (32 KiB), for `json_schema`.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub schema: Option<Map<String, Value>>,
}

/// Kind of final answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ResponseFormatType {
    Text,
    Json,
    JsonSchema,
}

/// A model to try when the one before it fails.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct FallbackModel {
    /// Provider id; `default` with a concrete model lets the catalog decide.
    #[schema(max_length = 64, example = "groq")]
    pub provider: String,
    /// Model id or alias.
    #[schema(max_length = 256, example = "llama-3.3-70b-versatile")]
    pub model: String,
    /// Name of the environment variable or vault entry with the key. Needs `config:write`.
    #[serde(default)]
    #[schema(pattern = r"^[A-Z_][A-Z0-9_]{0,127}$", example = "GROQ_API_KEY")]
    pub api_key_env: Option<String>,
    /// Address of the provider's API. Needs `config:write`.
    #[serde(default)]
    #[schema(max_length = 2048, pattern = r"^https?://[^\s]+$")]
    pub base_url: Option<String>,
    /// Output limit of one call of this model; null = as the first model.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 10_000_000)]
    pub max_tokens: Option<u64>,
}

/// Choice of the model by the estimated size of the task.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct ManifestRouting {
    /// Model for scores below `simple_threshold`; null = the agent's own.
    #[schema(max_length = 256)]
    pub simple_model: Option<String>,
    /// Model for scores between the thresholds; null = the agent's own.
    #[schema(max_length = 256)]
    pub medium_model: Option<String>,
    /// Model for scores from `complex_threshold` on; null = the agent's own.
    #[schema(max_length = 256)]
    pub complex_model: Option<String>,
    /// Upper end of simple tasks; below `complex_threshold`.
    #[schema(minimum = 1, maximum = 100_000)]
    pub simple_threshold: u32,
    /// Lower end of complex tasks.
    #[schema(minimum = 1, maximum = 100_000)]
    pub complex_threshold: u32,
}

impl Default for ManifestRouting {
    fn default() -> Self {
        Self {
            simple_model: None,
            medium_model: None,
            complex_model: None,
            simple_threshold: 100,
            complex_threshold: 500,
        }
    }
}
