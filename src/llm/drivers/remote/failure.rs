//! From a provider's refusal, a lost connection or a limit to one error with a class, and never a key in its text.

use std::time::Duration;

use reqwest::header::HeaderMap;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use crate::llm::classify::classify;
use crate::llm::{ErrorClass, LlmError, mask::mask_tokens};

/// Characters of a provider's message that are passed on.
const MAX_MESSAGE: usize = 200;
/// Knows what must not be shown.
#[derive(Clone)]
pub(super) struct Mask(Option<SecretString>);

impl Mask {
    pub(super) fn new(key: Option<SecretString>) -> Self {
        Self(key)
    }

    /// One line of at most 200 characters without keys.
    pub(super) fn text(&self, text: &str) -> String {
        let hidden = match &self.0 {
            Some(key) if !key.expose_secret().is_empty() => text.replace(key.expose_secret(), "***"),
            _ => text.to_owned(),
        };
        let line = hidden.split_whitespace().collect::<Vec<_>>().join(" ");
        cut_to_length(&mask_tokens(&line))
    }

    pub(super) fn error(&self, error: LlmError) -> LlmError {
        LlmError { message: self.text(&error.message), ..error }
    }
}

fn cut_to_length(text: &str) -> String {
    match text.char_indices().nth(MAX_MESSAGE) {
        None => text.to_owned(),
        Some(_) => text.chars().take(MAX_MESSAGE - 1).chain(['…']).collect(),
    }
}

pub(super) fn plain(class: ErrorClass, message: &str) -> LlmError {
    LlmError { class, status: None, retry_after: None, message: cut_to_length(message) }
}

pub(super) fn too_late(what: &str, limit: Duration) -> LlmError {
    plain(ErrorClass::Timeout, &format!("{what} within {} seconds.", limit.as_secs_f64()))
}

pub(super) fn cut() -> LlmError {
    plain(ErrorClass::Network, "The stream ended before the answer was complete.")
}

pub(super) fn malformed(what: &str) -> LlmError {
    plain(ErrorClass::MalformedOutput, what)
}

/// No usable response came.
pub(super) fn of_transport(error: reqwest::Error, mask: &Mask) -> LlmError {
    let class = if error.is_timeout() {
        ErrorClass::Timeout
    } else if error.is_builder() {
        ErrorClass::BadRequest
    } else {
        ErrorClass::Network
    };
    // The address may carry a key as a parameter.
    let error = error.without_url();
    let mut message = error.to_string();
    let mut next = std::error::Error::source(&error);
    while let Some(cause) = next {
        message = format!("{message}: {cause}");
        next = cause.source();
    }
    plain(class, &mask.text(&message))
}

/// A response that is not a success.
pub(super) fn of_response(status: u16, headers: &HeaderMap, body: &str, mask: &Mask) -> LlmError {
    let told = serde_json::from_str(body).ok().and_then(|body: Value| Told::find(&body));
    let fallback = if body.trim().is_empty() || body.trim_start().starts_with('<') {
        format!("The provider answered with status {status}.")
    } else {
        body.to_owned()
    };
    let retry_after = retry_after(headers).or_else(|| told.as_ref().and_then(|t| t.retry_after));
    let (message, text) = match told {
        Some(told) => (told.message.clone(), told.with_codes()),
        None => (fallback.clone(), fallback),
    };
    LlmError { class: classify(Some(status), &text), status: Some(status), retry_after, message: mask.text(&message) }
}

/// The error in an event, or in a body where events were expected; None when there is none. Not masked yet.
pub(super) fn of_event(event: &Value) -> Option<LlmError> {
    event.get("error").or_else(|| event.get(0)?.get("error")).filter(|e| !e.is_null())?;
    let told = Told::find(event)?;
    let implied = told.status.or_else(|| told.codes.iter().find_map(|code| status_of(code)));
    Some(LlmError {
        class: classify(implied, &told.with_codes()),
        status: told.status,
        retry_after: told.retry_after,
        message: told.message,
    })
}

