//! Refusals as the vendors word them, and keys that must not be shown.

use std::time::Duration;

use reqwest::header::{HeaderMap, HeaderValue};
use serde_json::{Value, json};

use super::{Mask, of_event, of_response};
use crate::llm::{ErrorClass, LlmError};

fn response(status: u16, body: &Value) -> LlmError {
    of_response(status, &HeaderMap::new(), &body.to_string(), &Mask::new(Some("secret-key-0123456789".into())))
}

#[test]
fn messages_are_found_wherever_they_stand() {
    for (body, message) in [
        (json!({"error": {"message": "Bad thing", "type": "invalid_request_error"}}), "Bad thing"),
        (json!({"error": "model is busy"}), "model is busy"),
        (json!({"detail": "Not allowed"}), "Not allowed"),
        (json!({"detail": [{"loc": ["body"], "msg": "Extra inputs"}, {"msg": "Too long"}]}), "Extra inputs; Too long"),
        (json!({"message": {"detail": [{"msg": "Extra inputs"}]}}), "Extra inputs"),
        (json!([{"error": {"code": 400, "message": "Invalid value"}}]), "Invalid value"),
        (json!({"error": {"code": 7}}), "{\"code\":7}"),
    ] {
        assert_eq!(response(400, &body).message, message);
    }
    let html = of_response(502, &HeaderMap::new(), "<html>Bad gateway</html>", &Mask::new(None));
    assert_eq!((html.class, html.message.as_str()), (ErrorClass::Overloaded, "The provider answered with status 502."));
}

#[test]
fn codes_count_for_the_class() {
    let overflow = json!({"error": {"message": "Too much.", "code": "context_length_exceeded"}});
    assert_eq!(response(400, &overflow).class, ErrorClass::ContextOverflow);
    let key = json!({"error": {"code": 400, "message": "API key not valid. Please pass a valid API key.",
        "status": "INVALID_ARGUMENT", "details": [{"reason": "API_KEY_INVALID"}]}});
    assert_eq!(response(400, &key).class, ErrorClass::Auth);
}

#[test]
fn retry_after_is_read_in_all_its_forms() {
    let after = |name: &'static str, value: &str| {
        let headers = HeaderMap::from_iter([(name.parse().unwrap(), HeaderValue::from_str(value).unwrap())]);
        of_response(429, &headers, "{}", &Mask::new(None)).retry_after
    };
    assert_eq!(after("retry-after", "7"), Some(Duration::from_secs(7)));
    assert_eq!(after("retry-after-ms", "1500"), Some(Duration::from_millis(1_500)));
    assert_eq!(after("retry-after", "soon"), None);
    assert_eq!(after("retry-after", "-3"), None);
    let date = (chrono::Utc::now() + Duration::from_secs(60)).to_rfc2822();
    let wait = after("retry-after", &date).unwrap();
    assert!(wait > Duration::from_secs(50) && wait <= Duration::from_secs(60));
    let google = json!({"error": {"code": 429, "message": "Quota", "details": [{"retryDelay": "31.5s"}]}});
    assert_eq!(response(429, &google).retry_after, Some(Duration::from_millis(31_500)));
}

#[test]
fn events_with_errors_are_told_from_others() {
    assert!(of_event(&json!({"choices": []})).is_none());
    assert!(of_event(&json!({"error": null})).is_none());
    let overloaded =
        of_event(&json!({"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}));
    assert_eq!(overloaded.unwrap().class, ErrorClass::Overloaded);
    let router = of_event(&json!({"error": {"code": 429, "message": "Slow down"}})).unwrap();
    assert_eq!((router.class, router.status), (ErrorClass::RateLimit, Some(429)));
}

#[test]
fn keys_are_masked_and_texts_cut() {
    let mask = Mask::new(Some("secret-key-0123456789".into()));
    for (text, shown) in [
        ("bad key secret-key-0123456789!", "bad key ***!"),
        ("Incorrect API key provided: sk-proj-abcdefgh12345678.", "Incorrect API key provided: ***"),
        ("key=AIzaSyA1234567890abcdefg&alt=sse", "key=***&alt=sse"),
        ("sent Bearer abc", "sent Bearer ***"),
        (
            "model meta-llama/Llama-4-Maverick-17B-128E-Instruct-FP8",
            "model meta-llama/Llama-4-Maverick-17B-128E-Instruct-FP8",
        ),
        ("two\n  lines", "two lines"),
    ] {
        assert_eq!(mask.text(text), shown);
    }
    let long = mask.text(&"ä ".repeat(500));
    assert_eq!(long.chars().count(), 200);
    assert!(long.ends_with('…'));
}
