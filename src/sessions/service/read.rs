//! Reading sessions.

use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, PaginatorTrait, QueryFilter,
    QueryOrder, QueryResult, QuerySelect, Select,
    sea_query::{Alias, Expr, ExprTrait, Func, IntoColumnRef, Query, SelectStatement, SubQueryStatement},
};

use super::Which;
use crate::{
    error::{Error, ErrorCode, Result},
    ids::Id,
    messages,
    page::{ListParams, Page},
    sessions::{SessionKind, SessionRow, entity},
    usage::{self, service::SessionUsage},
};

const LIST: &str = "sessions";

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

/// A session with what other tables say about it.
#[derive(Clone, Debug)]
pub struct Described {
    pub session: SessionRow,
    pub agent_name: String,
    /// Messages that the folded view shows.
    pub visible: i64,
    /// None: no model was called yet.
    pub usage: Option<SessionUsage>,
}

struct Found {
    described: Described,
    /// Sessions that match the filter; only in lists.
    total: i64,
}

impl FromQueryResult for Found {
    fn from_query_result(row: &QueryResult, prefix: &str) -> Result<Self, DbErr> {
        let described = Described {
            session: SessionRow::from_query_result(row, prefix)?,
            agent_name: row.try_get::<Option<String>>(prefix, "agent_name")?.unwrap_or_default(),
            visible: row.try_get(prefix, "visible")?,
            usage: None,
        };
        Ok(Self { described, total: row.try_get::<Option<i64>>(prefix, "total").ok().flatten().unwrap_or_default() })
    }
}

fn with_facts() -> Select<entity::Entity> {
    let agents = Alias::new("agents");
    let name = Query::select()
        .column((agents.clone(), Alias::new("name")))
        .from(agents.clone())
        .and_where(Expr::col((agents, Alias::new("id"))).equals((entity::Entity, entity::Column::AgentId)))
        .to_owned();
    let visible = messages::service::visible_count_of((entity::Entity, entity::Column::Id).into_column_ref());
    entity::Entity::find().column_as(scalar(name), "agent_name").column_as(scalar(visible), "visible")
}

fn scalar(query: SelectStatement) -> Expr {
    Expr::from(SubQueryStatement::SelectStatement(query))
}

/// One session of any agent, or of this one only. 404 when there is none.
pub async fn describe<C: ConnectionTrait>(db: &C, agent: Option<Id>, which: Which<'_>) -> Result<Described> {
    let of = Condition::all().add_option(agent.map(|id| entity::Column::AgentId.eq(id))).add(match which {
        Which::Key(key) => entity::Column::Key.eq(key),
        Which::Id(id) => entity::Column::Id.eq(id),
    });
    let found: Option<Found> = with_facts().filter(of).into_model().one(db).await?;
    let mut described = found.ok_or_else(not_found)?.described;
    described.usage = usage::service::of_sessions(db, &[described.session.id]).await?.into_iter().next();
    Ok(described)
}

/// Latest activity first.
pub async fn list<C: ConnectionTrait>(db: &C, filter: &SessionFilter, params: &ListParams) -> Result<Page<Described>> {
    let after: Option<(i64, Id)> = params.after(LIST)?;
    let count = Query::select()
        .expr(Expr::col(entity::Column::Id).count())
        .from(entity::Entity)
        .cond_where(filter.condition())
        .to_owned();
    let mut query = with_facts().column_as(scalar(count), "total").filter(filter.condition());
    if let Some((activity, id)) = after {
        query = query.filter(
            Condition::any()
                .add(entity::Column::LastActive.lt(activity))
                .add(Condition::all().add(entity::Column::LastActive.eq(activity)).add(entity::Column::Id.lt(id))),
        );
    }
    let query = query.order_by_desc(entity::Column::LastActive).order_by_desc(entity::Column::Id);
    let mut rows: Vec<Found> = query.limit(params.limit() + 1).into_model().all(db).await?;
    let total = match rows.first() {
        Some(found) => u64::try_from(found.total).unwrap_or_default(),
        None if after.is_some() => self::count(db, filter).await?,
        None => 0,
    };
    let ids: Vec<Id> = rows.iter().map(|found| found.described.session.id).collect();
    let sums = if ids.is_empty() { vec![] } else { usage::service::of_sessions(db, &ids).await? };
    for found in &mut rows {
        let id = found.described.session.id;
        found.described.usage = sums.iter().find(|s| s.session_id == Some(id)).copied();
    }
    let key = |found: &Found| (found.described.session.last_active.0, found.described.session.id);
    Ok(Page::cut(rows, params.limit(), total, LIST, key).map(|found| found.described))
}

pub async fn count<C: ConnectionTrait>(db: &C, filter: &SessionFilter) -> Result<u64> {
    Ok(entity::Entity::find().filter(filter.condition()).count(db).await?)
}

/// Whether the agent has a session that is not `own`, by the owner's key.
pub async fn any_of_others<C: ConnectionTrait>(db: &C, agent: Id, own: impl Fn(&str) -> bool) -> Result<bool> {
    let owners: Vec<String> = entity::Entity::find()
        .select_only()
        .column(entity::Column::Owner)
        .distinct()
        .filter(entity::Column::AgentId.eq(agent))
        .into_tuple()
        .all(db)
        .await?;
    Ok(owners.iter().any(|owner| !own(owner)))
}

/// Those of these sessions that are `own`, by the owner's key.
pub async fn own_among<C: ConnectionTrait>(db: &C, ids: Vec<Id>, own: impl Fn(&str) -> bool) -> Result<Vec<Id>> {
    let rows = entity::Entity::find().filter(entity::Column::Id.is_in(ids)).all(db).await?;
    Ok(rows.into_iter().filter(|row| own(&row.owner)).map(|row| row.id).collect())
}
