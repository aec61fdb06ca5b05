//! Handlers that read sessions. Those that change them stand in `routes/change.rs`, those of one agent in `routes/agent.rs`.

use axum::{Json, extract::State};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};
use validator::Validate;

use super::{
    SessionKind,
    schema::{Conversation, Pressure, Session, SessionList},
    service::{self, Described, SessionFilter, Which},
    views,
};
use crate::{
    agents::{self, AgentRow},
    any_case,
    app::AppState,
    error::Result,
    http::{
        extract::{PathId, ValidQuery, query_bool},
        respond::ErrorBody,
    },
    ids::Id,
    messages::{self, MessageRole, schema::MessageList, service::MessageFilter},
    page::{ListParams, Page},
};

mod agent;
mod change;

const CONVERSATION: &str = "conversation";
const MESSAGES: &str = "messages";
const MESSAGES_DESC: &str = "messages_desc";
/// Messages of a conversation when the caller names no number.
const CONVERSATION_LIMIT: i32 = 500;

pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(agent::get_agent_session))
        .routes(routes!(agent::list_agent_sessions, change::create_agent_session))
        .routes(routes!(agent::find_session_by_label))
        .routes(routes!(agent::get_agent_context))
        .routes(routes!(change::switch_agent_session))
        .routes(routes!(change::reset_agent_session))
        .routes(routes!(change::clear_agent_history))
        .routes(routes!(list_sessions))
        .routes(routes!(get_session, change::delete_session))
        .routes(routes!(list_session_messages))
        .routes(routes!(change::set_session_label))
}

/// Filter of the list of sessions.
#[derive(Debug, Default, Deserialize, IntoParams, Validate)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct SessionsFilter {
    /// Id or name of the agent; also read as `agent_id`.
    #[serde(alias = "agent_id")]
    #[validate(length(min = 1, max = 256))]
    #[param(min_length = 1, max_length = 256)]
    agent: Option<String>,
    /// What kind of conversation.
    #[serde(deserialize_with = "any_case::maybe")]
    kind: Option<SessionKind>,
    /// Part of the label, in any case.
    #[validate(length(max = 128))]
    #[param(max_length = 128)]
    q: Option<String>,
    /// Only those that get, or do not get, their owner's next message.
    #[serde(deserialize_with = "maybe_bool")]
    active: Option<bool>,
}

fn maybe_bool<'de, D: serde::Deserializer<'de>>(d: D) -> Result<Option<bool>, D::Error> {
    query_bool(d).map(Some)
}

/// What a conversation view shows.
#[derive(Debug, Default, Deserialize, IntoParams, Validate)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct ConversationView {
    /// Also summaries and words of the server.
    #[serde(deserialize_with = "query_bool")]
    #[param(default = false)]
    include_system: bool,
    /// Newest messages.
    #[validate(range(min = 1, max = 500))]
    #[param(minimum = 1, maximum = 500, default = 500)]
    limit: Option<i32>,
    /// `next_cursor` of the newer part.
    #[param(max_length = 1024, pattern = "^[A-Za-z0-9_-]+$")]
    cursor: Option<String>,
}

/// Which messages a list shows.
#[derive(Debug, Default, Deserialize, IntoParams, Validate)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct MessagesFilter {
    /// By number.
    #[serde(deserialize_with = "any_case::one")]
    #[param(inline)]
    order: Order,
    /// Role, in any case.
    #[serde(deserialize_with = "any_case::maybe")]
    #[param(inline)]
    role: Option<RoleFilter>,
    /// Only messages with a higher number.
    #[validate(range(min = 0))]
    #[param(minimum = 0)]
    after_seq: Option<i64>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
enum Order {
    #[default]
    Asc,
    Desc,
}

#[derive(Clone, Copy, Debug, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
enum RoleFilter {
    User,
    Assistant,
    System,
    Tool,
}

/// List sessions
///
/// Of all agents, latest activity first; those of terminated agents included.
#[utoipa::path(get, path = "/api/sessions", tag = "sessions", params(ListParams, SessionsFilter),
    security(("api_key" = ["messages:read"])), extensions(("x-cost" = json!(5))),
    responses((status = 200, description = "A page of sessions", body = SessionList),
        (status = 404, description = "`agent_not_found`", body = ErrorBody)))]
