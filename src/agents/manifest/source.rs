//! From text to a tree of JSON values, with the places of TOML keys. Nothing here knows what the keys mean.

use serde_json::{Map, Number, Value};
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::problem::{Findings, ManifestCode, join};
use crate::repeated::repeated_member;

/// Largest manifest in bytes.
pub const MAX_MANIFEST_BYTES: usize = 1 << 20;

/// A manifest as it came in.
#[derive(Clone, Debug)]
pub enum Source<'a> {
    /// TOML, or JSON when the first character is `{`.
    Text(&'a str),
    Json(Value),
}

/// The tree of a source, with absent instead of null. None when the syntax is broken, which is then reported.
pub(super) fn read(source: Source<'_>, findings: &mut Findings) -> Option<Map<String, Value>> {
    let tree = match source {
        Source::Json(value) => Some(value),
        Source::Text(text) => {
            let text = text.trim_start_matches('\u{feff}');
            if text.trim_start().starts_with('{') { read_json(text, findings) } else { read_toml(text, findings) }
        }
    }?;
    match without_nulls(tree) {
        Value::Object(tree) => Some(tree),
        other => {
            findings
                .error(ManifestCode::WrongType, "", "a manifest is a table")
                .expected("table")
                .got(type_name(&other));
            None
        }
    }
}

fn read_json(text: &str, findings: &mut Findings) -> Option<Value> {
    match serde_json::from_str(text) {
        Ok(value) => match repeated_member(text.as_bytes()) {
            None => Some(value),
            Some(member) => {
                findings.error(ManifestCode::Syntax, &member, "is given twice");
                None
            }
        },
        Err(error) => {
            let (line, column) = (small(error.line()), small(error.column()));
            findings.error(ManifestCode::Syntax, "", format!("not valid JSON: {error}")).at(line, column);
            None
        }
    }
}

fn read_toml(text: &str, findings: &mut Findings) -> Option<Value> {
    let lines = Lines::of(text);
    let (table, errors) = DeTable::parse_recoverable(text);
    if errors.is_empty() {
        return Some(Value::Object(Reader { lines, findings }.table(table.get_ref(), "")));
    }
    for error in errors {
        let (line, column) = lines.locate(error.span().map_or(0, |span| span.start));
        findings
            .error(
                ManifestCode::Syntax,
                "",
                format!("not valid TOML, line {line}, column {column}: {}", error.message()),
            )
            .at(line, column);
    }
    None
}

/// Offsets of line starts.
struct Lines<'t> {
    text: &'t str,
    starts: Vec<usize>,
}

impl<'t> Lines<'t> {
    fn of(text: &'t str) -> Self {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(i, _)| i + 1)).collect();
        Self { text, starts }
    }

    /// Line and column, both from 1, the column in characters.
    fn locate(&self, offset: usize) -> (u32, u32) {
        let line = self.starts.partition_point(|start| *start <= offset).max(1);
        let before = self.text.get(self.starts[line - 1]..offset).unwrap_or_default();
        (small(line), small(before.chars().count() + 1))
    }
}

fn small(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

struct Reader<'t, 'f> {
    lines: Lines<'t>,
    findings: &'f mut Findings,
}

impl Reader<'_, '_> {
    fn table(&mut self, table: &DeTable<'_>, path: &str) -> Map<String, Value> {
        let mut tree = Map::new();
        for (key, value) in table {
            let path = join(path, key.get_ref());
            let (line, column) = self.lines.locate(key.span().start);
            self.findings.positions.insert(path.clone(), line, column);
            if let Some(value) = self.value(value, &path) {
                tree.insert(key.get_ref().clone().into_owned(), value);
            }
        }
        tree
    }

    fn value(&mut self, value: &Spanned<DeValue<'_>>, path: &str) -> Option<Value> {
        match value.get_ref() {
            DeValue::String(text) => Some(Value::String(text.clone().into_owned())),
            DeValue::Boolean(flag) => Some(Value::Bool(*flag)),
            DeValue::Integer(number) => match i64::from_str_radix(&number.as_str().replace('_', ""), number.radix()) {
                Ok(number) => Some(number.into()),
                Err(_) => self.refuse(ManifestCode::OutOfRange, path, "this integer does not fit into 64 bits"),
            },
            DeValue::Float(number) => match number.as_str().replace('_', "").parse().ok().and_then(Number::from_f64) {
                Some(number) => Some(Value::Number(number)),
                None => self.refuse(ManifestCode::BadValue, path, "a finite number is needed"),
            },
            // Dates have no counterpart in JSON; where text is wanted it has to be written as text.
            DeValue::Datetime(_) => {
                self.refuse(ManifestCode::WrongType, path, "a manifest has no dates: put it in quotes")
            }
            DeValue::Array(items) => {
                let mut list = Vec::with_capacity(items.len());
                for (i, item) in items.iter().enumerate() {
                    let path = format!("{path}[{i}]");
                    let (line, column) = self.lines.locate(item.span().start);
                    self.findings.positions.insert(path.clone(), line, column);
                    list.extend(self.value(item, &path));
                }
                Some(Value::Array(list))
            }
            DeValue::Table(table) => Some(Value::Object(self.table(table, path))),
        }
    }

    fn refuse(&mut self, code: ManifestCode, path: &str, message: &str) -> Option<Value> {
        self.findings.error(code, path, message);
        None
    }
}

/// The same tree with null members left out. Null inside a list stays and is refused where a list has a type.
pub(super) fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(map) => {
            Value::Object(map.into_iter().filter(|(_, v)| !v.is_null()).map(|(k, v)| (k, without_nulls(v))).collect())
        }
        Value::Array(list) => Value::Array(list.into_iter().map(without_nulls).collect()),
        other => other,
    }
}

/// Word for the type of a value, as in messages.
pub(super) fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "list",
        Value::Object(_) => "table",
    }
}
