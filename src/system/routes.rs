//! Handlers of health, version, metrics and shutdown.

use std::{sync::atomic::Ordering, time::Duration};

use axum::{
    Json,
    extract::State,
    http::{HeaderValue, header},
    response::IntoResponse,
};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    schema::{
        AgentStatus, Check, CheckName, CheckStatus, DatabaseDetail, DatabaseKind, DatabaseStatus, Health, HealthDetail,
        HealthStatus, LlmStatus, Queue, Replica, ServerStatus, ShutdownOptions, ShutdownScope, ShuttingDown, Status,
        Version,
    },
    service,
};
use crate::{
    agents::{self, AgentRow},
    app::AppState,
    error::{Error, ErrorCode, Result},
    http::{extract::ValidJson, respond::ErrorBody},
    idempotency,
    llm::registry::{ModelChoice, ResolvedModel},
    memory::semantic,
    runs,
    sessions::{self, service::SessionFilter},
    time::Ts,
};

/// A write older than this means that the database takes none.
const WRITABLE_WITHIN_MS: i64 = 15_000;
/// The database is asked once in this time, however many ask us.
const ANSWER_HOLDS_MS: i64 = 1_000;

/// Agents in the status.
const LISTED_AGENTS: u64 = 500;

pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(get_health))
        .routes(routes!(get_health_detail))
        .routes(routes!(get_status))
        .routes(routes!(get_version))
        .routes(routes!(get_metrics))
        .routes(routes!(shutdown))
}

fn writable(app: &AppState) -> bool {
    Ts::now().0 - app.last_write_ms.load(Ordering::Relaxed) < WRITABLE_WITHIN_MS
}

async fn health(app: &AppState) -> Result<Health> {
    if app.shutdown.is_draining() {
        return Err(app.shutdown.draining_error());
    }
    if Ts::now().0 - app.last_answer_ms.load(Ordering::Relaxed) >= ANSWER_HOLDS_MS {
        service::ping(&app.db).await?;
        app.last_answer_ms.store(Ts::now().0, Ordering::Relaxed);
    }
    Ok(Health {
        status: if writable(app) { HealthStatus::Ok } else { HealthStatus::Degraded },
        version: env!("CARGO_PKG_VERSION").into(),
        uptime_seconds: app.started.elapsed().as_secs().cast_signed(),
        panic_count: app.panics.load(Ordering::Relaxed).cast_signed(),
        restart_count: app.unclean_stops,
    })
}

/// Check the health
///
/// For load balancers and monitors. Says nothing that depends on data.
#[utoipa::path(get, path = "/api/health", tag = "system", security(()), extensions(("x-cost" = json!(1))),
    responses((status = 200, description = "The server works", body = Health),
        (status = 503, description = "`draining`, `unavailable`", body = ErrorBody)))]
pub async fn get_health(State(app): State<AppState>) -> Result<Json<Health>> {
    Ok(Json(health(&app).await?))
}

/// Check the health in detail
///
/// 200 also when degraded: read `checks`.
#[utoipa::path(get, path = "/api/health/detail", tag = "system", security(("api_key" = ["system:read"])),
    extensions(("x-cost" = json!(1))),
    responses((status = 200, description = "The health in full", body = HealthDetail),
        (status = 503, description = "`draining`, `unavailable`", body = ErrorBody)))]
pub async fn get_health_detail(State(app): State<AppState>) -> Result<Json<HealthDetail>> {
    let mut health = health(&app).await?;
    let latency_ms = service::ping(&app.db).await?;
    let checks = checks(&app).await?;
    let open = runs::service::open_runs(app.db.read(), None).await?;
    let oldest = runs::service::oldest_queued(app.db.read()).await?;
    if checks.iter().any(|c| c.status != CheckStatus::Ok) {
        health.status = HealthStatus::Degraded;
    }
    let replicas = service::running(&app.db).await?.into_iter().map(|r| Replica {
        id: r.id,
        version: r.version,
        started_at: r.started_at,
        last_seen: r.last_seen,
        address: r.address,
    });
    Ok(Json(HealthDetail {
        uptime_secs: health.uptime_seconds,
        health,
        agent_count: agents::service::live_count(app.db.read()).await?.cast_signed(),
        database: DatabaseStatus::Connected,
        database_detail: DatabaseDetail {
            kind: if app.db.is_sqlite() { DatabaseKind::Sqlite } else { DatabaseKind::Postgres },
            latency_ms,
            size_bytes: service::size_bytes(&app.db).await,
            schema_version: service::schema_version(&app.db).await?,
            writable: writable(&app),
            error: None,
        },
        config_warnings: app.config.warnings.to_vec(),
        checks,
        replicas: replicas.collect(),
        queue: Queue {
            pending: open.iter().map(|of| of.queued).sum(),
            running: open.iter().map(|of| of.active).sum(),
            oldest_pending_secs: oldest.map_or(0, |at| Ts::now().since(at).max(0) / 1000),
        },
        draining: app.shutdown.is_draining(),
        memory_bytes: resident_bytes(),
        last_backup_at: None,
    }))
}

