//! Listens, with or without TLS, and stops in order: refuse new work, let running steps end, close.

use std::{
    net::{SocketAddr, TcpListener},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use axum_server::{
    Handle,
    accept::NoDelayAcceptor,
    tls_rustls::{RustlsAcceptor, RustlsConfig},
};
use tokio_util::sync::CancellationToken;

use super::connection::Guarded;
use crate::{
    app::AppState,
    error::{Error, ErrorCode},
    router, system,
};

/// Connections get this long to take their last bytes after the drain.
const CLOSE_WITHIN: Duration = Duration::from_secs(3);
/// Slow request heads are dropped after this time.
const HEAD_WITHIN: Duration = Duration::from_secs(20);

/// The one way down. `draining` comes first: no new work. `stopping` follows: streams and loops end.
#[derive(Clone)]
pub struct Shutdown(Arc<ShutdownState>);

struct ShutdownState {
    draining: AtomicBool,
    drain_ms: AtomicU64,
    requested: CancellationToken,
    stopping: CancellationToken,
}

impl Shutdown {
    pub fn new() -> Self {
        Self(Arc::new(ShutdownState {
            draining: AtomicBool::new(false),
            drain_ms: AtomicU64::new(0),
            requested: CancellationToken::new(),
            stopping: CancellationToken::new(),
        }))
    }

    /// False when it has begun already.
    pub fn begin(&self, drain: Duration) -> bool {
        if self.0.draining.swap(true, Ordering::SeqCst) {
            return false;
        }
        self.0.drain_ms.store(u64::try_from(drain.as_millis()).unwrap_or(u64::MAX), Ordering::SeqCst);
        self.0.requested.cancel();
        true
    }

    pub fn is_draining(&self) -> bool {
        self.0.draining.load(Ordering::SeqCst)
    }

    /// For whatever would start new work.
    pub fn draining_error(&self) -> Error {
        Error::new(ErrorCode::Draining, "The server is shutting down; try again in a moment").with_retry_after(30)
    }

    /// The future's value, or None as soon as streams and loops have to end.
    pub async fn unless_stopping<F: Future>(&self, future: F) -> Option<F::Output> {
        tokio::select! {
            biased;
            () = self.0.stopping.cancelled() => None,
            value = future => Some(value),
        }
    }

    /// Fires when streams and sockets have to end.
    pub fn stopping(&self) -> CancellationToken {
        self.0.stopping.clone()
    }

    async fn requested(&self) -> Duration {
        self.0.requested.cancelled().await;
        Duration::from_millis(self.0.drain_ms.load(Ordering::SeqCst))
    }
}

impl Default for Shutdown {
    fn default() -> Self {
        Self::new()
    }
}

/// Serves until a shutdown, then leaves the database in order. The listener may be bound to port 0.
pub async fn serve(app: AppState, listener: TcpListener) -> std::io::Result<()> {
    listener.set_nonblocking(true)?;
    let service = router::build(app.clone()).into_make_service_with_connect_info::<SocketAddr>();
    let handle = Handle::new();
    let closer = tokio::spawn(close_on_shutdown(app.clone(), handle.clone()));
    match (&app.config.tls.cert, &app.config.tls.key) {
        (Some(cert), Some(key)) => {
            let (cert, key) = (app.config.home.join(cert), app.config.home.join(key));
            let tls = RustlsConfig::from_pem_file(cert, key).await?;
            let mut server = axum_server::from_tcp_rustls(listener, tls)?
                .map(|tls: RustlsAcceptor| guarded(tls.acceptor(NoDelayAcceptor::new())))
                .handle(handle);
            limit_heads(server.http_builder());
            server.serve(service).await?;
        }
        _ => {
            let mut server = axum_server::from_tcp(listener)?.acceptor(guarded(NoDelayAcceptor::new())).handle(handle);
            limit_heads(server.http_builder());
            server.serve(service).await?;
        }
    }
    closer.await.map_err(std::io::Error::other)
}

fn guarded<A>(acceptor: A) -> Guarded<A> {
    Guarded { acceptor, start_within: HEAD_WITHIN }
}

fn limit_heads(builder: &mut hyper_util::server::conn::auto::Builder<hyper_util::rt::TokioExecutor>) {
    builder.http1().timer(hyper_util::rt::TokioTimer::new()).header_read_timeout(HEAD_WITHIN);
    // Who does not answer a ping has gone, or never spoke HTTP/2.
    let mut http2 = builder.http2();
    http2.timer(hyper_util::rt::TokioTimer::new()).keep_alive_interval(HEAD_WITHIN).keep_alive_timeout(HEAD_WITHIN);
}

async fn close_on_shutdown(app: AppState, handle: Handle<SocketAddr>) {
    let drain = app.shutdown.requested().await;
    tracing::info!(drain_secs = drain.as_secs(), "draining");
    app.drain(drain).await;
    app.shutdown.0.stopping.cancel();
    handle.graceful_shutdown(Some(CLOSE_WITHIN));
    if let Err(error) = system::service::leave(&app.db, app.boot_id).await {
        tracing::error!(%error, "the goodbye could not be stored");
    }
}
