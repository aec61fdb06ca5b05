//! Scripted errors: how each class looks to the loop, and that a status alone is classified by the common rules.

use std::time::Duration;

use super::{play, play_attempt};
use crate::llm::{ErrorClass, drivers::builtin::tests::text_of};

const CLASSES: &[(&str, Option<u16>, ErrorClass)] = &[
    ("rate_limit", Some(429), ErrorClass::RateLimit),
    ("overloaded", Some(529), ErrorClass::Overloaded),
    ("timeout", None, ErrorClass::Timeout),
    ("network", None, ErrorClass::Network),
    ("auth", Some(401), ErrorClass::Auth),
    ("billing", Some(402), ErrorClass::Billing),
    ("model_not_found", Some(404), ErrorClass::ModelNotFound),
    ("bad_request", Some(400), ErrorClass::BadRequest),
    ("context_overflow", Some(400), ErrorClass::ContextOverflow),
    ("content_filter", Some(400), ErrorClass::ContentFilter),
    ("malformed_output", None, ErrorClass::MalformedOutput),
    ("unknown", Some(418), ErrorClass::Unknown),
];

/// One script with only a status and a message for every way in which a class is recognised.
const ROWS: &[(&str, ErrorClass)] = &[
    ("status=429 message=\"slow down\"", ErrorClass::RateLimit),
    ("status=400 message=\"quota of 10 requests per minute\"", ErrorClass::RateLimit),
    ("status=500 message=\"oops\"", ErrorClass::Overloaded),
    ("status=502 message=\"bad gateway\"", ErrorClass::Overloaded),
    ("status=503 message=\"later\"", ErrorClass::Overloaded),
    ("status=529 message=\"later\"", ErrorClass::Overloaded),
    ("message=\"Overloaded\"", ErrorClass::Overloaded),
    ("message=\"operation timed out\"", ErrorClass::Timeout),
    ("message=\"dns error\"", ErrorClass::Network),
    ("message=\"connection refused\"", ErrorClass::Network),
    ("message=\"connection reset by peer\"", ErrorClass::Network),
    ("message=\"TLS handshake failed\"", ErrorClass::Network),
    ("message=\"stream ended early\"", ErrorClass::Network),
    ("status=401 message=\"no\"", ErrorClass::Auth),
    ("status=403 message=\"this API key is disabled\"", ErrorClass::Auth),
    ("status=403 message=\"region not supported\"", ErrorClass::Unknown),
    ("status=402 message=\"pay\"", ErrorClass::Billing),
    ("status=400 message=\"Your credit balance is too low\"", ErrorClass::Billing),
    ("status=404 message=\"nothing here\"", ErrorClass::ModelNotFound),
    ("status=400 message=\"unknown model x\"", ErrorClass::ModelNotFound),
    ("status=400 message=\"temperature is not supported\"", ErrorClass::BadRequest),
    ("status=422 message=\"field required\"", ErrorClass::BadRequest),
    ("status=400 message=\"maximum context length is 8192 tokens\"", ErrorClass::ContextOverflow),
    ("status=500 message=\"prompt is too long\"", ErrorClass::ContextOverflow),
    ("status=400 message=\"blocked by our content policy\"", ErrorClass::ContentFilter),
    ("message=\"malformed event\"", ErrorClass::MalformedOutput),
    ("status=418 message=\"teapot\"", ErrorClass::Unknown),
];

#[test]
fn every_class_has_its_status() {
    for (word, status, class) in CLASSES {
        let (chunks, error) = play(&format!("@@reply x\n@@error {word}"));
        let error = error.expect("an error");
        assert!(chunks.is_empty());
        assert_eq!((error.status, error.class, error.retry_after), (*status, *class, None));
    }
}

#[test]
fn the_usual_words_of_a_class_are_recognised_as_that_class() {
    for (word, status, class) in CLASSES {
        let Some(status) = status else { continue };
        let (_, error) = play(&format!("@@error {word} status={status}"));
        assert_eq!(error.map(|e| e.class), Some(*class), "{word}");
    }
}

#[test]
fn a_status_and_a_message_alone_are_classified() {
    for (given, class) in ROWS {
        let (_, error) = play(&format!("@@error {given}"));
        assert_eq!(error.map(|e| e.class), Some(*class), "{given}");
    }
    let (_, error) = play("@@error auth status=503");
    assert_eq!(error.map(|e| (e.class, e.status)), Some((ErrorClass::Overloaded, Some(503))));
}

#[test]
fn an_error_holds_for_its_attempts() {
    let script = "@@error rate_limit times=2 retry_after=10ms\n@@reply third time lucky";
    for attempt in [0, 1, 2] {
        let (_, error) = play_attempt(script, attempt);
        assert_eq!(error.and_then(|e| e.retry_after), Some(Duration::from_millis(10)));
    }
    assert_eq!(text_of(&play_attempt(script, 3).0), "third time lucky");
    assert!(play_attempt("@@error auth", 2).1.is_none());
    for script in ["@@error auth always", "@@error auth times=always"] {
        assert!(play_attempt(script, 99).1.is_some());
    }
}

#[test]
fn messages_are_cut() {
    let (_, error) = play(&format!("@@error auth message=\"{}\"", "é".repeat(300)));
    assert_eq!(error.map(|e| e.message.chars().count()), Some(200));
}
