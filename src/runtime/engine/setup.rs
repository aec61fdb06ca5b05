//! What a run works with, fixed when it starts: manifest, grants, models in order, prompt. Cached per agent.

use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{Arc, Mutex, OnceLock},
    time::Duration,
};

use sea_orm::ConnectionTrait;
use serde_json::Map;

use super::{
    super::{
        context::{Persona, system_text},
        policy::{self, CallerClass},
        retry::Candidate,
        routing,
        tools::{AgentView, NamedRoot, Roots, WorkspaceLimit, arguments},
    },
    EngineSettings, Inner, lock,
};
use crate::{
    agents::{
        self, AgentRow, AgentState,
        capabilities::Grants,
        manifest::{AgentManifest, AgentMode, ExecMode, ExecPolicy, Resolved, RootMode},
        model_choice::model_choice,
    },
    caller::CallerKind,
    error::{Error, ErrorCode, Result},
    ids::Id,
    llm::{
        ToolSpec,
        catalog::qualified,
        estimate,
        registry::{ModelChoice, ModelProblem, ResolvedModel},
    },
    runs::{Door, RunCaller, RunOptions, RunRow},
};

/// Agents whose settings are kept ready.
const CACHED: usize = 1_024;

/// An agent as runs see it. Valid for one version of its manifest and its documents.
pub struct AgentSetup {
    pub manifest: AgentManifest,
    pub resolved: Resolved,
    pub persona: Persona,
    pub roots: Arc<Roots>,
    pub exec: Arc<ExecPolicy>,
    grants: Arc<Grants>,
    pub workspace_limit: Arc<WorkspaceLimit>,
    for_admins: OnceLock<Arc<Offered>>,
    for_others: OnceLock<Arc<Offered>>,
}

/// Tools as a model is told of them.
#[derive(Debug, Default)]
pub struct Offered {
    pub specs: Vec<ToolSpec>,
    /// Estimate of all of them.
    pub tokens: u32,
}

#[derive(PartialEq, Eq)]
struct Version {
    manifest: i32,
    files: i32,
    mode: String,
}

#[derive(Default)]
pub struct Cache(Mutex<HashMap<Id, (Version, Arc<AgentSetup>)>>);

impl Inner {
    /// Settings of the agent as its row says, from the cache if they did not change.
    pub(super) async fn agent_setup(&self, agent: &AgentRow) -> Result<Arc<AgentSetup>> {
        self.agent_setup_in(self.db.read(), agent).await
    }

    /// As `agent_setup`, on this connection.
    pub(super) async fn agent_setup_in<C: ConnectionTrait>(&self, db: &C, agent: &AgentRow) -> Result<Arc<AgentSetup>> {
        let version =
            Version { manifest: agent.manifest_version, files: agent.files_version, mode: agent.mode.clone() };
        if let Some((known, setup)) = lock(&self.setups.0).get(&agent.id)
            && *known == version
        {
            return Ok(setup.clone());
        }
        let manifest = agent.manifest()?;
        let files = agents::service::files(db, agent.id).await?;
        let old = lock(&self.setups.0).get(&agent.id).map(|(_, setup)| setup.clone());
        let max_bytes = manifest.resources.max_workspace_bytes;
        let resolved = (self.resolve)(&manifest, mode(agent));
        let setup = Arc::new(AgentSetup {
            exec: Arc::new(resolved.exec_policy.clone()),
            grants: Arc::new(resolved.grants.clone()),
            resolved,
            persona: Persona::new(files, manifest.autonomous.is_some()),
            roots: Arc::new(roots(agent, &manifest, &self.settings)),
            workspace_limit: match old {
                Some(old) if old.manifest.resources.max_workspace_bytes == max_bytes => old.workspace_limit.clone(),
                _ => Arc::new(WorkspaceLimit::new(max_bytes)),
            },
            manifest,
            for_admins: OnceLock::new(),
            for_others: OnceLock::new(),
        });
        let mut cache = lock(&self.setups.0);
        if cache.len() >= CACHED {
            cache.clear();
        }
        cache.insert(agent.id, (version, setup.clone()));
        Ok(setup)
    }

