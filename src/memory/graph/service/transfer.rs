//! The graph as a whole: pages of it for an export, taking in an export, and what an uninstalled agent leaves behind.

use std::collections::{HashMap, HashSet};

use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect, sea_query::OnConflict,
};

use super::{NewEntity, RELATION_BYTES, View, entities, owned, sized};
use crate::{
    error::{Error, Result},
    ids::Id,
    memory::graph::{
        EntityRow, GraphScope, RelationRow, entity, kinds,
        schema::{Entity, Relation},
    },
};

/// Rows of one statement: below what SQLite takes in values.
const CHUNK: usize = 500;

/// Entities behind this id, by id.
pub async fn entities_after<C: ConnectionTrait>(db: &C, after: Option<&str>, limit: u64) -> Result<Vec<EntityRow>> {
    use entity::entities::{Column, Entity};
    let behind = Condition::all().add_option(after.map(|id| Column::Id.gt(id)));
    Ok(Entity::find().filter(behind).order_by_asc(Column::Id).limit(limit).all(db).await?)
}

/// Relations behind this id, by id.
pub async fn relations_after<C: ConnectionTrait>(db: &C, after: Option<Id>, limit: u64) -> Result<Vec<RelationRow>> {
    use entity::relations::{Column, Entity};
    let behind = Condition::all().add_option(after.map(|id| Column::Id.gt(id)));
    Ok(Entity::find().filter(behind).order_by_asc(Column::Id).limit(limit).all(db).await?)
}

/// Erases what belongs to this agent alone.
pub async fn forget_agent<C: ConnectionTrait>(tx: &C, agent: Id) -> Result<()> {
    let view = View { scope: Some(GraphScope::Own), agent: Some(agent) };
    let of = view.condition(entity::relations::Column::Scope, entity::relations::Column::AgentId);
    entity::relations::Entity::delete_many().filter(of).exec(tx).await?;
    let of = view.condition(entity::entities::Column::Scope, entity::entities::Column::AgentId);
    entity::entities::Entity::delete_many().filter(of).exec(tx).await?;
    Ok(())
}

/// What becomes of what is there already.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ImportMode {
    /// What comes in wins.
    #[default]
    Merge,
    /// Everything old is deleted first.
    Replace,
    /// What is there wins.
    Skip,
}

#[derive(Debug, Default, PartialEq, Eq)]
pub struct Imported {
    pub entities: u64,
    pub relations: u64,
    /// Were there and stayed as they are.
    pub skipped: u64,
    /// What could not be taken in; the rest was.
    pub rejected: Vec<Rejected>,
}

/// A record that was left out.
#[derive(Debug, PartialEq, Eq)]
pub struct Rejected {
    /// Its place in the document, such as `relations[7]`.
    pub place: String,
    pub reason: String,
}

/// Takes in an exported graph, in the caller's transaction. `agent_of` finds the agent here that an agent of the document
/// is. Entities are the same by id, else by scope, name and type; relations by scope, ends and kind.
pub async fn import<C: ConnectionTrait>(
    tx: &C,
    entities: Vec<Entity>,
    relations: Vec<Relation>,
    mode: ImportMode,
    agent_of: impl Fn(Id) -> Option<Id>,
) -> Result<Imported> {
    if mode == ImportMode::Replace {
        entity::relations::Entity::delete_many().exec(tx).await?;
        entity::entities::Entity::delete_many().exec(tx).await?;
    }
    let mut import = Import { mode, agent_of, ends: HashMap::new(), done: Imported::default() };
    let rows = import.entity_rows(entities);
    for chunk in rows.chunks(CHUNK) {
        import.take_entities(tx, chunk).await?;
    }
    import.find_ends(tx, &relations).await?;
    let rows = import.relation_rows(relations);
    for chunk in rows.chunks(CHUNK) {
        import.take_relations(tx, chunk).await?;
    }
    Ok(import.done)
}

/// An entity that a relation may lead to.
#[derive(Clone)]
struct End {
    /// Its id here.
    id: String,
    scope: GraphScope,
    agent: Option<Id>,
}

struct Import<F> {
    mode: ImportMode,
    agent_of: F,
    /// By the id in the document.
    ends: HashMap<String, End>,
    done: Imported,
}

/// A record and its number in the document.
type Numbered<T> = (usize, T);
/// What tells entities apart besides their ids.
type NameKey = (Option<Id>, String, String);
/// What tells relations apart.
type Triple = (Option<Id>, String, String, String);

fn owner(scope: GraphScope, agent: Option<Id>) -> Option<Id> {
    agent.filter(|_| scope == GraphScope::Own)
}

fn name_key(row: &EntityRow) -> NameKey {
    (owner(row.scope, row.agent_id), row.name_key.clone(), row.entity_type.clone())
}

