//! What can be wrong or noteworthy about a manifest: a closed list of codes, problems and warnings.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Kind of a problem or warning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ManifestCode {
    Syntax,
    MissingKey,
    WrongType,
    OutOfRange,
    BadValue,
    UnknownKey,
    DeprecatedKey,
    DuplicateName,
    Conflict,
    IgnoredKey,
    UnsupportedValue,
    NeverMatches,
    NoToolsDeclared,
    ImpliedGrant,
    UnknownToolName,
    UnknownSkill,
    UnknownMcpServer,
    UnknownModel,
    NoProviderConfigured,
    ModelDisabled,
    WorkspaceForbidden,
    CapabilityEscalation,
    ExecPolicyEscalation,
    ForbiddenKey,
    UnsupportedCapability,
    SharedHistory,
    Unsigned,
    SignerNotTrusted,
    SignatureInvalid,
    ManifestMismatch,
}

/// Something in the manifest that was accepted but deserves attention.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ManifestWarning {
    /// Kind of warning.
    pub code: ManifestCode,
    /// Path of the key, such as `model.max_tokens` or `fallback_models[0].model`.
    #[schema(example = "capabilities.tools")]
    pub path: String,
    /// What was noticed, in one sentence.
    pub message: String,
    /// What was probably meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suggestion: Option<String>,
}

/// Something in the manifest that is refused.
#[derive(Clone, Debug, PartialEq)]
pub struct ManifestProblem {
    pub code: ManifestCode,
    /// Path of the key, as in `ManifestWarning`.
    pub path: String,
    pub message: String,
    pub line: Option<u32>,
    pub column: Option<u32>,
    pub expected: Option<String>,
    pub got: Option<String>,
    pub suggestion: Option<String>,
    /// The scope with which the same manifest would be accepted.
    pub scope: Option<&'static str>,
}

/// Lines and columns (from 1, columns in characters) of the keys of a TOML text, by path.
#[derive(Debug, Default)]
pub(super) struct Positions(HashMap<String, (u32, u32)>);

impl Positions {
    pub fn insert(&mut self, path: String, line: u32, column: u32) {
        self.0.insert(path, (line, column));
    }

    /// The position of a key, else of the nearest table around it.
    fn find(&self, path: &str) -> Option<(u32, u32)> {
        let mut path = path;
        loop {
            if let Some(found) = self.0.get(path) {
                return Some(*found);
            }
            path = &path[..path.rfind(['.', '['])?];
        }
    }

    /// Follows a key, and what is below it, to its new place.
    pub fn rename(&mut self, from: &str, to: &str) {
        let moved: Vec<(String, String)> = self
            .0
            .keys()
            .filter_map(|path| {
                let rest = path.strip_prefix(from)?;
                (rest.is_empty() || rest.starts_with(['.', '['])).then(|| (path.clone(), format!("{to}{rest}")))
            })
            .collect();
        for (old, new) in moved {
            if let Some(position) = self.0.remove(&old) {
                self.0.insert(new, position);
            }
        }
    }
}

/// A problem or warning while it is being collected.
#[derive(Debug)]
pub(super) struct Finding {
    problem: ManifestProblem,
    is_error: bool,
    /// Stays a warning in strict mode.
    lenient: bool,
}

impl Finding {
    pub fn expected(&mut self, text: impl Into<String>) -> &mut Self {
        self.problem.expected = Some(text.into());
        self
    }

    pub fn got(&mut self, text: impl Into<String>) -> &mut Self {
        self.problem.got = Some(text.into());
        self
    }

    pub fn suggest(&mut self, text: Option<impl Into<String>>) -> &mut Self {
        self.problem.suggestion = text.map(Into::into);
        self
    }

    pub fn needs_scope(&mut self, scope: &'static str) -> &mut Self {
        self.problem.scope = Some(scope);
        self
    }

    pub fn even_in_strict_mode(&mut self) -> &mut Self {
        self.lenient = true;
        self
    }

    pub fn at(&mut self, line: u32, column: u32) -> &mut Self {
        self.problem.line = Some(line);
        self.problem.column = Some(column);
        self
    }
}

/// All findings about one manifest, in the order they were made.
#[derive(Debug, Default)]
pub(super) struct Findings {
    all: Vec<Finding>,
    pub positions: Positions,
}

impl Findings {
    pub fn error(&mut self, code: ManifestCode, path: impl Into<String>, message: impl Into<String>) -> &mut Finding {
        self.add(code, path.into(), message.into(), true)
    }

    pub fn warn(&mut self, code: ManifestCode, path: impl Into<String>, message: impl Into<String>) -> &mut Finding {
        self.add(code, path.into(), message.into(), false)
    }

    fn add(&mut self, code: ManifestCode, path: String, message: String, is_error: bool) -> &mut Finding {
        let (line, column) = self.positions.find(&path).unzip();
        let problem = ManifestProblem {
            code,
            path,
            message,
            line,
            column,
            expected: None,
            got: None,
            suggestion: None,
            scope: None,
        };
        let lenient = matches!(code, ManifestCode::ImpliedGrant | ManifestCode::NoProviderConfigured);
        self.all.push(Finding { problem, is_error, lenient });
        let last = self.all.len() - 1;
        &mut self.all[last]
    }

    pub fn has_error_at(&self, path: &str) -> bool {
        self.all.iter().any(|finding| finding.is_error && finding.problem.path == path)
    }

    /// The outcome: the warnings, or all problems. In strict mode most warnings are problems.
    pub fn finish(mut self, strict: bool) -> Result<Vec<ManifestWarning>, Vec<ManifestProblem>> {
        // As a person reads the text; what has no place comes last, in the order of the checks.
        self.all.sort_by_key(|finding| finding.problem.line.zip(finding.problem.column).unwrap_or((u32::MAX, 0)));
        let (problems, warnings): (Vec<Finding>, Vec<Finding>) =
            self.all.into_iter().partition(|finding| finding.is_error || (strict && !finding.lenient));
        if !problems.is_empty() {
            return Err(problems.into_iter().map(|finding| finding.problem).collect());
        }
        Ok(warnings.into_iter().map(|finding| finding.problem.into()).collect())
    }
}

impl From<ManifestProblem> for ManifestWarning {
    fn from(problem: ManifestProblem) -> Self {
        Self { code: problem.code, path: problem.path, message: problem.message, suggestion: problem.suggestion }
    }
}

/// The known word nearest to a misspelt one, at most two edits away.
pub(super) fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(word, candidate), candidate))
        .filter(|(distance, _)| *distance <= 2)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Path of a key inside a table.
pub(super) fn join(table: &str, key: &str) -> String {
    let plain = !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
    let key = if plain { key.to_owned() } else { format!("{key:?}") };
    if table.is_empty() { key } else { format!("{table}.{key}") }
}
