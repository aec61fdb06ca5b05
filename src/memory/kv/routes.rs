//! Handlers of key-values.

use axum::{Json, extract::State};
use serde::Deserialize;
use serde_json::Value;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};
use validator::Validate;

use super::{
    Address, Key, KvRow,
    schema::{KvDeleted, KvFacts, KvList, KvPair, KvStored, SetKv},
    service,
};
use crate::{
    agents, any_case,
    app::AppState,
    caller::Caller,
    error::Result,
    http::{
        extract::{AnyJson, PathParams, PathText, ValidQuery, invalid},
        respond::ErrorBody,
    },
    ids::Id,
    memory::{
        naming,
        person::{MAX_LENGTH, Namespace},
    },
    page::ListParams,
};

pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list_agent_kv)).routes(routes!(get_agent_kv, set_agent_kv, delete_agent_kv))
}

/// The person that is meant.
#[derive(Debug, Default, Deserialize, IntoParams, Validate)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct OfPerson {
    /// The person of the namespace `user`: a sender id of yours, the name of the login, or the form in which others' are shown.
    #[validate(length(min = 1, max = "MAX_LENGTH"))]
    #[param(min_length = 1, max_length = 320)]
    user: Option<String>,
}

/// Which values a list shows.
#[derive(Debug, Default, Deserialize, IntoParams, Validate)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct KvFilter {
    /// What the key begins with.
    #[validate(length(max = 256))]
    #[param(max_length = 256)]
    prefix: String,
    /// One namespace.
    #[serde(deserialize_with = "any_case::one")]
    #[param(inline)]
    namespace: NamespaceFilter,
}

#[derive(Clone, Copy, Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
enum NamespaceFilter {
    #[serde(rename = "self")]
    Own,
    User,
    Shared,
    #[default]
    All,
}

impl NamespaceFilter {
    fn namespaces(self) -> &'static [Namespace] {
        match self {
            Self::Own => &[Namespace::Own],
            Self::User => &[Namespace::User],
            Self::Shared => &[Namespace::Shared],
            Self::All => &Namespace::EVERY,
        }
    }
}

/// List key-values
///
/// The agent's own, with `user` also those of that person, and the shared ones.
#[utoipa::path(get, path = "/api/memory/agents/{id}/kv", tag = "memory",
    params(("id" = String, Path, description = "UUID or exact name of the agent"), KvFilter, OfPerson, ListParams),
    security(("api_key" = ["memory:read"])), extensions(("x-cost" = json!(5))),
    responses((status = 200, description = "A page of values", body = KvList),
        (status = 400, description = "`invalid_request`, `invalid_cursor`", body = ErrorBody),
        (status = 404, description = "`agent_not_found`", body = ErrorBody)))]
pub async fn list_agent_kv(
    State(app): State<AppState>,
    caller: Caller,
    PathText(id): PathText,
    ValidQuery(filter): ValidQuery<KvFilter>,
    ValidQuery(of): ValidQuery<OfPerson>,
    ValidQuery(params): ValidQuery<ListParams>,
) -> Result<Json<KvList>> {
    let agent = agents::service::find_ref(app.db.read(), &id).await?;
    let naming = naming(&app, &caller);
    let person = of.user.map(|name| naming.stored(&name));
    let address = Address { agent: agent.id, person: person.as_deref() };
    if let NamespaceFilter::User = filter.namespace {
        address.required_holder(Namespace::User)?;
    }
    let namespaces = filter.namespace.namespaces();
    let page = service::list(app.db.read(), address, namespaces, &filter.prefix, &params).await?;
    let total = page.total();
    let page = page.map(|row| KvPair::new(row, &naming));
    Ok(Json(KvList { kv_pairs: page.rows, total, next_cursor: page.next_cursor }))
}

/// Read a value
///
/// A key without a namespace is looked for with the person (`user`), then with the agent itself, then among the shared ones.
#[utoipa::path(get, path = "/api/memory/agents/{id}/kv/{key}", tag = "memory",
    params(("id" = String, Path, description = "UUID or exact name of the agent"),
        ("key" = String, Path, description = "Key, percent-encoded", example = "shared.deadline"), OfPerson),
    security(("api_key" = ["memory:read"])), extensions(("x-cost" = json!(2))),
    responses((status = 200, description = "The value", body = KvPair),
        (status = 400, description = "`invalid_key`, `invalid_request`", body = ErrorBody),
        (status = 404, description = "`agent_not_found`, `key_not_found`", body = ErrorBody)))]
