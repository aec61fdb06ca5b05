//! Random trees of links: no path leads out of the root, for reading or for writing.

use std::{fs, os::unix::fs::symlink, path::Path};

use proptest::prelude::{Just, ProptestConfig, Strategy, prop, prop_assert, prop_oneof, proptest};

use super::super::super::fixture::Fixture;

/// One thing to build in a tree: a folder, a file or a link with a target of the given parts.
#[derive(Clone, Debug)]
enum Planted {
    Folder(Vec<u8>),
    File(Vec<u8>),
    Link(Vec<u8>, Vec<u8>, bool),
}

fn planted() -> impl Strategy<Value = Planted> {
    let path = || prop::collection::vec(0u8..4, 1..4);
    let target = prop::collection::vec(0u8..6, 1..5);
    prop_oneof![
        path().prop_map(Planted::Folder),
        path().prop_map(Planted::File),
        (path(), target, prop_oneof![Just(false), Just(false), Just(true)])
            .prop_map(|(at, target, absolute)| Planted::Link(at, target, absolute)),
    ]
}

fn name(part: u8) -> &'static str {
    ["a", "b", "c", "d", "..", "."][usize::from(part)]
}

fn join(parts: &[u8]) -> String {
    parts.iter().map(|part| name(*part)).collect::<Vec<_>>().join("/")
}

fn plant(root: &Path, outside: &Path, thing: &Planted) {
    // Building must itself not follow a link out of the tree.
    let free = |at: &Path| {
        let below = at.ancestors().skip(1).take_while(|folder| *folder != root);
        below.into_iter().all(|folder| !folder.is_symlink()) && fs::create_dir_all(at.parent().unwrap()).is_ok()
    };
    match thing {
        Planted::Folder(at) if free(&root.join(join(at))) => drop(fs::create_dir(root.join(join(at)))),
        Planted::File(at) if free(&root.join(join(at))) && !root.join(join(at)).is_symlink() => {
            drop(fs::write(root.join(join(at)), "inside"));
        }
        Planted::Link(at, target, absolute) if free(&root.join(join(at))) => {
            let target = if *absolute { format!("{}/{}", outside.display(), join(target)) } else { join(target) };
            drop(symlink(target, root.join(join(at))));
        }
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn resolution_never_leaves_the_root(
        things in prop::collection::vec(planted(), 1..14),
        asked in prop::collection::vec(0u8..4, 1..5),
    ) {
        let mut fixture = Fixture::new();
        // Everything beside the root has the names that links may reach by "..".
        fs::create_dir_all(fixture.at("tree/c/root")).unwrap();
        let root = fixture.at("tree/c/root").canonicalize().unwrap();
        for outside in ["tree/a", "tree/b", "tree/c/a", "tree/c/b", "tree/c/d"] {
            fs::write(fixture.at(outside), "outside").unwrap();
        }
        for thing in &things {
            plant(&root, &fixture.at("tree"), thing);
        }
        fixture.roots.workspace = root.clone();
        let path = join(&asked);
        if let Ok(content) = fixture.read(&path) {
            prop_assert!(content == "inside");
            // ".." is taken away before anything is opened, so `file/../other` is read; the system refuses that.
            prop_assert!(root.join(&path).canonicalize().map_or(true, |real| real.starts_with(&root)));
        }
        let _ = fixture.write(&path);
        for outside in ["tree/a", "tree/b", "tree/c/a", "tree/c/b", "tree/c/d"] {
            prop_assert!(fs::read_to_string(fixture.at(outside)).unwrap() == "outside");
        }
        let beside: Vec<_> = fs::read_dir(fixture.at("tree/c")).unwrap().map(|e| e.unwrap().file_name()).collect();
        prop_assert!(beside.len() == 4, "{beside:?}");
    }
}
