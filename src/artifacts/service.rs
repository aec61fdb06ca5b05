//! Rules and SQL of artifacts.

use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Alias, Expr, ExprTrait, IntoCondition, OnConflict},
};
use sha2::{Digest, Sha256};

use super::{ArtifactRow, entity};
use crate::{db::batches::delete_in_batches, error::Result, ids::Id, time::Ts};

/// An artifact is kept this long after it was last stored.
const KEPT_DAYS: i64 = 30;
/// Largest artifact; longer content is cut.
pub const MAX_BYTES: usize = 20 * 1024 * 1024;
/// All artifacts of one agent; the oldest go first.
const MAX_BYTES_PER_AGENT: i64 = 1024 * 1024 * 1024;

/// Name of this content: `art_` and the first 32 hex digits of its SHA-256.
pub fn name_of(bytes: &[u8]) -> String {
    format!("art_{}", &hex::encode(Sha256::digest(bytes))[..32])
}

/// Content that is about to be stored.
#[derive(Clone, Debug)]
pub struct NewArtifact {
    pub bytes: Vec<u8>,
    pub media_type: String,
    pub origin: String,
}

/// Stores content once per session; storing it again only makes it live longer. Returns its name.
pub async fn store<C: ConnectionTrait>(
    db: &C,
    agent: Id,
    session: Id,
    artifact: NewArtifact,
    now: Ts,
) -> Result<String> {
    let mut bytes = artifact.bytes;
    bytes.truncate(MAX_BYTES);
    let id = name_of(&bytes);
    let row = ArtifactRow {
        session_id: session,
        id: id.clone(),
        agent_id: agent,
        sha256: hex::encode(Sha256::digest(&bytes)),
        media_type: artifact.media_type,
        size: i64::try_from(bytes.len()).unwrap_or(i64::MAX),
        origin: artifact.origin,
        bytes,
        created_at: now,
        expires_at: now.plus_secs(KEPT_DAYS * 86_400),
    };
    entity::Entity::insert(row.into_active_model().reset_all())
        .on_conflict(
            OnConflict::columns([entity::Column::SessionId, entity::Column::Id])
                .update_column(entity::Column::ExpiresAt)
                .to_owned(),
        )
        .exec_without_returning(db)
        .await?;
    Ok(id)
}

/// An artifact of this session, or of another session of the agent.
pub async fn find<C: ConnectionTrait>(db: &C, agent: Id, session: Id, id: &str) -> Result<Option<ArtifactRow>> {
    let rows = entity::Entity::find()
        .filter(entity::Column::AgentId.eq(agent))
        .filter(entity::Column::Id.eq(id))
        .order_by_desc(entity::Column::SessionId.eq(session))
        .limit(1)
        .all(db)
        .await?;
    Ok(rows.into_iter().next())
}

/// Removes what nobody has stored for long enough, and the oldest of agents that hold too much.
pub async fn trim<C: ConnectionTrait>(db: &C, now: Ts) -> Result<()> {
    delete_in_batches::<entity::Entity>(db, entity::Column::ExpiresAt.lt(now).into_condition()).await?;
    let size = || Expr::col(entity::Column::Size).sum().cast_as(Alias::new("bigint"));
    let full: Vec<(Id, i64)> = entity::Entity::find()
        .select_only()
        .column(entity::Column::AgentId)
        .column_as(size(), "size")
        .group_by(entity::Column::AgentId)
        .having(size().gt(MAX_BYTES_PER_AGENT))
        .into_tuple()
        .all(db)
        .await?;
    for (agent, mut total) in full {
        for (session, id, size) in oldest(db, agent).await? {
            if total <= MAX_BYTES_PER_AGENT {
                break;
            }
            entity::Entity::delete_by_id((session, id)).exec(db).await?;
            total -= size;
        }
    }
    Ok(())
}

async fn oldest<C: ConnectionTrait>(db: &C, agent: Id) -> Result<Vec<(Id, String, i64)>> {
    Ok(entity::Entity::find()
        .select_only()
        .columns([entity::Column::SessionId, entity::Column::Id, entity::Column::Size])
        .filter(entity::Column::AgentId.eq(agent))
        .order_by_asc(entity::Column::CreatedAt)
        .limit(1_000)
        .into_tuple()
        .all(db)
        .await?)
}
