//! Rules and SQL of key-values. A value whose time is over counts as absent before it is removed.

use std::collections::BTreeMap;

use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::{Alias, Expr, ExprTrait, Func, IntoCondition, OnConflict, SimpleExpr},
};
use serde_json::Value;

use super::{
    Address, Key, KvRow,
    entity::{Column, Entity},
};
use crate::{
    db::{Db, batches::delete_in_batches},
    error::{Error, ErrorCode, Result},
    ids::Id,
    memory::{live_agents, person::Namespace},
    page::{ListParams, Page},
    time::Ts,
};

const LIST: &str = "kv_pairs";
/// Bytes of a value as JSON.
pub const MAX_VALUE: usize = 256 * 1024;

impl KvRow {
    pub fn namespace(&self) -> Namespace {
        match (self.agent_id, &self.person) {
            (None, _) => Namespace::Shared,
            (Some(_), Some(_)) => Namespace::User,
            (Some(_), None) => Namespace::Own,
        }
    }
}

fn unexpired(now: Ts) -> Condition {
    Condition::any().add(Column::ExpiresAt.is_null()).add(Column::ExpiresAt.gt(now))
}

/// The value of a key. Without a namespace: the first of `allowed` that has it, in this order.
pub async fn find<C: ConnectionTrait>(
    db: &C,
    address: Address<'_>,
    key: &str,
    allowed: &[Namespace],
) -> Result<Option<KvRow>> {
    find_if(db, address, key, allowed, Condition::all()).await
}

async fn find_if<C: ConnectionTrait>(
    db: &C,
    address: Address<'_>,
    key: &str,
    allowed: &[Namespace],
    also: Condition,
) -> Result<Option<KvRow>> {
    let holders: Vec<String> = allowed.iter().filter_map(|namespace| address.holder(*namespace)).collect();
    let rows = Entity::find()
        .filter(Column::Holder.is_in(holders.iter().cloned()))
        .filter(Column::Key.eq(key))
        .filter(unexpired(Ts::now()))
        .filter(also)
        .all(db)
        .await?;
    let place = |row: &KvRow| holders.iter().position(|holder| *holder == row.holder);
    Ok(rows.into_iter().min_by_key(place))
}

/// As `get`, in one statement, if the agent is live. None: there is no such value, or no such agent.
pub async fn get_of_live<C: ConnectionTrait>(db: &C, address: Address<'_>, key: &Key) -> Result<Option<KvRow>> {
    let named = key.namespace.map(|namespace| [namespace]);
    let allowed = named.as_ref().map_or(&Namespace::EVERY[..], |one| &one[..]);
    let live = live_agents().and_where(Expr::col(Alias::new("id")).eq(address.agent)).to_owned();
    find_if(db, address, &key.name, allowed, Condition::all().add(Expr::exists(live))).await
}

pub async fn get<C: ConnectionTrait>(db: &C, address: Address<'_>, key: &Key, asked: &str) -> Result<KvRow> {
    let named = key.namespace.map(|namespace| [namespace]);
    if let Some(namespace) = key.namespace {
        address.required_holder(namespace)?;
    }
    let allowed = named.as_ref().map_or(&Namespace::EVERY[..], |one| &one[..]);
    find(db, address, &key.name, allowed).await?.ok_or_else(|| not_found(asked))
}

fn not_found(key: &str) -> Error {
    Error::new(ErrorCode::KeyNotFound, format!("There is no value under the key '{key}'")).with_detail("key", key)
}

/// A value to be written.
#[derive(Clone, Debug)]
pub struct Write {
    pub namespace: Namespace,
    pub key: String,
    pub value: Value,
    pub ttl_secs: Option<i64>,
    /// The version that must be there; 0 = none.
    pub if_version: Option<i64>,
    pub written_by: String,
}

/// Stores a value, in one statement. 409 `version_conflict` when another version is there.
pub async fn set<C: ConnectionTrait>(db: &C, address: Address<'_>, write: Write) -> Result<KvRow> {
    let now = Ts::now();
    let text = write.value.to_string();
    if text.len() > MAX_VALUE {
        let message = format!("A value has at most {MAX_VALUE} bytes as JSON, this one has {}", text.len());
        return Err(Error::new(ErrorCode::PayloadTooLarge, message).with_detail("value", "is too large"));
    }
    let holder = address.required_holder(write.namespace)?;
    let is_shared = write.namespace == Namespace::Shared;
    let is_personal = write.namespace == Namespace::User;
    let row = KvRow {
        holder: holder.clone(),
        key: write.key.clone(),
        agent_id: (!is_shared).then_some(address.agent),
        person: address.person.filter(|_| is_personal).map(str::to_owned),
        size: i32::try_from(text.len()).unwrap_or(i32::MAX),
        value: text,
        version: 1,
        written_by: write.written_by,
        expires_at: write.ttl_secs.map(|secs| now.plus_secs(secs)),
        created_at: now,
        updated_at: now,
    };
    let stored = match write.if_version {
        Some(version) if version > 0 => replace(db, &row, version, now).await?,
        wanted => insert(db, row, wanted.is_some(), now).await?,
    };
    match stored {
        Some(row) => Ok(row),
        None => Err(conflict(db, &holder, &write.key, now).await?),
    }
}