pub async fn get_agent_kv(
    State(app): State<AppState>,
    caller: Caller,
    PathParams((id, key)): PathParams<(String, String)>,
    ValidQuery(of): ValidQuery<OfPerson>,
) -> Result<Json<KvPair>> {
    let naming = naming(&app, &caller);
    let person = of.user.map(|name| naming.stored(&name));
    let (parsed, person) = (Key::parse(&key), person.as_deref());
    if let (Ok(agent), Ok(parsed)) = (Id::parse(&id), &parsed)
        && let Some(row) = service::get_of_live(app.db.read(), Address { agent, person }, parsed).await?
    {
        return Ok(Json(KvPair { key, ..KvPair::new(row, &naming) }));
    }
    // By name, or to say what is missing.
    let agent = agents::service::find_ref(app.db.read(), &id).await?;
    let row = service::get(app.db.read(), Address { agent: agent.id, person }, &parsed?, &key).await?;
    Ok(Json(KvPair { key, ..KvPair::new(row, &naming) }))
}

/// Store a value
///
/// A key without a namespace is the agent's own, also where reading would look further. A body without the member `value`
/// is itself the value.
#[utoipa::path(put, path = "/api/memory/agents/{id}/kv/{key}", tag = "memory",
    params(("id" = String, Path, description = "UUID or exact name of the agent"),
        ("key" = String, Path, description = "Key, percent-encoded", example = "shared.deadline"), OfPerson),
    request_body = SetKv, security(("api_key" = ["memory:write"])), extensions(("x-cost" = json!(5))),
    responses((status = 200, description = "What was stored", body = KvStored),
        (status = 400, description = "`invalid_key`", body = ErrorBody),
        (status = 404, description = "`agent_not_found`", body = ErrorBody),
        (status = 409, description = "`version_conflict`", body = ErrorBody)))]
pub async fn set_agent_kv(
    State(app): State<AppState>,
    caller: Caller,
    PathParams((id, key)): PathParams<(String, String)>,
    ValidQuery(of): ValidQuery<OfPerson>,
    AnyJson(body): AnyJson,
) -> Result<Json<KvStored>> {
    let body = value_of(body)?;
    let Key { namespace, name } = Key::parse(&key)?;
    let agent = agents::service::find_ref(app.db.read(), &id).await?;
    let naming = naming(&app, &caller);
    let person = of.user.map(|name| naming.stored(&name));
    let write = service::Write {
        namespace: namespace.unwrap_or(Namespace::Own),
        key: name,
        value: body.value,
        ttl_secs: body.ttl_secs.map(i64::from),
        if_version: body.if_version,
        written_by: caller.label(),
    };
    let row = service::set(app.db.write(), Address { agent: agent.id, person: person.as_deref() }, write).await?;
    let created = row.version == 1;
    announce(&app, agent.id, &row, if created { "created" } else { "updated" });
    Ok(Json(KvStored { status: "stored".into(), key, created, facts: KvFacts::new(&row, &naming) }))
}

fn value_of(body: Value) -> Result<SetKv> {
    if !body.as_object().is_some_and(|members| members.contains_key("value")) {
        return Ok(SetKv { value: body, ttl_secs: None, if_version: None });
    }
    let body: SetKv = crate::http::extract::fit(body)?;
    body.validate().map_err(|e| invalid(&e))?;
    Ok(body)
}

/// Delete a value
///
/// A key without a namespace is the agent's own.
#[utoipa::path(delete, path = "/api/memory/agents/{id}/kv/{key}", tag = "memory",
    params(("id" = String, Path, description = "UUID or exact name of the agent"),
        ("key" = String, Path, description = "Key, percent-encoded", example = "shared.deadline"), OfPerson),
    security(("api_key" = ["memory:write"])), extensions(("x-cost" = json!(5))),
    responses((status = 200, description = "What was deleted", body = KvDeleted),
        (status = 400, description = "`invalid_key`, `invalid_request`", body = ErrorBody),
        (status = 404, description = "`agent_not_found`, `key_not_found`", body = ErrorBody)))]
pub async fn delete_agent_kv(
    State(app): State<AppState>,
    caller: Caller,
    PathParams((id, key)): PathParams<(String, String)>,
    ValidQuery(of): ValidQuery<OfPerson>,
) -> Result<Json<KvDeleted>> {
    let Key { namespace, name } = Key::parse(&key)?;
    let namespace = namespace.unwrap_or(Namespace::Own);
    let agent = agents::service::find_ref(app.db.read(), &id).await?;
    let person = of.user.map(|user| naming(&app, &caller).stored(&user));
    let address = Address { agent: agent.id, person: person.as_deref() };
    let row = service::delete(app.db.write(), address, namespace, &name).await?;
    announce(&app, agent.id, &row, "deleted");
    Ok(Json(KvDeleted { status: "deleted".into(), key: name, namespace }))
}

/// Key and agent, never the value.
fn announce(app: &AppState, agent: Id, row: &KvRow, operation: &str) {
    let (name, payload) = super::event(agent, row, operation);
    app.events.publish(name, payload);
}
