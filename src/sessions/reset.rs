//! Starting over: the runs of a session are cancelled and a fresh one takes its place. Used by REST and the chat socket.

use sea_orm::ConnectionTrait;
use serde_json::json;

use super::{SessionRow, schema::SessionReset, service};
use crate::{
    app::AppState,
    caller::Caller,
    error::{Error, ErrorCode, Result},
    ids::Id,
    runtime::engine,
};

pub async fn reset(app: &AppState, caller: &Caller, old: SessionRow, delete_old: bool) -> Result<SessionReset> {
    may_change(caller, &old)?;
    app.engine
        .cancel_session(
            old.id,
            Some(if delete_old { engine::SESSION_DELETED } else { "The session was reset" }),
            &caller.label(),
        )
        .await?;
    let row = app.engine.reset_session(old.id, delete_old).await?;
    announce(app, "session.reset", &row);
    if delete_old {
        announce(app, "session.deleted", &old);
    }
    Ok(SessionReset::of(&old, &row, delete_old))
}

/// Sessions of other owners may be read with the scope alone, but not changed.
pub(super) fn may_change(caller: &Caller, session: &SessionRow) -> Result<()> {
    if engine::owns(caller, &session.owner) { Ok(()) } else { needs_agents_write(caller) }
}

/// As `may_change`, for the runs of a session. Those of an erased one are over.
pub async fn may_cancel<C: ConnectionTrait>(db: &C, caller: &Caller, session: Id) -> Result<()> {
    service::find(db, session).await?.map_or(Ok(()), |row| may_change(caller, &row))
}

pub(super) fn needs_agents_write(caller: &Caller) -> Result<()> {
    if caller.scopes.has("agents:write") {
        return Ok(());
    }
    let text = "Changing sessions of another caller needs the scope agents:write";
    Err(Error::new(ErrorCode::InsufficientScope, text).with_detail("scope", "agents:write"))
}

pub(super) fn announce(app: &AppState, event: &'static str, session: &SessionRow) {
    let facts = json!({"agent_id": session.agent_id, "session_id": session.id, "label": session.label});
    app.events.publish(event, facts);
}
