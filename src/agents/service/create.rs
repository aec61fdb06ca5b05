//! Making agents, from a manifest or as a copy. All checks come first, then one transaction writes everything.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use serde_json::{Map, Value, json};

use super::{documents, insert, view, workspace};
use crate::{
    agents::{
        AgentFileRow, AgentRow, AgentState, entity,
        manifest::{AgentManifest, ManifestWarning, ParseOptions, SessionScope, SignedManifest, Source, admit},
        rules::ManifestRules,
        schema::AgentCreated,
    },
    caller::Caller,
    db::Db,
    error::{Error, ErrorCode, Result},
    idempotency,
    ids::Id,
    sessions::{self, SessionKind, SessionRow, service::NewSession},
    time::Ts,
};

/// Names that are tried for a copy before the request fails.
const NAMES_TRIED: usize = 1_000;

/// An agent to be made.
pub struct NewAgent<'a> {
    pub source: Source<'a>,
    /// A merge patch on top of the manifest. It drops a signature.
    pub overrides: Option<Value>,
    /// The verified envelope that the source comes from.
    pub signed: Option<Envelope<'a>>,
    pub strict: bool,
}

/// A signed manifest, and how it was sent.
#[derive(Clone, Copy)]
pub struct Envelope<'a> {
    pub verified: &'a SignedManifest,
    pub sent: &'a Value,
}

/// A new agent and its creator's session.
#[derive(Debug)]
pub struct Created {
    pub row: AgentRow,
    pub session: SessionRow,
    pub warnings: Vec<ManifestWarning>,
}

impl Created {
    pub fn path(&self) -> String {
        format!("/api/agents/{}", self.row.id)
    }

    pub fn answer(&self, rules: &ManifestRules) -> Result<AgentCreated> {
        let (agent, resolved) = view::describe_new(rules, &self.row, self.session.id)?;
        let effective = agent.effective(&resolved);
        Ok(AgentCreated { agent_id: self.row.id, agent, effective, warnings: self.warnings.clone() })
    }
}

/// What a copy takes over besides the manifest.
struct Original {
    row: AgentRow,
    manifest: AgentManifest,
    files: Vec<AgentFileRow>,
}

/// What a copy has of the original's row, as far as its overrides do not say otherwise.
#[derive(Default)]
struct Kept {
    mode: Option<String>,
    stable: bool,
    pinned_model: Option<String>,
}

impl Kept {
    fn of(original: &Original, manifest: &AgentManifest, overrides: Option<&Value>) -> Self {
        let row = &original.row;
        let sets_mode = overrides.is_some_and(|overrides| overrides.get("mode").is_some());
        let same_model = manifest.model.same_names(&original.manifest.model);
        Self {
            mode: (!sets_mode).then(|| row.mode.clone()),
            stable: row.stable,
            pinned_model: row.pinned_model.clone().filter(|_| same_model),
        }
    }
}

pub async fn create(db: &Db, rules: &ManifestRules, caller: &Caller, new: NewAgent<'_>) -> Result<Created> {
    make(db, rules, caller, new, None).await
}

