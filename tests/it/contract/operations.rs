//! The committed copies of the document: `openapi.yaml` for tools and people, `operations.txt` for reviewers, in which an
//! API change is a line or two.

use std::path::Path;

use crate::support::document::DOCUMENT;

fn repository_file(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

#[test]
fn openapi_yaml_is_current() {
    let document = openfang::router::document();
    let written = openfang::app::Document::of(&document).yaml;
    let committed = std::fs::read_to_string(repository_file("openapi.yaml")).expect("openapi.yaml");
    assert!(written == committed, "openapi.yaml is stale: make spec clients");
}

/// With OPENFANG_WRITE=1 it writes the file instead; `make spec` does so.
#[test]
fn the_table_of_operations_is_current() {
    let mut lines: Vec<String> = DOCUMENT
        .operations
        .iter()
        .map(|o| {
            let tag = o.value["tags"][0].as_str().unwrap_or_default();
            let deprecated = if o.value["deprecated"] == true { "\tdeprecated" } else { "" };
            let cost = o.value["x-cost"].as_i64().unwrap_or_default();
            format!("{tag}\t{}\t{}\t{}\t{}\t{cost}{deprecated}", o.id, o.method, o.path, o.access())
        })
        .collect();
    lines.sort();
    let written =
        format!("# tag, operation, method, path, scope, cost. Written by `make spec`.\n{}\n", lines.join("\n"));
    let file = repository_file("operations.txt");
    if std::env::var_os("OPENFANG_WRITE").is_some() {
        std::fs::write(&file, &written).expect("operations.txt is written");
    }
    let committed = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(written == committed, "operations.txt is stale: make spec");
}
