//! Relations: added or brought up to date, listed, deleted.

use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect, sea_query::OnConflict,
};
use serde_json::{Map, Value};

use super::{
    IfKnown, NewEntity, RELATION_BYTES, View,
    entities::upsert,
    lookup::{self, ids_of_name},
    owned, relation_not_found, sized,
};
use crate::{
    error::{Error, ErrorCode, Result},
    ids::Id,
    memory::graph::{EntityRow, GraphScope, RelationRow, entity, kinds, names},
    page::{ListParams, Page},
    time::Ts,
};

type Column = entity::relations::Column;

const LIST: &str = "graph_relations";
/// Entities that an ambiguous name is answered with.
const CANDIDATES: u64 = 20;
/// What an entity is that is known by nothing but its name.
const UNKNOWN_TYPE: &str = "concept";

/// A relation as somebody names it; nothing is checked yet.
#[derive(Clone, Debug)]
pub struct NewRelation {
    /// Id, name or alias of an entity.
    pub source: String,
    pub relation: String,
    pub target: String,
    pub confidence: f64,
    pub properties: Map<String, Value>,
    pub scope: GraphScope,
    pub agent: Option<Id>,
    /// Makes entities for unknown names.
    pub create_missing: bool,
}

/// A relation with its ends.
#[derive(Clone, Debug)]
pub struct Connected {
    pub relation: RelationRow,
    pub source: EntityRow,
    pub target: EntityRow,
    /// It was not there before.
    pub created: bool,
}

/// Joins two entities that `view` shows, or brings their relation up to date.
pub async fn connect<C: ConnectionTrait>(tx: &C, new: NewRelation, view: View, now: Ts) -> Result<Connected> {
    owned(new.scope, new.agent)?;
    sized(&new.properties, RELATION_BYTES)?;
    if !(0.0..=1.0).contains(&new.confidence) {
        return Err(Error::invalid("confidence", "must be 0 to 1"));
    }
    let relation = kinds::relation("relation", &new.relation)?;
    let source = end(tx, "source", &new.source, &new, view, now).await?;
    let target = end(tx, "target", &new.target, &new, view, now).await?;
    let row = RelationRow {
        id: Id::new(),
        scope: new.scope,
        agent_id: new.agent,
        source: source.id.clone(),
        relation,
        target: target.id.clone(),
        properties: Value::Object(new.properties),
        confidence: new.confidence,
        created_at: now,
    };
    let (relation, created) = store(tx, row).await?;
    Ok(Connected { relation, source, target, created })
}

async fn end<C: ConnectionTrait>(
    tx: &C,
    field: &str,
    text: &str,
    new: &NewRelation,
    view: View,
    now: Ts,
) -> Result<EntityRow> {
    let text = text.trim();
    let mut found = lookup::meant(tx, text, view, CANDIDATES).await?;
    if found.len() > 1 {
        let message = format!("Several entities have the name of the {field}; give the id of one");
        let error = Error::new(ErrorCode::AmbiguousEntity, message);
        return Err(found.into_iter().fold(error, |error, row| error.with_detail(field, row.id)));
    }
    match found.pop() {
        Some(row) => Ok(row),
        None if new.create_missing => {
            let entity = NewEntity {
                id: None,
                name: names::checked(field, text)?,
                entity_type: UNKNOWN_TYPE.into(),
                aliases: vec![],
                properties: Map::new(),
                scope: new.scope,
                agent: new.agent,
            };
            Ok(upsert(tx, entity, IfKnown::Merge, now).await?.0)
        }
        None => {
            let whose = if new.scope == GraphScope::Shared { "shared " } else { "" };
            let shown: String = text.chars().filter(|c| !c.is_control()).take(256).collect();
            let message = format!("There is no {whose}entity '{shown}' to be the {field}");
            Err(Error::new(ErrorCode::EntityNotFound, message).with_detail(field, "does not exist"))
        }
    }
}

/// True: it is new.
async fn store<C: ConnectionTrait>(tx: &C, row: RelationRow) -> Result<(RelationRow, bool)> {
    // Another server may add it between looking and adding; then it is there at the second look.
    for _ in 0..2 {
        let old = entity::relations::Entity::find().filter(same(&row)).lock_exclusive().one(tx).await?;
        if let Some(old) = old {
            let changed = RelationRow { confidence: row.confidence, properties: row.properties, ..old };
            let saved = entity::relations::Entity::update(changed.into_active_model().reset_all()).exec(tx).await?;
            return Ok((saved, false));
        }
        let added = entity::relations::Entity::insert(row.clone().into_active_model().reset_all())
            .on_conflict(OnConflict::new().do_nothing().to_owned())
            .exec_without_returning(tx)
            .await?;
        if added > 0 {
            return Ok((row, true));
        }
    }
    Err(Error::new(ErrorCode::Conflict, "The relation is being changed by another request; try again"))
}

fn same(row: &RelationRow) -> Condition {
    let condition = View { scope: Some(row.scope), agent: row.agent_id }.condition(Column::Scope, Column::AgentId);
    condition
        .add(Column::Source.eq(&row.source))
        .add(Column::Relation.eq(&row.relation))
        .add(Column::Target.eq(&row.target))
}

pub async fn get_relation<C: ConnectionTrait>(db: &C, id: Id) -> Result<RelationRow> {
    entity::relations::Entity::find_by_id(id).one(db).await?.ok_or_else(|| relation_not_found(id))
}

pub async fn delete_relation<C: ConnectionTrait>(tx: &C, id: Id) -> Result<RelationRow> {
    let row = get_relation(tx, id).await?;
    match entity::relations::Entity::delete_by_id(id).exec(tx).await?.rows_affected {
        0 => Err(relation_not_found(id)),
        _ => Ok(row),
    }
}

/// Which relations a list shows; empty means no restriction.
#[derive(Clone, Debug, Default)]
pub struct RelationFilter {
    /// Id, name or alias.
    pub source: Option<String>,
    pub target: Option<String>,
    pub relation: Option<String>,
    pub min_confidence: Option<f64>,
    pub scope: Option<GraphScope>,
    pub agent: Option<Id>,
}

impl RelationFilter {
    fn condition(&self) -> Result<Condition> {
        let kind = self.relation.as_deref().map(|word| kinds::relation("relation", word)).transpose()?;
        let end = |column: Column, text: &Option<String>| {
            let text = text.as_deref().map(str::trim)?;
            Some(Condition::any().add(column.eq(text)).add(column.in_subquery(ids_of_name(text))))
        };
        Ok(Condition::all()
            .add_option(end(Column::Source, &self.source))
            .add_option(end(Column::Target, &self.target))
            .add_option(kind.map(|kind| Column::Relation.eq(kind)))
            .add_option(self.min_confidence.map(|least| Column::Confidence.gte(least)))
            .add_option(self.scope.map(|scope| Column::Scope.eq(scope)))
            .add_option(self.agent.map(|agent| Column::AgentId.eq(agent))))
    }
}

/// Newest first.
pub async fn list_relations<C: ConnectionTrait>(
    db: &C,
    filter: &RelationFilter,
    params: &ListParams,
) -> Result<Page<RelationRow>> {
    let after: Option<Id> = params.after(LIST)?;
    let matching = entity::relations::Entity::find().filter(filter.condition()?);
    let total = matching.clone().count(db).await?;
    let page = matching.filter(Condition::all().add_option(after.map(|id| Column::Id.lt(id))));
    let rows = page.order_by_desc(Column::Id).limit(params.limit() + 1).all(db).await?;
    Ok(Page::cut(rows, params.limit(), total, LIST, |row| row.id))
}