/// What a provider says about its failure, wherever it says it.
struct Told {
    message: String,
    codes: Vec<String>,
    /// Only when it is told as a number.
    status: Option<u16>,
    retry_after: Option<Duration>,
}

impl Told {
    fn find(body: &Value) -> Option<Self> {
        let body = body.get(0).unwrap_or(body);
        let error = body.get("error").filter(|e| !e.is_null()).unwrap_or(body);
        let message = [error.get("message"), error.get("detail"), error.get("error"), Some(error), body.get("message")]
            .into_iter()
            .flatten()
            .find_map(words)
            .or_else(|| error.is_object().then(|| error.to_string()))?;
        let text = |name: &str| error.get(name).and_then(Value::as_str).map(str::to_owned);
        let codes: Vec<String> =
            ["type", "code", "status"].into_iter().filter_map(text).chain(reasons(error)).collect();
        let number = error.get("code").and_then(Value::as_u64).and_then(|code| u16::try_from(code).ok());
        let status = number.filter(|code| (400..600).contains(code));
        let retry_after = details(error).find_map(|d| duration(d.get("retryDelay")?.as_str()?));
        Some(Self { message, codes, status, retry_after })
    }

    /// Codes say more precisely than sentences what is wrong.
    fn with_codes(&self) -> String {
        format!("{} {}", self.message, self.codes.join(" "))
    }
}

/// A sentence, or the sentences of a list of faults.
fn words(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()).filter(|t| !t.trim().is_empty()),
        Value::Array(faults) => {
            let texts: Vec<String> = faults.iter().filter_map(|f| words(f.get("msg").unwrap_or(f))).collect();
            Some(texts.join("; ")).filter(|t| !t.is_empty())
        }
        Value::Object(object) => object.get("detail").and_then(words),
        _ => None,
    }
}

fn details(error: &Value) -> impl Iterator<Item = &Value> {
    error.get("details").and_then(Value::as_array).into_iter().flatten()
}

fn reasons(error: &Value) -> impl Iterator<Item = String> + '_ {
    details(error).filter_map(|d| d.get("reason")?.as_str().map(str::to_owned))
}

/// The status that belongs to a provider's word for a failure, where an event names no number.
fn status_of(code: &str) -> Option<u16> {
    Some(match code {
        "invalid_request_error" | "INVALID_ARGUMENT" => 400,
        "authentication_error" | "UNAUTHENTICATED" => 401,
        "billing_error" => 402,
        "permission_error" | "PERMISSION_DENIED" => 403,
        "not_found_error" | "NOT_FOUND" => 404,
        "request_too_large" => 413,
        "rate_limit_error" | "rate_limit_exceeded" | "RESOURCE_EXHAUSTED" => 429,
        "api_error" | "server_error" | "INTERNAL" => 500,
        "UNAVAILABLE" => 503,
        "timeout_error" | "DEADLINE_EXCEEDED" => 504,
        "overloaded_error" => 529,
        _ => return None,
    })
}

/// `Retry-After` in seconds or as a date, and OpenAI's finer `retry-after-ms`.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = |name: &str| headers.get(name).and_then(|v| v.to_str().ok()).map(str::trim);
    if let Some(ms) = text("retry-after-ms").and_then(|v| v.parse::<f64>().ok()) {
        return Duration::try_from_secs_f64(ms / 1_000.0).ok();
    }
    let value = text("retry-after")?;
    if let Ok(secs) = value.parse::<f64>() {
        return Duration::try_from_secs_f64(secs).ok();
    }
    let date = chrono::DateTime::parse_from_rfc2822(value).ok()?;
    date.signed_duration_since(chrono::Utc::now()).to_std().ok()
}

/// Google's `"30s"` and `"0.5s"`.
fn duration(text: &str) -> Option<Duration> {
    Duration::try_from_secs_f64(text.strip_suffix('s')?.parse().ok()?).ok()
}

#[cfg(test)]
mod tests;
