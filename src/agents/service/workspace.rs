//! Which folder an agent works in, and which folders other agents use.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, sea_query::Expr};

use crate::{
    agents::{
        entity,
        manifest::{
            AgentManifest, Folders, ManifestCode, NamedWorkspace, ParseOptions, Parsed, Rejection, Source,
            absolute_folder, default_folder, overlap, refusal,
        },
        rules::{ManifestRules, problem},
    },
    error::{Error, Result},
    ids::Id,
};

/// Reads a manifest of agent `own`; folders that it names must not be private ones of other agents.
pub(super) async fn parse<C: ConnectionTrait>(
    db: &C,
    rules: &ManifestRules,
    source: Source<'_>,
    options: ParseOptions<'_>,
    own: Option<Id>,
) -> Result<Parsed> {
    let parsed = rules.parse(source.clone(), options, &[])?;
    if parsed.manifest.workspace.is_none() && parsed.manifest.workspaces.is_empty() {
        return Ok(parsed);
    }
    let occupied = private_folders(db, own).await?;
    let parsed = rules.parse(source, options, &occupied)?;
    check_links(rules, &parsed.manifest, occupied).await?;
    Ok(parsed)
}

/// Asks again where the folders of a manifest are, now with the links on the disk resolved.
async fn check_links(rules: &ManifestRules, manifest: &AgentManifest, occupied: Vec<PathBuf>) -> Result<()> {
    let mut folders = rules.folders.clone();
    folders.protected.extend(occupied);
    let own = manifest.workspace.iter().map(|path| ("workspace".to_owned(), path, false));
    let named = manifest.workspaces.iter().map(|(name, w)| (format!("workspaces.{name}.path"), &w.path, true));
    let places: Vec<(String, PathBuf, bool)> = own
        .chain(named)
        .filter_map(|(at, path, named)| Some((at, absolute_folder(path, &folders).ok()?, named)))
        .collect();
    let problems = on_disk(move || {
        let folders = real_folders(folders);
        let refused = |(at, folder, named): (String, PathBuf, bool)| {
            let reason = refusal(&real(&folder), &folders, named)?;
            Some(problem(ManifestCode::WorkspaceForbidden, &at, format!("through a link: {reason}")))
        };
        places.into_iter().filter_map(refused).collect::<Vec<_>>()
    });
    let problems = problems.await?;
    if problems.is_empty() { Ok(()) } else { Err(Rejection::Invalid(problems).into()) }
}

/// The disk may be slow, or on the network.
async fn on_disk<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(Error::internal)
}

/// A path without links, as far as it exists.
fn real(path: &Path) -> PathBuf {
    let known = path.ancestors().find_map(|part| Some((part.canonicalize().ok()?, path.strip_prefix(part).ok()?)));
    known.map_or_else(|| path.to_owned(), |(there, rest)| there.join(rest).components().collect())
}

fn real_folders(folders: Folders) -> Folders {
    let all = |paths: Vec<PathBuf>| paths.iter().map(|path| real(path)).collect();
    Folders {
        workspaces: real(&folders.workspaces),
        mount_roots: all(folders.mount_roots),
        protected: all(folders.protected),
        server_home: folders.server_home.as_deref().map(real),
        homes: all(folders.homes),
    }
}

