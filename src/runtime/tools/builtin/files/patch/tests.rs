//! The patch format: syntax, places of hunks, line ends.

use super::{Change, Hunk, Line, apply, parse};

fn hunks(body: &str) -> Vec<Hunk> {
    let patch = format!("*** Begin Patch\n*** Update File: f\n{body}\n*** End Patch");
    match parse(&patch).unwrap().remove(0) {
        Change::Update { hunks, .. } => hunks,
        other => panic!("{other:?}"),
    }
}

fn fit(text: &str, body: &str) -> Result<String, String> {
    apply(text, &hunks(body)).map_err(|misfit| misfit.message)
}

#[test]
fn all_sections() {
    let patch = "Sure:\n*** Begin Patch\n*** Add File: a/new.txt\n+one\n+\n*** Update File: old.rs -> new.rs\n@@ fn main() @@\n-x\n+y\n\
                 *** Delete File: gone\n*** End Patch\nDone.";
    let changes = parse(patch).unwrap();
    assert_eq!(
        changes,
        [
            Change::Add { path: "a/new.txt".into(), content: "one\n\n".into() },
            Change::Update {
                path: "old.rs".into(),
                to: Some("new.rs".into()),
                hunks: vec![Hunk {
                    anchor: Some("fn main()".into()),
                    lines: vec![Line::Remove("x".into()), Line::Add("y".into())],
                    at_end: false
                }],
            },
            Change::Delete { path: "gone".into() },
        ]
    );
}

#[test]
fn syntax_errors_name_the_line() {
    for (patch, line) in [
        ("no patch at all", 1),
        ("*** Begin Patch\n*** Delete File: x", 2),
        ("*** Begin Patch\n*** End Patch", 2),
        ("*** Begin Patch\nstray\n*** End Patch", 2),
        ("*** Begin Patch\n*** Add File: x\nplain\n*** End Patch", 3),
        ("*** Begin Patch\n*** Add File:\n+x\n*** End Patch", 2),
        ("*** Begin Patch\n*** Update File: x\n*** End Patch", 3),
        ("*** Begin Patch\n*** Update File: x\n@@ a\n@@ b\n+x\n*** End Patch", 6),
        ("*** Begin Patch\n*** Update File: x\n@@\n?x\n*** End Patch", 4),
    ] {
        assert_eq!(parse(patch).unwrap_err().line, line, "{patch}");
    }
}

#[test]
fn exact_place() {
    assert_eq!(fit("a\nb\nc\n", " a\n-b\n+B\n c").unwrap(), "a\nB\nc\n");
}

#[test]
fn hunks_apply_from_top_to_bottom() {
    assert_eq!(fit("x\n1\nx\n2\n", "@@\n x\n-1\n+one\n@@\n x\n-2\n+two").unwrap(), "x\none\nx\ntwo\n");
    assert!(fit("1\n2\n", "@@\n-2\n+two\n@@\n-1\n+one").is_err());
}

#[test]
fn white_space_is_ignored_only_when_nothing_fits_exactly() {
    assert_eq!(fit("a  \nb\n", " a\n-b\n+B").unwrap(), "a  \nB\n");
    assert_eq!(fit("\tif x {\n\t\ty\n", " if x {\n-    y\n+\t\tz").unwrap(), "\tif x {\n\t\tz\n");
    assert_eq!(fit("a \na\n", "-a\n+b").unwrap(), "a \nb\n");
}

#[test]
fn several_places_are_a_conflict_unless_the_anchor_decides() {
    let text = "fn a()\n  x\nfn b()\n  x\n";
    assert!(fit(text, "-  x\n+  y").unwrap_err().contains("2 times"));
    assert_eq!(fit(text, "@@ fn b() @@\n-  x\n+  y").unwrap(), "fn a()\n  x\nfn b()\n  y\n");
    assert_eq!(fit(text, "@@ fn a()\n-  x\n+  y").unwrap(), "fn a()\n  y\nfn b()\n  x\n");
    assert!(fit(text, "@@ fn c() @@\n-  x\n+  y").unwrap_err().contains("anchor"));
    assert!(fit("x\nfn a()\n", "@@ fn a()\n-x\n+y").unwrap_err().contains("before the anchor"));
}

#[test]
fn line_ends_stay() {
    assert_eq!(fit("a\r\nb\r\n", " a\n-b\n+B\n+C").unwrap(), "a\r\nB\r\nC\r\n");
    assert_eq!(fit("a\nb", "-b\n+B").unwrap(), "a\nB");
    assert_eq!(fit("a\nb", " b\n+c").unwrap(), "a\nb\nc");
    assert_eq!(fit("a\nb\n", " a\n-b").unwrap(), "a\n");
}

#[test]
fn the_end_of_the_file() {
    assert_eq!(fit("x\ny\nx\n", "-x\n+z\n*** End of File").unwrap(), "x\ny\nz\n");
    assert_eq!(fit("x\n", "+y\n*** End of File").unwrap(), "x\ny\n");
    assert!(fit("x\ny\n", "-x\n+z\n*** End of File").is_err());
}

#[test]
fn only_added_lines() {
    assert_eq!(fit("", "+x").unwrap(), "x\n");
    assert_eq!(fit("a\nb\n", "@@ a\n+x").unwrap(), "a\nx\nb\n");
    assert!(fit("a\nb\n", "+x").is_err());
}

#[test]
fn a_misfit_shows_the_nearest_lines() {
    let misfit = apply("one\ntwo\nthree\nfour\n", &hunks(" two\n-drei\n+3")).unwrap_err();
    assert_eq!(misfit.hunk, 1);
    assert_eq!(misfit.nearest, ["2: two", "3: three", "4: four"]);
}
