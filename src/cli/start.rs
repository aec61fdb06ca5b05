//! `openfang start`: logging, listener, signals, banner.

use std::{io::IsTerminal, net::TcpListener, process::ExitCode, time::Duration};

use clap::Args;
use metrics_exporter_prometheus::PrometheusBuilder;
use tracing_subscriber::{EnvFilter, layer::SubscriberExt, util::SubscriberInitExt};

use crate::{
    app::{AppState, Metrics},
    config::Config,
    http::server,
    llm::registry::ModelChoice,
};

#[derive(Debug, Args)]
pub struct Start {
    /// host:port instead of api_listen; port 0 takes a free one
    #[arg(long)]
    listen: Option<String>,
    /// Log lines as JSON
    #[arg(long)]
    log_json: bool,
}

impl Start {
    pub async fn run(self, mut config: Config) -> Result<ExitCode, String> {
        init_logging(&config.log_level, self.log_json)?;
        for warning in config.warnings.iter() {
            tracing::warn!("{warning}");
        }
        if let Some(listen) = self.listen {
            config.api_listen = listen;
        }
        let listener = TcpListener::bind(&config.api_listen)
            .map_err(|e| format!("cannot listen on {}: {e}", config.api_listen))?;
        let address = listener.local_addr().map_err(|e| e.to_string())?;
        if config.api_listen.ends_with(":0") {
            config.api_listen = address.to_string();
        }
        let app = AppState::build(config, record_metrics()).await.map_err(|e| e.to_string())?;
        // A local provider may be the default model; the listener is bound, so nobody waits in vain meanwhile.
        app.models.probe_local().await;
        banner(&app);
        let watched = app.clone();
        tokio::spawn(async move { watch_signals(&watched).await });
        server::serve(app, listener).await.map_err(|e| e.to_string())?;
        Ok(ExitCode::SUCCESS)
    }
}

fn init_logging(filter: &str, json: bool) -> Result<(), String> {
    // The migrator tells its own story beside ours; a filter of the operator still has the last word.
    let filter =
        EnvFilter::try_new(format!("sea_orm_migration=warn,{filter}")).map_err(|e| format!("log_level: {e}"))?;
    let colours = std::io::stderr().is_terminal();
    let layer = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_target(false).with_ansi(colours);
    let registry = tracing_subscriber::registry().with(filter);
    let started = if json { registry.with(layer.json()).try_init() } else { registry.with(layer).try_init() };
    started.map_err(|e| e.to_string())
}

/// The recorder calibrates its clock for some tens of milliseconds, which nobody has to wait for.
fn record_metrics() -> Metrics {
    let metrics = Metrics::default();
    let installed = metrics.clone();
    tokio::task::spawn_blocking(move || match PrometheusBuilder::new().install_recorder() {
        Ok(handle) => drop(installed.set(handle)),
        Err(error) => tracing::warn!(%error, "nothing is measured"),
    });
    metrics
}

fn banner(app: &AppState) {
    let scheme = if app.config.tls_enabled() { "https" } else { "http" };
    let base = format!("{scheme}://{}", app.config.api_listen);
    eprintln!("openfang {} is ready", env!("CARGO_PKG_VERSION"));
    eprintln!("  chat       {base}/");
    eprintln!("  API        {base}/docs");
    eprintln!("  data       {} ({})", app.config.data_dir().display(), app.db.kind());
    let model = app.models.resolve(&ModelChoice::default());
    eprintln!("  model      {}/{}", model.provider, model.upstream_id);
    for line in app.models.how_to_configure() {
        eprintln!("             {line}");
    }
    if app.config.config_key().is_none() && !app.config.auth.enabled {
        eprintln!(
            "  access     no key is configured: this machine may do everything, others nothing
             To change that set api_key, or run \"openfang keys create NAME\" before the start"
        );
    }
}

/// The first signal drains, the second one ends at once.
async fn watch_signals(app: &AppState) {
    if let Err(error) = signal().await {
        tracing::error!(%error, "signals cannot be watched");
        return;
    }
    app.shutdown.begin(Duration::from_secs(app.config.runtime.drain_secs));
    if signal().await.is_ok() {
        tracing::warn!("second signal: ending at once");
        std::process::exit(130);
    }
}

#[cfg(unix)]
async fn signal() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut term, mut int) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    tokio::select! { _ = term.recv() => {}, _ = int.recv() => {} }
    Ok(())
}

#[cfg(not(unix))]
async fn signal() -> std::io::Result<()> {
    tokio::signal::ctrl_c().await
}