    /// The models of a run, in the order in which they are tried.
    pub(super) fn models_for(&self, agent: &AgentRow, setup: &AgentSetup, ask: Ask<'_>) -> RunModels {
        let model = &setup.manifest.model;
        let options = ask.options;
        let override_named = options.model.is_some() || options.provider.is_some();
        let pinned = agent.pinned_model.as_deref().filter(|_| agent.stable);
        let first = if override_named {
            ModelChoice {
                provider: options.provider.clone().unwrap_or_default(),
                model: options.model.clone().unwrap_or_default(),
                ..ModelChoice::default()
            }
        } else {
            let routed = self.routed(agent, setup, ask);
            routed.unwrap_or_else(|| model_choice(&setup.manifest, pinned))
        };
        let primary = self.models.resolve(&first);
        let max_tokens = u32::try_from(model.max_tokens).unwrap_or(u32::MAX);
        let mut models = vec![RunModel::new(primary, max_tokens)];
        let fallbacks: Vec<(ModelChoice, u32)> = match &setup.manifest.fallback_models {
            Some(own) => own
                .iter()
                .map(|f| (ModelChoice::from(f), f.max_tokens.and_then(|n| u32::try_from(n).ok()).unwrap_or(max_tokens)))
                .collect(),
            None => self.models.default_fallbacks().into_iter().map(|choice| (choice, max_tokens)).collect(),
        };
        let mut skipped = vec![];
        for (choice, max_tokens) in fallbacks {
            let model = self.models.resolve(&choice);
            if !model.ready {
                skipped.push(qualified(&model.provider, &model.model));
            } else if !models
                .iter()
                .any(|m| m.provider == model.provider && m.resolved.upstream_id == model.upstream_id)
            {
                models.push(RunModel::new(model, max_tokens));
            }
        }
        RunModels { models, skipped }
    }

    /// The model that the manifest's routing names for this message.
    fn routed(&self, agent: &AgentRow, setup: &AgentSetup, ask: Ask<'_>) -> Option<ModelChoice> {
        let routing = setup.manifest.routing.as_ref().filter(|_| !agent.stable)?;
        if let Some((provider, model)) = ask.started_with {
            return Some(ModelChoice { provider: provider.to_owned(), ..ModelChoice::named(model) });
        }
        let message = routing::Message {
            text: ask.text,
            tools: self.offered(agent, setup, CallerClass::User).specs.len(),
            history: ask.history,
            system_prompt: setup.manifest.model.system_prompt.as_deref().unwrap_or_default(),
        };
        let model = routing::choose(routing, message)?;
        setup.resolved.grants.allows_text(&format!("model:{model}")).then(|| ModelChoice::named(model))
    }

    /// What the model is told of, sorted by name; worked out once for each version of the agent.
    pub(super) fn offered(&self, agent: &AgentRow, setup: &AgentSetup, caller: CallerClass) -> Arc<Offered> {
        let known = if caller == CallerClass::Admin { &setup.for_admins } else { &setup.for_others };
        known.get_or_init(|| Arc::new(self.work_out_offered(agent, setup, caller))).clone()
    }

    fn work_out_offered(&self, agent: &AgentRow, setup: &AgentSetup, caller: CallerClass) -> Offered {
        let holds = |grant: &str| setup.resolved.grants.allows_text(grant);
        let none = Map::new();
        let infos = self.tools.iter().map(|tool| tool.info()).filter(|info| {
            // The list is kept while the agent is suspended, and used when it runs again.
            let state = policy::AgentState { running: true, ..agent_state(agent, setup, info.name) };
            policy::offered(info, state, caller, &self.settings.admin_tools, &holds)
        });
        let specs: Vec<ToolSpec> = infos
            .map(|info| {
                let fixed = setup.manifest.tools.get(info.name).map_or(&none, |t| &t.fixed);
                ToolSpec {
                    name: info.name.to_owned(),
                    description: info.description.to_owned(),
                    schema: arguments::offered_schema(&info.schema, fixed),
                }
            })
            .collect();
        Offered { tokens: specs.iter().map(estimate::tool).fold(0, u32::saturating_add), specs }
    }
}

/// What the choice of the models depends on beside the agent.
#[derive(Clone, Copy)]
pub struct Ask<'a> {
    pub options: &'a RunOptions,
    pub text: &'a str,
    /// Earlier messages of the session.
    pub history: i64,
    /// Provider and model of a run that began already: routing does not change its mind.
    pub started_with: Option<(&'a str, &'a str)>,
}

impl<'a> Ask<'a> {
    /// Before there is a message.
    pub fn ahead(options: &'a RunOptions) -> Self {
        Self { options, text: "", history: 0, started_with: None }
    }

    pub fn of_run(run: &'a RunRow, history: i64) -> Self {
        let started = run.provider.as_deref().zip(run.model.as_deref());
        Self { options: &run.options, text: &run.input.text, history, started_with: started }
    }
}