fn triple(row: &RelationRow) -> Triple {
    (owner(row.scope, row.agent_id), row.source.clone(), row.relation.clone(), row.target.clone())
}

impl<F: Fn(Id) -> Option<Id>> Import<F> {
    fn reject(&mut self, kind: &str, at: usize, reason: impl Into<String>) {
        self.done.rejected.push(Rejected { place: format!("{kind}[{at}]"), reason: reason.into() });
    }

    /// The agent here; what is shared does without one.
    fn agent(&self, scope: GraphScope, agent: Option<Id>) -> Result<Option<Id>> {
        let here = agent.and_then(&self.agent_of);
        match owned(scope, here) {
            Err(_) => Err(Error::invalid("agent_id", "is no agent here, so nobody can own it")),
            Ok(()) => Ok(here),
        }
    }

    fn entity_rows(&mut self, entities: Vec<Entity>) -> Vec<Numbered<EntityRow>> {
        let (mut ids, mut keys) = (HashSet::new(), HashSet::new());
        let mut rows = vec![];
        for (at, given) in entities.into_iter().enumerate() {
            match self.entity_row(given) {
                Ok(row) if !ids.insert(row.id.clone()) => self.reject("entities", at, "the id occurs before"),
                Ok(row) if !keys.insert(name_key(&row)) => {
                    self.reject("entities", at, "an entity of this scope, name and type occurs before");
                }
                Ok(row) => rows.push((at, row)),
                Err(error) => self.reject("entities", at, error.message()),
            }
        }
        rows
    }

    fn entity_row(&self, given: Entity) -> Result<EntityRow> {
        let agent = self.agent(given.scope, given.agent_id)?;
        let new = NewEntity {
            id: Some(given.id),
            name: given.name,
            entity_type: given.entity_type,
            aliases: given.aliases,
            properties: given.properties,
            scope: given.scope,
            agent,
        };
        let row = new.checked(given.created_at)?;
        Ok(EntityRow { updated_at: given.updated_at, ..row })
    }

    async fn take_entities<C: ConnectionTrait>(&mut self, tx: &C, rows: &[Numbered<EntityRow>]) -> Result<()> {
        use entity::entities::{Column, Entity as Table};
        let alike = Condition::any()
            .add(Column::Id.is_in(rows.iter().map(|(_, row)| row.id.as_str())))
            .add(Column::NameKey.is_in(rows.iter().map(|(_, row)| row.name_key.as_str())));
        let here = Table::find().filter(alike).lock_exclusive().all(tx).await?;
        let by_id: HashMap<&str, &EntityRow> = here.iter().map(|row| (row.id.as_str(), row)).collect();
        let by_name: HashMap<NameKey, &EntityRow> = here.iter().map(|row| (name_key(row), row)).collect();
        let (mut written, mut taken): (Vec<EntityRow>, HashSet<String>) = (vec![], HashSet::new());
        for (at, row) in rows {
            let same_id = by_id.get(row.id.as_str()).copied();
            let same_name = by_name.get(&name_key(row)).copied();
            let old = match (same_id, same_name) {
                (Some(old), _) if owner(old.scope, old.agent_id) != owner(row.scope, row.agent_id) => {
                    self.reject("entities", *at, "the id belongs to an entity of another scope or agent");
                    continue;
                }
                (Some(old), Some(other)) if old.id != other.id => {
                    self.reject("entities", *at, format!("the name and type belong to {}", other.id));
                    continue;
                }
                (old, other) => old.or(other),
            };
            let id = old.map_or_else(|| row.id.clone(), |old| old.id.clone());
            if !taken.insert(id.clone()) {
                self.reject("entities", *at, format!("it is the same as {id}, which occurs before"));
                continue;
            }
            let end = End { id: id.clone(), scope: row.scope, agent: row.agent_id };
            self.ends.insert(row.id.clone(), end);
            match old {
                Some(_) if self.mode == ImportMode::Skip => self.done.skipped += 1,
                old => {
                    let created_at = old.map_or(row.created_at, |old| old.created_at);
                    written.push(EntityRow { id, created_at, ..row.clone() });
                }
            }
        }
        self.done.entities += u64::try_from(written.len()).unwrap_or(0);
        write_entities(tx, written).await
    }

    /// Ends that are not in the document but here.
    async fn find_ends<C: ConnectionTrait>(&mut self, tx: &C, relations: &[Relation]) -> Result<()> {
        use entity::entities::{Column, Entity as Table};
        let ends = relations.iter().flat_map(|r| [r.source.as_str(), r.target.as_str()]);
        let unknown: HashSet<&str> = ends.filter(|id| !self.ends.contains_key(*id)).collect();
        let unknown: Vec<&str> = unknown.into_iter().collect();
        for chunk in unknown.chunks(CHUNK) {
            let found = Table::find().filter(Column::Id.is_in(chunk.iter().copied())).lock_shared().all(tx).await?;
            let end = |row: EntityRow| (row.id.clone(), End { id: row.id, scope: row.scope, agent: row.agent_id });
            self.ends.extend(found.into_iter().map(end));
        }
        Ok(())
    }

