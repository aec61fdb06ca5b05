//! Model calls as CSV or as lines of JSON, written while they are read.

use axum::body::Body;
use bytes::Bytes;
use futures::stream;
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::{
    schema::UsageRecord,
    service::{self, RecordKey, UsageFilter},
};
use crate::{
    db::Db,
    error::{Error, Result},
};

/// Rows read at once. A new query for each piece: one that stays open as long as a slow reader wishes would keep a
/// connection from the others, and SQLite from shortening its log.
const AT_ONCE: u64 = 1_000;

const COLUMNS: [&str; 27] = [
    "id",
    "timestamp",
    "agent_id",
    "agent_name",
    "run_id",
    "step_id",
    "session_id",
    "api_key_id",
    "door",
    "purpose",
    "provider",
    "model",
    "upstream_model",
    "status",
    "error_code",
    "input_tokens",
    "cached_input_tokens",
    "cache_write_tokens",
    "output_tokens",
    "reasoning_tokens",
    "tool_calls",
    "estimated",
    "cost_usd",
    "price_version",
    "latency_ms",
    "first_token_ms",
    "attempt",
];

/// Form of an export.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExportFormat {
    /// RFC 4180, with a line of names.
    #[default]
    Csv,
    /// One object a line.
    Jsonl,
}

impl ExportFormat {
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Jsonl => "application/x-ndjson",
        }
    }

    pub const fn file_name(self) -> &'static str {
        match self {
            Self::Csv => "usage.csv",
            Self::Jsonl => "usage.jsonl",
        }
    }
}

enum Next {
    Names,
    Rows(Option<RecordKey>),
    Done,
}

/// All calls of the filter, newest first.
pub fn body(db: Db, filter: UsageFilter, format: ExportFormat) -> Body {
    let first = if format == ExportFormat::Csv { Next::Names } else { Next::Rows(None) };
    Body::from_stream(stream::try_unfold((db, filter, first), move |(db, filter, next)| async move {
        let (text, next) = match next {
            Next::Names => (COLUMNS.join(",") + "\r\n", Next::Rows(None)),
            Next::Rows(before) => {
                let rows = service::records_before(db.read(), &filter, before, AT_ONCE).await?;
                let last = rows.last().map(|row| (row.created_at, row.id));
                let whole = u64::try_from(rows.len()).unwrap_or(0) == AT_ONCE;
                let lines = rows.into_iter().map(|row| line(&row.into(), format)).collect::<Result<String>>()?;
                (lines, if whole { Next::Rows(last) } else { Next::Done })
            }
            Next::Done => return Ok::<_, Error>(None),
        };
        Ok(Some((Bytes::from(text), (db, filter, next))))
    }))
}

fn line(record: &UsageRecord, format: ExportFormat) -> Result<String> {
    if format == ExportFormat::Jsonl {
        return Ok(serde_json::to_string(record).map_err(Error::internal)? + "\n");
    }
    let Value::Object(members) = serde_json::to_value(record).map_err(Error::internal)? else {
        return Ok(String::new());
    };
    let fields: Vec<String> = COLUMNS.iter().map(|name| field(members.get(*name).unwrap_or(&Value::Null))).collect();
    Ok(fields.join(",") + "\r\n")
}

/// A text that a spreadsheet would take for a formula gets an apostrophe in front.
fn field(value: &Value) -> String {
    let text = match value {
        Value::Null => return String::new(),
        Value::String(text) if text.starts_with(['=', '+', '-', '@', '\t', '\r']) => format!("'{text}"),
        Value::String(text) => text.clone(),
        other => return other.to_string(),
    };
    match text.contains([',', '"', '\n', '\r']) {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{COLUMNS, field};

    #[test]
    fn fields_are_quoted_and_never_formulas() {
        let table = [
            (json!(null), ""),
            (json!(0.000_375), "0.000375"),
            (json!(-1), "-1"),
            (json!("plain"), "plain"),
            (json!("a,b"), "\"a,b\""),
            (json!("say \"hi\"\n"), "\"say \"\"hi\"\"\n\""),
            (json!("=SUM(A1)"), "'=SUM(A1)"),
            (json!("@x,y"), "\"'@x,y\""),
        ];
        for (value, expected) in table {
            assert_eq!(field(&value), expected);
        }
        assert_eq!(COLUMNS.len(), COLUMNS.iter().collect::<std::collections::HashSet<_>>().len());
    }
}
