//! file_read, file_list, file_search.

use serde_json::json;

use super::super::super::{
    ToolErrorCode,
    fixture::{Fixture, assert_code},
};

#[test]
fn read_gives_a_part_by_lines() {
    let fixture = Fixture::new();
    fixture.put("f", "1\n2\n3\n4");
    let part = fixture.call("file_read", json!({"path": "f", "offset": 2, "limit": 2})).unwrap();
    assert_eq!(part["content"], json!("2\n3\n"));
    assert_eq!((&part["first_line"], &part["last_line"], &part["total_lines"]), (&json!(2), &json!(3), &json!(4)));
    assert_eq!((&part["truncated"], &part["size_bytes"]), (&json!(true), &json!(7)));
    let behind = fixture.call("file_read", json!({"path": "f", "offset": 9})).unwrap();
    assert_eq!((&behind["content"], &behind["truncated"]), (&json!(""), &json!(false)));
}

#[test]
fn read_shows_bytes_as_base64_rows() {
    let fixture = Fixture::new();
    fixture.put("f", vec![0xff; 100]);
    assert_code(fixture.read("f"), ToolErrorCode::Unsupported);
    let rows = fixture.call("file_read", json!({"path": "f", "encoding": "base64", "limit": 1})).unwrap();
    assert_eq!(rows["content"].as_str().unwrap().trim_end().len(), 76);
    assert_eq!((&rows["total_lines"], &rows["truncated"]), (&json!(2), &json!(true)));
}

#[test]
fn read_refuses_what_is_no_file_or_too_large() {
    let fixture = Fixture::new();
    assert_code(fixture.read("a"), ToolErrorCode::Unsupported);
    assert_code(fixture.read("missing"), ToolErrorCode::NotFound);
    assert_code(fixture.read("a/b.txt/c"), ToolErrorCode::NotFound);
    std::fs::File::create(fixture.at("ws/big")).unwrap().set_len(20 * 1024 * 1024 + 1).unwrap();
    assert_code(fixture.read("big"), ToolErrorCode::TooLarge);
}

#[test]
fn errors_never_show_host_paths() {
    let fixture = Fixture::new();
    for path in ["missing", "out/passwd", "a/b.txt/c", "/etc/passwd"] {
        let error = fixture.read(path).unwrap_err();
        let host = fixture.roots.workspace.to_str().unwrap();
        assert!(!serde_json::to_string(&error).unwrap().contains(host), "{error:?}");
    }
}

#[test]
fn list_filters_and_counts() {
    let fixture = Fixture::new();
    for path in ["docs/a.md", "docs/deep/b.md", "docs/c.txt", "docs/.hidden/d.md"] {
        fixture.put(path, "x");
    }
    let names = |arguments| {
        let listing = fixture.call("file_list", arguments).unwrap();
        let names = listing["entries"].as_array().unwrap().iter().map(|e| e["name"].as_str().unwrap().to_owned());
        (names.collect::<Vec<_>>(), listing["total"].as_u64().unwrap(), listing["truncated"].as_bool().unwrap())
    };
    let all = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    assert_eq!(names(json!({"path": "docs"})), (all(&["a.md", "c.txt", "deep"]), 3, false));
    assert_eq!(names(json!({"path": "docs", "limit": 1})), (all(&["a.md"]), 3, true));
    assert_eq!(
        names(json!({"path": "docs", "recursive": true, "glob": "**/*.md"})),
        (all(&["a.md", "deep/b.md"]), 2, false)
    );
    assert_eq!(
        names(json!({"path": "docs", "recursive": true, "glob": "*.md", "hidden": true})),
        (all(&[".hidden/d.md", "a.md", "deep/b.md"]), 3, false)
    );
    assert_code(fixture.call("file_list", json!({"path": "docs/a.md"})), ToolErrorCode::Unsupported);
    assert_code(fixture.call("file_list", json!({"glob": "a{"})), ToolErrorCode::InvalidArguments);
}

#[test]
fn list_leaves_out_what_may_not_be_read() {
    let mut fixture = Fixture::new();
    fixture.put("docs/open/a", "x");
    fixture.put("docs/closed/b", "x");
    fixture.grants = vec!["fs.read:docs", "fs.read:docs/open/**"];
    let listing = fixture.call("file_list", json!({"path": "docs", "recursive": true})).unwrap();
    assert_eq!(listing["total"], json!(2));
    assert_eq!(listing["entries"][1]["name"], json!("open/a"));
}

#[test]
fn search_finds_lines_with_their_surroundings() {
    let fixture = Fixture::new();
    fixture.put("src/x.rs", "one\nTWO\nthree\n");
    fixture.put("src/y.txt", "two\n");
    fixture.put("src/binary", b"two\0");
    let found = fixture
        .call(
            "file_search",
            json!({"pattern": "^two$", "path": "src", "ignore_case": true, "context": 1, "glob": "*.rs"}),
        )
        .unwrap();
    assert_eq!(
        found["matches"],
        json!([{"path": "src/x.rs", "line": 2, "text": "TWO", "before": ["one"], "after": ["three"]}])
    );
    let all = fixture.call("file_search", json!({"pattern": "(?i)two", "path": "src", "limit": 1})).unwrap();
    assert_eq!((all["matches"].as_array().unwrap().len(), &all["truncated"]), (1, &json!(true)));
    let file = fixture.call("file_search", json!({"pattern": "two", "path": "src/y.txt"})).unwrap();
    assert_eq!(file["matches"][0]["path"], json!("src/y.txt"));
    assert_code(fixture.call("file_search", json!({"pattern": "(?=x)"})), ToolErrorCode::InvalidArguments);
}

#[test]
fn search_stays_within_the_grants_and_links() {
    let mut fixture = Fixture::new();
    fixture.put("open.txt", "needle");
    fixture.put("closed/c.txt", "needle");
    fixture.grants = vec!["fs.read:**"];
    let found = fixture.call("file_search", json!({"pattern": "needle|outside"})).unwrap();
    assert_eq!(found["matches"].as_array().unwrap().len(), 2);
    fixture.grants = vec!["fs.read:closed/**"];
    assert_code(fixture.call("file_search", json!({"pattern": "needle"})), ToolErrorCode::CapabilityMissing);
}