async fn make(
    db: &Db,
    rules: &ManifestRules,
    caller: &Caller,
    new: NewAgent<'_>,
    original: Option<&Original>,
) -> Result<Created> {
    let strict = new.strict || rules.strict;
    let envelope = new.signed.filter(|_| new.overrides.is_none());
    let (signature, doubt) = admit(envelope.map(|e| e.verified), rules.signing, &rules.trusted_keys)?;
    let options = ParseOptions {
        strict,
        scopes: caller.scopes,
        previous: original.map(|o| &o.manifest),
        overrides: new.overrides.as_ref(),
    };
    let text = given_toml(&new.source).filter(|_| new.overrides.is_none());
    let mut parsed = workspace::parse(db.read(), rules, new.source, options, None).await?;
    parsed.warnings.extend(rules.doubt(doubt, strict)?);
    let (id, now, by) = (Id::new(), Ts::now(), caller.label());
    let manifest = &parsed.manifest;
    let files = match original {
        Some(original) => documents::copies(original.files.clone(), id, now),
        None => documents::starters(manifest, id, &by, now),
    };
    let kept = original.map(|original| Kept::of(original, manifest, new.overrides.as_ref())).unwrap_or_default();
    let session = NewSession {
        agent_id: id,
        owner: sessions::service::owner_key(manifest.session.scope == SessionScope::Agent, &caller.owner(), None),
        kind: SessionKind::Main,
        conversation: None,
        label: None,
        activate: true,
    };
    let session = session.into_row(now);
    let tx = db.begin().await?;
    let mut row = AgentRow {
        id,
        name: manifest.name.clone(),
        name_key: manifest.name.to_lowercase(),
        search_key: String::new(),
        state: if manifest.start { AgentState::Running } else { AgentState::Created },
        mode: kept.mode.unwrap_or_else(|| manifest.mode.as_str().to_owned()),
        stable: parsed.stable.unwrap_or(kept.stable),
        manifest: manifest.to_json(),
        manifest_toml: text,
        signed_manifest: envelope.map(|e| as_object(e.sent)),
        signature_status: String::new(),
        signer_id: None,
        signer_key_id: None,
        manifest_version: 1,
        files_version: 1,
        updated_by: by,
        parent_id: None,
        pinned_model: manifest.pinned_model.clone().or(kept.pinned_model),
        workspace: workspace::choose(&tx, rules, manifest, id).await?,
        crash_at: None,
        crash_reason: None,
        crash_restarts: 0,
        created_at: now,
        updated_at: now,
        last_active: now,
        terminated_at: None,
        erased_folder: None,
    };
    row.set_signature(&signature);
    rules.pin(&mut row, manifest);
    insert(&tx, row.clone()).await?;
    sessions::service::insert(&tx, &session).await?;
    documents::insert_all(&tx, files).await?;
    let created = Created { row, session, warnings: parsed.warnings };
    idempotency::service::keep(&tx, 201, Some(created.path()), &created.answer(rules)?).await?;
    tx.commit().await?;
    Ok(created)
}

/// TOML as it was given, to be given back.
pub(super) fn given_toml(source: &Source<'_>) -> Option<String> {
    match source {
        Source::Text(text) if !text.trim_start_matches('\u{feff}').trim_start().starts_with('{') => {
            Some((*text).to_owned())
        }
        _ => None,
    }
}

/// An envelope may come as a string that holds it.
pub(super) fn as_object(sent: &Value) -> Value {
    sent.as_str().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_else(|| sent.clone())
}

/// Makes an independent copy with a workspace of its own.
pub async fn clone_of(
    db: &Db,
    rules: &ManifestRules,
    caller: &Caller,
    row: AgentRow,
    new_name: Option<String>,
    overrides: Map<String, Value>,
) -> Result<Created> {
    let original = Original { manifest: row.manifest()?, files: documents::files(db.read(), row.id).await?, row };
    let mut patch = overrides;
    patch.entry("workspace").or_insert(Value::Null);
    let given = new_name.is_some();
    let names = match new_name {
        Some(name) => vec![name],
        None => free_names(db, &original.row.name).await?,
    };
    for name in names {
        patch.insert("name".into(), json!(name));
        let new = NewAgent {
            source: Source::Json(original.row.manifest.clone()),
            overrides: Some(Value::Object(patch.clone())),
            signed: None,
            strict: false,
        };
        match make(db, rules, caller, new, Some(&original)).await {
            // Somebody else took the name in this very moment.
            Err(e) if e.code() == ErrorCode::DuplicateName && !given => {}
            made => return made,
        }
    }
    let message = format!("Every name made of '{}' already exists; send new_name", original.row.name);
    Err(Error::new(ErrorCode::DuplicateName, message))
}

/// Names for a copy that nobody has now.
async fn free_names(db: &Db, name: &str) -> Result<Vec<String>> {
    let taken: Vec<String> = entity::Entity::find()
        .select_only()
        .column(entity::Column::NameKey)
        .filter(entity::Column::TerminatedAt.is_null())
        .filter(entity::Column::NameKey.starts_with(format!("{}-copy", name.to_lowercase())))
        .into_tuple()
        .all(db.read())
        .await?;
    let candidates =
        (1..=NAMES_TRIED).map(|n| if n == 1 { format!("{name}-copy") } else { format!("{name}-copy-{n}") });
    Ok(candidates.filter(|candidate| !taken.contains(&candidate.to_lowercase())).collect())
}
