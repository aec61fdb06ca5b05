//! Changing and replacing manifests. What is read, checked and written stands in one transaction, so that two changes at
//! the same time both count.

use sea_orm::DatabaseTransaction;
use serde_json::{Map, Value};

use super::{
    create::{Envelope, as_object, given_toml},
    lookup, save, workspace,
};
use crate::{
    agents::{
        AgentRow,
        manifest::{AgentManifest, AgentMode, ManifestWarning, ParseOptions, Parsed, Source, admit},
        rules::ManifestRules,
    },
    caller::Caller,
    db::Db,
    error::Result,
    ids::Id,
    time::Ts,
};

/// What is to change about an agent.
#[derive(Debug, Default)]
pub struct Change {
    /// A merge patch on the stored manifest.
    pub patch: Map<String, Value>,
    pub mode: Option<AgentMode>,
    pub stable: Option<bool>,
    /// It no longer belongs to the agent that spawned it.
    pub adopt: bool,
}

#[derive(Debug)]
pub struct Changed {
    pub row: AgentRow,
    pub warnings: Vec<ManifestWarning>,
}

/// Changes what `plan` says, given the agent as it is now. All or nothing.
pub async fn change(
    db: &Db,
    rules: &ManifestRules,
    caller: &Caller,
    id: Id,
    strict: bool,
    plan: impl FnOnce(&AgentRow, &AgentManifest) -> Result<Change>,
) -> Result<Changed> {
    let tx = db.begin().await?;
    let mut row = lookup::locked(&tx, id).await?;
    let previous = row.manifest()?;
    let mut change = plan(&row, &previous)?;
    let chooses_model = names_model(&change.patch);
    if chooses_model && row.stable {
        change.patch.entry("pinned_model").or_insert(Value::Null);
    }
    let mut warnings = vec![];
    let mut manifest = previous.clone();
    if !change.patch.is_empty() {
        let overrides = Value::Object(change.patch);
        let options = ParseOptions {
            strict: strict || rules.strict,
            scopes: caller.scopes,
            previous: Some(&previous),
            overrides: Some(&overrides),
        };
        let source = Source::Json(row.manifest.clone());
        let parsed = workspace::parse(&tx, rules, source, options, Some(id)).await?;
        if parsed.manifest != previous {
            let (signature, _) = admit(None, rules.signing, &rules.trusted_keys)?;
            row.set_signature(&signature);
            row.signed_manifest = None;
            row.manifest_toml = None;
        }
        put(&tx, rules, &mut row, &previous, &parsed).await?;
        if chooses_model {
            row.pinned_model = parsed.manifest.pinned_model.clone();
        }
        (manifest, warnings) = (parsed.manifest, parsed.warnings);
    }
    if let Some(mode) = change.mode {
        row.mode = mode.as_str().to_owned();
    }
    if let Some(stable) = change.stable {
        row.stable = stable;
        if !stable {
            row.pinned_model = manifest.pinned_model.clone();
        }
    }
    if change.adopt {
        row.parent_id = None;
    }
    rules.pin(&mut row, &manifest);
    let row = finish(tx, caller, row).await?;
    Ok(Changed { row, warnings })
}

/// Whether a patch says which model to use. Whoever does wants it now, so that it takes the place of a pinned one.
fn names_model(patch: &Map<String, Value>) -> bool {
    let keys = ["provider", "model", "name", "tier"];
    patch.contains_key("provider")
        || match patch.get("model") {
            Some(Value::Object(model)) => keys.iter().any(|key| model.contains_key(*key)),
            wish => wish.is_some(),
        }
}

/// Puts a whole new manifest in place of the old one. Id, state, mode, sessions and documents stay.
pub async fn replace(
    db: &Db,
    rules: &ManifestRules,
    caller: &Caller,
    id: Id,
    source: Source<'_>,
    envelope: Option<Envelope<'_>>,
    strict: bool,
) -> Result<Changed> {
    let strict = strict || rules.strict;
    let (signature, doubt) = admit(envelope.map(|e| e.verified), rules.signing, &rules.trusted_keys)?;
    let tx = db.begin().await?;
    let mut row = lookup::locked(&tx, id).await?;
    let previous = row.manifest()?;
    let options = ParseOptions { strict, scopes: caller.scopes, previous: Some(&previous), overrides: None };
    let text = given_toml(&source);
    let mut parsed = workspace::parse(&tx, rules, source, options, Some(id)).await?;
    parsed.warnings.extend(rules.doubt(doubt, strict)?);
    put(&tx, rules, &mut row, &previous, &parsed).await?;
    if !parsed.manifest.model.same_names(&previous.model) {
        row.pinned_model = parsed.manifest.pinned_model.clone();
    }
    row.set_signature(&signature);
    row.signed_manifest = envelope.map(|e| as_object(e.sent));
    row.manifest_toml = text;
    rules.pin(&mut row, &parsed.manifest);
    let row = finish(tx, caller, row).await?;
    Ok(Changed { row, warnings: parsed.warnings })
}

/// Brings the columns that follow from the manifest in line with it.
async fn put(
    tx: &DatabaseTransaction,
    rules: &ManifestRules,
    row: &mut AgentRow,
    previous: &AgentManifest,
    parsed: &Parsed,
) -> Result<()> {
    let manifest = &parsed.manifest;
    row.name = manifest.name.clone();
    row.name_key = manifest.name.to_lowercase();
    row.manifest = manifest.to_json();
    if let Some(stable) = parsed.stable {
        row.stable = stable;
    }
    if manifest.pinned_model != previous.pinned_model {
        row.pinned_model = manifest.pinned_model.clone();
    }
    // Renaming alone does not move the folder.
    if manifest.workspace != previous.workspace {
        row.workspace = workspace::choose(tx, rules, manifest, row.id).await?;
    }
    Ok(())
}

async fn finish(tx: DatabaseTransaction, caller: &Caller, mut row: AgentRow) -> Result<AgentRow> {
    row.manifest_version += 1;
    row.updated_by = caller.label();
    row.updated_at = Ts::now();
    let row = save(&tx, row).await?;
    tx.commit().await?;
    Ok(row)
}
