//! Rules and SQL of API keys, and the look-up of every credential.

use std::net::IpAddr;

use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect,
};

use super::{
    entity::{ActiveModel, Column, Entity, Model},
    password::{self, KEY_PREFIX, LOGIN_PREFIX},
    schema::{ApiKeyCreated, ApiKeyRotated, CreateApiKey, UpdateApiKey},
    sessions,
};
use crate::{
    caller::{Caller, CallerKind, RateLimit},
    config::Config,
    db::Db,
    error::{Error, ErrorCode, Result},
    idempotency,
    ids::Id,
    page::{ListParams, Page},
    scopes::Scopes,
    time::Ts,
};

pub use super::entity::Model as ApiKeyRow;
pub use sessions::{LoginOutcome, forget_expired, log_in, log_out};

const LIST: &str = "api_keys";
const DAY_SECS: i64 = 86_400;

impl Model {
    pub fn all_scopes(&self) -> Scopes {
        let own: Vec<&str> = self.scopes.split_whitespace().collect();
        // Scopes of the table were checked when they were written; a damaged row gives nothing.
        let own = Scopes::parse(&own).unwrap_or(Scopes::NONE);
        own.union(self.role.map_or(Scopes::NONE, |r| r.scopes()))
    }

    pub fn path(&self) -> String {
        format!("/api/auth/keys/{}", self.id)
    }

    pub fn rate_limit(&self) -> Option<RateLimit> {
        self.quota_per_hour.zip(self.burst).map(|(quota_per_hour, burst)| RateLimit { quota_per_hour, burst })
    }

    fn in_force(&self, now: Ts) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|t| t > now)
    }
}

/// The caller behind a token: the configured key, a key of the database, or a login. None = unknown, revoked or expired.
pub async fn authenticate(db: &Db, config: &Config, token: &str, ip: IpAddr) -> Result<Option<Caller>> {
    if config.config_key().is_some_and(|key| password::same(key, token)) {
        return Ok(Some(Caller::operator(CallerKind::ConfigKey, None)));
    }
    if token.starts_with(LOGIN_PREFIX) {
        return sessions::find(db, config, token).await;
    }
    if !token.starts_with(KEY_PREFIX) {
        return Ok(None);
    }
    let (now, hash) = (Ts::now(), password::secret_hash(token));
    let by_hash = Condition::any()
        .add(Column::KeyHash.eq(&hash))
        .add(Condition::all().add(Column::PreviousHash.eq(&hash)).add(Column::PreviousValidUntil.gt(now)));
    let Some(row) = Entity::find().filter(by_hash).one(db.read()).await? else { return Ok(None) };
    if !row.in_force(now) {
        return Ok(None);
    }
    let minute = Ts(now.0 - now.0.rem_euclid(60_000));
    if row.last_used_at != Some(minute) {
        let (db, id, ip) = (db.clone(), row.id, ip.to_string());
        // Beside the request: it must not wait for a mark that nothing depends on.
        tokio::spawn(async move { mark_used(&db, id, minute, ip).await });
    }
    Ok(Some(Caller {
        kind: CallerKind::ApiKey,
        id: Some(row.id),
        role: row.role,
        scopes: row.all_scopes(),
        expires_at: row.expires_at,
        rate_limit: row.rate_limit(),
        name: Some(row.name),
    }))
}

async fn mark_used(db: &Db, id: Id, minute: Ts, ip: String) {
    let row =
        ActiveModel { id: Set(id), last_used_at: Set(Some(minute)), last_used_ip: Set(Some(ip)), ..Default::default() };
    if let Err(error) = Entity::update(row).exec(db.write()).await {
        tracing::warn!(%error, key_id = %id, "the last use of a key could not be stored");
    }
}

/// Whether the open mode is over.
pub async fn any_key_in_force(db: &Db) -> Result<bool> {
    let row = Entity::find().select_only().column(Column::Id).filter(Column::RevokedAt.is_null());
    Ok(row.into_tuple::<Id>().one(db.read()).await?.is_some())
}

/// Newest first.
pub async fn list(db: &Db, params: &ListParams, include_revoked: bool) -> Result<Page<Model>> {
    let after = params.after::<Id>(LIST)?;
    let matching =
        Entity::find().filter(Condition::all().add_option((!include_revoked).then(|| Column::RevokedAt.is_null())));
    let total = matching.clone().count(db.read()).await?;
    let page =
        matching.filter(Condition::all().add_option(after.map(|id| Column::Id.lt(id)))).order_by_desc(Column::Id);
    let rows = page.limit(params.limit() + 1).all(db.read()).await?;
    Ok(Page::cut(rows, params.limit(), total, LIST, |row| row.id))
}

/// Ids and names of all keys that are not revoked.
pub async fn names(db: &Db) -> Result<Vec<(Id, String)>> {
    let rows = Entity::find().select_only().columns([Column::Id, Column::Name]).filter(Column::RevokedAt.is_null());
    Ok(rows.into_tuple().all(db.read()).await?)
}

