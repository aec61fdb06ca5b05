//! Requests that change or replace a manifest. Absent members stay; null clears to the default.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use validator::Validate;

use super::SignedManifestInput;
use crate::{
    agents::manifest::{AgentManifest, ManifestModel, Profile},
    http::extract::present,
    ids::Id,
};

/// Changes to an agent; at least one.
#[derive(Debug, Default, Deserialize, ToSchema, Validate)]
#[serde(default)]
#[schema(example = json!({"description": "Answers questions about the garden", "tags": ["garden"]}))]
pub struct UpdateAgent {
    /// New name; the workspace does not move.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 256)]
    pub name: Option<Option<String>>,
    /// What the agent is for.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<String>, max_length = 4096)]
    pub description: Option<Option<String>>,
    /// Id, alias or `provider/id`, or the changed keys of the manifest's `model`.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<ModelWish>)]
    pub model: Option<Option<Value>>,
    /// Look the model up at this provider only; null = wherever it is found.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<String>, max_length = 64)]
    pub provider: Option<Option<String>>,
    /// Instructions; null = made of name and description.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<String>, max_length = 65_536)]
    pub system_prompt: Option<Option<String>>,
    /// Words for searching.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<Vec<String>>, max_items = 32)]
    pub tags: Option<Option<Value>>,
    /// Named set of tools and grants.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<Profile>)]
    pub profile: Option<Option<Value>>,
    /// As in `PUT /api/agents/{id}/mode`.
    #[schema(example = "assist")]
    pub mode: Option<String>,
    /// Whether model and skills are pinned.
    pub stable: Option<bool>,
    /// Only null: a person adopts a spawned agent, which then outlives the one that spawned it.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<Id>)]
    pub parent_id: Option<Option<Id>>,
    /// JSON merge patch (RFC 7396) on the stored manifest: null deletes, objects merge, lists replace.
    #[schema(value_type = Option<Object>)]
    pub manifest: Option<Map<String, Value>>,
    /// Treat warnings as errors, but for implied grants and missing providers.
    pub strict: bool,
}

/// A model by name, or keys of the manifest's `model`.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum ModelWish {
    Name(String),
    Keys(Box<ManifestModel>),
}

/// A new manifest, or the documented fields.
#[derive(Debug, Default, Deserialize, ToSchema, Validate)]
#[serde(default)]
#[schema(example = json!({"manifest_toml": "name = \"desk\"\nprofile = \"minimal\"\n"}))]
pub struct ReplaceAgent {
    /// The manifest as TOML, up to 1 MiB.
    #[schema(max_length = 1_048_576)]
    pub manifest_toml: Option<String>,
    /// The manifest as JSON; not together with `manifest_toml`.
    #[schema(value_type = Option<AgentManifest>)]
    pub manifest: Option<Value>,
    /// A signed manifest.
    #[schema(value_type = Option<SignedManifestInput>)]
    pub signed_manifest: Option<Value>,
    /// New name; the workspace does not move.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 256)]
    pub name: Option<Option<String>>,
    /// What the agent is for.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<String>, max_length = 4096)]
    pub description: Option<Option<String>>,
    /// Instructions; null = made of name and description.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<String>, max_length = 65_536)]
    pub system_prompt: Option<Option<String>>,
    /// Id, alias or `provider/id`.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<String>, max_length = 256)]
    pub model: Option<Option<String>>,
    /// Look the model up at this provider only; null = wherever it is found.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<String>, max_length = 64)]
    pub provider: Option<Option<String>>,
    /// Words for searching.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<Vec<String>>, max_items = 32)]
    pub tags: Option<Option<Value>>,
    /// Treat warnings as errors, but for implied grants and missing providers.
    pub strict: bool,
}
