//! What may go wrong when a message starts a run, for the document.

use std::collections::BTreeMap;

use utoipa::{
    IntoResponses,
    openapi::{ContentBuilder, RefOr, Response, ResponseBuilder, schema::Ref},
};

const START: [(&str, &str); 7] = [
    ("400", "`unknown_attachment`"),
    ("403", "`insufficient_scope`"),
    ("404", "`agent_not_found`, `session_not_found`"),
    ("409", "`agent_not_running`, `provider_not_configured`"),
    ("413", "the message has more than 65,536 bytes: `payload_too_large`"),
    ("429", "`queue_full`"),
    ("503", "`draining`"),
];

const RUN: [(&str, &str); 4] = [
    ("409", "`agent_not_running`, `provider_not_configured`, `context_overflow`, `run_timeout`, `run_expired`"),
    ("429", "`queue_full`, `quota_exceeded`, `budget_exceeded`"),
    ("500", "`interrupted`"),
    (
        "502",
        "`upstream_error`, `upstream_auth_failed`, `upstream_rate_limited`, `upstream_timeout`, \
         `upstream_model_not_found`, `upstream_refused`, `invalid_output`; `details` names the run",
    ),
];

/// Errors before the run is stored.
pub struct StartErrors;

/// Errors of callers who wait for the end of the run.
pub struct WorkErrors;

impl IntoResponses for StartErrors {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        START.into_iter().map(response).collect()
    }
}

impl IntoResponses for WorkErrors {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        START.into_iter().chain(RUN).map(response).collect()
    }
}

fn response((status, codes): (&str, &str)) -> (String, RefOr<Response>) {
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("ErrorBody"))).build();
    let response = ResponseBuilder::new().description(codes).content("application/json", content).build();
    (status.to_owned(), RefOr::T(response))
}
