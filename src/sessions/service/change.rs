//! Creating, switching, naming and erasing sessions. What erases takes part in the engine's transaction, which ends the
//! runs first.

use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::Expr,
};

use super::{
    Which,
    read::{self, Described},
    turn,
};
use crate::{
    db::Db,
    error::{Error, ErrorCode, Result},
    idempotency,
    ids::Id,
    runs,
    sessions::{
        SessionKind, SessionRow, entity,
        schema::{Session, SessionReset, SessionSwitched},
    },
    time::Ts,
};

const LABEL_CHARS: usize = 128;
/// Others may take the key of a session between two statements; more often than this is no chance.
pub const KEY_TRIES: usize = 5;

/// A session to be made.
#[derive(Clone, Debug)]
pub struct NewSession {
    pub agent_id: Id,
    /// Key of its owner.
    pub owner: String,
    pub kind: SessionKind,
    pub conversation: Option<String>,
    pub label: Option<String>,
    /// Gets the owner's next message.
    pub activate: bool,
}

impl NewSession {
    pub fn into_row(self, now: Ts) -> SessionRow {
        SessionRow {
            id: Id::new(),
            agent_id: self.agent_id,
            key: self.activate.then(|| self.owner.clone()),
            owner: self.owner,
            kind: self.kind,
            conversation: self.conversation,
            label: self.label,
            last_seq: 0,
            queue_seq: 0,
            summary_message_id: None,
            context_tokens: 0,
            created_at: now,
            updated_at: now,
            last_active: now,
        }
    }
}

/// Trims a label and checks it; nothing left means no label.
pub fn check_label(label: Option<&str>) -> Result<Option<String>> {
    let Some(label) = label.map(str::trim).filter(|l| !l.is_empty()) else { return Ok(None) };
    let allowed = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_');
    if label.chars().count() > LABEL_CHARS || !label.chars().all(allowed) {
        return Err(Error::invalid("label", "must have 1 to 128 letters, digits, spaces, '-' or '_'"));
    }
    Ok(Some(label.to_owned()))
}

/// Makes a session; the label is expected to be checked.
pub async fn create(db: &Db, new: NewSession, now: Ts) -> Result<Described> {
    let tx = db.begin().await?;
    let row = create_in(&tx, new, now).await?;
    let made = read::describe(&tx, None, Which::Id(row.id)).await?;
    idempotency::service::keep(&tx, 201, Some(row.path()), &Session::from(made.clone())).await?;
    tx.commit().await?;
    Ok(made)
}

async fn create_in(tx: &DatabaseTransaction, new: NewSession, now: Ts) -> Result<SessionRow> {
    check_free(tx, new.agent_id, new.label.as_deref(), None).await?;
    let row = new.into_row(now);
    for _ in 0..KEY_TRIES {
        if row.key.is_some() {
            turn::release_key(tx, row.agent_id, &row.owner).await?;
        }
        if turn::insert(tx, &row).await? {
            return Ok(row);
        }
    }
    Err(Error::internal("the key of the session stays taken"))
}

async fn check_free<C: ConnectionTrait>(db: &C, agent: Id, label: Option<&str>, own: Option<Id>) -> Result<()> {
    let Some(label) = label else { return Ok(()) };
    let holder: Option<Id> = entity::Entity::find()
        .select_only()
        .column(entity::Column::Id)
        .filter(entity::Column::AgentId.eq(agent))
        .filter(entity::Column::Label.eq(label))
        .into_tuple()
        .one(db)
        .await?;
    match holder {
        Some(id) if Some(id) != own => Err(label_taken(label)),
        _ => Ok(()),
    }
}

pub(super) fn label_taken(label: &str) -> Error {
    Error::new(ErrorCode::SessionLabelTaken, format!("Another session is labelled '{label}'"))
}

/// Lets the session get its owner's next message.
pub async fn switch(db: &Db, agent: Id, session: Id, now: Ts) -> Result<(SessionRow, SessionSwitched)> {
    for _ in 0..KEY_TRIES {
        let tx = db.begin().await?;
        let row = read::find_of_agent(&tx, agent, session).await?;
        let previous = turn::release_key(&tx, agent, &row.owner).await?;
        // Without a holder, a message of the owner may have made one meanwhile.
        if let Some(row) = hold_key(&tx, row, now).await? {
            let answer = SessionSwitched {
                status: "ok".into(),
                message: "The next message goes to this session".into(),
                agent_id: agent,
                session_id: row.id,
                previous_session_id: previous,
                session: read::describe(&tx, None, Which::Id(row.id)).await?.into(),
            };
            idempotency::service::keep(&tx, 200, None, &answer).await?;
            tx.commit().await?;
            return Ok((row, answer));
        }
        tx.rollback().await?;
    }
    Err(Error::internal("the key of the session stays taken"))
}

