//! What goes wrong between here and a provider, and how it is told.

use std::collections::BTreeMap;
use std::time::Duration;

use futures::StreamExt;
use openfang::config::Environment;
use openfang::llm::registry::{LlmConfig, TimeoutOverrides};
use openfang::llm::{Chunk, ErrorClass, LlmError};
use serde_json::{Value, json};

use super::fake::{Fake, Piece, Reply};
use super::{CLOSED, KEY, answer, driver, request, text};
use crate::support::{app::TestApp, chat};

const SHORT: Duration = Duration::from_millis(80);

async fn error_of(reply: Reply) -> (Vec<Chunk>, LlmError) {
    let fake = Fake::start(vec![reply]).await;
    let (chunks, error) = answer(&driver("openai", &fake.url, LlmConfig::default()), request("hi")).await;
    (chunks, error.expect("an error"))
}

fn limits(limits: TimeoutOverrides) -> LlmConfig {
    LlmConfig { timeouts: BTreeMap::from([("openai".to_owned(), limits)]), ..LlmConfig::default() }
}

fn hello() -> Piece {
    let event = json!({"choices": [{"index": 0, "delta": {"content": "hello"}, "finish_reason": null}]});
    Piece::Send(format!("data: {event}\n\n").into_bytes())
}

fn said(message: &str) -> Value {
    json!({"error": {"message": message, "type": "some_error", "param": null, "code": null}})
}

#[tokio::test]
async fn every_class_is_recognised() {
    for (status, message, class) in [
        (429, "Rate limit reached for requests", ErrorClass::RateLimit),
        (500, "The server had an error", ErrorClass::Overloaded),
        (502, "Bad gateway", ErrorClass::Overloaded),
        (503, "Overloaded", ErrorClass::Overloaded),
        (529, "Overloaded", ErrorClass::Overloaded),
        (504, "Gateway timeout", ErrorClass::Timeout),
        (401, "Incorrect API key provided", ErrorClass::Auth),
        (403, "This API key may not use the model", ErrorClass::Auth),
        (403, "Your country is not supported", ErrorClass::Unknown),
        (402, "Insufficient credits", ErrorClass::Billing),
        (404, "The model `m1` does not exist", ErrorClass::ModelNotFound),
        (400, "Unsupported parameter: 'temperature'", ErrorClass::BadRequest),
        (422, "Extra inputs are not permitted", ErrorClass::BadRequest),
        (400, "This model's maximum context length is 8192 tokens", ErrorClass::ContextOverflow),
        (400, "Your request was rejected by our content policy", ErrorClass::ContentFilter),
        (418, "I am a teapot", ErrorClass::Unknown),
    ] {
        let (chunks, error) = error_of(Reply::json(status, &said(message))).await;
        assert_eq!(chunks, []);
        assert_eq!((error.class, error.status, error.message.as_str()), (class, Some(status), message));
    }
}

#[tokio::test]
async fn retry_after_is_passed_on() {
    let (_, error) = error_of(Reply::json(429, &said("Slow down")).header("retry-after", "21")).await;
    assert_eq!(error.retry_after, Some(Duration::from_secs(21)));
    let (_, error) = error_of(Reply::json(503, &said("Busy"))).await;
    assert_eq!(error.retry_after, None);
}

#[tokio::test]
async fn keys_are_never_shown() {
    let (_, error) = error_of(Reply::json(401, &said(&format!("Incorrect API key provided: {KEY}.")))).await;
    assert_eq!(error.message, "Incorrect API key provided: ***.");
    let event = format!("data: {}\n\n", said(&format!("key {KEY} is wrong")));
    let (_, error) = error_of(Reply::stream(vec![Piece::Send(event.into_bytes())])).await;
    assert_eq!(error.message, "key *** is wrong");
    let (_, error) = error_of(Reply::json(400, &said(&"long ".repeat(100)))).await;
    assert_eq!(error.message.chars().count(), 200);
}

#[tokio::test]
async fn a_cut_stream_is_a_lost_connection() {
    let half_event = Piece::Send(b"data: {\"choices\": [{\"delta\": {\"content\": \"t\xc3".to_vec());
    for (pieces, what) in [
        (vec![hello()], "closed after an event"),
        (vec![hello(), Piece::Break], "broken after an event"),
        (vec![hello(), half_event.clone()], "closed within a character"),
        (vec![hello(), half_event, Piece::Break], "broken within a character"),
    ] {
        let (chunks, error) = error_of(Reply::stream(pieces)).await;
        assert_eq!((chunks, error.class, error.status), (vec![text("hello")], ErrorClass::Network, None), "{what}");
    }
    let (chunks, error) = error_of(Reply::stream(vec![])).await;
    assert_eq!((chunks, error.class), (vec![], ErrorClass::Network), "closed before any event");
}

