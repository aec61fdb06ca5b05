//! Logins by name and password: random tokens, stored as hashes, ended by expiry, logout or a changed password.

use std::net::IpAddr;

use sea_orm::{
    ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, sea_query::IntoCondition,
};

use super::{
    login_entity::{failure, login},
    password::{self, LOGIN_PREFIX},
};
use crate::{
    caller::{Caller, CallerKind},
    config::Config,
    db::{Db, batches::delete_in_batches},
    error::{Error, ErrorCode, Result},
    ids::Id,
    time::Ts,
};

/// Failures of one name from one address within the window that lock it out.
const MAX_FAILURES: u64 = 5;
const WINDOW_SECS: i64 = 15 * 60;

/// A successful login.
pub struct LoginOutcome {
    pub token: String,
    pub username: String,
    pub expires_at: Ts,
    /// Seconds the cookie lives.
    pub ttl_secs: i64,
}

/// Checks name and password. Unknown name and wrong password take the same time and give the same answer.
pub async fn log_in(db: &Db, config: &Config, username: &str, given: &str, ip: IpAddr) -> Result<LoginOutcome> {
    if !config.auth.enabled {
        let message = "Login by name and password is off; set auth.enabled, or use an API key";
        return Err(Error::new(ErrorCode::AuthNotEnabled, message));
    }
    let (now, ip) = (Ts::now(), ip.to_string());
    // Stored before the password is looked at, so that guesses made at once count one by one.
    let attempt = Id::new();
    let row = failure::ActiveModel {
        id: Set(attempt),
        ip: Set(ip.clone()),
        username: Set(username.to_owned()),
        at: Set(now),
    };
    failure::Entity::insert(row).exec_without_returning(db.write()).await?;
    if let Err(locked) = refuse_when_locked(db, username, &ip, now).await {
        failure::Entity::delete_by_id(attempt).exec(db.write()).await?;
        return Err(locked);
    }
    let (given, phc) = (given.to_owned(), config.auth.password_hash.clone());
    let password_ok = tokio::task::spawn_blocking(move || password::verify_password(&given, &phc)).await;
    let name_ok = password::same(username, &config.auth.username);
    if !(password_ok.map_err(Error::internal)? && name_ok) {
        return Err(Error::new(ErrorCode::InvalidCredentials, "Wrong name or password"));
    }
    failure::Entity::delete_by_id(attempt).exec(db.write()).await?;
    let ttl_secs = i64::from(config.auth.session_ttl_hours) * 3600;
    let (token, expires_at) = (password::new_secret(LOGIN_PREFIX)?, now.plus_secs(ttl_secs));
    let row = login::ActiveModel {
        id: Set(Id::new()),
        token_hash: Set(password::secret_hash(&token)),
        username: Set(config.auth.username.clone()),
        password_mark: Set(password_mark(config)),
        ip: Set(ip),
        created_at: Set(now),
        expires_at: Set(expires_at),
    };
    login::Entity::insert(row).exec_without_returning(db.write()).await?;
    Ok(LoginOutcome { token, username: config.auth.username.clone(), expires_at, ttl_secs })
}

async fn refuse_when_locked(db: &Db, username: &str, ip: &str, now: Ts) -> Result<()> {
    let recent = failure::Entity::find()
        .filter(failure::Column::Ip.eq(ip))
        .filter(failure::Column::Username.eq(username))
        .filter(failure::Column::At.gt(now.plus_secs(-WINDOW_SECS)));
    // The attempt at hand is among them.
    if recent.clone().count(db.read()).await? <= MAX_FAILURES {
        return Ok(());
    }
    let oldest = recent.order_by_asc(failure::Column::At).one(db.read()).await?.map_or(now, |f| f.at);
    let wait_secs = (WINDOW_SECS - now.since(oldest) / 1000).max(1);
    let message = format!("Too many failed logins; try again in {wait_secs} s");
    Err(Error::new(ErrorCode::LoginLocked, message).with_retry_after(wait_secs.unsigned_abs()))
}

fn password_mark(config: &Config) -> String {
    password::secret_hash(&config.auth.password_hash)
}

fn valid(row: &login::Model, config: &Config) -> bool {
    config.auth.enabled
        && row.expires_at > Ts::now()
        && row.username == config.auth.username
        && row.password_mark == password_mark(config)
}

/// The caller behind a login token.
pub async fn find(db: &Db, config: &Config, token: &str) -> Result<Option<Caller>> {
    let by_hash = login::Entity::find().filter(login::Column::TokenHash.eq(password::secret_hash(token)));
    let row = by_hash.one(db.read()).await?.filter(|row| valid(row, config));
    Ok(row.map(|row| Caller {
        kind: CallerKind::Login,
        id: Some(row.id),
        name: Some(row.username),
        role: Some(config.auth.role),
        scopes: config.auth.role.scopes(),
        expires_at: Some(row.expires_at),
        rate_limit: None,
    }))
}

pub async fn is_valid(db: &Db, config: &Config, id: Id) -> Result<bool> {
    Ok(login::Entity::find_by_id(id).one(db.read()).await?.is_some_and(|row| valid(&row, config)))
}

/// Ends the login, if the caller is one.
pub async fn log_out(db: &Db, caller: &Caller) -> Result<()> {
    if let (CallerKind::Login, Some(id)) = (caller.kind, caller.id) {
        login::Entity::delete_by_id(id).exec(db.write()).await?;
    }
    Ok(())
}

/// Removes what has no meaning any more.
pub async fn forget_expired(db: &Db, now: Ts) -> Result<()> {
    delete_in_batches::<login::Entity>(db.write(), login::Column::ExpiresAt.lte(now).into_condition()).await?;
    let old = failure::Column::At.lte(now.plus_secs(-WINDOW_SECS));
    delete_in_batches::<failure::Entity>(db.write(), old.into_condition()).await
}