    fn relation_rows(&mut self, relations: Vec<Relation>) -> Vec<Numbered<RelationRow>> {
        let mut triples = HashSet::new();
        let mut rows = vec![];
        for (at, given) in relations.into_iter().enumerate() {
            match self.relation_row(given) {
                Ok(row) if !triples.insert(triple(&row)) => {
                    self.reject("relations", at, "a relation of this scope, kind and ends occurs before");
                }
                Ok(row) => rows.push((at, row)),
                Err(error) => self.reject("relations", at, error.message()),
            }
        }
        rows
    }

    fn relation_row(&self, given: Relation) -> Result<RelationRow> {
        let agent = self.agent(given.scope, given.agent_id)?;
        sized(&given.properties, RELATION_BYTES)?;
        if !(0.0..=1.0).contains(&given.confidence) {
            return Err(Error::invalid("confidence", "must be 0 to 1"));
        }
        let end = |field: &str, id: &str| match self.ends.get(id) {
            None => Err(Error::invalid(field, "is neither in the document nor here")),
            Some(end) if end.scope == GraphScope::Own && owner(given.scope, agent) != end.agent => {
                Err(Error::invalid(field, "belongs to an agent, and the relation does not"))
            }
            Some(end) => Ok(end.id.clone()),
        };
        Ok(RelationRow {
            id: given.id,
            scope: given.scope,
            agent_id: agent,
            source: end("source", &given.source)?,
            relation: kinds::relation("relation", &given.relation)?,
            target: end("target", &given.target)?,
            properties: given.properties.into(),
            confidence: given.confidence,
            created_at: given.created_at,
        })
    }

    async fn take_relations<C: ConnectionTrait>(&mut self, tx: &C, rows: &[Numbered<RelationRow>]) -> Result<()> {
        use entity::relations::{Column, Entity as Table};
        let alike = Condition::any()
            .add(Column::Id.is_in(rows.iter().map(|(_, row)| row.id)))
            .add(Column::Source.is_in(rows.iter().map(|(_, row)| row.source.as_str())));
        let here = Table::find().filter(alike).lock_exclusive().all(tx).await?;
        let mut ids: HashSet<Id> = here.iter().map(|row| row.id).collect();
        let by_triple: HashMap<Triple, &RelationRow> = here.iter().map(|row| (triple(row), row)).collect();
        let mut written: Vec<RelationRow> = vec![];
        for (_, row) in rows {
            match by_triple.get(&triple(row)) {
                Some(_) if self.mode == ImportMode::Skip => self.done.skipped += 1,
                Some(old) => written.push(RelationRow { id: old.id, created_at: old.created_at, ..row.clone() }),
                // Nothing refers to the id of a relation, so one that is taken is replaced by a new one.
                None if !ids.insert(row.id) => written.push(RelationRow { id: Id::new(), ..row.clone() }),
                None => written.push(row.clone()),
            }
        }
        self.done.relations += u64::try_from(written.len()).unwrap_or(0);
        if written.is_empty() {
            return Ok(());
        }
        let changed =
            OnConflict::column(Column::Id).update_columns([Column::Properties, Column::Confidence]).to_owned();
        let rows = written.into_iter().map(|row| row.into_active_model().reset_all());
        Table::insert_many(rows).on_conflict(changed).exec_without_returning(tx).await?;
        Ok(())
    }
}

/// Adds them, or replaces those with the same id.
async fn write_entities<C: ConnectionTrait>(tx: &C, rows: Vec<EntityRow>) -> Result<()> {
    use entity::entities::{Column, Entity as Table};
    if rows.is_empty() {
        return Ok(());
    }
    let of = entity::names::Column::EntityId.is_in(rows.iter().map(|row| row.id.as_str()));
    let names: Vec<_> = rows.iter().flat_map(entities::name_rows).collect();
    let changed = OnConflict::column(Column::Id)
        .update_columns([
            Column::Name,
            Column::NameKey,
            Column::SearchKey,
            Column::Aliases,
            Column::EntityType,
            Column::Properties,
            Column::UpdatedAt,
        ])
        .to_owned();
    entity::names::Entity::delete_many().filter(of).exec(tx).await?;
    let rows = rows.into_iter().map(|row| row.into_active_model().reset_all());
    Table::insert_many(rows).on_conflict(changed).exec_without_returning(tx).await?;
    entity::names::Entity::insert_many(names).exec_without_returning(tx).await?;
    Ok(())
}
