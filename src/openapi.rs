//! The OpenAPI document: its base, and the pass that adds what holds for every operation (errors, headers, idempotency).

use std::collections::HashSet;

use serde_json::{Value, json};
use utoipa::{
    Modify, OpenApi,
    openapi::{
        Components, Content, ContentBuilder, HeaderBuilder, Object, ObjectBuilder, RefOr, Required, Response,
        ResponseBuilder, Schema,
        path::{Operation, Parameter, ParameterBuilder, ParameterIn, PathItem},
        schema::{Ref, SchemaFormat, Type},
        security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};

use crate::{
    http::{operations::BODY_LIMIT, respond::ErrorBody},
    messages::{ClientFrame, ServerFrame},
};

mod unions;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "openfang",
        description = "An agent operating system behind an HTTP API.\n\n\
            **Credentials.** Send `Authorization: Bearer <key>`. `X-API-Key: <key>` works too, and `?token=<key>` on GET \
            and WebSocket upgrades. While no key is configured, requests from this machine need none.\n\n\
            **Errors.** Every failure has the body `ErrorBody`; branch on `code`. `X-Request-Id` names the request in the log.\n\n\
            **Rate limit.** Each operation takes its `x-cost` from a bucket per client address or key; \
            `RateLimit-Limit`, `RateLimit-Remaining` and `RateLimit-Reset` tell its state, `Retry-After` when to come back.\n\n\
            **Retries.** Send an `Idempotency-Key` with a POST, and a repeat with the same key, query and body is answered from \
            the first call, also when the server died in between, marked `Idempotency-Replayed: true`.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0"),
    ),
    tags(
        (name = "agents", description = "Agents: manifest, lifecycle, model, files, rights"),
        (name = "messages", description = "Talking to agents: waiting, streaming, WebSocket"),
        (name = "runs", description = "Runs: the durable work behind every message"),
        (name = "sessions", description = "Sessions: the conversations of an agent"),
        (name = "memory", description = "What agents remember: key-values, semantic memories, the knowledge graph"),
        (name = "approvals", description = "Questions to a person before something happens"),
        (name = "templates", description = "Agent templates and tool profiles"),
        (name = "usage", description = "What model calls took and cost"),
        (name = "budget", description = "Limits on money and tokens"),
        (name = "tools", description = "Tools, and single calls of them"),
        (name = "auth", description = "API keys, logins, roles"),
        (name = "system", description = "Health, status, metrics, shutdown"),
        (name = "webchat", description = "The chat page and its files"),
    ),
    components(schemas(ErrorBody, ClientFrame, ServerFrame)),
    modifiers(&Security),
)]
struct Base;

struct Security;

impl Modify for Security {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some("An API key or a login token"));
        let components = document.components.get_or_insert_with(Components::new);
        components.add_security_scheme("api_key", SecurityScheme::Http(scheme.build()));
    }
}

/// The document without operations; the router adds them.
pub fn base() -> utoipa::openapi::OpenApi {
    let mut document = Base::openapi();
    document.info.version = env!("CARGO_PKG_VERSION").to_owned();
    document.servers = Some(vec![utoipa::openapi::Server::new("http://127.0.0.1:4200")]);
    document
}

/// Completes the operations. Handlers list only what is special to them.
pub fn finish(document: &mut utoipa::openapi::OpenApi) {
    if let Some(components) = &mut document.components {
        unions::name_variants(components);
    }
    let paths: Vec<String> = document.paths.paths.keys().cloned().collect();
    for path in paths {
        if let Some(item) = document.paths.paths.get_mut(&path) {
            finish_item(&path, item);
        }
    }
    loosen_bodies(document);
}

/// The document as JSON, in the same order each time: extensions come out of a hash map.
pub fn ordered(document: &utoipa::openapi::OpenApi) -> Result<Value, serde_json::Error> {
    let mut root = serde_json::to_value(document)?;
    let items = root["paths"].as_object_mut().into_iter().flat_map(|paths| paths.values_mut());
    for operation in items.filter_map(Value::as_object_mut).flat_map(|item| item.values_mut()) {
        if let Some(members) = operation.as_object_mut() {
            let mut extensions: Vec<String> = members.keys().filter(|name| name.starts_with("x-")).cloned().collect();
            extensions.sort();
            for name in extensions {
                let value = members.shift_remove(&name);
                members.extend(value.map(|value| (name, value)));
            }
        }
    }
    Ok(root)
}

/// A body without a required member may be left out: that counts as `{}`.
fn loosen_bodies(document: &mut utoipa::openapi::OpenApi) {
    let optional = all_optional(document);
    for item in document.paths.paths.values_mut() {
        for operation in [&mut item.post, &mut item.put, &mut item.patch, &mut item.delete].into_iter().flatten() {
            if let Some(RefOr::T(body)) = &mut operation.request_body {
                let mut schemas = body.content.values().map(|content| match content {
                    RefOr::T(Content { schema: Some(RefOr::Ref(schema)), .. }) => Some(&schema.ref_location),
                    _ => None,
                });
                if schemas.all(|schema| schema.is_some_and(|s| optional.contains(s))) {
                    body.required = Some(Required::False);
                }
            }
        }
    }
}

