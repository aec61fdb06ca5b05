//! Extractors: JSON bodies, queries and path ids whose rejections are ordinary errors that name the field.

use std::time::Duration;

use axum::{
    body::{Body, Bytes, to_bytes},
    extract::{FromRequest, FromRequestParts, OptionalFromRequestParts, Path, Request},
    http::{Extensions, HeaderMap, header, request::Parts},
};
use serde::de::DeserializeOwned;
use serde_json::Value;
use validator::{Validate, ValidationErrors, ValidationErrorsKind};

use super::{access::Identity, middleware::operation::Current};
use crate::{
    caller::Caller,
    error::{Error, ErrorCode, ErrorDetail, Result},
    ids::Id,
    repeated::repeated_member,
};

const NO_NUL: &str = "must not contain U+0000";

/// A JSON body that was parsed and passed its limits. A missing body counts as `{}`.
pub struct ValidJson<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Validate> FromRequest<S> for ValidJson<T> {
    type Rejection = Error;

    async fn from_request(request: Request, _: &S) -> Result<Self> {
        let bytes = json_body(request).await?;
        if bytes.is_empty() {
            return valid(parse(b"{}").map_err(|e| match e.code() {
                ErrorCode::InvalidRequest => e,
                _ => Error::new(ErrorCode::InvalidJson, "A JSON body is required"),
            })?);
        }
        valid(parse(&bytes)?)
    }
}

/// The bytes of a body that is declared as JSON, or none.
async fn json_body(request: Request) -> Result<Bytes> {
    let (limit, within) = body_limits(request.extensions());
    let is_json = is_json(request.headers());
    let has_type = request.headers().contains_key(header::CONTENT_TYPE);
    let (_, body) = request.into_parts();
    let bytes = read_body(body, limit, within).await?;
    if bytes.is_empty() || is_json {
        return Ok(bytes);
    }
    let what = if has_type { "The body is not declared as JSON" } else { "The body has no Content-Type" };
    Err(Error::new(ErrorCode::UnsupportedMediaType, format!("{what}; send Content-Type: application/json")))
}

/// Any JSON value, within the limits of bodies. For operations whose body may be the thing itself.
pub struct AnyJson(pub Value);

impl<S: Send + Sync> FromRequest<S> for AnyJson {
    type Rejection = Error;

    async fn from_request(request: Request, _: &S) -> Result<Self> {
        let bytes = json_body(request).await?;
        if bytes.is_empty() {
            return Err(Error::new(ErrorCode::InvalidJson, "A JSON body is required"));
        }
        let value = serde_json::from_slice(&bytes).map_err(|e| not_json(&e.to_string()))?;
        match nul_in(&value, String::new()) {
            Some(field) => Err(Error::invalid(if field.is_empty() { "body".into() } else { field }, NO_NUL)),
            None => Ok(Self(value)),
        }
    }
}

/// A value as the type of a request.
pub fn fit<T: DeserializeOwned>(value: Value) -> Result<T> {
    let bytes = value.to_string();
    parse(bytes.as_bytes())
}

/// How large the body of a request may be, and how long it may take.
pub fn body_limits(extensions: &Extensions) -> (usize, Duration) {
    extensions.get::<Current>().map_or((1 << 20, Duration::from_secs(120)), |c| (c.body_limit, c.body_within))
}

fn valid<T: Validate>(value: T) -> Result<ValidJson<T>> {
    value.validate().map_err(|e| invalid(&e))?;
    Ok(ValidJson(value))
}

/// Reads a body up to `limit` bytes. More is 413 before it is read to its end. Operations that may take long have no
/// time-out of their own, but their bodies must come in time all the same.
pub async fn read_body(body: Body, limit: usize, within: Duration) -> Result<Bytes> {
    let read = tokio::time::timeout(within, to_bytes(body, limit)).await.map_err(|_| {
        Error::new(ErrorCode::RequestTimeout, format!("The body did not come within {} s", within.as_secs()))
    })?;
    read.map_err(|e| {
        let mut cause: &dyn std::error::Error = &e;
        loop {
            if cause.is::<http_body_util::LengthLimitError>() {
                return too_large(limit);
            }
            match cause.source() {
                Some(next) => cause = next,
                None => return Error::new(ErrorCode::InvalidRequest, "The body broke off before its end"),
            }
        }
    })
}

pub fn too_large(limit: usize) -> Error {
    Error::new(ErrorCode::PayloadTooLarge, format!("The body is larger than {limit} bytes"))
        .with_detail("limit", limit.to_string())
}

fn is_json(headers: &HeaderMap) -> bool {
    let essence = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let essence = essence.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json"))
}