#[tokio::test]
async fn what_cannot_be_read_is_malformed() {
    let garbage = Reply::stream(vec![hello(), Piece::Send(b"data: {not json\n\n".to_vec())]);
    let (chunks, error) = error_of(garbage).await;
    assert_eq!((chunks, error.class), (vec![text("hello")], ErrorClass::MalformedOutput));
    let (_, error) = error_of(Reply::text(200, "text/html", "<html>Welcome</html>")).await;
    assert_eq!(error.class, ErrorClass::MalformedOutput);
    assert!(error.message.contains("text/html"));
    let (_, error) = error_of(Reply::json(200, &json!({"error": {"code": 429, "message": "Slow down"}}))).await;
    assert_eq!((error.class, error.message.as_str()), (ErrorClass::RateLimit, "Slow down"));
}

#[tokio::test]
async fn a_provider_that_never_answers_is_left() {
    let config = limits(TimeoutOverrides { first_event: Some(SHORT), ..TimeoutOverrides::default() });
    for reply in [Reply::silence(), Reply::stream(vec![Piece::Hang])] {
        let mut fake = Fake::start(vec![reply]).await;
        let (chunks, error) = answer(&driver("openai", &fake.url, config.clone()), request("hi")).await;
        assert_eq!((chunks, error.unwrap().class), (vec![], ErrorClass::Timeout));
        fake.client_left().await;
    }
}

#[tokio::test]
async fn silence_in_the_middle_is_a_timeout() {
    let config = limits(TimeoutOverrides { silence: Some(SHORT), ..TimeoutOverrides::default() });
    let mut fake = Fake::start(vec![Reply::stream(vec![hello(), Piece::Hang])]).await;
    let (chunks, error) = answer(&driver("openai", &fake.url, config), request("hi")).await;
    assert_eq!((chunks, error.unwrap().class), (vec![text("hello")], ErrorClass::Timeout));
    fake.client_left().await;
}

#[tokio::test]
async fn the_whole_call_has_an_end() {
    let config = limits(TimeoutOverrides { total: Some(SHORT), ..TimeoutOverrides::default() });
    let fake = Fake::start(vec![Reply::stream(vec![hello(), Piece::Hang])]).await;
    let (_, error) = answer(&driver("openai", &fake.url, config), request("hi")).await;
    let error = error.unwrap();
    assert_eq!(error.class, ErrorClass::Timeout);
    assert!(error.message.contains("0.08 seconds"), "{}", error.message);
}

#[tokio::test]
async fn dropping_the_stream_hangs_up() {
    let mut fake = Fake::start(vec![Reply::stream(vec![hello(), Piece::Hang])]).await;
    let driver = driver("openai", &fake.url, LlmConfig::default());
    let mut stream = driver.stream(request("hi")).await.unwrap();
    assert_eq!(stream.next().await, Some(Ok(text("hello"))));
    drop(stream);
    fake.client_left().await;
}

#[tokio::test]
async fn nobody_at_the_address_is_a_network_failure() {
    let (_, error) = answer(&driver("openai", CLOSED, LlmConfig::default()), request("hi")).await;
    let error = error.unwrap();
    assert_eq!((error.class, error.status), (ErrorClass::Network, None));
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let elsewhere = Fake::start(vec![]).await;
    let fake = Fake::start(vec![Reply::text(307, "text/plain", "").header("location", &elsewhere.url)]).await;
    let (_, error) = answer(&driver("openai", &fake.url, LlmConfig::default()), request("hi")).await;
    assert_eq!(error.unwrap().status, Some(307));
    assert_eq!(elsewhere.seen().len(), 0, "the key stays with its own host");
}

#[tokio::test]
async fn further_headers_are_sent() {
    let headers = BTreeMap::from([("X-Team".to_owned(), "blue".to_owned())]);
    let config = LlmConfig { headers: BTreeMap::from([("openai".to_owned(), headers)]), ..LlmConfig::default() };
    let fake = Fake::start(vec![Reply::json(500, &said("x"))]).await;
    answer(&driver("openai", &fake.url, config), request("hi")).await;
    assert_eq!(fake.only_request().header("x-team"), Some("blue"));
}

#[tokio::test]
async fn an_error_with_a_character_that_no_database_stores_is_told_all_the_same() {
    let fake = Fake::start(vec![Reply::json(401, &said("bad \0 key"))]).await;
    let app = TestApp::with(|config| {
        config.provider_urls.insert("openai".into(), fake.url.clone());
        config.environment = Environment::from(BTreeMap::from([("OPENAI_API_KEY".to_owned(), KEY.to_owned())]));
    })
    .await;
    let client = app.admin();
    let manifest = json!({"name": "desk", "model": {"provider": "openai", "model": "gpt-4o"}});
    let agent = client.call("create_agent").json(json!({"name": "desk", "manifest": manifest})).ok(201).await;
    let run = chat::ended(&client, &chat::start(&client, &agent, "hello").await).await;
    assert_eq!(run["status"], "failed");
    let told = run["error"]["message"].as_str().unwrap();
    assert!(told.ends_with("bad \u{fffd} key"), "{told}");
}
