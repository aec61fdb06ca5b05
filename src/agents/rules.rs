//! What this server knows and allows, as far as manifests depend on it: built once, asked at every create, change and run.

use std::{path::PathBuf, sync::Arc};

use super::{
    AgentRow,
    manifest::{
        AgentManifest, AgentMode, ExecPolicy, Folders, ManifestCode, ManifestProblem, ManifestWarning, ModelFacts,
        ParseOptions, Parsed, Profile, Rejection, Resolved, ServerFacts, Source, ToolFacts, parse, read_public_key,
        resolve,
    },
    model_choice::model_choice,
};
use crate::{
    config::{Config, ManifestSigning},
    llm::registry::{ModelChoice, ModelProblem, Registry as Models, ResolvedModel},
    runtime::tools::registry::Registry as Tools,
};

pub struct ManifestRules {
    pub models: Arc<Models>,
    pub default_profile: Profile,
    /// Every manifest is read strictly.
    pub strict: bool,
    pub signing: ManifestSigning,
    /// Ed25519 keys whose signatures count.
    pub trusted_keys: Vec<[u8; 32]>,
    pub folders: Folders,
    /// The server's own.
    pub exec_policy: ExecPolicy,
    tools: Vec<ToolFacts>,
}

impl ManifestRules {
    /// Fails with a sentence about the key of the configuration that is wrong.
    pub fn new(config: &Config, models: Arc<Models>, tools: &Tools) -> Result<Self, String> {
        let profile = serde_json::Value::String(config.agents.default_profile.to_lowercase());
        let default_profile = serde_json::from_value(profile)
            .map_err(|_| format!("agents.default_profile: '{}' is not a profile", config.agents.default_profile))?;
        let key = |key: &crate::config::TrustedKey| {
            read_public_key(&key.public_key)
                .ok_or_else(|| format!("skills.trusted_keys: '{}' is not an Ed25519 public key", key.name))
        };
        let facts = |tool: &Arc<dyn crate::runtime::tools::Tool>| ToolFacts {
            name: tool.info().name.to_owned(),
            assist_mode: tool.info().assist_mode,
            schema: tool.info().schema.clone(),
        };
        Ok(Self {
            default_profile,
            strict: config.agents.strict_manifests,
            signing: config.security.manifest_signing,
            trusted_keys: config.skills.trusted_keys.iter().map(key).collect::<Result<_, _>>()?,
            folders: folders(config),
            exec_policy: config.exec_policy.clone(),
            tools: tools.iter().map(facts).collect(),
            models,
        })
    }

    /// Reads and checks a manifest. `occupied` are private workspaces of other agents.
    pub fn parse(
        &self,
        source: Source<'_>,
        options: ParseOptions<'_>,
        occupied: &[PathBuf],
    ) -> Result<Parsed, Rejection> {
        let mut parsed = self.with_facts(occupied, |facts| parse(source, options, facts))?;
        let model = self.models.resolve(&model_choice(&parsed.manifest, None));
        if model.problem == Some(ModelProblem::ModelDisabled) {
            let reason = model.reason.unwrap_or_default();
            return Err(Rejection::Invalid(vec![problem(ManifestCode::ModelDisabled, "model.model", reason)]));
        }
        if model.ready && !model.selected_by_default {
            // A key or address of its own makes a model ready that its provider alone is not.
            parsed.warnings.retain(|w| w.code != ManifestCode::NoProviderConfigured);
        }
        Ok(parsed)
    }

    /// What a manifest comes to in a mode.
    pub fn resolve(&self, manifest: &AgentManifest, mode: AgentMode) -> Resolved {
        self.with_facts(&[], |facts| resolve(manifest, mode, facts))
    }

    /// The model that the agent's next run will use.
    pub fn model_of(&self, agent: &AgentRow, manifest: &AgentManifest) -> ResolvedModel {
        let pinned = agent.pinned_model.as_deref().filter(|_| agent.stable);
        self.models.resolve(&model_choice(manifest, pinned))
    }

    /// A doubt about the signature is a problem in strict mode, like other warnings.
    pub fn doubt(&self, doubt: Option<ManifestWarning>, strict: bool) -> Result<Option<ManifestWarning>, Rejection> {
        match doubt {
            Some(doubt) if strict => Err(Rejection::Invalid(vec![problem(doubt.code, &doubt.path, doubt.message)])),
            doubt => Ok(doubt),
        }
    }

    /// A stable agent keeps the model that it has at this moment.
    pub fn pin(&self, agent: &mut AgentRow, manifest: &AgentManifest) {
        if !agent.stable || agent.pinned_model.is_some() {
            return;
        }
        let model = self.models.resolve(&model_choice(manifest, None));
        if model.provider.is_empty() {
            return;
        }
        let in_front = format!("{}/", model.provider);
        let is_whole = model.model.starts_with(&in_front);
        agent.pinned_model = Some(if is_whole { model.model } else { in_front + &model.model });
    }

    fn with_facts<T>(&self, occupied: &[PathBuf], work: impl FnOnce(&ServerFacts<'_>) -> T) -> T {
        let model = |provider: &str, model: &str| model_facts(&self.models, provider, model);
        let mut folders = self.folders.clone();
        folders.protected.extend_from_slice(occupied);
        work(&ServerFacts {
            default_profile: self.default_profile,
            exec_policy: self.exec_policy.clone(),
            tools: &self.tools,
            skills: vec![],
            mcp_servers: vec![],
            folders,
            model: &model,
        })
    }
}

fn folders(config: &Config) -> Folders {
    let own = ["modules", "skills", "agents", "logs", "scripts"].map(|name| config.home.join(name));
    let protected = std::iter::once(config.data_dir()).chain(own).collect();
    let user_home = ["HOME", "USERPROFILE"].into_iter().filter_map(|name| config.environment.get(name));
    Folders {
        workspaces: config.workspaces_dir(),
        mount_roots: config.agents.mount_roots.clone(),
        protected,
        server_home: Some(config.home.clone()),
        homes: user_home.map(PathBuf::from).chain([config.home.clone()]).collect(),
    }
}

fn model_facts(models: &Models, provider: &str, model: &str) -> ModelFacts {
    let choice = ModelChoice { provider: provider.to_owned(), ..ModelChoice::named(model) };
    let resolved = models.resolve(&choice);
    let catalog = models.catalog();
    let known = match resolved.provider.as_str() {
        "" => false,
        provider => catalog.find(Some(provider), &resolved.model, &|_| true).is_some(),
    };
    ModelFacts {
        known,
        ready: !resolved.selected_by_default && resolved.problem != Some(ModelProblem::NoCredential),
        max_output_tokens: known.then(|| resolved.max_output.into()),
        context_window: known.then(|| resolved.context_window.into()),
        suggestion: if known { None } else { catalog.near(model, 1).pop() },
        nobody_has_it: match resolved.problem {
            Some(ModelProblem::UnknownModel | ModelProblem::UnknownProvider) => resolved.reason,
            _ => None,
        },
    }
}

pub(super) fn problem(code: ManifestCode, path: &str, message: String) -> ManifestProblem {
    ManifestProblem {
        code,
        path: path.to_owned(),
        message,
        line: None,
        column: None,
        expected: None,
        got: None,
        suggestion: None,
        scope: None,
    }
}