/// A model of a run, with what its calls need.
pub struct RunModel {
    pub resolved: ResolvedModel,
    pub provider: String,
    pub max_tokens: u32,
}

fn output_limit(max_tokens: u32, model: &ResolvedModel) -> u32 {
    max_tokens.min(model.max_output.max(1))
}

impl RunModel {
    fn new(resolved: ResolvedModel, max_tokens: u32) -> Self {
        Self { provider: resolved.provider.clone(), max_tokens: output_limit(max_tokens, &resolved), resolved }
    }

    /// `provider/model`.
    pub fn name(&self) -> String {
        qualified(&self.provider, &self.resolved.model)
    }
}

pub struct RunModels {
    /// Never empty.
    pub models: Vec<RunModel>,
    /// Fallbacks without a credential.
    pub skipped: Vec<String>,
}

impl RunModels {
    pub fn candidates(&self) -> Vec<Candidate> {
        self.models
            .iter()
            .map(|m| Candidate {
                provider: m.provider.clone(),
                model: m.resolved.model.clone(),
                context_window: m.resolved.context_window,
            })
            .collect()
    }

    /// 409 when no credential is there for the model and all its fallbacks.
    pub fn check_credentials(&self) -> Result<()> {
        let without = |m: &RunModel| m.resolved.problem == Some(ModelProblem::NoCredential);
        if !self.models.iter().all(without) {
            return Ok(());
        }
        let reason = self.models.first().and_then(|m| m.resolved.reason.clone());
        let text = reason.unwrap_or_else(|| "No provider is configured for this agent's model".to_owned());
        Err(Error::new(ErrorCode::ProviderNotConfigured, text))
    }
}

/// Mode as stored; a word that is none is the strictest one.
pub fn mode(agent: &AgentRow) -> AgentMode {
    match agent.mode.as_str() {
        "full" => AgentMode::Full,
        "assist" => AgentMode::Assist,
        _ => AgentMode::Observe,
    }
}

pub fn agent_state<'a>(agent: &'a AgentRow, setup: &'a AgentSetup, tool: &str) -> policy::AgentState<'a> {
    let own = setup.manifest.tools.get(tool);
    policy::AgentState {
        name: &agent.name,
        running: agent.state == AgentState::Running,
        mode: mode(agent),
        allowlist: &setup.manifest.tool_allowlist,
        blocklist: &setup.manifest.tool_blocklist,
        exec_denied: setup.exec.mode == ExecMode::Deny,
        tool_enabled: own.is_none_or(|t| t.enabled),
        tool_approval: own.map(|t| t.approval).unwrap_or_default(),
    }
}

/// What the person behind the run may have the agent do, as of the acceptance.
pub fn stored_class(caller: &RunCaller) -> CallerClass {
    match (caller.admin, caller.kind) {
        (true, _) | (_, CallerKind::System) => CallerClass::Admin,
        _ => CallerClass::User,
    }
}

fn roots(agent: &AgentRow, manifest: &AgentManifest, settings: &EngineSettings) -> Roots {
    let named = manifest.workspaces.iter().map(|(name, root)| NamedRoot {
        name: name.clone(),
        // An absolute one stays what it is.
        path: settings.workspaces.join(&root.path),
        writable: root.mode == RootMode::Rw,
    });
    Roots {
        workspace: PathBuf::from(&agent.workspace),
        named: named.collect(),
        workspaces: settings.workspaces.clone(),
        server_folders: settings.server_folders.clone(),
    }
}

impl AgentSetup {
    pub fn system_text(&self, agent: &AgentRow, door: Door) -> String {
        let manifest = &self.manifest;
        system_text(&agent.name, &manifest.description, manifest.model.system_prompt.as_deref(), &self.persona, door)
    }

    /// Of one answer of this model.
    pub fn output_limit(&self, model: &ResolvedModel) -> u32 {
        output_limit(u32::try_from(self.manifest.model.max_tokens).unwrap_or(u32::MAX), model)
    }

    /// What tools may know of the agent.
    pub fn view(self: &Arc<Self>) -> AgentView {
        let setup = self.clone();
        AgentView {
            roots: self.roots.clone(),
            grants: self.grants.clone(),
            holds: Arc::new(move |grant: &str| setup.resolved.grants.allows_text(grant)),
            exec: self.exec.clone(),
        }
    }

    pub fn tool_timeout(&self, tool: &str) -> Option<Duration> {
        let own = self.manifest.tools.get(tool)?;
        own.timeout_secs.map(|secs| Duration::from_secs(secs.into()))
    }
}
