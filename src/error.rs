//! The one error type of the product and its closed table of codes. `http::respond` gives it the wire form.

use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A failure with the code that clients branch on and a sentence for people. Boxed: errors are rare, results are not.
#[derive(Debug)]
pub struct Error(Box<Inner>);

#[derive(Debug)]
struct Inner {
    code: ErrorCode,
    message: String,
    details: Vec<ErrorDetail>,
    retry_after_secs: Option<u64>,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// One field of the request, or one fact about the failure.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ErrorDetail {
    /// Path of the member, such as `rate_limit.burst`, or the name of a fact, such as `scope` or `run_id`.
    #[schema(example = "name")]
    pub field: String,
    /// What is wrong with it, or its value.
    #[schema(example = "must have 1 to 128 characters")]
    pub message: String,
    /// Kind of problem, where the operation tells several kinds apart (agent manifests).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Line of the text that was sent, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// Column of that line in characters, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<u32>,
    /// What would be accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<String>,
    /// What was found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub got: Option<String>,
    /// What was probably meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suggestion: Option<String>,
}

impl ErrorDetail {
    pub fn new(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self { field: field.into(), message: message.into(), ..Self::default() }
    }
}

impl Error {
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self(Box::new(Inner { code, message: message.into(), details: vec![], retry_after_secs: None, source: None }))
    }

    /// Our own fault: the caller sees a general sentence, the log sees `source`.
    pub fn internal(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        let mut error = Self::new(ErrorCode::InternalError, ErrorCode::InternalError.general_sentence());
        error.0.source = Some(source.into());
        error
    }

    /// Adds the cause, for the log only.
    pub fn caused_by(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// 400 `invalid_request` about one member of the request.
    pub fn invalid(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::invalid_fields(vec![ErrorDetail::new(field, message)])
    }

    /// 400 `invalid_request` about several members at once.
    pub fn invalid_fields(details: Vec<ErrorDetail>) -> Self {
        let text = details.iter().map(|d| format!("{} {}", d.field, d.message)).collect::<Vec<_>>().join("; ");
        let mut error = Self::new(ErrorCode::InvalidRequest, format!("Invalid request: {text}"));
        error.0.details = details;
        error
    }

    pub fn with_detail(mut self, field: impl Into<String>, message: impl Into<String>) -> Self {
        self.0.details.push(ErrorDetail::new(field, message));
        self
    }

    pub fn with_details(mut self, details: Vec<ErrorDetail>) -> Self {
        self.0.details.extend(details);
        self
    }

    pub fn with_retry_after(mut self, secs: u64) -> Self {
        self.0.retry_after_secs = Some(secs.max(1));
        self
    }

    pub fn code(&self) -> ErrorCode {
        self.0.code
    }

    pub fn message(&self) -> &str {
        &self.0.message
    }

    pub fn details(&self) -> &[ErrorDetail] {
        &self.0.details
    }

    pub fn retry_after_secs(&self) -> Option<u64> {
        self.0.retry_after_secs
    }

    /// The chain of causes, for the log only.
    pub fn source_chain(&self) -> Option<String> {
        let first = self.0.source.as_deref()?;
        let mut text = first.to_string();
        let mut next = first.source();
        while let Some(cause) = next {
            text.push_str(": ");
            text.push_str(&cause.to_string());
            next = cause.source();
        }
        Some(text)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.0.code, self.0.message)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_deref().map(|e| e as _)
    }
}

impl From<sea_orm::DbErr> for Error {
    fn from(error: sea_orm::DbErr) -> Self {
        Self::internal(error)
    }
}

impl From<sea_orm::TransactionError<Error>> for Error {
    fn from(error: sea_orm::TransactionError<Error>) -> Self {
        match error {
            sea_orm::TransactionError::Connection(e) => e.into(),
            sea_orm::TransactionError::Transaction(e) => e,
        }
    }
}

