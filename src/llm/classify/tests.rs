//! Statuses and wordings seen from providers.

use super::classify;
use crate::llm::ErrorClass;

/// One line per status and wording seen from providers.
const CASES: &[(Option<u16>, &str, ErrorClass)] = &[
    (Some(429), "slow down", ErrorClass::RateLimit),
    (Some(400), "Quota exceeded: 10 requests per minute", ErrorClass::RateLimit),
    (Some(413), "Request too large for model, limit 6000 tokens per minute (TPM)", ErrorClass::RateLimit),
    (
        Some(429),
        "Request too large on tokens per min (TPM): the context window is not the limit",
        ErrorClass::RateLimit,
    ),
    (Some(429), "You exceeded your current quota, please check your plan and billing details", ErrorClass::RateLimit),
    (Some(500), "internal", ErrorClass::Overloaded),
    (Some(502), "", ErrorClass::Overloaded),
    (Some(503), "", ErrorClass::Overloaded),
    (Some(529), "Overloaded", ErrorClass::Overloaded),
    (None, "overloaded_error: Overloaded", ErrorClass::Overloaded),
    (None, "operation timed out", ErrorClass::Timeout),
    (Some(504), "", ErrorClass::Timeout),
    (None, "dns error: no such host", ErrorClass::Network),
    (None, "Connection refused (os error 111)", ErrorClass::Network),
    (None, "connection reset by peer", ErrorClass::Network),
    (None, "invalid peer certificate: UnknownIssuer", ErrorClass::Network),
    (Some(401), "no", ErrorClass::Auth),
    (Some(403), "Your API key has no access", ErrorClass::Auth),
    (Some(403), "Country not supported", ErrorClass::Unknown),
    (Some(400), "API key not valid. Please pass a valid API key.", ErrorClass::Auth),
    (Some(402), "", ErrorClass::Billing),
    (Some(400), "Your credit balance is too low to access the API", ErrorClass::Billing),
    (Some(429), "insufficient_quota: You exceeded your current quota", ErrorClass::Billing),
    (Some(403), "insufficient balance", ErrorClass::Billing),
    (Some(404), "page not found", ErrorClass::ModelNotFound),
    (Some(400), "gpt-99 is not a valid model ID", ErrorClass::ModelNotFound),
    (Some(400), "Unsupported parameter: temperature", ErrorClass::BadRequest),
    (Some(422), "field required", ErrorClass::BadRequest),
    (Some(400), "This model's maximum context length is 8192 tokens", ErrorClass::ContextOverflow),
    (Some(400), "the request exceeds the available context size", ErrorClass::ContextOverflow),
    (Some(400), "inputs tokens + `max_new_tokens` must be <= 8193", ErrorClass::ContextOverflow),
    (Some(500), "prompt is too long: 210000 tokens > 200000 maximum", ErrorClass::ContextOverflow),
    (Some(413), "request_too_large: Request exceeds the maximum size", ErrorClass::ContextOverflow),
    (None, "the input token count exceeds the maximum number of tokens allowed", ErrorClass::ContextOverflow),
    (Some(400), "The response was filtered due to our content management policy", ErrorClass::ContentFilter),
    (Some(403), "violates our usage policies", ErrorClass::ContentFilter),
    (None, "malformed event: not valid JSON", ErrorClass::MalformedOutput),
    (Some(418), "I'm a teapot", ErrorClass::Unknown),
    (None, "something else", ErrorClass::Unknown),
];

#[test]
fn the_status_decides_first_then_the_text() {
    for (status, text, expected) in CASES {
        assert_eq!(classify(*status, text), *expected, "{status:?} {text}");
    }
}
