//! Reading sessions.

use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait, Func},
};

use crate::{
    error::{Error, ErrorCode, Result},
    ids::Id,
    sessions::{SessionKind, SessionRow, entity},
    time::Ts,
};

pub async fn find<C: ConnectionTrait>(db: &C, id: Id) -> Result<Option<SessionRow>> {
    Ok(entity::Entity::find_by_id(id).one(db).await?)
}

/// As `find`, with 404 `session_not_found`.
pub async fn get<C: ConnectionTrait>(db: &C, id: Id) -> Result<SessionRow> {
    find(db, id).await?.ok_or_else(not_found)
}

/// A session of this agent; another agent's is 404 as well.
pub async fn find_of_agent<C: ConnectionTrait>(db: &C, agent: Id, id: Id) -> Result<SessionRow> {
    find(db, id).await?.filter(|s| s.agent_id == agent).ok_or_else(not_found)
}

pub(super) fn not_found() -> Error {
    Error::new(ErrorCode::SessionNotFound, "There is no such session")
}

/// The session that gets this owner's next message.
pub async fn find_active<C: ConnectionTrait>(db: &C, agent: Id, key: &str) -> Result<Option<SessionRow>> {
    Ok(entity::Entity::find()
        .filter(entity::Column::AgentId.eq(agent))
        .filter(entity::Column::Key.eq(key))
        .one(db)
        .await?)
}

/// Agent, key and id of the sessions of these agents that hold one of these keys.
pub async fn active_of_agents<C: ConnectionTrait>(
    db: &C,
    agents: &[Id],
    keys: &[&str],
) -> Result<Vec<(Id, String, Id)>> {
    Ok(entity::Entity::find()
        .select_only()
        .columns([entity::Column::AgentId, entity::Column::Key, entity::Column::Id])
        .filter(entity::Column::AgentId.is_in(agents.iter().copied()))
        .filter(entity::Column::Key.is_in(keys.iter().copied()))
        .into_tuple()
        .all(db)
        .await?)
}

/// Key of the session that gets an owner's messages, or those of a sender that it names. `shared`: the agent has one
/// session for everybody.
pub fn owner_key(shared: bool, owner: &str, sender: Option<&str>) -> String {
    match (shared, sender) {
        (true, _) => "main".into(),
        (false, Some(sender)) => format!("ext:{owner}:{sender}"),
        (false, None) => format!("user:{owner}"),
    }
}

pub async fn find_by_label<C: ConnectionTrait>(db: &C, agent: Id, label: &str) -> Result<SessionRow> {
    let row = entity::Entity::find()
        .filter(entity::Column::AgentId.eq(agent))
        .filter(entity::Column::Label.eq(label))
        .one(db)
        .await?;
    row.ok_or_else(not_found)
}

/// Which sessions a list shows; empty means no restriction.
#[derive(Clone, Debug, Default)]
pub struct SessionFilter {
    pub agent: Option<Id>,
    pub kind: Option<SessionKind>,
    /// The whole label.
    pub label: Option<String>,
    /// Part of the label, in any case.
    pub label_part: Option<String>,
    pub active: Option<bool>,
}

impl SessionFilter {
    fn condition(&self) -> Condition {
        let part = self.label_part.as_ref().map(|part| {
            let escaped = part.to_lowercase().replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
            let pattern = sea_orm::sea_query::LikeExpr::new(format!("%{escaped}%")).escape('\\');
            Expr::expr(Func::lower(Expr::col(entity::Column::Label))).like(pattern)
        });
        Condition::all()
            .add_option(self.agent.map(|id| entity::Column::AgentId.eq(id)))
            .add_option(self.kind.map(|kind| entity::Column::Kind.eq(kind)))
            .add_option(self.label.as_ref().map(|label| entity::Column::Label.eq(label)))
            .add_option(part)
            .add_option(self.active.map(|active| match active {
                true => entity::Column::Key.is_not_null(),
                false => entity::Column::Key.is_null(),
            }))
    }
}

/// Latest activity first; `after` is activity and id of the last session of the page before.
pub async fn list<C: ConnectionTrait>(
    db: &C,
    filter: &SessionFilter,
    limit: u64,
    after: Option<(Ts, Id)>,
) -> Result<Vec<SessionRow>> {
    let mut query = entity::Entity::find().filter(filter.condition());
    if let Some((activity, id)) = after {
        query = query.filter(
            Condition::any()
                .add(entity::Column::LastActive.lt(activity))
                .add(Condition::all().add(entity::Column::LastActive.eq(activity)).add(entity::Column::Id.lt(id))),
        );
    }
    Ok(query.order_by_desc(entity::Column::LastActive).order_by_desc(entity::Column::Id).limit(limit).all(db).await?)
}

pub async fn count<C: ConnectionTrait>(db: &C, filter: &SessionFilter) -> Result<u64> {
    Ok(entity::Entity::find().filter(filter.condition()).count(db).await?)
}
