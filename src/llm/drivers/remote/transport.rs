//! Sends one request and reads its events under the call's limits. Dropping the stream closes the connection.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use eventsource_stream::{Event, EventStreamError, Eventsource};
use futures::{Stream, StreamExt, stream};
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use secrecy::ExposeSecret;
use tokio::time::{Instant, timeout_at};

use super::failure::{self, Mask};
use super::{Call, Progress, Reader, Target};
use crate::http::outbound;
use crate::llm::{Chunk, ChunkStream, ErrorClass, LlmError};

/// An error body beyond this says nothing more.
const MAX_ERROR_BODY: usize = 64 * 1024;
const ERROR_BODY_TIME: Duration = Duration::from_secs(10);

/// The client of the remote driver.
#[derive(Clone)]
pub struct HttpClient {
    connect: Duration,
    /// Built at the first call: reading the root certificates takes longer than anything else at start, and a server
    /// without them can still run on the built-in model.
    built: Arc<OnceLock<Result<reqwest::Client, String>>>,
}

impl HttpClient {
    pub fn new(connect: Duration) -> Self {
        Self { connect, built: Arc::default() }
    }

    pub(super) fn get(&self) -> Result<&reqwest::Client, LlmError> {
        let build = || outbound::operator_client().connect_timeout(self.connect).build().map_err(|e| e.to_string());
        self.built.get_or_init(build).as_ref().map_err(|e| failure::plain(ErrorClass::Network, e))
    }
}

pub(super) async fn start(client: &HttpClient, target: Arc<Target>, call: Call) -> Result<ChunkStream, LlmError> {
    let mask = Mask::new(target.key.clone());
    outbound::check_operator_url(&call.url).map_err(|e| failure::plain(ErrorClass::BadRequest, &e.to_string()))?;
    let client = client.get()?;
    let began = Instant::now();
    let limits = target.limits;
    let first = if call.reasoning { limits.first_event_reasoning } else { limits.first_event };
    let deadline = began + limits.total;
    let first_deadline = deadline.min(began + first);

    let request = client.post(&call.url).headers(headers(&target, &call)?).json(&call.body);
    let response = match timeout_at(first_deadline, request.send()).await {
        Ok(Ok(response)) => response,
        Ok(Err(error)) => return Err(failure::of_transport(error, &mask)),
        Err(_) => return Err(failure::too_late("No answer came", first.min(limits.total))),
    };
    if !response.status().is_success() {
        return Err(refused(response, &mask).await);
    }
    if !is_event_stream(response.headers()) {
        return Err(not_a_stream(response, &mask).await);
    }
    let state = Answer {
        events: Box::pin(response.bytes_stream().eventsource()),
        reader: call.reader,
        mask,
        ready: VecDeque::new(),
        next_deadline: first_deadline,
        waits: first.min(limits.total),
        silence: limits.silence,
        deadline,
        total: limits.total,
        done: false,
    };
    Ok(stream::try_unfold(state, Answer::next).boxed())
}

fn headers(target: &Target, call: &Call) -> Result<HeaderMap, LlmError> {
    let bad = |name: &str| failure::plain(ErrorClass::BadRequest, &format!("The header {name} cannot be sent."));
    let mut headers = HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static("text/event-stream"))]);
    for (name, value) in &target.headers {
        let name = HeaderName::try_from(name).map_err(|_| bad(name))?;
        let mut value = HeaderValue::try_from(value).map_err(|_| bad(name.as_str()))?;
        value.set_sensitive(true);
        headers.insert(name, value);
    }
    for (name, value) in &call.headers {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    if let Some(key) = &target.key {
        let (name, prefix) = call.key_header;
        let value = format!("{prefix}{}", key.expose_secret());
        let mut value = HeaderValue::try_from(value).map_err(|_| bad(name))?;
        value.set_sensitive(true);
        headers.insert(HeaderName::from_static(name), value);
    }
    Ok(headers)
}

async fn refused(response: reqwest::Response, mask: &Mask) -> LlmError {
    let status = response.status().as_u16();
    let headers = response.headers().clone();
    let body = read_body(response).await;
    failure::of_response(status, &headers, &body, mask)
}

async fn not_a_stream(response: reqwest::Response, mask: &Mask) -> LlmError {
    let kind = response.headers().get(CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or("no type").to_owned();
    let body = read_body(response).await;
    let told = serde_json::from_str(&body).ok().and_then(|body| failure::of_event(&body));
    told.map(|error| mask.error(error)).unwrap_or_else(|| {
        failure::malformed(&format!("The provider answered with {kind} instead of an event stream."))
    })
}

async fn read_body(mut response: reqwest::Response) -> String {
    let deadline = Instant::now() + ERROR_BODY_TIME;
    let mut body = Vec::new();
    while let Ok(Ok(Some(bytes))) = timeout_at(deadline, response.chunk()).await {
        body.extend_from_slice(&bytes);
        if body.len() >= MAX_ERROR_BODY {
            body.truncate(MAX_ERROR_BODY);
            break;
        }
    }
    String::from_utf8_lossy(&body).into_owned()
}

fn is_event_stream(headers: &HeaderMap) -> bool {
    // Some servers leave the type out; none sends another one for a stream.
    headers.get(CONTENT_TYPE).and_then(|v| v.to_str().ok()).is_none_or(|v| v.starts_with("text/event-stream"))
}

type Events = Pin<Box<dyn Stream<Item = Result<Event, EventStreamError<reqwest::Error>>> + Send>>;

struct Answer {
    events: Events,
    reader: Reader,
    mask: Mask,
    ready: VecDeque<Chunk>,
    /// When the next event must be here, and the limit that says so.
    next_deadline: Instant,
    waits: Duration,
    silence: Duration,
    deadline: Instant,
    total: Duration,
    done: bool,
}

impl Answer {
    async fn next(mut self) -> Result<Option<(Chunk, Self)>, LlmError> {
        loop {
            if let Some(chunk) = self.ready.pop_front() {
                return Ok(Some((chunk, self)));
            }
            if self.done {
                return Ok(None);
            }
            let mut chunks = Vec::new();
            self.advance(&mut chunks).await?;
            self.ready.extend(chunks);
        }
    }

    /// Waits for one event. A provider that has said why it stopped has answered, however the connection ends.
    async fn advance(&mut self, chunks: &mut Vec<Chunk>) -> Result<(), LlmError> {
        let lost = match timeout_at(self.next_deadline, self.events.next()).await {
            Ok(Some(Ok(event))) => {
                self.reader.read(&event.data, chunks).map_err(|e| self.mask.error(e))?;
                let now = Instant::now();
                self.next_deadline = self.deadline.min(now + self.silence);
                self.waits = self.silence;
                if self.reader.progress() == Progress::Over {
                    self.finish(chunks);
                }
                return Ok(());
            }
            Ok(Some(Err(EventStreamError::Transport(error)))) => failure::of_transport(error, &self.mask),
            Ok(Some(Err(EventStreamError::Utf8(_)))) => failure::cut(),
            Ok(Some(Err(EventStreamError::Parser(_)))) => failure::malformed("The stream is no event stream."),
            Ok(None) => failure::cut(),
            Err(_) if self.next_deadline == self.deadline => {
                failure::too_late("The answer was not complete", self.total)
            }
            Err(_) => failure::too_late("The next event did not come", self.waits),
        };
        if self.reader.progress() == Progress::Open {
            return Err(lost);
        }
        self.finish(chunks);
        Ok(())
    }

    fn finish(&mut self, chunks: &mut Vec<Chunk>) {
        self.reader.finish(chunks);
        self.done = true;
    }
}
