//! Wire types of the templates slice.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::agents::manifest::AgentManifest;

/// A manifest to start from.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AgentTemplate {
    /// Name to create an agent from.
    #[schema(example = "assistant")]
    pub name: String,
    /// What an agent made of it is for.
    pub description: String,
    /// Group on the templates page.
    pub category: TemplateCategory,
    /// Words for searching.
    pub tags: Vec<String>,
    /// Provider of its model; `default` follows the server.
    #[schema(example = "default")]
    pub provider: String,
    /// Its model; `default` follows the server.
    #[schema(example = "default")]
    pub model: String,
    /// Names or globs of its tools.
    pub tools: Vec<String>,
    /// Where it comes from.
    pub source: TemplateSource,
    /// The user's file; null for built-in templates.
    pub path: Option<String>,
    /// The manifest as TOML.
    pub manifest_toml: String,
}

/// Group of templates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub enum TemplateCategory {
    #[default]
    General,
    Research,
    Development,
    Writing,
    Operations,
    Business,
}

impl TemplateCategory {
    /// The category of this name, in any case.
    pub fn parse(word: &str) -> Option<Self> {
        let all = [Self::General, Self::Research, Self::Development, Self::Writing, Self::Operations, Self::Business];
        all.into_iter().find(|category| format!("{category:?}").eq_ignore_ascii_case(word))
    }
}

/// Where a template comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TemplateSource {
    /// Part of the program.
    Builtin,
    /// A file `agents/<name>/agent.toml` in the home folder.
    User,
}

/// A page of templates.
#[derive(Debug, Serialize, ToSchema)]
pub struct TemplateList {
    /// By name.
    pub templates: Vec<AgentTemplate>,
    /// All templates that match.
    #[schema(minimum = 0)]
    pub total: i64,
    /// Cursor of the next page; null on the last one.
    pub next_cursor: Option<String>,
}

/// A template with its complete manifest.
#[derive(Debug, Serialize, ToSchema)]
pub struct TemplateDetail {
    #[serde(flatten)]
    pub template: AgentTemplate,
    /// The manifest with all defaults.
    pub manifest: AgentManifest,
    /// What deserves attention in it.
    pub warnings: Vec<String>,
}

/// A named set of tools and grants.
#[derive(Debug, Serialize, ToSchema)]
pub struct ToolProfile {
    /// Name for `profile` in a manifest.
    #[schema(example = "coding")]
    pub name: String,
    /// One line for people.
    pub description: String,
    /// Names or globs of its tools.
    pub tools: Vec<String>,
    /// Tools that every profile has besides.
    pub base_tools: Vec<String>,
    /// Grants that it brings. What programs may be run is up to the exec policy.
    #[schema(example = json!(["fs.read:**"]))]
    pub implied_grants: Vec<String>,
}

/// All profiles.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProfileList {
    /// From the narrowest to the widest.
    pub profiles: Vec<ToolProfile>,
    /// Number of profiles.
    #[schema(minimum = 0)]
    pub total: i64,
    /// Always null: the list has one page.
    pub next_cursor: Option<String>,
}
