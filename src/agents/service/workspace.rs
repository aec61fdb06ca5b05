//! Which folder an agent works in.

use std::path::{Path, PathBuf};

use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect, sea_query::Expr,
};

use crate::{
    agents::{
        entity,
        manifest::{AgentManifest, ParseOptions, Parsed, Source, absolute_folder, default_folder},
        rules::ManifestRules,
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
    Ok(rules.parse(source, options, &occupied)?)
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
    let taken = entity::Entity::find()
        .filter(entity::Column::Workspace.eq(&plain))
        .filter(entity::Column::Id.ne(id))
        .count(db)
        .await?;
    if taken == 0 {
        return Ok(plain);
    }
    // The front of a UUIDv7 is its time, which namesakes may share; its end is random.
    let id = id.0.simple().to_string();
    text(&rules.folders.workspaces.join(format!("{folder}-{}", &id[24..])))
}

fn text(folder: &Path) -> Result<String> {
    folder.to_str().map(str::to_owned).ok_or_else(|| Error::internal("the folder of workspaces is not named in UTF-8"))
}

/// Whether no other agent works in this folder, around it or below it.
pub(super) async fn is_unshared<C: ConnectionTrait>(db: &C, folder: &Path, own: Id) -> Result<bool> {
    let others: Vec<String> = entity::Entity::find()
        .select_only()
        .column(entity::Column::Workspace)
        .filter(entity::Column::Workspace.ne(""))
        .filter(entity::Column::Id.ne(own))
        .into_tuple()
        .all(db)
        .await?;
    let touches = |other: &String| {
        let other = Path::new(other);
        other.starts_with(folder) || folder.starts_with(other)
    };
    Ok(!others.iter().any(touches))
}