/// Text that is not JSON is `invalid_json`; JSON that does not fit the type is `invalid_request` with the member's path.
fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T> {
    check_shape(bytes)?;
    if let Some(member) = repeated_member(bytes) {
        return Err(Error::invalid(member, "is given twice"));
    }
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    match serde_path_to_error::deserialize(&mut deserializer) {
        Ok(value) => deserializer.end().map(|()| value).map_err(|e| not_json(&e.to_string())),
        Err(e) => {
            let path = e.path().to_string();
            let cause = e.into_inner();
            let text = cause.to_string();
            match cause.is_data() {
                true if text.contains("floating point") => parse_whole(bytes, unfit(&path, &text)),
                true => Err(unfit(&path, &text)),
                false => Err(not_json(&text)),
            }
        }
    }
}

/// serde would take an array for a struct, member by member; and no database stores U+0000.
fn check_shape(bytes: &[u8]) -> Result<()> {
    let is_object = bytes.iter().find(|b| !b.is_ascii_whitespace()) == Some(&b'{');
    let may_hold_nul = bytes.windows(6).any(|w| w == br"\u0000");
    if is_object && !may_hold_nul {
        return Ok(());
    }
    let value: serde_json::Value = serde_json::from_slice(bytes).map_err(|e| not_json(&e.to_string()))?;
    if !value.is_object() {
        return Err(Error::invalid("body", "must be a JSON object"));
    }
    match nul_in(&value, String::new()) {
        Some(field) => Err(Error::invalid(field, NO_NUL)),
        None => Ok(()),
    }
}

/// Path of the first text, or member name, that holds U+0000.
fn nul_in(value: &serde_json::Value, path: String) -> Option<String> {
    match value {
        serde_json::Value::String(text) => text.contains('\0').then_some(path),
        serde_json::Value::Array(items) => {
            items.iter().enumerate().find_map(|(i, item)| nul_in(item, format!("{path}[{i}]")))
        }
        serde_json::Value::Object(members) => members.iter().find_map(|(name, item)| {
            let path =
                if path.is_empty() { name.replace('\0', "?") } else { format!("{path}.{}", name.replace('\0', "?")) };
            if name.contains('\0') { Some(path) } else { nul_in(item, path) }
        }),
        _ => None,
    }
}

/// JSON has one kind of number, so that 470.0 is a whole one. serde's integers do not take it.
fn parse_whole<T: DeserializeOwned>(bytes: &[u8], otherwise: Error) -> Result<T> {
    let mut value: Value = serde_json::from_slice(bytes).map_err(|e| not_json(&e.to_string()))?;
    if !make_whole(&mut value) {
        return Err(otherwise);
    }
    serde_path_to_error::deserialize(value).map_err(|e| unfit(&e.path().to_string(), &e.into_inner().to_string()))
}

/// Whether there was one.
fn make_whole(value: &mut Value) -> bool {
    match value {
        Value::Number(number) if number.is_f64() => {
            // Up to here a float is exact.
            let exact = |f: &f64| f.fract() == 0.0 && f.abs() < 9_007_199_254_740_992.0;
            let whole = number.as_f64().filter(exact);
            whole.inspect(|whole| *number = (*whole as i64).into()).is_some()
        }
        Value::Array(items) => items.iter_mut().map(make_whole).filter(|made| *made).count() > 0,
        Value::Object(members) => members.values_mut().map(make_whole).filter(|made| *made).count() > 0,
        _ => false,
    }
}

fn not_json(cause: &str) -> Error {
    Error::new(ErrorCode::InvalidJson, format!("The body is not JSON: {cause}"))
}

fn unfit(path: &str, cause: &str) -> Error {
    let cause = cause.split(" at line ").next().unwrap_or(cause);
    let kinds = [
        ("missing field `", "is required"),
        ("unknown field `", "is not a member of this request"),
        ("duplicate field `", "is given twice"),
    ];
    let named = kinds.iter().find_map(|(start, message)| {
        let (name, _) = cause.strip_prefix(start)?.split_once('`')?;
        Some((name, *message))
    });
    match named {
        Some((name, message)) => {
            // serde names an unknown member in its path already, a missing one not.
            let field = match path {
                "." => name.to_owned(),
                path if path == name || path.ends_with(&format!(".{name}")) => path.to_owned(),
                path => format!("{path}.{name}"),
            };
            Error::invalid(field, message)
        }
        None => Error::invalid(if path == "." { "body" } else { path }, cause),
    }
}

/// 400 `invalid_request` that names every field at fault.
pub fn invalid(errors: &ValidationErrors) -> Error {
    Error::invalid_fields(details_of(errors))
}

/// Flattens nested validation errors to paths such as `rate_limit.burst`.
fn details_of(errors: &ValidationErrors) -> Vec<ErrorDetail> {
    let mut details = vec![];
    collect(errors, "", &mut details);
    details.sort_by(|a, b| a.field.cmp(&b.field));
    details
}

