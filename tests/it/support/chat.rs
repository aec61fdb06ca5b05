//! Agents to talk to, event streams as tests read them, and the chat socket.

use std::time::Duration;

use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Error, Message, client::IntoClientRequest, protocol::CloseFrame},
};

use super::{
    app::TestApp,
    client::{Client, record},
    document::DOCUMENT,
};

/// Longest wait of a test for something that must come.
const PATIENCE: Duration = Duration::from_secs(20);

/// An agent that answers by the script in the message.
pub async fn scripted(client: &Client, name: &str) -> Value {
    scripted_with(client, name, json!({})).await
}

/// The same with further members of the manifest.
pub async fn scripted_with(client: &Client, name: &str, more: Value) -> Value {
    let mut manifest = json!({"name": name, "model": {"provider": "builtin", "model": "builtin/script"}});
    manifest.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    client.call("create_agent").json(json!({"name": name, "manifest": manifest})).ok(201).await
}

/// Sends a message and gives the reply.
pub async fn ask(client: &Client, agent: &Value, text: &str) -> Value {
    client.call("send_message").id(&agent["id"]).json(json!({"message": text})).ok(200).await
}

/// Starts a run without waiting.
pub async fn start(client: &Client, agent: &Value, text: &str) -> Value {
    client.call("create_run").id(&agent["id"]).json(json!({"message": text})).ok(202).await
}

/// The run when it is over.
pub async fn ended(client: &Client, run: &Value) -> Value {
    let run = client.call("get_run").id(&run["id"]).query("wait_secs", 20).ok(200).await;
    assert!(run["finished_at"].is_string(), "{run:#}");
    run
}

#[derive(Clone, Debug, PartialEq)]
pub struct SseEvent {
    pub id: i64,
    pub name: String,
    pub data: Value,
}

/// A stream of events as it comes in.
pub struct Events {
    response: reqwest::Response,
    text: String,
    /// Remarks that were skipped.
    pub comments: Vec<String>,
}

impl Events {
    pub async fn open(request: reqwest::RequestBuilder) -> Self {
        let response = request.send().await.expect("the server answers");
        assert_eq!(response.status(), 200);
        let header = |name: &str| response.headers()[name].to_str().unwrap().to_owned();
        assert!(header("content-type").starts_with("text/event-stream"));
        assert_eq!((header("x-accel-buffering"), header("cache-control")), ("no".into(), "no-store".into()));
        assert!(!header("x-run-id").is_empty() && !header("x-session-id").is_empty());
        let mut events = Self { response, text: String::new(), comments: vec![] };
        assert_eq!(events.block().await.as_deref(), Some("retry: 2000"));
        events
    }

    pub fn run_id(&self) -> String {
        self.response.headers()["x-run-id"].to_str().unwrap().to_owned()
    }

    /// The next event; None at the end of the stream.
    pub async fn next(&mut self) -> Option<SseEvent> {
        loop {
            let block = self.block().await?;
            if let Some(comment) = block.strip_prefix(':') {
                self.comments.push(comment.trim().to_owned());
                continue;
            }
            let field = |name: &str| {
                let line = block.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
                line.map(|value| value.strip_prefix(' ').unwrap_or(value).to_owned())
            };
            let data: Value = serde_json::from_str(&field("data").expect("data")).expect("JSON in one line");
            let schema = json!({"$ref": "#/components/schemas/RunEvent"});
            let problems = DOCUMENT.problems(&schema, &data);
            assert!(problems.is_empty(), "{problems:#?}\n{data:#}");
            let name = field("event").expect("event");
            assert_eq!(data["type"], json!(name));
            return Some(SseEvent { id: field("id").expect("id").parse().expect("a number"), name, data });
        }
    }

    pub async fn rest(&mut self) -> Vec<SseEvent> {
        let mut all = vec![];
        while let Some(event) = self.next().await {
            all.push(event);
        }
        all
    }

