//! Reading a manifest: syntax, old spellings, types and limits, rules between keys, keys that need a scope. All problems
//! of one manifest are reported together.

use serde_json::{Map, Value};

use crate::{
    error::{Error, ErrorCode, ErrorDetail},
    scopes::Scopes,
};

use super::{
    AgentManifest, ManifestProblem, ManifestWarning, check,
    facts::ServerFacts,
    guard,
    language_model::DEFAULT_MODEL_WORD,
    merge::merge_patch,
    old_spellings,
    problem::{Findings, ManifestCode},
    resolve::{Resolved, resolve_into},
    shape::Shape,
    source::{self, MAX_MANIFEST_BYTES, Source},
};

/// How to read.
#[derive(Clone, Copy, Debug)]
pub struct ParseOptions<'a> {
    /// Warnings are problems, but for implied grants and missing providers.
    pub strict: bool,
    /// What the caller may do.
    pub scopes: Scopes,
    /// The version that is replaced: keys that need a scope may stay as they are in it.
    pub previous: Option<&'a AgentManifest>,
    /// A merge patch on top of the source, in any spelling that a manifest may have.
    pub overrides: Option<&'a Value>,
}

/// An accepted manifest.
#[derive(Clone, Debug)]
pub struct Parsed {
    pub manifest: AgentManifest,
    /// From the old mode words `Stable` and `Normal`; none leaves the agent as it is.
    pub stable: Option<bool>,
    /// What it comes to in its own first mode. `warnings` in there is empty; they are below.
    pub resolved: Resolved,
    pub warnings: Vec<ManifestWarning>,
}

/// A refused manifest.
#[derive(Clone, Debug, PartialEq)]
pub enum Rejection {
    TooLarge,
    Invalid(Vec<ManifestProblem>),
}

/// Reads and checks a manifest. No input makes it fail in another way than `Rejection`.
pub fn parse(source: Source<'_>, options: ParseOptions<'_>, facts: &ServerFacts<'_>) -> Result<Parsed, Rejection> {
    let size = match &source {
        Source::Text(text) => text.len(),
        Source::Json(value) => value.to_string().len(),
    };
    let size = size + options.overrides.map_or(0, |overrides| overrides.to_string().len());
    if size > MAX_MANIFEST_BYTES {
        return Err(Rejection::TooLarge);
    }
    let mut findings = Findings::default();
    let Some(mut tree) = source::read(source, &mut findings) else {
        return Err(Rejection::Invalid(findings.finish(true).err().unwrap_or_default()));
    };
    let mut said = old_spellings::rewrite(&mut tree, &mut findings);
    if let Some(Value::Object(overrides)) = options.overrides {
        let mut overrides = overrides.clone();
        let on_top = old_spellings::rewrite(&mut overrides, &mut findings);
        said.stable = on_top.stable.or(said.stable);
        tree = merged(tree, overrides);
    }
    if let Some(Value::String(name)) = tree.get_mut("name") {
        *name = name.trim().to_owned();
    }
    Shape::of_manifest().check(&mut tree, &mut findings);
    let manifest = typed(tree, &mut findings);
    check::check(&manifest, facts, &mut findings);
    guard::check(&manifest, options.previous, &facts.exec_policy, options.scopes, &mut findings);
    let resolved = resolve_into(&manifest, manifest.mode, facts, &mut findings);
    let warnings = findings.finish(options.strict).map_err(Rejection::Invalid)?;
    Ok(Parsed { manifest, stable: said.stable, resolved, warnings })
}

fn merged(tree: Map<String, Value>, overrides: Map<String, Value>) -> Map<String, Value> {
    let mut whole = Value::Object(tree);
    merge_patch(&mut whole, &Value::Object(overrides));
    match source::without_nulls(whole) {
        Value::Object(tree) => tree,
        _ => Map::new(),
    }
}

/// The tree as a manifest, with the forms that mean the same brought to one.
fn typed(tree: Map<String, Value>, findings: &mut Findings) -> AgentManifest {
    let own_iterations = tree.get("resources").is_some_and(|table| table.get("max_iterations").is_some());
    let mut manifest: AgentManifest = match serde_json::from_value(Value::Object(tree)) {
        Ok(manifest) => manifest,
        Err(error) => {
            findings.error(ManifestCode::BadValue, "", format!("cannot be read: {error}"));
            AgentManifest::default()
        }
    };
    let model = &mut manifest.model;
    for word in [&mut model.provider, &mut model.model] {
        if word.trim().is_empty() {
            *word = DEFAULT_MODEL_WORD.to_owned();
        }
    }
    if let Some(rest) = model.model.strip_prefix(model.provider.as_str()).and_then(|rest| rest.strip_prefix(['/', ':']))
        && !rest.is_empty()
    {
        model.model = rest.to_owned();
    }
    match manifest.max_history_messages {
        Some(0) => manifest.max_history_messages = None,
        Some(few @ 1..=3) => {
            manifest.max_history_messages = Some(4);
            findings
                .warn(
                    ManifestCode::UnsupportedValue,
                    "max_history_messages",
                    "raised to 4, the smallest useful history",
                )
                .got(few.to_string());
        }
        _ => {}
    }
    if let Some(autonomous) = manifest.autonomous.as_ref().filter(|_| !own_iterations) {
        manifest.resources.max_iterations = autonomous.max_iterations;
    }
    manifest
}

impl From<Rejection> for Error {
    fn from(rejection: Rejection) -> Self {
        let problems = match rejection {
            Rejection::TooLarge => {
                return Self::new(ErrorCode::ManifestTooLarge, "The manifest is larger than 1 MiB");
            }
            Rejection::Invalid(problems) => problems,
        };
        // Only when nothing else is wrong would the scope have helped.
        if let Some(scope) = problems.first().and_then(|first| first.scope)
            && problems.iter().all(|problem| problem.scope.is_some())
        {
            let keys = problems.iter().map(|problem| problem.path.as_str()).collect::<Vec<_>>().join(", ");
            return Self::new(
                ErrorCode::InsufficientScope,
                format!("The manifest sets or changes {keys}, for which the scope {scope} is needed"),
            )
            .with_detail("scope", scope)
            .with_details(problems.into_iter().map(Into::into).collect());
        }
        let text = problems.iter().map(ManifestProblem::sentence).collect::<Vec<_>>().join("; ");
        Self::new(ErrorCode::InvalidManifest, format!("Invalid manifest: {text}"))
            .with_details(problems.into_iter().map(Into::into).collect())
    }
}

impl ManifestProblem {
    fn sentence(&self) -> String {
        if self.path.is_empty() { self.message.clone() } else { format!("{}: {}", self.path, self.message) }
    }
}

impl From<ManifestProblem> for ErrorDetail {
    fn from(problem: ManifestProblem) -> Self {
        Self {
            field: problem.path,
            message: problem.message,
            code: serde_json::to_value(problem.code).ok().and_then(|code| code.as_str().map(str::to_owned)),
            line: problem.line,
            column: problem.column,
            expected: problem.expected,
            got: problem.got,
            suggestion: problem.suggestion,
        }
    }
}
