//! Single calls: which ones a caller asks for, newest first.

use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};

use crate::{
    error::Result,
    ids::Id,
    page::{ListParams, Page},
    time::Ts,
    usage::{UsageRow, UsageStatus, entity},
};

const LIST: &str = "usage_records";

type Column = entity::Column;

/// Which calls; empty means no restriction.
#[derive(Clone, Debug, Default)]
pub struct UsageFilter {
    pub from: Option<Ts>,
    /// Not included.
    pub to: Option<Ts>,
    pub agent: Option<Id>,
    pub api_key: Option<Id>,
    pub provider: Option<String>,
    pub model: Option<String>,
    pub status: Option<UsageStatus>,
    pub run: Option<Id>,
    pub session: Option<Id>,
}

impl UsageFilter {
    pub(super) fn condition(&self) -> Condition {
        Condition::all()
            .add_option(self.from.map(|from| Column::CreatedAt.gte(from)))
            .add_option(self.to.map(|to| Column::CreatedAt.lt(to)))
            .add_option(self.agent.map(|id| Column::AgentId.eq(id)))
            .add_option(self.api_key.map(|id| Column::ApiKeyId.eq(id)))
            .add_option(self.provider.as_ref().map(|provider| Column::Provider.eq(provider)))
            .add_option(self.model.as_ref().map(|model| Column::Model.eq(model)))
            .add_option(self.status.map(|status| Column::Status.eq(status)))
            .add_option(self.run.map(|id| Column::RunId.eq(id)))
            .add_option(self.session.map(|id| Column::SessionId.eq(id)))
    }
}

/// End and id of a call.
pub type RecordKey = (Ts, Id);

/// A page of calls, newest first.
pub async fn records<C: ConnectionTrait>(db: &C, filter: &UsageFilter, params: &ListParams) -> Result<Page<UsageRow>> {
    let after = params.after(LIST)?;
    let total = entity::Entity::find().filter(filter.condition()).count(db).await?;
    let rows = records_before(db, filter, after, params.limit() + 1).await?;
    Ok(Page::cut(rows, params.limit(), total, LIST, |row| (row.created_at, row.id)))
}

/// At most `limit` calls that ended before this one, newest first.
pub async fn records_before<C: ConnectionTrait>(
    db: &C,
    filter: &UsageFilter,
    before: Option<RecordKey>,
    limit: u64,
) -> Result<Vec<UsageRow>> {
    let older = before.map(|(at, id)| {
        let same_moment = Condition::all().add(Column::CreatedAt.eq(at)).add(Column::Id.lt(id));
        Condition::any().add(Column::CreatedAt.lt(at)).add(same_moment)
    });
    Ok(entity::Entity::find()
        .filter(filter.condition())
        .filter(Condition::all().add_option(older))
        .order_by_desc(Column::CreatedAt)
        .order_by_desc(Column::Id)
        .limit(limit)
        .all(db)
        .await?)
}