async fn checks(app: &AppState) -> Result<Vec<Check>> {
    let (status, message) = match writable(app) {
        true => (CheckStatus::Ok, "answers and takes writes"),
        false => (CheckStatus::Failed, "takes no writes; is the disk full or the file read-only?"),
    };
    let database = Check { name: CheckName::Database, status, message: message.into(), since: None };
    Ok(vec![database, providers(app), memory(app).await?])
}

/// Vectors of another embedder find nothing until they are made anew, in the background.
async fn memory(app: &AppState) -> Result<Check> {
    let model = app.memory.embedder.model();
    let progress = semantic::service::progress(app.db.read(), model).await?;
    let (status, message) = match progress.total - progress.embedded {
        0 => (CheckStatus::Ok, format!("all {} memories have vectors of {model}", progress.total)),
        _ => {
            let message = format!(
                "{} of {} memories have vectors of {model}; the others are found by words until they have, too",
                progress.embedded, progress.total
            );
            (CheckStatus::Degraded, message)
        }
    };
    Ok(Check { name: CheckName::Memory, status, message, since: None })
}

/// The built-in model in place of a missing provider is no fault of the server; a default model that is not ready is.
fn providers(app: &AppState) -> Check {
    let default = app.models.resolve(&ModelChoice::default());
    let (status, message) = match (default.ready, app.models.how_to_configure().into_iter().next()) {
        (true, Some(notice)) => (CheckStatus::Ok, notice),
        (true, None) => (CheckStatus::Ok, format!("{} is ready", model_name(&default))),
        (false, reason) => (CheckStatus::Degraded, reason.unwrap_or_default()),
    };
    Check { name: CheckName::Providers, status, message, since: None }
}

/// Provider and model as one word.
fn model_name(model: &ResolvedModel) -> String {
    let in_front = format!("{}/", model.provider);
    if model.model.starts_with(&in_front) { model.model.clone() } else { in_front + &model.model }
}

/// Get the server's status
///
/// What runs here, with which agents and which default model. `llm.how` tells what to do when only the built-in model
/// answers.
#[utoipa::path(get, path = "/api/status", tag = "system", security(("api_key" = ["system:read"])),
    extensions(("x-cost" = json!(1))),
    responses((status = 200, description = "The status", body = Status)))]
pub async fn get_status(State(app): State<AppState>) -> Result<Json<Status>> {
    let db = app.db.read();
    let rows = agents::service::newest_active(db, LISTED_AGENTS).await?;
    let agent_count = agents::service::live_count(db).await?;
    let active = SessionFilter { active: Some(true), ..SessionFilter::default() };
    let sessions_active = sessions::service::count(db, &active).await?.cast_signed();
    let open = runs::service::open_runs(db, None).await?;
    let default = app.models.resolve(&ModelChoice::default());
    let how = app.models.how_to_configure();
    let uptime = app.started.elapsed().as_secs().cast_signed();
    let draining = app.shutdown.is_draining();
    Ok(Json(Status {
        status: if draining { ServerStatus::Draining } else { ServerStatus::Running },
        version: env!("CARGO_PKG_VERSION").into(),
        agent_count: agent_count.cast_signed(),
        default_provider: default.provider.clone(),
        provider: default.provider.clone(),
        default_model: default.model.clone(),
        model: default.model.clone(),
        uptime_seconds: uptime,
        uptime_secs: uptime,
        api_listen: app.config.api_listen.clone(),
        home_dir: app.config.home.display().to_string(),
        data_dir: app.config.data_dir().display().to_string(),
        log_level: app.config.log_level.clone(),
        network_enabled: false,
        agents_truncated: agent_count > rows.len() as u64,
        agents: rows.iter().map(|row| agent_status(&app, row)).collect::<Result<_>>()?,
        llm: LlmStatus { configured: how.is_empty(), default: model_name(&default), how },
        runs_active: open.iter().map(|of| of.active).sum(),
        sessions_active,
        replica: app.boot_id.to_string(),
        started_at: app.started_at,
    }))
}