/// Schemas without a required member.
fn all_optional(document: &utoipa::openapi::OpenApi) -> HashSet<String> {
    let schemas = document.components.iter().flat_map(|c| &c.schemas);
    let optional = schemas.filter(|(_, s)| matches!(s, RefOr::T(Schema::Object(o)) if o.required.is_empty()));
    optional.map(|(name, _)| format!("#/components/schemas/{name}")).collect()
}

fn finish_item(path: &str, item: &mut PathItem) {
    let shared = item.parameters.take().unwrap_or_default();
    for (is_post, slot) in [
        (false, &mut item.get),
        (true, &mut item.post),
        (false, &mut item.put),
        (false, &mut item.patch),
        (false, &mut item.delete),
    ] {
        if let Some(operation) = slot {
            operation.parameters.get_or_insert_default().extend(shared.clone());
            finish_operation(path, is_post, operation);
        }
    }
}

fn finish_operation(path: &str, is_post: bool, operation: &mut Operation) {
    let is_public = serde_json::to_value(&operation.security).is_ok_and(|s| s == json!([{}]));
    let is_login = operation.operation_id.as_deref() == Some("login");
    let mut errors: Vec<(&str, &str)> = vec![("429", "`rate_limited`"), ("500", "`internal_error`")];
    if !is_public {
        errors.extend([("401", "`unauthorized`"), ("403", "`insufficient_scope`, `origin_not_allowed`")]);
    }
    if operation.request_body.is_some() {
        errors.extend([("400", "`invalid_json`, `invalid_request`"), ("408", "`request_timeout`")]);
        errors.extend([("413", "`payload_too_large`"), ("415", "`unsupported_media_type`")]);
    } else if parameters(operation).any(|p| p.parameter_in == ParameterIn::Query) {
        errors.push(("400", "`invalid_request`"));
    }
    if parameters(operation).any(|p| p.name == "cursor") {
        errors.push(("400", "`invalid_cursor`"));
    }
    // Where names are taken as well, what is not UTF-8 is still no id.
    if path.contains('{') {
        errors.push(("400", "`invalid_id`"));
    }
    if is_post && !is_login {
        let key = ParameterBuilder::new()
            .name("Idempotency-Key")
            .parameter_in(ParameterIn::Header)
            .required(Required::False)
            .description(Some("A repeat with the same key, query and body is answered from the first call"))
            .schema(Some(
                ObjectBuilder::new()
                    .schema_type(Type::String)
                    .min_length(Some(1))
                    .max_length(Some(255))
                    .pattern(Some("^[!-~]+$")),
            ));
        operation.parameters.get_or_insert_default().push(RefOr::T(key.build()));
        errors.push(("400", "`invalid_idempotency_key`"));
        errors.push(("409", "`idempotency_key_reused`, `idempotency_in_progress`"));
    }
    for (status, codes) in errors {
        add_error(operation, status, codes);
    }
    for (status, response) in &mut operation.responses.responses {
        if let RefOr::T(response) = response {
            add_headers(status, response);
        }
    }
    describe_limit(operation);
}

fn parameters(operation: &Operation) -> impl Iterator<Item = &Parameter> {
    operation.parameters.iter().flatten().filter_map(|p| match p {
        RefOr::T(parameter) => Some(parameter),
        RefOr::Ref(_) => None,
    })
}

/// Adds an error, or its codes to one that is there.
fn add_error(operation: &mut Operation, status: &str, codes: &str) {
    let responses = &mut operation.responses.responses;
    if let Some(RefOr::T(there)) = responses.get_mut(status) {
        there.description = format!("{}, {codes}", there.description);
        return;
    }
    let schema = Ref::from_schema_name("ErrorBody");
    let response = ResponseBuilder::new()
        .description(codes)
        .content("application/json", ContentBuilder::new().schema(Some(schema)).build());
    responses.insert(status.to_owned(), RefOr::T(response.build()));
}

fn add_headers(status: &str, response: &mut Response) {
    let integer = || Object::builder().schema_type(Type::Integer).minimum(Some(0)).build();
    let header = match status {
        "429" | "503" => ("Retry-After", "Seconds after which a repeat can succeed", integer()),
        "401" => ("WWW-Authenticate", "`Bearer`", Object::with_type(Type::String)),
        "201" => {
            let uri =
                Object::builder().schema_type(Type::String).format(Some(SchemaFormat::Custom("uri-reference".into())));
            ("Location", "Path of the created thing", uri.build())
        }
        _ => return,
    };
    let (name, description, schema) = header;
    let header = HeaderBuilder::new().schema(Some(schema)).description(Some(description)).build();
    response.headers.insert(name.to_owned(), RefOr::T(header));
}

fn describe_limit(operation: &mut Operation) {
    let limit = operation.extensions.as_ref().and_then(|e| e.get(BODY_LIMIT)).and_then(|v| v.as_u64());
    if let Some(limit) = limit {
        let text = format!("The body may have up to {} MiB.", limit >> 20);
        let description = operation.description.take().filter(|d| !d.is_empty());
        operation.description = Some(description.map_or(text.clone(), |d| format!("{d}\n\n{text}")));
    }
}