/// None: another session got the key in this very moment; the transaction is void.
async fn hold_key<C: ConnectionTrait>(db: &C, row: SessionRow, now: Ts) -> Result<Option<SessionRow>> {
    let held = entity::Entity::update_many()
        .col_expr(entity::Column::Key, Expr::value(row.owner.clone()))
        .col_expr(entity::Column::UpdatedAt, Expr::value(now))
        .filter(entity::Column::Id.eq(row.id))
        .exec(db)
        .await;
    match held {
        Ok(done) if done.rows_affected == 0 => Err(read::not_found()),
        Ok(_) => Ok(Some(SessionRow { key: Some(row.owner.clone()), updated_at: now, ..row })),
        Err(error) if turn::is_taken(&error) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

pub async fn set_label(db: &Db, session: Id, label: Option<&str>, now: Ts) -> Result<SessionRow> {
    let tx = db.begin().await?;
    let row = read::get(&tx, session).await?;
    check_free(&tx, row.agent_id, label, Some(session)).await?;
    let labelled = entity::Entity::update_many()
        .col_expr(entity::Column::Label, Expr::value(label))
        .col_expr(entity::Column::UpdatedAt, Expr::value(now))
        .filter(entity::Column::Id.eq(session))
        .exec(&tx)
        .await;
    match labelled {
        // Another session got the label after the look.
        Err(error) if turn::is_taken(&error) => return Err(label_taken(label.unwrap_or_default())),
        other => other?,
    };
    tx.commit().await?;
    Ok(SessionRow { label: label.map(str::to_owned), updated_at: now, ..row })
}

/// A fresh session takes the place of this one, which stays readable unless it is to be erased.
pub async fn reset(tx: &DatabaseTransaction, old: &SessionRow, delete_old: bool, now: Ts) -> Result<SessionRow> {
    let row = create_in(tx, successor(old), now).await?;
    if delete_old {
        erase(tx, old.id).await?;
    }
    idempotency::service::keep(tx, 200, None, &SessionReset::of(old, &row, delete_old)).await?;
    Ok(row)
}

/// Whoever accepts a message waits here until the session is gone.
pub async fn lock(tx: &DatabaseTransaction, session: Id) -> Result<SessionRow> {
    entity::Entity::find_by_id(session).lock_exclusive().one(tx).await?.ok_or_else(read::not_found)
}

/// As `lock`, for all sessions of an agent.
pub async fn lock_all(tx: &DatabaseTransaction, agent: Id) -> Result<Vec<Id>> {
    Ok(entity::Entity::find()
        .select_only()
        .column(entity::Column::Id)
        .filter(entity::Column::AgentId.eq(agent))
        .order_by_asc(entity::Column::Id)
        .lock_exclusive()
        .into_tuple()
        .all(tx)
        .await?)
}

/// Erases a session, its messages and what was said in its runs. An active one is replaced by a fresh one.
pub async fn delete(tx: &DatabaseTransaction, old: &SessionRow, now: Ts) -> Result<Option<SessionRow>> {
    erase(tx, old.id).await?;
    match &old.key {
        Some(_) => create_in(tx, successor(old), now).await.map(Some),
        None => Ok(None),
    }
}

/// The session that takes the place of this one.
fn successor(old: &SessionRow) -> NewSession {
    NewSession {
        agent_id: old.agent_id,
        owner: old.owner.clone(),
        kind: old.kind,
        conversation: old.conversation.clone(),
        label: None,
        activate: true,
    }
}

/// Erases every session of an agent; `owner` gets a fresh one.
pub async fn clear(tx: &DatabaseTransaction, agent: Id, owner: &str, now: Ts) -> Result<SessionRow> {
    erase_all(tx, agent).await?;
    let new = NewSession {
        agent_id: agent,
        owner: owner.to_owned(),
        kind: SessionKind::Main,
        conversation: None,
        label: None,
        activate: true,
    };
    create_in(tx, new, now).await
}

/// Erases every session of an agent for good.
pub async fn erase_all<C: ConnectionTrait>(db: &C, agent: Id) -> Result<()> {
    runs::service::erase_agent(db, agent).await?;
    entity::Entity::delete_many().filter(entity::Column::AgentId.eq(agent)).exec(db).await?;
    Ok(())
}

/// Messages and artifacts go with the row.
async fn erase<C: ConnectionTrait>(db: &C, session: Id) -> Result<()> {
    runs::service::erase_session(db, session).await?;
    entity::Entity::delete_by_id(session).exec(db).await?;
    Ok(())
}
