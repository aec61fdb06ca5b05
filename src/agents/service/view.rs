//! Agents as they are shown: rows, what the registry says about their model, and what goes on around them.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::documents;
use crate::{
    agents::{
        AgentFileRow, AgentRow, AgentState, entity,
        manifest::{
            AgentManifest, AgentMode, FallbackModel, ManifestSignature, Resolved, SessionScope, SignatureStatus,
        },
        rules::ManifestRules,
        schema::{Agent, AgentCrash, AgentModel, AgentSummary, Effective, SelectionMode, TierWord},
    },
    error::Result,
    ids::Id,
    llm::{
        catalog::Tier,
        registry::{AuthStatus, ModelProblem, ResolvedModel},
    },
    runs, sessions,
};

/// What goes on with an agent.
#[derive(Clone, Copy, Debug, Default)]
struct Live {
    session_id: Option<Id>,
    active: i64,
    queued: i64,
}

/// Rows of a list as `owner` sees them; two statements, however many there are.
pub async fn summaries<C: ConnectionTrait>(
    db: &C,
    rules: &ManifestRules,
    rows: &[AgentRow],
    owner: &str,
) -> Result<Vec<AgentSummary>> {
    let manifests = rows.iter().map(AgentRow::manifest).collect::<Result<Vec<_>>>()?;
    let agents: Vec<_> = rows.iter().zip(&manifests).collect();
    let live = live(db, &agents, owner).await?;
    let summary = |(row, manifest): &(&AgentRow, &AgentManifest)| {
        let live = live.get(&row.id).copied().unwrap_or_default();
        summary(rules, row, manifest, &rules.model_of(row, manifest), live)
    };
    Ok(agents.iter().map(summary).collect())
}

async fn live<C: ConnectionTrait>(
    db: &C,
    agents: &[(&AgentRow, &AgentManifest)],
    owner: &str,
) -> Result<HashMap<Id, Live>> {
    if agents.is_empty() {
        return Ok(HashMap::new());
    }
    let ids: Vec<Id> = agents.iter().map(|(row, _)| row.id).collect();
    let key = |shared: bool| sessions::service::owner_key(shared, owner, None);
    let (shared, own) = (key(true), key(false));
    let mut live: HashMap<Id, Live> = HashMap::new();
    let mut active = HashMap::new();
    for (agent, key, session) in sessions::service::active_of_agents(db, &ids, &[&shared, &own]).await? {
        active.insert((agent, key), session);
    }
    for (row, manifest) in agents {
        let key = if manifest.session.scope == SessionScope::Agent { &shared } else { &own };
        live.entry(row.id).or_default().session_id = active.get(&(row.id, key.clone())).copied();
    }
    for open in runs::service::open_runs(db, Some(&ids)).await? {
        let entry = live.entry(open.agent_id).or_default();
        (entry.active, entry.queued) = (open.active, open.queued);
    }
    Ok(live)
}

fn summary(
    rules: &ManifestRules,
    row: &AgentRow,
    manifest: &AgentManifest,
    model: &ResolvedModel,
    live: Live,
) -> AgentSummary {
    let auth_status = auth_status(rules, model);
    AgentSummary {
        id: row.id,
        name: row.name.clone(),
        description: manifest.description.clone(),
        state: row.state,
        mode: row.mode(),
        stable: row.stable,
        profile: manifest.profile,
        tags: manifest.tags.clone(),
        model_provider: provider_word(model),
        model_name: model.model.clone(),
        model_tier: model.tier.map_or(TierWord::Unknown, TierWord::from),
        auth_status,
        ready: row.state == AgentState::Running && auth_status != AuthStatus::Missing,
        is_inferencing: live.active > 0,
        active_runs: live.active,
        queued_runs: live.queued,
        session_id: live.session_id,
        parent_id: row.parent_id,
        identity: manifest.identity.clone(),
        created_at: row.created_at,
        updated_at: row.updated_at,
        last_active: row.last_active,
    }
}

/// A model with a key of its own may be ready although its provider is not set up, and the other way round.
fn auth_status(rules: &ManifestRules, model: &ResolvedModel) -> AuthStatus {
    match (model.problem, rules.models.auth_status(&model.provider)) {
        (Some(ModelProblem::NoCredential), _) => AuthStatus::Missing,
        (None, AuthStatus::Missing) => AuthStatus::Configured,
        (_, status) => status,
    }
}

/// No provider has the model: the word says that, as `default` would promise the server's own.
fn provider_word(model: &ResolvedModel) -> String {
    if model.provider.is_empty() { "unknown".to_owned() } else { model.provider.clone() }
}

/// One agent in full, as `owner` sees it.
pub async fn describe<C: ConnectionTrait>(
    db: &C,
    rules: &ManifestRules,
    row: &AgentRow,
    owner: &str,
) -> Result<(Agent, Resolved)> {
    let manifest = row.manifest()?;
    let live = live(db, &[(row, &manifest)], owner).await?;
    let children: Vec<Id> = entity::Entity::find()
        .select_only()
        .column(entity::Column::Id)
        .filter(entity::Column::ParentId.eq(row.id))
        .filter(entity::Column::TerminatedAt.is_null())
        .order_by_asc(entity::Column::Id)
        .into_tuple()
        .all(db)
        .await?;
    let bootstrap = documents::find_file(db, row.id, documents::BOOTSTRAP).await?;
    let live = live.get(&row.id).copied().unwrap_or_default();
    Ok(assemble(rules, row, manifest, live, children, bootstrap.as_ref()))
}

