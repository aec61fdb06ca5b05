//! When names are one, and how words for types are written.

use super::{
    kinds::{self, Word},
    names,
};
use crate::error::ErrorCode;

#[test]
fn names_are_compared_in_nfkc_without_case_and_with_single_spaces() {
    for (one, other) in [
        ("Acme  GmbH", " acme gmbh "),
        ("STRAßE", "straße"),
        ("Ａｃｍｅ", "acme"),
        ("Cafe\u{301}", "café"),
        ("ΟΔΟΣ", "οδοσ"),
        ("a\u{a0}b", "a b"),
    ] {
        assert_eq!(names::key(one), names::key(other), "{one} and {other}");
    }
    assert_ne!(names::key("Acme"), names::key("Acne"));
    assert_ne!(names::key("strasse"), names::key("straße"), "no folding beyond NFKC and case");
}

#[test]
fn names_have_limits() {
    assert_eq!(names::checked("name", "  Anna  ").unwrap(), "Anna");
    assert!(names::checked("name", &"ä".repeat(256)).is_ok());
    for bad in ["", "   ", "a\nb", "\u{7}", &"ä".repeat(257)] {
        let error = names::checked("source", bad).unwrap_err();
        assert_eq!((error.code(), error.details()[0].field.as_str()), (ErrorCode::InvalidRequest, "source"), "{bad:?}");
    }
}

#[test]
fn aliases_are_a_set_without_the_name() {
    let given = ["ACME", "Acme Corp", "acme  corp", "Acme Inc"].map(str::to_owned);
    assert_eq!(names::checked_aliases("Acme", &given).unwrap(), ["Acme Corp", "Acme Inc"]);
    let error = names::checked_aliases("Acme", &["ok".into(), " ".into()]).unwrap_err();
    assert_eq!(error.details()[0].field, "aliases[1]");
}

#[test]
fn words_have_one_spelling() {
    for (given, kept) in
        [("Org", "organization"), ("doc", "document"), (" Space Ship ", "space_ship"), ("person", "person")]
    {
        assert_eq!(kinds::entity_type("entity_type", given).unwrap(), kept);
    }
    assert_eq!(kinds::relation("relation", "Works At").unwrap(), "works_at");
    assert_eq!(kinds::relation("relation", "org").unwrap(), "org", "only types have other spellings");
    for bad in ["", " ", "a\tb", &"x".repeat(65)] {
        assert!(kinds::relation("relation", bad).is_err(), "{bad:?}");
    }
}

#[test]
fn words_are_read_in_both_forms() {
    let read = |text: &str| serde_json::from_str::<Word>(text).map(|word| word.0);
    assert_eq!(read(r#""person""#).unwrap(), "person");
    assert_eq!(read(r#"{"custom": "ship"}"#).unwrap(), "ship");
    assert!(read(r#"{"other": "ship"}"#).is_err());
    assert!(read("7").is_err());
}