pub async fn get(db: &Db, id: Id) -> Result<Model> {
    Entity::find_by_id(id).one(db.read()).await?.ok_or_else(|| not_found(id))
}

fn not_found(id: Id) -> Error {
    Error::new(ErrorCode::KeyNotFound, format!("API key {id} does not exist"))
}

/// Creates a key; the secret is in the answer and nowhere else.
pub async fn create(db: &Db, caller: &Caller, request: CreateApiKey) -> Result<(Model, String)> {
    let now = Ts::now();
    let name = checked_name(&request.name)?;
    let scopes = Scopes::parse(&request.scopes)?;
    let all = scopes.union(request.role.map_or(Scopes::NONE, |r| r.scopes()));
    if all.is_empty() {
        return Err(Error::invalid("scopes", "must not be empty without a role"));
    }
    may_give(caller, all)?;
    let expires_at = expiry(request.expires_at, request.expires_in_days, now)?;
    let secret = password::new_secret(KEY_PREFIX)?;
    let row = ActiveModel {
        id: Set(Id::new()),
        name: Set(name.clone()),
        prefix: Set(secret.chars().take(12).collect()),
        key_hash: Set(password::secret_hash(&secret)),
        role: Set(request.role),
        scopes: Set(scopes.names().join(" ")),
        quota_per_hour: Set(request.rate_limit.map(|l| l.quota_per_hour)),
        burst: Set(request.rate_limit.map(|l| l.burst)),
        expires_at: Set(expires_at),
        created_by: Set(caller.label()),
        created_at: Set(now),
        updated_at: Set(now),
        ..Default::default()
    };
    let tx = db.begin().await?;
    let row = Entity::insert(row).exec_with_returning(&tx).await.map_err(|e| name_taken(e, &name))?;
    let answer = ApiKeyCreated { api_key: row.clone().into(), key: None };
    idempotency::service::keep(&tx, 201, Some(row.path()), &answer).await?;
    tx.commit().await?;
    Ok((row, secret))
}

/// Changes what the request names; all or nothing. Refuses to lock everybody out.
pub async fn update(db: &Db, config: &Config, caller: &Caller, id: Id, request: UpdateApiKey) -> Result<Model> {
    let now = Ts::now();
    let tx = begin_changing_keys(db).await?;
    let current = unrevoked(&tx, id).await?;
    may_give(caller, current.all_scopes())?;
    let name = request.name.as_deref().map(checked_name).transpose()?;
    let scopes = match &request.scopes {
        Some(names) => Scopes::parse(names)?.names().join(" "),
        None => current.scopes.clone(),
    };
    let role = request.role.unwrap_or(current.role);
    let changed = Model { role, scopes, ..current.clone() };
    if changed.all_scopes().is_empty() {
        return Err(Error::invalid("scopes", "must not be empty without a role"));
    }
    may_give(caller, changed.all_scopes())?;
    let expires = request.expires_at.flatten().is_some() || request.expires_in_days.is_some();
    if expires || changed.all_scopes() != Scopes::ALL {
        keep_a_way_in(&tx, config, &current, now).await?;
    }
    let mut row = ActiveModel { id: Set(id), updated_at: Set(now), ..Default::default() };
    row.role = Set(changed.role);
    row.scopes = Set(changed.scopes);
    row.name = Set(name.clone().unwrap_or(current.name));
    if request.expires_at.is_some() || request.expires_in_days.is_some() {
        row.expires_at = Set(expiry(request.expires_at.flatten(), request.expires_in_days, now)?);
    }
    if let Some(limit) = request.rate_limit {
        row.quota_per_hour = Set(limit.map(|l| l.quota_per_hour));
        row.burst = Set(limit.map(|l| l.burst));
    }
    let row = Entity::update(row).exec(&tx).await.map_err(|e| name_taken(e, &name.unwrap_or_default()))?;
    tx.commit().await?;
    Ok(row)
}

/// Revokes for good. Refuses to lock everybody out.
pub async fn revoke(db: &Db, config: &Config, caller: &Caller, id: Id) -> Result<Model> {
    let now = Ts::now();
    let tx = begin_changing_keys(db).await?;
    let current = unrevoked(&tx, id).await?;
    may_give(caller, current.all_scopes())?;
    keep_a_way_in(&tx, config, &current, now).await?;
    let row = ActiveModel { id: Set(id), revoked_at: Set(Some(now)), updated_at: Set(now), ..Default::default() };
    let row = Entity::update(row).exec(&tx).await?;
    tx.commit().await?;
    Ok(row)
}

/// A transaction in which no other one changes keys: what it reads of the other keys stays true until it commits.
async fn begin_changing_keys(db: &Db) -> Result<sea_orm::DatabaseTransaction> {
    let tx = db.begin().await?;
    if !db.is_sqlite() {
        tx.execute_unprepared("LOCK TABLE api_keys IN SHARE ROW EXCLUSIVE MODE").await?;
    }
    Ok(tx)
}

