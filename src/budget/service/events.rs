//! What happened to limits.

use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect, sea_query::OnConflict,
};

use crate::{
    budget::{
        BudgetEventKind, BudgetEventRow, BudgetScope, BudgetWindow, Subject,
        entity::event::{Column, Entity},
    },
    error::Result,
    ids::Id,
    page::{ListParams, Page},
    time::Ts,
};

const LIST: &str = "budget_events";

/// Which events; empty means no restriction.
#[derive(Clone, Copy, Debug, Default)]
pub struct EventFilter {
    pub scope: Option<BudgetScope>,
    pub kind: Option<BudgetEventKind>,
}

/// Newest first.
pub async fn list<C: ConnectionTrait>(
    db: &C,
    filter: EventFilter,
    params: &ListParams,
) -> Result<Page<BudgetEventRow>> {
    let after: Option<Id> = params.after(LIST)?;
    let condition = Condition::all()
        .add_option(filter.scope.map(|scope| Column::Scope.eq(scope)))
        .add_option(filter.kind.map(|kind| Column::Kind.eq(kind)));
    let matching = Entity::find().filter(condition);
    let total = matching.clone().count(db).await?;
    let page = matching.filter(Condition::all().add_option(after.map(|id| Column::Id.lt(id))));
    let rows = page.order_by_desc(Column::Id).limit(params.limit() + 1).all(db).await?;
    Ok(Page::cut(rows, params.limit(), total, LIST, |row| row.id))
}

/// False: a warning or refusal of this window was noted before.
pub async fn record<C: ConnectionTrait>(tx: &C, row: &BudgetEventRow) -> Result<bool> {
    let row = row.clone().into_active_model().reset_all();
    let inserted = Entity::insert(row).on_conflict(OnConflict::new().do_nothing().to_owned());
    match inserted.exec_without_returning(tx).await {
        Ok(rows) => Ok(rows > 0),
        Err(DbErr::RecordNotInserted) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Whether a call was refused by this limit since.
pub(super) async fn refused_since<C: ConnectionTrait>(
    db: &C,
    subject: Subject,
    window: BudgetWindow,
    since: Ts,
) -> Result<bool> {
    let found: Option<Id> = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::Kind.eq(BudgetEventKind::Exceeded))
        .filter(Column::Scope.eq(subject.scope()))
        .filter(Column::ScopeId.eq(subject.id()))
        .filter(Column::Span.eq(window))
        .filter(Column::Instance.gte(since))
        .limit(1)
        .into_tuple()
        .one(db)
        .await?;
    Ok(found.is_some())
}
