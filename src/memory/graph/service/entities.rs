//! Entities: added or brought up to date, changed, listed, deleted.

use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, IntoActiveModel,
    PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select, SqlErr,
    sea_query::{Expr, ExprTrait, LikeExpr, OnConflict, Query, SelectStatement, SubQueryStatement},
};
use serde_json::{Map, Value};

use super::{ALIASES, ENTITY_BYTES, View, entity_not_found, owned, sized};
use crate::{
    error::{Error, ErrorCode, Result},
    ids::Id,
    memory::graph::{EntityRow, GraphScope, entity, kinds, names},
    page::{ListParams, Page},
    time::Ts,
};

type Column = entity::entities::Column;

const LIST: &str = "graph_entities";

/// What becomes of the old aliases and properties of an entity that is already there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IfKnown {
    /// They are replaced.
    Replace,
    /// They stay, but for properties that are given anew.
    Merge,
}

/// An entity as somebody names it; nothing is checked yet.
#[derive(Clone, Debug)]
pub struct NewEntity {
    pub id: Option<String>,
    pub name: String,
    pub entity_type: String,
    pub aliases: Vec<String>,
    pub properties: Map<String, Value>,
    pub scope: GraphScope,
    pub agent: Option<Id>,
}

impl NewEntity {
    /// As it will be stored, if it is not there yet.
    pub(super) fn checked(self, now: Ts) -> Result<EntityRow> {
        owned(self.scope, self.agent)?;
        sized(&self.properties, ENTITY_BYTES)?;
        let mut row = EntityRow {
            id: self.id.map_or_else(|| Ok(Id::new().to_string()), checked_id)?,
            scope: self.scope,
            agent_id: self.agent,
            name: String::new(),
            name_key: String::new(),
            search_key: String::new(),
            aliases: Value::Null,
            entity_type: kinds::entity_type("entity_type", &self.entity_type)?,
            properties: Value::Object(self.properties),
            created_at: now,
            updated_at: now,
        };
        row.call(names::checked("name", &self.name)?, &self.aliases)?;
        Ok(row)
    }
}

fn checked_id(id: String) -> Result<String> {
    let is_fit = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | ':' | '-');
    match (1..=128).contains(&id.len()) && id.chars().all(is_fit) {
        true => Ok(id),
        false => Err(Error::invalid("id", "must have 1 to 128 letters, digits or ._:-")),
    }
}

impl EntityRow {
    /// Sets the names and what they are found by.
    fn call(&mut self, name: String, aliases: &[String]) -> Result<()> {
        let aliases = names::checked_aliases(&name, aliases)?;
        if aliases.len() > ALIASES {
            return Err(Error::invalid("aliases", format!("must have at most {ALIASES} items")));
        }
        self.name_key = names::key(&name);
        let keys = aliases.iter().map(|alias| names::key(alias));
        self.search_key = std::iter::once(self.name_key.clone()).chain(keys).collect::<Vec<_>>().join("\n");
        self.name = name;
        self.aliases = aliases.into();
        Ok(())
    }

    /// Brings a stored entity up to date.
    fn adopt(&mut self, new: EntityRow, if_known: IfKnown) -> Result<()> {
        let (mut aliases, mut properties) = (new.alias_list(), new.properties);
        if if_known == IfKnown::Merge {
            aliases.splice(0..0, self.alias_list());
            properties = merged(std::mem::take(&mut self.properties), properties)?;
        }
        self.call(new.name, &aliases)?;
        self.entity_type = new.entity_type;
        self.properties = properties;
        self.updated_at = new.updated_at;
        Ok(())
    }

    fn is_found_by(&self, other: &EntityRow) -> bool {
        self.search_key == other.search_key
    }
}

/// What the entity is found by.
pub(super) fn name_rows(row: &EntityRow) -> Vec<entity::names::ActiveModel> {
    let name = |(at, key): (usize, &str)| {
        let name = entity::names::Model { name_key: key.to_owned(), entity_id: row.id.clone(), is_alias: at > 0 };
        name.into_active_model().reset_all()
    };
    row.search_key.split('\n').enumerate().map(name).collect()
}

fn merged(old: Value, new: Value) -> Result<Value> {
    let (Value::Object(mut all), Value::Object(new)) = (old, new) else { return Ok(Value::Object(Map::new())) };
    for (name, value) in new {
        match value {
            Value::Null => drop(all.shift_remove(&name)),
            value => drop(all.insert(name, value)),
        }
    }
    sized(&all, ENTITY_BYTES)?;
    Ok(Value::Object(all))
}

