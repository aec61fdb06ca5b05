//! Run after all other tests with their OPENFANG_COVERAGE_DIR: which operations did they call?

use std::collections::BTreeSet;

use crate::support::document::DOCUMENT;

/// Operations that cannot fail before the server does. The list may only shrink.
const NEVER_FAIL: [&str; 8] = [
    "check_auth",
    "get_version",
    "get_health",
    "webchat_page",
    "webchat_favicon",
    "webchat_logo",
    "webchat_manifest",
    "webchat_service_worker",
];

#[test]
#[ignore = "needs the records of the other tests: make coverage-check"]
fn every_operation_was_called() {
    let folder = std::env::var("OPENFANG_COVERAGE_DIR").expect("OPENFANG_COVERAGE_DIR");
    let (mut succeeded, mut failed) = (BTreeSet::new(), BTreeSet::new());
    for file in std::fs::read_dir(&folder).expect("the records") {
        for line in std::fs::read_to_string(file.expect("a record").path()).expect("a record").lines() {
            let (id, status) = line.split_once(' ').expect("an operation and a status");
            let status: u16 = status.parse().expect("a status");
            if status < 400 { &mut succeeded } else { &mut failed }.insert(id.to_owned());
        }
    }
    let mut missing = vec![];
    for operation in &DOCUMENT.operations {
        if !succeeded.contains(&operation.id) {
            missing.push(format!("{}: no test calls it with success", operation.id));
        }
        match NEVER_FAIL.contains(&operation.id.as_str()) {
            true if failed.contains(&operation.id) => {
                missing.push(format!("{}: it does fail, so take it off the list", operation.id));
            }
            false if !failed.contains(&operation.id) => {
                missing.push(format!("{}: no test calls it with an error", operation.id));
            }
            _ => {}
        }
    }
    assert!(missing.is_empty(), "{} gaps:\n{}", missing.len(), missing.join("\n"));
}