/// Inserts or, unless it has to be new, replaces. None: it had to be new and was not.
async fn insert<C: ConnectionTrait>(db: &C, row: KvRow, only_new: bool, now: Ts) -> Result<Option<KvRow>> {
    let there = |column: Column| Expr::col((Entity, column));
    let over = || there(Column::ExpiresAt).lte(now);
    let next = |fresh: SimpleExpr, old: SimpleExpr| -> SimpleExpr { Expr::case(over(), fresh).finally(old).into() };
    let mut on_conflict = OnConflict::columns([Column::Holder, Column::Key]);
    on_conflict
        .update_columns([Column::Value, Column::Size, Column::WrittenBy, Column::ExpiresAt, Column::UpdatedAt])
        .values([
            (Column::Version, next(Expr::value(1_i64), there(Column::Version).add(1_i64))),
            (Column::CreatedAt, next(Expr::value(now), there(Column::CreatedAt))),
        ]);
    if only_new {
        on_conflict.action_and_where(over());
    }
    let inserted = Entity::insert(row.into_active_model().reset_all()).on_conflict(on_conflict);
    match inserted.exec_with_returning(db).await {
        Ok(row) => Ok(Some(row)),
        // What the condition of the conflict leaves alone returns no row.
        Err(sea_orm::DbErr::RecordNotInserted | sea_orm::DbErr::RecordNotFound(_)) if only_new => Ok(None),
        Err(error) => Err(error.into()),
    }
}

async fn replace<C: ConnectionTrait>(db: &C, row: &KvRow, version: i64, now: Ts) -> Result<Option<KvRow>> {
    let changed = Entity::update_many()
        .col_expr(Column::Value, Expr::value(row.value.clone()))
        .col_expr(Column::Size, Expr::value(row.size))
        .col_expr(Column::Version, Expr::value(version + 1))
        .col_expr(Column::WrittenBy, Expr::value(row.written_by.clone()))
        .col_expr(Column::ExpiresAt, Expr::value(row.expires_at))
        .col_expr(Column::UpdatedAt, Expr::value(now))
        .filter(Column::Holder.eq(&row.holder))
        .filter(Column::Key.eq(&row.key))
        .filter(Column::Version.eq(version))
        .filter(unexpired(now))
        .exec_with_returning(db)
        .await?;
    Ok(changed.into_iter().next())
}

async fn conflict<C: ConnectionTrait>(db: &C, holder: &str, key: &str, now: Ts) -> Result<Error> {
    let place = (holder.to_owned(), key.to_owned());
    let there = Entity::find_by_id(place).filter(unexpired(now)).one(db).await?;
    let version = there.map_or(0, |row| row.version);
    let message = match version {
        0 => format!("There is no value under the key '{key}', so it has no version to replace"),
        _ => format!("The value under the key '{key}' has the version {version}"),
    };
    Ok(Error::new(ErrorCode::VersionConflict, message).with_detail("version", version.to_string()))
}

/// Deletes a value of this namespace; gives it back.
pub async fn delete<C: ConnectionTrait>(
    db: &C,
    address: Address<'_>,
    namespace: Namespace,
    key: &str,
) -> Result<KvRow> {
    let place = (address.required_holder(namespace)?, key.to_owned());
    let deleted = Entity::delete_by_id(place).exec_with_returning(db).await?;
    // One whose time was over is gone now, but was absent before.
    deleted.filter(|row| row.expires_at.is_none_or(|at| at > Ts::now())).ok_or_else(|| not_found(key))
}

fn matching(address: Address<'_>, namespaces: &[Namespace], prefix: &str) -> Select<Entity> {
    let holders = namespaces.iter().filter_map(|namespace| address.holder(*namespace));
    let all = Entity::find().filter(Column::Holder.is_in(holders)).filter(unexpired(Ts::now()));
    if prefix.is_empty() {
        return all;
    }
    // Character by character: `LIKE` would ignore case on SQLite only.
    let length = i32::try_from(prefix.chars().count()).unwrap_or(i32::MAX);
    let start = Func::cust("substr").args([Expr::col(Column::Key), Expr::value(1), Expr::value(length)]);
    all.filter(Expr::expr(start).eq(prefix))
}