fn collect(errors: &ValidationErrors, prefix: &str, details: &mut Vec<ErrorDetail>) {
    for (field, kind) in errors.errors() {
        let path = if prefix.is_empty() { field.to_string() } else { format!("{prefix}.{field}") };
        match kind {
            ValidationErrorsKind::Struct(inner) => collect(inner, &path, details),
            ValidationErrorsKind::List(items) => {
                items.iter().for_each(|(i, inner)| collect(inner, &format!("{path}[{i}]"), details));
            }
            ValidationErrorsKind::Field(failures) => details.extend(failures.iter().map(|f| ErrorDetail {
                field: path.clone(),
                message: sentence(f),
                ..Default::default()
            })),
        }
    }
}

fn sentence(failure: &validator::ValidationError) -> String {
    if let Some(message) = &failure.message {
        return message.to_string();
    }
    let bound = |name: &str| failure.params.get(name).map(ToString::to_string);
    let unit = if failure.code == "length" { " characters or items" } else { "" };
    match (bound("min"), bound("max")) {
        (Some(min), Some(max)) if failure.code == "length" => format!("must have {min} to {max}{unit}"),
        (Some(min), Some(max)) => format!("must be {min} to {max}"),
        (None, Some(max)) => format!("must have at most {max}{unit}"),
        (Some(min), None) => format!("must have at least {min}{unit}"),
        (None, None) => format!("is not valid ({})", failure.code),
    }
}

/// A query string that was parsed and passed its limits. Unknown parameters are ignored.
pub struct ValidQuery<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Validate> FromRequestParts<S> for ValidQuery<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        let query = parts.uri.query().unwrap_or_default();
        if let Some((name, _)) = form_urlencoded::parse(query.as_bytes()).find(|(_, value)| value.contains('\0')) {
            return Err(Error::invalid(name, NO_NUL));
        }
        let pairs = serde_urlencoded::Deserializer::new(form_urlencoded::parse(query.as_bytes()));
        let value: T = serde_path_to_error::deserialize(pairs).map_err(|e| {
            let path = e.path().to_string();
            unfit(&path, &e.into_inner().to_string())
        })?;
        value.validate().map_err(|e| invalid(&e))?;
        Ok(Self(value))
    }
}

/// The only path parameter, read as an id.
pub struct PathId(pub Id);

impl<S: Send + Sync> FromRequestParts<S> for PathId {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        match PathText::from_request_parts(parts, state).await {
            Ok(PathText(text)) => Id::parse(&text).map(Self),
            Err(_) => Id::parse("").map(Self),
        }
    }
}

/// The only path parameter, as text.
pub struct PathText(pub String);

impl<S: Send + Sync> FromRequestParts<S> for PathText {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        let parsed = <Path<String> as FromRequestParts<S>>::from_request_parts(parts, state).await;
        match parsed {
            Ok(Path(text)) if !text.contains('\0') => Ok(Self(text)),
            _ => Err(Error::new(ErrorCode::NotFound, "Nothing has a name that is not UTF-8 or holds U+0000")),
        }
    }
}

/// Several path parameters, as a tuple of texts or ids.
pub struct PathParams<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for PathParams<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        let parsed = <Path<T> as FromRequestParts<S>>::from_request_parts(parts, state).await;
        parsed.map(|Path(value)| Self(value)).map_err(|_| {
            Error::new(ErrorCode::InvalidId, "The path holds something that is not an id, or text that is not UTF-8")
        })
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        match parts.extensions.get::<Identity>() {
            Some(Identity::Caller(caller)) => Ok((**caller).clone()),
            _ => Err(Error::internal("a handler that needs a caller was reached without one")),
        }
    }
}

impl<S: Send + Sync> OptionalFromRequestParts<S> for Caller {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>> {
        Ok(match parts.extensions.get::<Identity>() {
            Some(Identity::Caller(caller)) => Some((**caller).clone()),
            _ => None,
        })
    }
}

/// Tells a member that is null from one that is absent, for PATCH.
pub fn present<'de, D: serde::Deserializer<'de>, T: serde::Deserialize<'de>>(
    d: D,
) -> Result<Option<Option<T>>, D::Error> {
    <Option<T> as serde::Deserialize>::deserialize(d).map(Some)
}

/// Reads query booleans: true false 1 0 yes no.
pub fn query_bool<'de, D: serde::Deserializer<'de>>(d: D) -> Result<bool, D::Error> {
    let text = <String as serde::Deserialize>::deserialize(d)?;
    match text.to_ascii_lowercase().as_str() {
        "true" | "1" | "yes" => Ok(true),
        "false" | "0" | "no" => Ok(false),
        _ => Err(serde::de::Error::custom("expected true, false, 1, 0, yes or no")),
    }
}