pub async fn list_sessions(
    State(app): State<AppState>,
    ValidQuery(params): ValidQuery<ListParams>,
    ValidQuery(filter): ValidQuery<SessionsFilter>,
) -> Result<Json<SessionList>> {
    let agent = match &filter.agent {
        Some(text) => Some(agents::service::find_ref_or_terminated(app.db.read(), text).await?.id),
        None => None,
    };
    let filter = SessionFilter { agent, kind: filter.kind, label: None, label_part: filter.q, active: filter.active };
    Ok(Json(page(service::list(app.db.read(), &filter, &params).await?)))
}

fn page(page: Page<Described>) -> SessionList {
    let page = page.map(Session::from);
    SessionList { total: page.total(), sessions: page.rows, next_cursor: page.next_cursor }
}

/// Get a session
///
/// With its conversation, folded for display: results of tools stand with the calls.
#[utoipa::path(get, path = "/api/sessions/{id}", tag = "sessions", params(("id" = Id, Path, description = "The session"), ConversationView),
    security(("api_key" = ["messages:read"])), extensions(("x-cost" = json!(5))),
    responses((status = 200, description = "The session and its messages", body = Conversation),
        (status = 404, description = "`session_not_found`", body = ErrorBody)))]
pub async fn get_session(
    State(app): State<AppState>,
    PathId(id): PathId,
    ValidQuery(view): ValidQuery<ConversationView>,
) -> Result<Json<Conversation>> {
    let described = service::describe(app.db.read(), None, Which::Id(id)).await?;
    let agent = agents::service::find(app.db.read(), described.session.agent_id).await?;
    conversation(&app, agent.as_ref(), described, view).await.map(Json)
}

async fn conversation(
    app: &AppState,
    agent: Option<&AgentRow>,
    described: Described,
    view: ConversationView,
) -> Result<Conversation> {
    let limit = view.limit.unwrap_or(CONVERSATION_LIMIT).unsigned_abs().into();
    let paging = ListParams { limit: view.limit, cursor: view.cursor };
    let before: Option<i64> = paging.after(CONVERSATION)?;
    let session = &described.session;
    let (rows, has_more) =
        messages::service::newest_visible(app.db.read(), session.id, before, limit, view.include_system).await?;
    let oldest = rows.first().map(|row| row.seq);
    let window = match agent {
        Some(agent) => app.engine.context_window(agent).await?,
        None => 0,
    };
    Ok(Conversation {
        raw_message_count: session.last_seq,
        has_more,
        next_cursor: oldest.filter(|_| has_more).map(|seq| crate::page::cursor(CONVERSATION, &seq)),
        context_pressure: Pressure::of(views::fill(session.context_tokens, window)),
        messages: messages::views::folded(rows, view.include_system),
        session: described.into(),
    })
}

/// List the messages of a session
///
/// The rows as they are stored: words of the server and results of tools included, nothing folded.
#[utoipa::path(get, path = "/api/sessions/{id}/messages", tag = "sessions",
    params(("id" = Id, Path, description = "The session"), ListParams, MessagesFilter),
    security(("api_key" = ["messages:read"])), extensions(("x-cost" = json!(5))),
    responses((status = 200, description = "A page of messages", body = MessageList),
        (status = 404, description = "`session_not_found`", body = ErrorBody)))]
pub async fn list_session_messages(
    State(app): State<AppState>,
    PathId(id): PathId,
    ValidQuery(params): ValidQuery<ListParams>,
    ValidQuery(filter): ValidQuery<MessagesFilter>,
) -> Result<Json<MessageList>> {
    let db = app.db.read();
    service::get(db, id).await?;
    let newest_first = filter.order == Order::Desc;
    let list = if newest_first { MESSAGES_DESC } else { MESSAGES };
    let roles = match filter.role {
        None => vec![],
        Some(RoleFilter::User) => vec![MessageRole::User],
        Some(RoleFilter::Assistant) => vec![MessageRole::Assistant],
        Some(RoleFilter::Tool) => vec![MessageRole::Tool],
        Some(RoleFilter::System) => vec![MessageRole::Summary, MessageRole::Notice],
    };
    let filter = MessageFilter { roles, after_seq: filter.after_seq, newest_first };
    let after = params.after(list)?;
    let rows = messages::service::list(db, id, &filter, params.limit() + 1, after).await?;
    let total = messages::service::count(db, id, &filter).await?;
    let page = Page::cut(rows, params.limit(), total, list, |row| row.seq).map(messages::views::raw);
    Ok(Json(MessageList { total: page.total(), messages: page.rows, next_cursor: page.next_cursor }))
}