/// Values of these namespaces by key.
pub async fn list<C: ConnectionTrait>(
    db: &C,
    address: Address<'_>,
    namespaces: &[Namespace],
    prefix: &str,
    params: &ListParams,
) -> Result<Page<KvRow>> {
    let place = params.after::<(String, String)>(LIST)?;
    let total = matching(address, namespaces, prefix).count(db).await?;
    let rows = after(db, address, namespaces, prefix, place, params.limit() + 1).await?;
    Ok(Page::cut(rows, params.limit(), total, LIST, |row| (row.key.clone(), row.holder.clone())))
}

/// Values behind this key of this holder.
pub async fn after<C: ConnectionTrait>(
    db: &C,
    address: Address<'_>,
    namespaces: &[Namespace],
    prefix: &str,
    place: Option<(String, String)>,
    limit: u64,
) -> Result<Vec<KvRow>> {
    let beyond = place.map(|(key, holder)| {
        let same_key = Condition::all().add(Column::Key.eq(&key)).add(Column::Holder.gt(holder));
        Condition::any().add(Column::Key.gt(key)).add(same_key)
    });
    Ok(matching(address, namespaces, prefix)
        .filter(Condition::all().add_option(beyond))
        .order_by_asc(Column::Key)
        .order_by_asc(Column::Holder)
        .limit(limit)
        .all(db)
        .await?)
}

/// The newest values of these namespaces that are no longer than `max_size`, for a search by words.
pub async fn newest<C: ConnectionTrait>(
    db: &C,
    address: Address<'_>,
    namespaces: &[Namespace],
    max_size: i32,
    limit: u64,
) -> Result<Vec<KvRow>> {
    let holders = namespaces.iter().filter_map(|namespace| address.holder(*namespace));
    Ok(Entity::find()
        .filter(Column::Holder.is_in(holders))
        .filter(Column::Size.lte(max_size))
        .filter(unexpired(Ts::now()))
        .order_by_desc(Column::UpdatedAt)
        .limit(limit)
        .all(db)
        .await?)
}

/// Removes what has expired.
pub async fn forget_expired(db: &Db, now: Ts) -> Result<()> {
    delete_in_batches::<Entity>(db.write(), Column::ExpiresAt.lte(now).into_condition()).await
}

/// Removes everything that the agent keeps for itself and for people.
pub async fn erase_all<C: ConnectionTrait>(db: &C, agent: Id) -> Result<()> {
    Entity::delete_many().filter(Column::AgentId.eq(agent)).exec(db).await?;
    Ok(())
}

/// All of an agent, or of all live agents and the shared ones, behind a place.
pub async fn all_after<C: ConnectionTrait>(
    db: &C,
    agent: Option<Id>,
    place: Option<(String, String)>,
    limit: u64,
) -> Result<Vec<KvRow>> {
    let beyond = place.map(|(holder, key)| {
        let same_holder = Condition::all().add(Column::Holder.eq(&holder)).add(Column::Key.gt(key));
        Condition::any().add(Column::Holder.gt(holder)).add(same_holder)
    });
    let whose = match agent {
        Some(agent) => Condition::all().add(Column::AgentId.eq(agent)),
        None => Condition::any().add(Column::AgentId.is_null()).add(Column::AgentId.in_subquery(live_agents())),
    };
    Ok(Entity::find()
        .filter(whose)
        .filter(unexpired(Ts::now()))
        .filter(Condition::all().add_option(beyond))
        .order_by_asc(Column::Holder)
        .order_by_asc(Column::Key)
        .limit(limit)
        .all(db)
        .await?)
}

/// Takes rows in as they are. One that is there gives way, its version going up, unless `skip`. Returns how many were written.
pub async fn take<C: ConnectionTrait>(tx: &C, rows: &[KvRow], skip: bool) -> Result<u64> {
    if rows.is_empty() {
        return Ok(0);
    }
    let mut last: BTreeMap<(&str, &str), &KvRow> = BTreeMap::new();
    for row in rows {
        last.insert((&row.holder, &row.key), row);
    }
    let mut on_conflict = OnConflict::columns([Column::Holder, Column::Key]);
    let there = |column: Column| Expr::col((Entity, column));
    let over = there(Column::ExpiresAt).lte(Ts::now());
    on_conflict.update_columns([Column::Value, Column::Size, Column::WrittenBy, Column::ExpiresAt, Column::UpdatedAt]);
    on_conflict.value(Column::Version, there(Column::Version).add(1_i64));
    if skip {
        on_conflict.action_and_where(over);
    }
    let rows = last.into_values().map(|row| row.clone().into_active_model().reset_all());
    Ok(Entity::insert_many(rows).on_conflict(on_conflict).exec_without_returning(tx).await?)
}

/// Removes what all agents share.
pub async fn erase_shared<C: ConnectionTrait>(tx: &C) -> Result<()> {
    Entity::delete_many().filter(Column::AgentId.is_null()).exec(tx).await?;
    Ok(())
}