/// Stable word for a kind of failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    // Every operation
    Unauthorized,
    InsufficientScope,
    OriginNotAllowed,
    NotFound,
    MethodNotAllowed,
    RateLimited,
    RequestTimeout,
    InternalError,
    Unavailable,
    Draining,
    // Input
    InvalidJson,
    InvalidRequest,
    InvalidId,
    InvalidCursor,
    PayloadTooLarge,
    UnsupportedMediaType,
    InvalidIdempotencyKey,
    IdempotencyKeyReused,
    IdempotencyInProgress,
    Conflict,
    // Credentials
    InvalidCredentials,
    AuthNotEnabled,
    LoginLocked,
    KeyNotFound,
    KeyNameTaken,
    KeyRevoked,
    LastAdminKey,
    UnknownScope,
    // Agents
    AgentNotFound,
    AgentNotRunning,
    DuplicateName,
    IllegalTransition,
    InvalidManifest,
    ManifestTooLarge,
    ManifestMismatch,
    SignatureInvalid,
    Unsigned,
    SignerNotTrusted,
    InvalidFilename,
    FileNotFound,
    TemplateNotFound,
    InvalidTemplateName,
    InvalidTemplate,
    // Memory
    EntityNotFound,
    RelationNotFound,
    DuplicateEntity,
    AmbiguousEntity,
    // Messages, sessions, runs
    SessionNotFound,
    SessionLabelTaken,
    RunNotFound,
    RunTimeout,
    RunExpired,
    UnknownAttachment,
    ContextOverflow,
    CallCycle,
    QueueFull,
    UpgradeRequired,
    TooManyConnections,
    UnknownFrame,
    UnknownCommand,
    IdleTimeout,
    Interrupted,
    ModuleError,
    InvalidOutput,
    // Approvals
    ApprovalNotFound,
    AlreadyDecided,
    TooManyPending,
    // Tools
    ToolNotFound,
    ToolDenied,
    InvalidArguments,
    // Memory
    InvalidKey,
    VersionConflict,
    MemoryNotFound,
    InvalidEmbedding,
    InvalidImport,
    // Models and money
    ProviderNotConfigured,
    ModelDisabled,
    QuotaExceeded,
    BudgetExceeded,
    UpstreamError,
    UpstreamAuthFailed,
    UpstreamRateLimited,
    UpstreamTimeout,
    UpstreamModelNotFound,
    UpstreamRefused,
}

impl ErrorCode {
    /// The HTTP status of this code, wherever it occurs.
    #[expect(clippy::too_many_lines, reason = "a table, one line for each code")]
    pub const fn status(self) -> u16 {
        match self {
            Self::InvalidJson
            | Self::InvalidRequest
            | Self::InvalidId
            | Self::InvalidCursor
            | Self::InvalidIdempotencyKey
            | Self::UnknownScope
            | Self::InvalidManifest
            | Self::ManifestMismatch
            | Self::InvalidFilename
            | Self::InvalidTemplateName
            | Self::UnknownAttachment
            | Self::UpgradeRequired
            | Self::UnknownFrame
            | Self::UnknownCommand
            | Self::InvalidArguments
            | Self::InvalidKey
            | Self::InvalidEmbedding
            | Self::InvalidImport => 400,
            Self::Unauthorized | Self::InvalidCredentials => 401,
            Self::InsufficientScope
            | Self::OriginNotAllowed
            | Self::SignatureInvalid
            | Self::Unsigned
            | Self::SignerNotTrusted
            | Self::ToolDenied => 403,
            Self::NotFound
            | Self::AuthNotEnabled
            | Self::KeyNotFound
            | Self::AgentNotFound
            | Self::FileNotFound
            | Self::TemplateNotFound
            | Self::EntityNotFound
            | Self::RelationNotFound
            | Self::SessionNotFound
            | Self::RunNotFound
            | Self::ApprovalNotFound
            | Self::ToolNotFound
            | Self::MemoryNotFound => 404,
            Self::MethodNotAllowed => 405,
            Self::RequestTimeout | Self::IdleTimeout => 408,
            Self::IdempotencyKeyReused
            | Self::IdempotencyInProgress
            | Self::Conflict
            | Self::KeyNameTaken
            | Self::KeyRevoked
            | Self::LastAdminKey
            | Self::AgentNotRunning
            | Self::DuplicateName
            | Self::DuplicateEntity
            | Self::AmbiguousEntity
            | Self::IllegalTransition
            | Self::InvalidTemplate
            | Self::SessionLabelTaken
            | Self::RunTimeout
            | Self::RunExpired
            | Self::ContextOverflow
            | Self::AlreadyDecided
            | Self::CallCycle
            | Self::VersionConflict
            | Self::ProviderNotConfigured
            | Self::ModelDisabled => 409,
            Self::PayloadTooLarge | Self::ManifestTooLarge => 413,
            Self::UnsupportedMediaType => 415,
            Self::RateLimited
            | Self::LoginLocked
            | Self::QueueFull
            | Self::TooManyPending
            | Self::TooManyConnections
            | Self::QuotaExceeded
            | Self::BudgetExceeded => 429,
            Self::InternalError | Self::Interrupted | Self::ModuleError => 500,
            Self::InvalidOutput
            | Self::UpstreamError
            | Self::UpstreamAuthFailed
            | Self::UpstreamRateLimited
            | Self::UpstreamTimeout
            | Self::UpstreamModelNotFound
            | Self::UpstreamRefused => 502,
            Self::Unavailable | Self::Draining => 503,
        }
    }

    /// What a caller is told when the cause is only for the log.
    pub const fn general_sentence(self) -> &'static str {
        match self {
            Self::Unavailable => "The database does not answer; try again shortly",
            _ => "An internal error occurred; the server's log has the cause under this request id",
        }
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.serialize(f)
    }
}