/// Folders of agents that name none themselves.
async fn private_folders<C: ConnectionTrait>(db: &C, own: Option<Id>) -> Result<Vec<PathBuf>> {
    let folders: Vec<String> = entity::Entity::find()
        .select_only()
        .column(entity::Column::Workspace)
        .filter(entity::Column::Workspace.ne(""))
        .filter(Expr::cust(r#""agents"."manifest" ->> 'workspace' IS NULL"#))
        .filter(Condition::all().add_option(own.map(|id| entity::Column::Id.ne(id))))
        .into_tuple()
        .all(db)
        .await?;
    Ok(folders.into_iter().map(PathBuf::from).collect())
}

/// The folder of a new agent, or of one whose manifest names another than before.
pub(super) async fn choose<C: ConnectionTrait>(
    db: &C,
    rules: &ManifestRules,
    manifest: &AgentManifest,
    id: Id,
) -> Result<String> {
    if let Some(path) = &manifest.workspace {
        let folder = absolute_folder(path, &rules.folders).map_err(|e| Error::invalid("workspace", e))?;
        return text(&folder);
    }
    let folder = default_folder(&manifest.name);
    let plain = text(&rules.folders.workspaces.join(&folder))?;
    let others = folders_of_others(db, rules, id).await?;
    // Files on the disk may be an erased agent's, which a newcomer has no business with.
    let is_free = !others.iter().any(|other| overlap(other, Path::new(&plain)))
        && tokio::fs::symlink_metadata(&plain).await.is_err();
    if is_free {
        return Ok(plain);
    }
    // The front of a UUIDv7 is its time, which namesakes may share; its end is random.
    let id = id.0.simple().to_string();
    text(&rules.folders.workspaces.join(format!("{folder}-{}", &id[24..])))
}

fn text(folder: &Path) -> Result<String> {
    folder.to_str().map(str::to_owned).ok_or_else(|| Error::internal("the folder of workspaces is not named in UTF-8"))
}

/// Workspaces and named workspaces of all other agents that are not erased.
async fn folders_of_others<C: ConnectionTrait>(db: &C, rules: &ManifestRules, own: Id) -> Result<Vec<PathBuf>> {
    let rows: Vec<(String, Option<String>)> = entity::Entity::find()
        .select_only()
        .column(entity::Column::Workspace)
        .column_as(Expr::cust(r#""agents"."manifest" ->> 'workspaces'"#), "named")
        .filter(entity::Column::Workspace.ne(""))
        .filter(entity::Column::Id.ne(own))
        .into_tuple()
        .all(db)
        .await?;
    let mut folders = vec![];
    for (workspace, named) in rows {
        folders.push(PathBuf::from(workspace));
        let Some(named) = named else { continue };
        let named: BTreeMap<String, NamedWorkspace> = serde_json::from_str(&named).map_err(Error::internal)?;
        folders.extend(named.values().filter_map(|named| absolute_folder(&named.path, &rules.folders).ok()));
    }
    Ok(folders)
}

/// Whether no other agent uses this folder, one around it or one below it.
pub(super) async fn is_unshared<C: ConnectionTrait>(
    db: &C,
    rules: &ManifestRules,
    folder: &Path,
    own: Id,
) -> Result<bool> {
    let others = folders_of_others(db, rules, own).await?;
    let folder = folder.to_owned();
    on_disk(move || {
        let folder = real(&folder);
        !others.iter().any(|other| overlap(&real(other), &folder))
    })
    .await
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Removed {
    Gone,
    /// It is not below the folder of workspaces in the server's home, or behind a link, or was never made.
    NotOurs,
    Failed,
}

/// Removes the folder of an erased agent if it is one below the folder of workspaces in the server's home, and no link.
pub(super) async fn remove(rules: &ManifestRules, folder: PathBuf) -> Result<Removed> {
    let folders = rules.folders.clone();
    on_disk(move || {
        let below = folder.strip_prefix(&folders.workspaces).map(Path::to_owned);
        let (folders, place) = (real_folders(folders), real(&folder));
        // Below the folder of workspaces no link leads to a workspace.
        let is_itself = below.is_ok_and(|below| place == folders.workspaces.join(below));
        let is_ours = is_itself && folders.server_home.as_ref().is_some_and(|home| place.starts_with(home));
        if !is_ours || refusal(&place, &folders, false).is_some() {
            return Removed::NotOurs;
        }
        match std::fs::remove_dir_all(&place) {
            Ok(()) => Removed::Gone,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Removed::NotOurs,
            Err(error) => {
                tracing::warn!(folder = %place.display(), %error, "the workspace of an erased agent could not be removed");
                Removed::Failed
            }
        }
    })
    .await
}
