//! What kind of failure a provider's answer is. The status decides where it is specific, the text where it is not.
//! Pure: it sees a status and a message, never a response.

use super::ErrorClass;

#[cfg(test)]
mod tests;

const LENGTH: &[&str] = &[
    "context length",
    "context_length",
    "context window",
    "context size",
    "context limit",
    "prompt is too long",
    "prompt too long",
    "input is too long",
    "input length and `max_tokens` exceed",
    "exceeds the maximum number of tokens",
    "exceed the maximum number of tokens",
    "maximum number of input tokens",
    "maximum prompt length",
    "tokens in the prompt cannot exceed",
    "`max_new_tokens` must be",
    "reduce the length of the messages",
    "reduce your prompt",
    "request_too_large",
    "request exceeds the maximum size",
];
const PER_MINUTE: &[&str] = &[
    "rate limit",
    "rate_limit",
    "ratelimit",
    "per min",
    "per-min",
    "too many requests",
    "requests per day",
    "resource_exhausted",
    "throttl",
];
const CREDIT: &[&str] = &[
    "insufficient_quota",
    "insufficient quota",
    "insufficient balance",
    "insufficient credit",
    "insufficient funds",
    "credit balance",
    "out of credits",
    "no credit",
    "more credits",
    "payment required",
    "billing",
];
const POLICY: &[&str] = &[
    "content policy",
    "content_policy",
    "content filter",
    "content_filter",
    "content management policy",
    "usage policies",
    "usage policy",
    "safety system",
    "flagged by moderation",
    "blocked due to safety",
    "prohibited_content",
    "data_inspection_failed",
];
const UNKNOWN_MODEL: &[&str] = &[
    "model_not_found",
    "model not found",
    "unknown model",
    "invalid model",
    "not a valid model",
    "no such model",
    "no endpoints found",
    "model not exist",
    "model is not available",
    "access to model",
];
const KEY: &[&str] = &[
    "api key",
    "api_key",
    "apikey",
    "api-key",
    "invalid key",
    "authentication",
    "unauthenticated",
    "unauthorized",
    "invalid token",
    "access token",
    "credential",
];
const BAD_KEY: &[&str] = &[
    "api key not valid",
    "api_key_invalid",
    "invalid api key",
    "invalid_api_key",
    "incorrect api key",
    "api key expired",
    "no api key",
];
const OVERLOADED: &[&str] = &["overloaded", "over capacity", "at capacity", "service unavailable", "try again later"];
const TIMED_OUT: &[&str] = &["timed out", "timeout", "deadline exceeded", "deadline has elapsed"];
const NETWORK: &[&str] = &[
    "dns",
    "connection refused",
    "connection reset",
    "connection closed",
    "connection error",
    "error trying to connect",
    "broken pipe",
    "unexpected eof",
    "tls",
    "certificate",
    "unreachable",
    "stream ended",
    "error sending request",
];
const UNPARSEABLE: &[&str] =
    &["malformed", "not valid json", "invalid json", "could not be parsed", "failed to parse", "unparseable"];

/// `status` is absent when no response came; `text` is the provider's message with its error code, if it has one.
pub fn classify(status: Option<u16>, text: &str) -> ErrorClass {
    let text = text.to_lowercase();
    let says = |words: &[&str]| words.iter().any(|w| text.contains(w));
    // Providers put "too long" behind any status; a limit of tokens per minute is worded alike but passes by waiting.
    if says(LENGTH) && !says(PER_MINUTE) {
        return ErrorClass::ContextOverflow;
    }
    match status {
        Some(401) => ErrorClass::Auth,
        Some(402) => ErrorClass::Billing,
        Some(404) => ErrorClass::ModelNotFound,
        // Out of money is no matter of waiting, though some answer it with 429.
        Some(429) if says(&["insufficient_quota", "credit balance"]) => ErrorClass::Billing,
        Some(429) => ErrorClass::RateLimit,
        Some(500 | 502 | 503 | 529) => ErrorClass::Overloaded,
        Some(408 | 504) => ErrorClass::Timeout,
        Some(403) if says(KEY) => ErrorClass::Auth,
        Some(400 | 422) => by_text(says).unwrap_or(ErrorClass::BadRequest),
        Some(_) => by_text(says).unwrap_or(ErrorClass::Unknown),
        None => by_text(says).or_else(|| transport(says)).unwrap_or(ErrorClass::Unknown),
    }
}

fn by_text(says: impl Fn(&[&str]) -> bool) -> Option<ErrorClass> {
    let table = [
        (POLICY, ErrorClass::ContentFilter),
        (CREDIT, ErrorClass::Billing),
        (PER_MINUTE, ErrorClass::RateLimit),
        (UNKNOWN_MODEL, ErrorClass::ModelNotFound),
        (BAD_KEY, ErrorClass::Auth),
        (&["overloaded"][..], ErrorClass::Overloaded),
    ];
    table.into_iter().find(|(words, _)| says(words)).map(|(_, class)| class)
}

/// No response: what the client says about the connection, or a provider's error event without a status.
fn transport(says: impl Fn(&[&str]) -> bool) -> Option<ErrorClass> {
    let table = [
        (OVERLOADED, ErrorClass::Overloaded),
        (TIMED_OUT, ErrorClass::Timeout),
        (NETWORK, ErrorClass::Network),
        (UNPARSEABLE, ErrorClass::MalformedOutput),
        (KEY, ErrorClass::Auth),
    ];
    table.into_iter().find(|(words, _)| says(words)).map(|(_, class)| class)
}
