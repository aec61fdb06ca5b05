//! The table of contents: every slice's routes, and the layers around them, outermost last.

use std::convert::Infallible;

use axum::{
    Router,
    extract::Request,
    http::{HeaderName, Method, header, request::Parts},
    middleware,
    response::Response,
    routing::Route,
};
use tower::{Layer, Service, ServiceBuilder, ServiceExt, layer::layer_fn, service_fn};
use tower_http::{
    compression::{
        CompressionLayer, Predicate,
        predicate::{NotForContentType, SizeAbove},
    },
    cors::{AllowOrigin, CorsLayer},
};
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;

use crate::{
    agents,
    app::AppState,
    approvals, auth, budget, docs_page,
    error::{Error, ErrorCode},
    http::{access, middleware as layers, operations::Operations, origin},
    memory, messages, openapi, runs, sessions, system, templates, tools, usage, webchat,
};

fn api() -> OpenApiRouter<AppState> {
    OpenApiRouter::with_openapi(openapi::base())
        .merge(agents::router())
        .merge(messages::router())
        .merge(runs::router())
        .merge(sessions::router())
        .merge(memory::router())
        .merge(auth::router())
        .merge(approvals::router())
        .merge(system::router())
        .merge(templates::router())
        .merge(tools::router())
        .merge(usage::router())
        .merge(budget::router())
        .merge(webchat::router())
}

/// The finished OpenAPI document.
pub fn document() -> OpenApi {
    let (_, mut document) = api().split_for_parts();
    openapi::finish(&mut document);
    document
}

/// The bare routes, and what the layers have to know of their operations.
pub fn routes() -> (Router<AppState>, Operations) {
    let (router, mut document) = api().split_for_parts();
    openapi::finish(&mut document);
    (router, Operations::of(&document))
}

/// The whole server.
pub fn build(app: AppState) -> Router {
    let router = app.take_routes().unwrap_or_else(|| routes().0);
    let state = || app.clone();
    router
        .merge(docs_page::router())
        .fallback(|| async {
            Error::new(ErrorCode::NotFound, "There is nothing at this path; GET /docs lists what there is")
        })
        .method_not_allowed_fallback(|method: Method| async move {
            Error::new(
                ErrorCode::MethodNotAllowed,
                format!("{method} is not possible here; the header Allow lists what is"),
            )
        })
        .layer(
            // Outermost first. Within a builder a request costs less than with a call of `Router::layer` for each.
            ServiceBuilder::new()
                .layer(middleware::from_fn_with_state(state(), layers::limits::layer))
                .layer(middleware::from_fn_with_state(state(), layers::identify::layer))
                .layer(middleware::from_fn_with_state(state(), layers::rate_limit::layer))
                .layer(middleware::from_fn_with_state(state(), access::layer))
                .layer(middleware::from_fn_with_state(state(), layers::idempotency::layer))
                .layer(middleware::from_fn_with_state(state(), layers::audit::layer)),
        )
        .layer(preflights(cors(&app)))
        .layer(
            ServiceBuilder::new()
                .layer(middleware::from_fn(layers::request_id::layer))
                .layer(middleware::from_fn_with_state(state(), layers::operation::layer))
                .layer(middleware::from_fn_with_state(state(), layers::panic::layer))
                .layer(CompressionLayer::new().compress_when(compressible()))
                .layer(middleware::from_fn_with_state(state(), layers::headers::layer))
                .layer(middleware::from_fn(layers::host::layer)),
        )
        .with_state(app)
}

/// Streams must not wait for a compressor, and small answers are not worth it.
fn compressible() -> impl Predicate {
    SizeAbove::new(1024).and(NotForContentType::SSE).and(NotForContentType::IMAGES)
}

/// CORS for browsers' questions and for all answers. By itself the layer would answer every OPTIONS with 200.
fn preflights(
    cors: CorsLayer,
) -> impl Layer<
    Route,
    Service: Service<Request, Response = Response, Error = Infallible, Future: Send> + Clone + Send + Sync,
> + Clone
+ Send
+ Sync {
    layer_fn(move |inner: Route| {
        let (plain, cors) = (inner.clone(), cors.layer(inner));
        service_fn(move |request: Request| {
            let (plain, cors) = (plain.clone(), cors.clone());
            let asks = request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
            async move {
                if request.method() == Method::OPTIONS && !asks {
                    return plain.oneshot(request).await;
                }
                cors.oneshot(request).await
            }
        })
    })
}

fn cors(app: &AppState) -> CorsLayer {
    let app = app.clone();
    let name = HeaderName::from_static;
    CorsLayer::new()
        .allow_origin(AllowOrigin::predicate(move |value, _: &Parts| origin::origin_allowed(value, &app.config)))
        .allow_methods([Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE])
        .allow_headers([
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            name("x-api-key"),
            name("idempotency-key"),
            name("last-event-id"),
            name("x-request-id"),
        ])
        .expose_headers([
            header::LOCATION,
            header::RETRY_AFTER,
            name("x-request-id"),
            name("x-run-id"),
            name("x-session-id"),
            name("x-total-count"),
            name("x-next-cursor"),
            name("ratelimit-limit"),
            name("ratelimit-remaining"),
            name("ratelimit-reset"),
            name("idempotency-replayed"),
        ])
        .allow_credentials(true)
}