fn agent_status(app: &AppState, row: &AgentRow) -> Result<AgentStatus> {
    let manifest = row.manifest()?;
    let model = app.rules.model_of(row, &manifest);
    Ok(AgentStatus {
        id: row.id,
        name: row.name.clone(),
        state: row.state,
        mode: row.mode(),
        created_at: row.created_at,
        model_provider: model.provider,
        model_name: model.model,
        profile: manifest.profile,
    })
}

/// 0 where the system does not tell.
fn resident_bytes() -> i64 {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages: i64 = statm.split_whitespace().nth(1).and_then(|p| p.parse().ok()).unwrap_or(0);
    pages * 4096
}

/// Get the version
#[utoipa::path(get, path = "/api/version", tag = "system", security(()), extensions(("x-cost" = json!(1))),
    responses((status = 200, description = "What this binary is", body = Version)))]
pub async fn get_version() -> Json<Version> {
    Json(Version {
        name: "openfang".into(),
        version: env!("CARGO_PKG_VERSION").into(),
        build_date: Ts(env!("OPENFANG_BUILD_EPOCH").parse::<i64>().unwrap_or(0) * 1000),
        git_sha: env!("OPENFANG_GIT_SHA").into(),
        rust_version: env!("OPENFANG_RUSTC").into(),
        platform: std::env::consts::OS.into(),
        arch: std::env::consts::ARCH.into(),
        api_version: env!("CARGO_PKG_VERSION").into(),
        compatible_with: "0.6".into(),
    })
}

/// Read the metrics
///
/// Prometheus text format 0.0.4.
#[utoipa::path(get, path = "/api/metrics", tag = "system", security(("api_key" = ["system:read"])),
    extensions(("x-cost" = json!(5))),
    responses((status = 200, description = "All metric families", body = String, content_type = "text/plain; version=0.0.4")))]
pub async fn get_metrics(State(app): State<AppState>) -> impl IntoResponse {
    metrics::gauge!("openfang_uptime_seconds").set(app.started.elapsed().as_secs_f64());
    metrics::gauge!("openfang_info", "version" => env!("CARGO_PKG_VERSION")).set(1.0);
    let text = app.metrics.get().map(|m| m.render()).unwrap_or_default();
    ([(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; version=0.0.4"))], text)
}

/// Stop the server
///
/// New work is refused at once; running steps may go on for `drain_secs`, then their runs are handed over by lease and
/// continue after the next start.
#[utoipa::path(post, path = "/api/shutdown", tag = "system", request_body = ShutdownOptions,
    security(("api_key" = ["system:write"])), extensions(("x-cost" = json!(10))),
    responses((status = 200, description = "The server is about to stop", body = ShuttingDown),
        (status = 409, description = "`conflict`", body = ErrorBody)))]
pub async fn shutdown(
    State(app): State<AppState>,
    ValidJson(body): ValidJson<ShutdownOptions>,
) -> Result<Json<ShuttingDown>> {
    if body.scope == ShutdownScope::Cluster {
        return Err(Error::invalid("scope", "cluster is not possible yet; send the request to each server"));
    }
    if app.shutdown.is_draining() {
        return Err(Error::new(ErrorCode::Conflict, "The server is shutting down already"));
    }
    let runs_active = i64::try_from(app.engine.running()).unwrap_or(i64::MAX);
    let answer = ShuttingDown { status: "shutting_down".into(), drain_secs: body.drain_secs, runs_active };
    // Kept before the end begins: a repeat must not stop the next server.
    idempotency::service::keep(app.db.write(), 200, None, &answer).await?;
    app.shutdown.begin(Duration::from_secs(body.drain_secs.unsigned_abs().into()));
    tracing::info!(drain_secs = body.drain_secs, reason = body.reason, "shutdown requested over the API");
    Ok(Json(answer))
}