/// An agent that was just made: nothing goes on with it yet.
pub fn describe_new(rules: &ManifestRules, row: &AgentRow, session: Id) -> Result<(Agent, Resolved)> {
    let live = Live { session_id: Some(session), ..Live::default() };
    Ok(assemble(rules, row, row.manifest()?, live, vec![], None))
}

fn assemble(
    rules: &ManifestRules,
    row: &AgentRow,
    manifest: AgentManifest,
    live: Live,
    children: Vec<Id>,
    bootstrap: Option<&AgentFileRow>,
) -> (Agent, Resolved) {
    let model = rules.model_of(row, &manifest);
    let resolved = rules.resolve(&manifest, row.mode());
    let emptied = bootstrap.filter(|file| file.content.trim().is_empty());
    let agent = Agent {
        summary: summary(rules, row, &manifest, &model, live),
        model: model_view(&model, row, &manifest),
        fallback_models: fallbacks(rules, &manifest),
        system_prompt: manifest.model.system_prompt.clone().unwrap_or_default(),
        capabilities: resolved.capabilities.clone(),
        tool_allowlist: manifest.tool_allowlist.clone(),
        tool_blocklist: manifest.tool_blocklist.clone(),
        skills_mode: SelectionMode::of(&manifest.skills),
        skills: manifest.skills.clone(),
        mcp_servers_mode: SelectionMode::of(&manifest.mcp_servers),
        mcp_servers: manifest.mcp_servers.clone(),
        children,
        workspace: row.workspace.clone(),
        onboarding_completed: bootstrap.is_none() || emptied.is_some(),
        onboarding_completed_at: emptied.map(|file| file.updated_at),
        crash: row.crash_at.map(|at| AgentCrash {
            at,
            reason: row.crash_reason.clone().unwrap_or_default(),
            restarts: row.crash_restarts,
        }),
        signature: row.signature(),
        manifest_version: row.manifest_version,
        manifest,
    };
    (agent, resolved)
}

fn model_view(model: &ResolvedModel, row: &AgentRow, manifest: &AgentManifest) -> AgentModel {
    let own = &manifest.model;
    // A pinned model comes with neither key nor address of the manifest's own.
    let is_own = !(row.stable && row.pinned_model.is_some());
    let max_tokens = own.max_tokens.min(model.max_output.max(1).into());
    AgentModel {
        provider: provider_word(model),
        model: model.model.clone(),
        tier: model.tier.map(TierWord::from),
        max_tokens: i64::try_from(max_tokens).unwrap_or(i64::MAX),
        temperature: own.temperature,
        api_key_env: own.api_key_env.clone().filter(|_| is_own),
        base_url: own.base_url.clone().filter(|_| is_own),
        source: model.source,
        ready: model.ready,
        reason: model.reason.clone(),
    }
}

/// The agent's own list, else the server's.
fn fallbacks(rules: &ManifestRules, manifest: &AgentManifest) -> Vec<FallbackModel> {
    let of_server = || {
        let named = |choice: crate::llm::registry::ModelChoice| FallbackModel {
            provider: choice.provider,
            model: choice.model,
            api_key_env: None,
            base_url: None,
            max_tokens: None,
        };
        rules.models.default_fallbacks().into_iter().map(named).collect()
    };
    manifest.fallback_models.clone().unwrap_or_else(of_server)
}

impl Agent {
    /// What it may do and use.
    pub fn effective(&self, resolved: &Resolved) -> Effective {
        Effective {
            grants: resolved.grants.texts(),
            tools: resolved.tools.clone(),
            limits: resolved.limits.clone(),
            exec_policy: resolved.exec_policy.clone(),
            mode: self.summary.mode,
            model: self.model.clone(),
            fallback_models: self.fallback_models.clone(),
        }
    }
}

impl AgentRow {
    /// A word of the table that is none is the strictest mode.
    pub fn mode(&self) -> AgentMode {
        match self.mode.as_str() {
            "full" => AgentMode::Full,
            "assist" => AgentMode::Assist,
            _ => AgentMode::Observe,
        }
    }

    fn signature(&self) -> ManifestSignature {
        ManifestSignature {
            status: match self.signature_status.as_str() {
                "trusted" => SignatureStatus::Trusted,
                "untrusted" => SignatureStatus::Untrusted,
                _ => SignatureStatus::None,
            },
            signer_id: self.signer_id.clone(),
            key_id: self.signer_key_id.clone(),
        }
    }

    pub(super) fn set_signature(&mut self, signature: &ManifestSignature) {
        let status = match signature.status {
            SignatureStatus::None => "none",
            SignatureStatus::Trusted => "trusted",
            SignatureStatus::Untrusted => "untrusted",
        };
        self.signature_status = status.to_owned();
        self.signer_id = signature.signer_id.clone();
        self.signer_key_id = signature.key_id.clone();
    }
}

impl AgentMode {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Observe => "observe",
            Self::Assist => "assist",
            Self::Full => "full",
        }
    }
}

impl From<Tier> for TierWord {
    fn from(tier: Tier) -> Self {
        match tier {
            Tier::Frontier => Self::Frontier,
            Tier::Smart => Self::Smart,
            Tier::Balanced => Self::Balanced,
            Tier::Fast => Self::Fast,
            Tier::Local => Self::Local,
            Tier::Custom => Self::Custom,
        }
    }
}
