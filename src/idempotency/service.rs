//! Claims, stores and forgets answers.

use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter,
    sea_query::{IntoCondition, OnConflict},
};
use serde::Serialize;

use super::{
    IN_FORCE,
    entity::{ActiveModel, Column, Entity},
};
use crate::{
    db::{Db, batches::delete_in_batches},
    error::{Error, Result},
    ids::Id,
    time::Ts,
};

const KEPT_SECS: i64 = 24 * 3600;

/// What a key says about a request.
#[derive(Debug)]
pub enum Claim {
    /// Nobody used the key: this request works, and stores or releases.
    Mine,
    /// The first call still runs, or ran in a process that is gone.
    InProgress {
        boot_id: Id,
    },
    /// The key was used for another body.
    Reused,
    Answered(StoredAnswer),
}

#[derive(Clone, Debug, PartialEq)]
pub struct StoredAnswer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

/// Takes the key for this request, or says who has it.
pub async fn claim(db: &Db, id: &str, body_hash: &str, boot_id: Id) -> Result<Claim> {
    let now = Ts::now();
    Entity::delete_many().filter(Column::Id.eq(id)).filter(Column::ExpiresAt.lte(now)).exec(db.write()).await?;
    let row = ActiveModel {
        id: Set(id.to_owned()),
        body_hash: Set(body_hash.to_owned()),
        boot_id: Set(boot_id),
        created_at: Set(now),
        expires_at: Set(now.plus_secs(KEPT_SECS)),
        ..Default::default()
    };
    let on_conflict = OnConflict::column(Column::Id).do_nothing().to_owned();
    let inserted = Entity::insert(row).on_conflict(on_conflict).exec_without_returning(db.write()).await?;
    if inserted > 0 {
        return Ok(Claim::Mine);
    }
    let Some(row) = Entity::find_by_id(id).one(db.write()).await? else {
        // Released between the two statements: the caller's retry will find it free.
        return Ok(Claim::InProgress { boot_id });
    };
    if row.body_hash != body_hash {
        return Ok(Claim::Reused);
    }
    Ok(match row.status {
        None => Claim::InProgress { boot_id: row.boot_id },
        Some(status) => Claim::Answered(StoredAnswer {
            status: u16::try_from(status).unwrap_or(500),
            headers: serde_json::from_str(&row.headers.unwrap_or_default()).unwrap_or_default(),
            body: row.body.unwrap_or_default(),
        }),
    })
}

/// Takes over a key whose process is gone. False when somebody else was faster.
pub async fn take_over(db: &Db, id: &str, from: Id, to: Id) -> Result<bool> {
    let taken = Entity::update_many()
        .col_expr(Column::BootId, to.0.into())
        .filter(Column::Id.eq(id))
        .filter(Column::BootId.eq(from))
        .filter(Column::Status.is_null())
        .exec(db.write())
        .await?;
    Ok(taken.rows_affected > 0)
}

/// Stores the answer in the transaction of the change that it tells of, so that no crash comes between the two: a repeat is
/// answered from here even when the first call never answered. Must not hold secrets. Does nothing without a key.
pub async fn keep<C: ConnectionTrait>(
    tx: &C,
    status: u16,
    location: Option<String>,
    body: &impl Serialize,
) -> Result<()> {
    let Ok(id) = IN_FORCE.try_with(String::clone) else { return Ok(()) };
    let json = [("content-type".to_owned(), "application/json".to_owned())].into_iter();
    let headers = json.chain(location.map(|path| ("location".to_owned(), path))).collect();
    let body = serde_json::to_vec(body).map_err(Error::internal)?;
    store(tx, &id, StoredAnswer { status, headers, body }).await
}

/// Stores an answer unless one was kept before.
pub async fn store<C: ConnectionTrait>(db: &C, id: &str, answer: StoredAnswer) -> Result<()> {
    let row = ActiveModel {
        status: Set(Some(i32::from(answer.status))),
        headers: Set(Some(serde_json::to_string(&answer.headers).unwrap_or_default())),
        body: Set(Some(answer.body)),
        ..Default::default()
    };
    Entity::update_many().set(row).filter(Column::Id.eq(id)).filter(Column::Status.is_null()).exec(db).await?;
    Ok(())
}

/// Gives the key back, so that a retry works anew; not when the change is made and its answer kept.
pub async fn release(db: &Db, id: &str) -> Result<()> {
    Entity::delete_many().filter(Column::Id.eq(id)).filter(Column::Status.is_null()).exec(db.write()).await?;
    Ok(())
}

/// Removes what nobody may ask for any more.
pub async fn forget_expired(db: &Db, now: Ts) -> Result<()> {
    delete_in_batches::<Entity>(db.write(), Column::ExpiresAt.lte(now).into_condition()).await
}
