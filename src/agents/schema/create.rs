//! Requests that make an agent.

use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;
use validator::Validate;

use crate::agents::manifest::{AgentIdentity, AgentManifest, AgentMode, Profile};

/// A new agent, from one of `manifest_toml`, `template`, `manifest`, `signed_manifest`, or from `name` alone.
#[derive(Debug, Default, Deserialize, ToSchema, Validate)]
#[serde(default)]
#[schema(example = json!({"name": "desk", "description": "Answers everyday questions", "profile": "minimal"}))]
pub struct CreateAgent {
    /// The manifest as TOML, up to 1 MiB; beats `template` unless it is blank.
    #[schema(max_length = 1_048_576)]
    pub manifest_toml: Option<String>,
    /// Name from `GET /api/templates`.
    #[schema(pattern = "^[A-Za-z0-9_-]{1,64}$", example = "assistant")]
    pub template: Option<String>,
    /// The manifest as JSON; not together with `manifest_toml`.
    #[schema(value_type = Option<AgentManifest>)]
    pub manifest: Option<Value>,
    /// A signed manifest; the text inside it is the manifest.
    #[schema(value_type = Option<SignedManifestInput>)]
    pub signed_manifest: Option<Value>,
    /// Replaces the manifest's name.
    #[schema(min_length = 1, max_length = 256)]
    pub name: Option<String>,
    /// Replaces the manifest's description.
    #[schema(max_length = 4096)]
    pub description: Option<String>,
    /// Replaces the manifest's model: id, alias or `provider/id`.
    #[schema(max_length = 256)]
    pub model: Option<String>,
    /// Replaces the manifest's provider.
    #[schema(max_length = 64)]
    pub provider: Option<String>,
    /// Replaces the manifest's instructions.
    #[schema(max_length = 65_536)]
    pub system_prompt: Option<String>,
    /// Replaces the manifest's profile.
    #[schema(value_type = Option<Profile>)]
    pub profile: Option<Value>,
    /// Replaces the manifest's tags.
    #[schema(value_type = Option<Vec<String>>, max_items = 32)]
    pub tags: Option<Value>,
    /// Replaces the manifest's mode.
    #[schema(value_type = Option<AgentMode>)]
    pub mode: Option<Value>,
    /// Merged into the manifest's identity.
    #[schema(value_type = Option<AgentIdentity>)]
    pub identity: Option<Value>,
    /// Treat warnings as errors, but for implied grants and missing providers.
    pub strict: bool,
}

/// A signed manifest: the envelope, or a string that holds it as JSON.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum SignedManifestInput {
    Text(String),
    Envelope(SignedEnvelope),
}

/// An Ed25519 envelope around the exact text of a manifest.
#[derive(Debug, Deserialize, ToSchema)]
pub struct SignedEnvelope {
    /// The exact text, TOML or JSON.
    pub manifest: String,
    /// Lower-case hexadecimal SHA-256 of the text.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    pub content_hash: String,
    /// 64 bytes, over the 64 ASCII characters of `content_hash`.
    pub signature: ByteText,
    /// 32 bytes.
    pub signer_public_key: ByteText,
    /// How the signer names itself.
    #[schema(min_length = 1, max_length = 256)]
    pub signer_id: String,
}

/// Bytes as hexadecimal, base64 or a list of integers.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum ByteText {
    Text(String),
    Bytes(Vec<u8>),
}

/// What a copy is to be called and how it differs.
#[derive(Debug, Default, Deserialize, ToSchema, Validate)]
#[serde(default)]
#[schema(example = json!({"new_name": "desk-2", "overrides": {"model": {"temperature": 0.2}}}))]
pub struct CloneAgent {
    /// Default: the name with `-copy`, then `-copy-2` and so on.
    #[schema(min_length = 1, max_length = 256)]
    pub new_name: Option<String>,
    /// Merged onto the manifest: objects merge, everything else replaces; a `name` in it is ignored.
    #[schema(value_type = Option<Object>)]
    pub overrides: Option<serde_json::Map<String, Value>>,
}
