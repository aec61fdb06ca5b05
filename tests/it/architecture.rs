//! Who may call whom, and how long a file may be, checked by reading the source.

use std::path::{Path, PathBuf};

struct Source {
    /// Relative to the repository, with `/`.
    path: String,
    text: String,
}

const LONGEST: usize = 600;
/// The engines: they know services and traits, not the protocol and not the tables.
const ENGINES: [&str; 1] = ["src/runtime/"];
const OUTSIDE_WORLD: [&str; 2] = ["src/llm/drivers/", "src/runtime/tools/"];

fn sources(folders: &[&str]) -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = vec![];
    for folder in folders {
        collect(root, &root.join(folder), &mut found);
    }
    assert!(found.len() > 50, "the source is where the test looks for it");
    found
}

fn collect(root: &Path, folder: &Path, found: &mut Vec<Source>) {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    entries.sort();
    for entry in entries {
        if entry.is_dir() {
            collect(root, &entry, found);
        } else if entry.extension().is_some_and(|e| e == "rs") {
            let path = entry.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
            found.push(Source { path, text: std::fs::read_to_string(&entry).unwrap() });
        }
    }
}

impl Source {
    fn is_test(&self) -> bool {
        self.path.ends_with("/tests.rs") || self.path.contains("/tests/")
    }

    fn slice(&self) -> &str {
        self.path.trim_start_matches("src/").split('/').next().unwrap_or_default()
    }

    fn is_routes(&self) -> bool {
        self.path.ends_with("/routes.rs") || self.path.contains("/routes/")
    }

    fn is_service(&self) -> bool {
        self.path.ends_with("/service.rs") || self.path.contains("/service/")
    }

    /// The code: without comments, and without the tests at the end of a file.
    fn code(&self) -> impl Iterator<Item = &str> {
        let end = self.text.find("#[cfg(test)]\nmod tests {").unwrap_or(self.text.len());
        self.text[..end].lines().filter(|line| !line.trim_start().starts_with("//"))
    }

    fn forbid(&self, words: &[&str], why: &str, problems: &mut Vec<String>) {
        for line in self.code() {
            for word in words.iter().filter(|word| line.contains(**word)) {
                problems.push(format!("{}: `{word}`: {why}", self.path));
            }
        }
    }
}

#[test]
fn who_may_call_whom() {
    let mut problems = vec![];
    let all = sources(&["src"]);
    let with_routes: Vec<&str> = all.iter().filter(|s| s.is_routes()).map(Source::slice).collect();
    for source in all.iter().filter(|s| !s.is_test()) {
        if source.is_routes() {
            source.forbid(&["sea_orm", "entity::", "sqlx"], "routes call services, not the database", &mut problems);
            let others: Vec<String> =
                with_routes.iter().filter(|s| **s != source.slice()).map(|s| format!("{s}::routes")).collect();
            let others: Vec<&str> = others.iter().map(String::as_str).collect();
            source.forbid(&others, "routes do not call other routes", &mut problems);
        }
        if source.is_service() {
            source.forbid(&["axum", "AppState", "crate::app"], "services do not know the protocol", &mut problems);
            // By any path: also as part of a grouped `use`.
            source.forbid(&["runtime::", "engine::Engine", "&Engine"], "services do not call engines", &mut problems);
        }
        if ENGINES.iter().any(|folder| source.path.starts_with(folder)) {
            source.forbid(&["axum", "utoipa", "::routes"], "engines do not know the protocol", &mut problems);
            source.forbid(
                &["execute_unprepared", "Statement::from_string", "Statement::from_sql"],
                "engines leave SQL to services",
                &mut problems,
            );
        }
        if OUTSIDE_WORLD.iter().any(|folder| source.path.starts_with(folder)) {
            source.forbid(
                &["::service", "sea_orm", "crate::db", "axum"],
                "drivers and tools know their trait and nothing of the server",
                &mut problems,
            );
        }
    }
    assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
}

#[test]
fn files_are_short() {
    let all = sources(&["src", "migration/src", "tests"]);
    let mut lengths: Vec<(usize, &str)> = all.iter().map(|s| (s.text.lines().count(), s.path.as_str())).collect();
    lengths.sort_unstable();
    let at = |share: usize| lengths[(lengths.len() - 1) * share / 100];
    let (median, high, longest) = (at(50).0, at(95).0, at(100));
    println!("{} files: median {median}, 95th percentile {high}, longest {} ({})", lengths.len(), longest.0, longest.1);
    let too_long: Vec<&(usize, &str)> = lengths.iter().filter(|(length, _)| *length > LONGEST).collect();
    assert!(too_long.is_empty(), "longer than {LONGEST} lines: {too_long:?}");
}

#[test]
fn every_file_says_what_it_is() {
    let silent: Vec<String> = sources(&["src", "migration/src", "tests"])
        .into_iter()
        .filter(|source| {
            let lines = source.text.lines().take_while(|line| line.starts_with("//!")).count();
            !(1..=5).contains(&lines)
        })
        .map(|source| source.path)
        .collect();
    assert!(silent.is_empty(), "without one to five lines of `//!`: {silent:#?}");
}

/// Of two schemas with one name the document would hold only one.
#[test]
fn schemas_have_names_of_their_own() {
    let schema = regex::Regex::new(
        r"derive\([^)]*ToSchema[^)]*\)\]((?:\s*#\[[^\n]*\n|\s*///[^\n]*\n)*)\s*pub (?:struct|enum) (\w+)",
    )
    .unwrap();
    let renamed = regex::Regex::new(r"schema\(as = (\w+)").unwrap();
    let mut seen = std::collections::BTreeMap::new();
    for source in sources(&["src"]) {
        for found in schema.captures_iter(&source.text) {
            let name = renamed.captures(&found[1]).map_or(&found[2], |c| c.get(1).unwrap().as_str()).to_owned();
            let other = seen.insert(name.clone(), source.path.clone());
            assert!(other.is_none(), "{name} is in {} and in {}", other.unwrap(), source.path);
        }
    }
    assert!(seen.len() > 50, "the schemas are where the test looks for them");
}

/// The compiler checks the rest (`[workspace.lints]`); this is what it cannot.
#[test]
fn names_and_exceptions() {
    let mut problems = vec![];
    for source in sources(&["src", "migration/src"]) {
        let vague = ["utils", "helpers", "common", "types", "misc"];
        let named = source.path.trim_end_matches(".rs").split('/').any(|part| vague.contains(&part));
        if named {
            problems.push(format!("{}: name the thing", source.path));
        }
        source.forbid(&["#[allow(", "#![allow("], "#[expect(…, reason = …)] says why", &mut problems);
        source.forbid(&["static mut", "lazy_static!"], "no globals", &mut problems);
        let bare = source
            .code()
            .filter(|line| line.contains("[expect(") && line.contains(")]"))
            .find(|l| !l.contains("reason"));
        problems.extend(bare.map(|line| format!("{}: a reason is missing: {line}", source.path)));
    }
    assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
}
