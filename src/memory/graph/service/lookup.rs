//! Finding entities by what people and models call them: id, name or alias.

use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Query, SelectStatement},
};

use super::View;
use crate::{
    error::Result,
    memory::graph::{EntityRow, entity, names},
};

type Column = entity::entities::Column;

/// Which of its texts an entity was found by; an id counts before a name, a name before an alias.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum By {
    Id,
    Name,
    Alias,
}

/// Ids of entities with this name or alias.
pub fn ids_of_name(text: &str) -> SelectStatement {
    Query::select()
        .column(entity::names::Column::EntityId)
        .from(entity::names::Entity)
        .and_where(entity::names::Column::NameKey.eq(names::key(text)))
        .to_owned()
}

/// At most `limit` entities with this id, name or alias, the best first.
async fn candidates<C: ConnectionTrait>(
    db: &C,
    text: &str,
    view: View,
    limit: u64,
    stay: bool,
) -> Result<Vec<(By, EntityRow)>> {
    let key = names::key(text);
    let mut query = entity::entities::Entity::find()
        .filter(view.condition(Column::Scope, Column::AgentId))
        .filter(Condition::any().add(Column::Id.eq(text)).add(Column::Id.in_subquery(ids_of_name(text))))
        .order_by_desc(Column::Id.eq(text))
        .order_by_desc(Column::NameKey.eq(&key))
        .order_by_asc(Column::Id)
        .limit(limit);
    if stay {
        query = query.lock_shared();
    }
    let by = |row: &EntityRow| match () {
        () if row.id == text => By::Id,
        () if row.name_key == key => By::Name,
        () => By::Alias,
    };
    Ok(query.all(db).await?.into_iter().map(|row| (by(&row), row)).collect())
}

/// The one entity that is meant, or all that may be; they stay until the transaction ends.
pub async fn meant<C: ConnectionTrait>(tx: &C, text: &str, view: View, limit: u64) -> Result<Vec<EntityRow>> {
    let found = candidates(tx, text, view, limit, true).await?;
    let Some(best) = found.first().map(|(by, _)| *by) else { return Ok(vec![]) };
    Ok(found.into_iter().filter(|(by, _)| *by == best).map(|(_, row)| row).collect())
}

/// All entities that a search may start from: the one with this id, else those with this name or alias.
pub async fn all<C: ConnectionTrait>(db: &C, text: &str, view: View, limit: u64) -> Result<Vec<EntityRow>> {
    let mut found = candidates(db, text, view, limit, false).await?;
    if found.first().is_some_and(|(by, _)| *by == By::Id) {
        found.truncate(1);
    }
    Ok(found.into_iter().map(|(_, row)| row).collect())
}
