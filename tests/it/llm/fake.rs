//! An HTTP server on a free port that gives prepared answers in order and remembers what it was asked.

use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Method, Response, Uri};
use futures::stream;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::AbortHandle;

/// What happens to the body of an answer, piece by piece. At its end the connection is closed properly.
#[derive(Clone)]
pub enum Piece {
    Send(Vec<u8>),
    /// Nothing more comes, and the connection stays open.
    Hang,
    /// The connection breaks.
    Break,
}

#[derive(Clone)]
pub struct Reply {
    status: u16,
    headers: Vec<(&'static str, String)>,
    pieces: Vec<Piece>,
}

impl Reply {
    /// An event stream; each text is an event as it goes over the wire.
    pub fn events(events: &[&str]) -> Self {
        Self::stream(events.iter().map(|event| Piece::Send(format!("{event}\n\n").into_bytes())).collect())
    }

    /// An event stream whose events have this data.
    pub fn data(data: &[Value]) -> Self {
        Self::stream(data.iter().map(|data| Piece::Send(format!("data: {data}\n\n").into_bytes())).collect())
    }

    pub fn stream(pieces: Vec<Piece>) -> Self {
        Self { status: 200, headers: vec![("content-type", "text/event-stream".to_owned())], pieces }
    }

    pub fn json(status: u16, body: &Value) -> Self {
        Self::text(status, "application/json", &body.to_string())
    }

    pub fn text(status: u16, content_type: &str, body: &str) -> Self {
        let pieces = vec![Piece::Send(body.as_bytes().to_vec())];
        Self { status, headers: vec![("content-type", content_type.to_owned())], pieces }
    }

    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    pub fn then(mut self, piece: Piece) -> Self {
        self.pieces.push(piece);
        self
    }

    /// Does not even answer with a status.
    pub fn silence() -> Self {
        Self { status: 0, headers: vec![], pieces: vec![] }
    }
}

pub struct Seen {
    pub method: Method,
    pub uri: Uri,
    pub headers: HeaderMap,
    pub body: Value,
}

impl Seen {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|v| v.to_str().ok())
    }
}

pub struct Fake {
    pub url: String,
    shared: Arc<Shared>,
    dropped: mpsc::UnboundedReceiver<()>,
    server: AbortHandle,
}

struct Shared {
    replies: Mutex<VecDeque<Reply>>,
    seen: Mutex<Vec<Seen>>,
    dropped: mpsc::UnboundedSender<()>,
}

impl Fake {
    pub async fn start(replies: Vec<Reply>) -> Self {
        let (sender, dropped) = mpsc::unbounded_channel();
        let shared = Arc::new(Shared { replies: Mutex::new(replies.into()), seen: Mutex::default(), dropped: sender });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let app = Router::new().fallback(serve).with_state(shared.clone());
        let server = tokio::spawn(async move { axum::serve(listener, app).await }).abort_handle();
        Self { url, shared, dropped, server }
    }

    /// The requests so far, oldest first.
    pub fn seen(&self) -> Vec<Seen> {
        std::mem::take(&mut *self.shared.seen.lock().unwrap())
    }

    /// The only request so far.
    pub fn only_request(&self) -> Seen {
        let mut seen = self.seen();
        assert_eq!(seen.len(), 1, "one request");
        seen.remove(0)
    }

    /// Waits until a client has closed the connection of a hanging answer.
    pub async fn client_left(&mut self) {
        self.dropped.recv().await.unwrap();
    }
}

impl Drop for Fake {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn serve(
    State(shared): State<Arc<Shared>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let body = serde_json::from_slice(&body).unwrap_or_default();
    shared.seen.lock().unwrap().push(Seen { method, uri, headers, body });
    let reply = shared.replies.lock().unwrap().pop_front().expect("a request that no answer was prepared for");
    let leaving = Leaving(shared.dropped.clone());
    if reply.status == 0 {
        let _leaving = leaving;
        return std::future::pending().await;
    }
    let mut response = Response::builder().status(reply.status);
    for (name, value) in &reply.headers {
        response = response.header(*name, value);
    }
    response.body(Body::from_stream(pieces(reply.pieces, leaving))).unwrap()
}

/// Tells when the server lets go of an answer, which for a hanging one means that its client has gone.
struct Leaving(mpsc::UnboundedSender<()>);

impl Drop for Leaving {
    fn drop(&mut self) {
        let _ = self.0.send(());
    }
}

fn pieces(pieces: Vec<Piece>, leaving: Leaving) -> impl futures::Stream<Item = io::Result<Bytes>> {
    stream::unfold((pieces.into_iter(), leaving), |(mut pieces, leaving)| async move {
        // Each piece is a write of its own, so that cuts fall where a test wants them.
        tokio::task::yield_now().await;
        match pieces.next()? {
            Piece::Send(bytes) => Some((Ok(Bytes::from(bytes)), (pieces, leaving))),
            Piece::Break => Some((Err(io::Error::other("broken")), (pieces, leaving))),
            Piece::Hang => std::future::pending().await,
        }
    })
}