    async fn block(&mut self) -> Option<String> {
        loop {
            if let Some(end) = self.text.find("\n\n") {
                let block = self.text[..end].to_owned();
                self.text.drain(..end + 2);
                return Some(block);
            }
            let chunk = tokio::time::timeout(PATIENCE, self.response.chunk()).await.expect("something comes");
            self.text.push_str(std::str::from_utf8(&chunk.expect("a readable stream")?).expect("UTF-8"));
        }
    }
}

/// Opens the stream of a message.
pub async fn stream(client: &Client, agent: &Value, text: &str) -> Events {
    let call = client.call("send_message_stream").id(&agent["id"]).json(json!({"message": text}));
    let events = Events::open(call.request()).await;
    record("send_message_stream", 200);
    events
}

/// The text of all deltas that were not withdrawn.
pub fn joined(events: &[SseEvent]) -> String {
    let mut kept: Vec<&SseEvent> = vec![];
    for event in events {
        match event.name.as_str() {
            "text_delta" => kept.push(event),
            "step_discarded" => kept.retain(|e| e.id <= event.data["discards_after"].as_i64().unwrap()),
            _ => {}
        }
    }
    kept.iter().map(|e| e.data["delta"].as_str().unwrap()).collect()
}

/// A chat socket.
pub struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    pub async fn open(app: &TestApp, key: &str, path: &str) -> Self {
        Self::try_open(app, key, path).await.expect("the socket opens")
    }

    /// The status of the refusal, when there is one.
    pub async fn try_open(app: &TestApp, key: &str, path: &str) -> Result<Self, u16> {
        let url = format!("{}{path}", app.base.replace("http://", "ws://"));
        let mut request = url.into_client_request().expect("a request");
        request.headers_mut().insert("authorization", format!("Bearer {key}").parse().expect("a header"));
        match connect_async(request).await {
            Ok((socket, _)) => {
                record("agent_ws", 101);
                Ok(Self(socket))
            }
            Err(Error::Http(response)) => Err(response.status().as_u16()),
            Err(error) => panic!("{error}"),
        }
    }

    pub async fn send(&mut self, frame: Value) {
        self.send_text(&frame.to_string()).await;
    }

    pub async fn send_text(&mut self, text: &str) {
        self.0.send(Message::text(text)).await.expect("the frame is taken");
    }

    /// The next frame; the close frame when the connection ends.
    pub async fn next(&mut self) -> Result<Value, Option<CloseFrame>> {
        loop {
            let message = tokio::time::timeout(PATIENCE, self.0.next()).await.expect("a frame comes");
            match message {
                Some(Ok(Message::Text(text))) => {
                    let frame: Value = serde_json::from_str(&text).expect("JSON");
                    let schema = json!({"$ref": "#/components/schemas/ServerFrame"});
                    let problems = DOCUMENT.problems(&schema, &frame);
                    assert!(problems.is_empty(), "{problems:#?}\n{frame:#}");
                    return Ok(frame);
                }
                Some(Ok(Message::Close(frame))) => return Err(frame),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Err(None),
            }
        }
    }

    /// The next frame of this type, with those before it.
    pub async fn until(&mut self, kind: &str) -> (Vec<Value>, Value) {
        let mut before = vec![];
        loop {
            match self.next().await {
                Ok(frame) if frame["type"] == kind => return (before, frame),
                Ok(frame) => before.push(frame),
                Err(close) => panic!("closed before {kind}: {close:?} {before:#?}"),
            }
        }
    }

    pub async fn frame(&mut self, kind: &str) -> Value {
        self.until(kind).await.1
    }

    /// Reads until the end of the connection and gives the code.
    pub async fn close_code(&mut self) -> Option<u16> {
        loop {
            if let Err(close) = self.next().await {
                return close.map(|frame| frame.code.into());
            }
        }
    }

    pub async fn command(&mut self, command: &str, args: &str) -> Value {
        self.send(json!({"type": "command", "command": command, "args": args})).await;
        self.frame("command_result").await
    }
}