/// Adds the entity, or brings the one with this id, or with this name and type in the same scope, up to date. True: added.
pub async fn upsert<C: ConnectionTrait>(
    tx: &C,
    new: NewEntity,
    if_known: IfKnown,
    now: Ts,
) -> Result<(EntityRow, bool)> {
    let is_named = new.id.is_some();
    let new = new.checked(now)?;
    // Another server may add it between looking and adding; then it is there at the second look.
    for _ in 0..2 {
        let old = match is_named {
            true => locked(tx, Column::Id.eq(&new.id).into()).await?,
            false => None,
        };
        let old = match old {
            Some(old) => Some(in_same_scope(old, &new)?),
            None => {
                let alike = locked(tx, same_name(&new)).await?;
                match alike {
                    Some(other) if is_named => return Err(duplicate(&new, Some(&other.id))),
                    alike => alike,
                }
            }
        };
        if let Some(old) = old {
            let mut row = old.clone();
            row.adopt(new, if_known)?;
            return Ok((save(tx, &old, row).await?, false));
        }
        if insert(tx, &new).await? {
            return Ok((new, true));
        }
    }
    Err(duplicate(&new, None))
}

/// False: it is there already.
async fn insert<C: ConnectionTrait>(tx: &C, row: &EntityRow) -> Result<bool> {
    let active = row.clone().into_active_model().reset_all();
    let added = entity::entities::Entity::insert(active)
        .on_conflict(OnConflict::new().do_nothing().to_owned())
        .exec_without_returning(tx)
        .await?;
    if added > 0 {
        entity::names::Entity::insert_many(name_rows(row)).exec_without_returning(tx).await?;
    }
    Ok(added > 0)
}

async fn save<C: ConnectionTrait>(tx: &C, old: &EntityRow, row: EntityRow) -> Result<EntityRow> {
    let saved = entity::entities::Entity::update(row.clone().into_active_model().reset_all()).exec(tx).await;
    saved.map_err(|e| match e.sql_err() {
        Some(SqlErr::UniqueConstraintViolation(_)) => duplicate(&row, None),
        _ => e.into(),
    })?;
    if !row.is_found_by(old) {
        let of = entity::names::Column::EntityId.eq(&row.id);
        entity::names::Entity::delete_many().filter(of).exec(tx).await?;
        entity::names::Entity::insert_many(name_rows(&row)).exec_without_returning(tx).await?;
    }
    Ok(row)
}

async fn locked<C: ConnectionTrait>(tx: &C, which: Condition) -> Result<Option<EntityRow>> {
    Ok(entity::entities::Entity::find().filter(which).lock_exclusive().one(tx).await?)
}

pub(super) fn same_name(row: &EntityRow) -> Condition {
    let condition = View { scope: Some(row.scope), agent: row.agent_id }.condition(Column::Scope, Column::AgentId);
    condition.add(Column::NameKey.eq(&row.name_key)).add(Column::EntityType.eq(&row.entity_type))
}

fn in_same_scope(old: EntityRow, new: &EntityRow) -> Result<EntityRow> {
    let is_same = old.scope == new.scope && (old.scope == GraphScope::Shared || old.agent_id == new.agent_id);
    match is_same {
        true => Ok(old),
        false => {
            let text = format!("The id '{}' belongs to an entity of another scope or agent", new.id);
            Err(Error::new(ErrorCode::DuplicateEntity, text).with_detail("id", "is taken"))
        }
    }
}

fn duplicate(row: &EntityRow, id: Option<&str>) -> Error {
    let text = format!("Another entity of this scope has the name '{}' and the type {}", row.name, row.entity_type);
    Error::new(ErrorCode::DuplicateEntity, text)
        .with_detail("name", id.map_or("is taken".into(), |id| format!("is taken by {id}")))
}

pub async fn get_entity<C: ConnectionTrait>(db: &C, id: &str) -> Result<EntityRow> {
    entity::entities::Entity::find_by_id(id).one(db).await?.ok_or_else(|| entity_not_found(id))
}

/// The entity, and how many relations start from it and lead to it.
pub async fn detail<C: ConnectionTrait>(db: &C, id: &str) -> Result<(EntityRow, i64, i64)> {
    let count = |end: entity::relations::Column| {
        let query = Query::select()
            .expr(Expr::col(entity::relations::Column::Id).count())
            .from(entity::relations::Entity)
            .and_where(end.eq(id))
            .to_owned();
        scalar(query)
    };
    let query = entity::entities::Entity::find_by_id(id)
        .expr_as(count(entity::relations::Column::Source), "outgoing")
        .expr_as(count(entity::relations::Column::Target), "incoming");
    let row = db.query_one(&sea_orm::QueryTrait::into_query(query)).await?.ok_or_else(|| entity_not_found(id))?;
    Ok((EntityRow::from_query_result(&row, "")?, row.try_get("", "outgoing")?, row.try_get("", "incoming")?))
}