/// Fails when `leaving` is the last key with all scopes and nothing else lets anybody in.
async fn keep_a_way_in<C: ConnectionTrait>(tx: &C, config: &Config, leaving: &Model, now: Ts) -> Result<()> {
    let another_way_in = config.config_key().is_some() || config.auth.enabled;
    if another_way_in || leaving.all_scopes() != Scopes::ALL {
        return Ok(());
    }
    let others = Entity::find().filter(Column::RevokedAt.is_null()).filter(Column::Id.ne(leaving.id)).all(tx).await?;
    if others.iter().any(|k| k.in_force(now) && k.all_scopes() == Scopes::ALL) {
        return Ok(());
    }
    let message = "This is the last key with all scopes; create another one or set api_key first";
    Err(Error::new(ErrorCode::LastAdminKey, message))
}

/// Gives the key a new secret; the old one works for `grace_secs` more.
pub async fn rotate(db: &Db, caller: &Caller, id: Id, grace_secs: i32) -> Result<(Model, String)> {
    let now = Ts::now();
    let tx = begin_changing_keys(db).await?;
    let current = unrevoked(&tx, id).await?;
    // Whoever holds the new secret holds the key's scopes.
    may_give(caller, current.all_scopes())?;
    let secret = password::new_secret(KEY_PREFIX)?;
    let grace = (grace_secs > 0).then(|| now.plus_secs(grace_secs.into()));
    let previous_hash = grace.map(|_| current.key_hash.clone());
    let mut row = current.into_active_model();
    row.prefix = Set(secret.chars().take(12).collect());
    row.key_hash = Set(password::secret_hash(&secret));
    row.previous_hash = Set(previous_hash);
    row.previous_valid_until = Set(grace);
    row.updated_at = Set(now);
    let row = Entity::update(row).exec(&tx).await?;
    let created = ApiKeyCreated { api_key: row.clone().into(), key: None };
    let answer = ApiKeyRotated { created, previous_valid_until: row.previous_valid_until };
    idempotency::service::keep(&tx, 200, None, &answer).await?;
    tx.commit().await?;
    Ok((row, secret))
}

/// The row, locked for the rest of the transaction.
async fn unrevoked<C: ConnectionTrait>(tx: &C, id: Id) -> Result<Model> {
    let row = Entity::find_by_id(id).lock_exclusive().one(tx).await?.ok_or_else(|| not_found(id))?;
    match row.revoked_at {
        Some(at) => Err(Error::new(ErrorCode::KeyRevoked, format!("API key {id} was revoked at {at}"))),
        None => Ok(row),
    }
}

fn checked_name(name: &str) -> Result<String> {
    let name = name.trim();
    match name.is_empty() || name.chars().any(char::is_control) {
        true => Err(Error::invalid("name", "must have 1 to 128 characters, none of them a control character")),
        false => Ok(name.to_owned()),
    }
}

/// Nobody can give a scope that they lack.
fn may_give(caller: &Caller, scopes: Scopes) -> Result<()> {
    let lacking = scopes.without(caller.scopes);
    if lacking.is_empty() {
        return Ok(());
    }
    let names = lacking.names().join(", ");
    let message = format!("You cannot give scopes that you do not have: {names}");
    Err(Error::new(ErrorCode::InsufficientScope, message).with_detail("scope", names))
}

fn expiry(at: Option<Ts>, in_days: Option<i32>, now: Ts) -> Result<Option<Ts>> {
    match (at, in_days) {
        (Some(_), Some(_)) => Err(Error::invalid("expires_in_days", "cannot be combined with expires_at")),
        (Some(at), None) if at <= now => Err(Error::invalid("expires_at", "lies in the past")),
        (at, None) => Ok(at),
        (None, Some(days)) => Ok(Some(now.plus_secs(i64::from(days) * DAY_SECS))),
    }
}

fn name_taken(error: sea_orm::DbErr, name: &str) -> Error {
    match error.sql_err() {
        Some(sea_orm::SqlErr::UniqueConstraintViolation(_)) => Error::new(
            ErrorCode::KeyNameTaken,
            format!("A key named '{name}' exists already; revoke or rename it first"),
        ),
        _ => error.into(),
    }
}

/// Whether a caller that was let in earlier still may act; for open streams and sockets.
pub async fn still_valid(db: &Db, config: &Config, caller: &Caller) -> Result<bool> {
    let now = Ts::now();
    match (caller.kind, caller.id) {
        (CallerKind::ApiKey, Some(id)) => {
            Ok(Entity::find_by_id(id).one(db.read()).await?.is_some_and(|k| k.in_force(now)))
        }
        (CallerKind::Login, Some(id)) => sessions::is_valid(db, config, id).await,
        (CallerKind::Open, _) => Ok(!any_key_in_force(db).await?),
        _ => Ok(true),
    }
}

/// Number of keys that work now, for `doctor` and the start banner.
pub async fn count_in_force(db: &Db) -> Result<u64> {
    let unexpired = Condition::any().add(Column::ExpiresAt.is_null()).add(Column::ExpiresAt.gt(Ts::now()));
    let count = Entity::find().filter(Column::RevokedAt.is_null()).filter(unexpired);
    Ok(count.count(db.read()).await?)
}