pub(super) fn scalar(query: SelectStatement) -> Expr {
    Expr::from(SubQueryStatement::SelectStatement(query))
}

/// Which entities a list shows; empty means no restriction.
#[derive(Clone, Debug, Default)]
pub struct EntityFilter {
    /// Part of the name or an alias.
    pub text: Option<String>,
    pub entity_type: Option<String>,
    pub scope: Option<GraphScope>,
    pub agent: Option<Id>,
}

impl EntityFilter {
    fn select(&self) -> Result<Select<entity::entities::Entity>> {
        let kind = self.entity_type.as_deref().map(|word| kinds::entity_type("entity_type", word)).transpose()?;
        let condition = Condition::all()
            .add_option(self.text.as_deref().map(|text| Column::SearchKey.like(containing(&names::key(text)))))
            .add_option(kind.map(|kind| Column::EntityType.eq(kind)))
            .add_option(self.scope.map(|scope| Column::Scope.eq(scope)))
            .add_option(self.agent.map(|agent| Column::AgentId.eq(agent)));
        Ok(entity::entities::Entity::find().filter(condition))
    }
}

fn containing(text: &str) -> LikeExpr {
    let escaped = text.replace('\\', r"\\").replace('%', r"\%").replace('_', r"\_");
    LikeExpr::new(format!("%{escaped}%")).escape('\\')
}

/// By name.
pub async fn list_entities<C: ConnectionTrait>(
    db: &C,
    filter: &EntityFilter,
    params: &ListParams,
) -> Result<Page<EntityRow>> {
    let after: Option<(String, String)> = params.after(LIST)?;
    let matching = filter.select()?;
    let total = matching.clone().count(db).await?;
    let behind = after.map(|(name, id)| {
        let same_name = Condition::all().add(Column::NameKey.eq(&name)).add(Column::Id.gt(id));
        Condition::any().add(Column::NameKey.gt(name)).add(same_name)
    });
    let page = matching.filter(Condition::all().add_option(behind));
    let page = page.order_by_asc(Column::NameKey).order_by_asc(Column::Id).limit(params.limit() + 1);
    let rows = page.all(db).await?;
    Ok(Page::cut(rows, params.limit(), total, LIST, |row| (row.name_key.clone(), row.id.clone())))
}

/// What changes; nothing means that it stays.
#[derive(Clone, Debug, Default)]
pub struct EntityChange {
    pub name: Option<String>,
    pub aliases: Option<Vec<String>>,
    pub entity_type: Option<String>,
    /// Nothing inside: all of them go.
    pub properties: Option<Option<Map<String, Value>>>,
}

pub async fn update_entity<C: ConnectionTrait>(tx: &C, id: &str, change: EntityChange, now: Ts) -> Result<EntityRow> {
    let old = locked(tx, Column::Id.eq(id).into()).await?.ok_or_else(|| entity_not_found(id))?;
    let mut row = old.clone();
    let name = match change.name {
        Some(name) => names::checked("name", &name)?,
        None => old.name.clone(),
    };
    row.call(name, &change.aliases.unwrap_or_else(|| old.alias_list()))?;
    if let Some(word) = change.entity_type {
        row.entity_type = kinds::entity_type("entity_type", &word)?;
    }
    match change.properties {
        Some(Some(properties)) => row.properties = merged(row.properties, Value::Object(properties))?,
        Some(None) => row.properties = Value::Object(Map::new()),
        None => {}
    }
    row.updated_at = now;
    save(tx, &old, row).await
}

/// Deletes it with every relation that touches it; says how many those were.
pub async fn delete_entity<C: ConnectionTrait>(tx: &C, id: &str) -> Result<(EntityRow, u64)> {
    let row = locked(tx, Column::Id.eq(id).into()).await?.ok_or_else(|| entity_not_found(id))?;
    let touching =
        Condition::any().add(entity::relations::Column::Source.eq(id)).add(entity::relations::Column::Target.eq(id));
    let relations = entity::relations::Entity::delete_many().filter(touching).exec(tx).await?;
    entity::entities::Entity::delete_by_id(id).exec(tx).await?;
    Ok((row, relations.rows_affected))
}
