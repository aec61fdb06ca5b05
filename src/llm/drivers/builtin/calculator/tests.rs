//! Sums with their exact results, and texts that are none.

use super::{Fault, evaluate};

fn shown(text: &str) -> Option<String> {
    evaluate(text).map(|outcome| match outcome {
        Ok(value) => value.to_string(),
        Err(Fault::DivisionByZero) => "division by zero".to_owned(),
        Err(Fault::TooLarge) => "too large".to_owned(),
    })
}

#[test]
fn sums() {
    let cases = [
        ("2 + 3 * 4", "14"),
        ("(1.5 - 2) ^ 2 / 4", "0.0625"),
        ("1/3", "0.333333333333"),
        ("2/3", "0.666666666667"),
        ("-2/3", "-0.666666666667"),
        ("1/8000000000000", "0"),
        ("3/8000000000000", "0"),
        ("5/2000000000000", "0.000000000002"),
        ("7/2000000000000", "0.000000000004"),
        ("5 / 0", "division by zero"),
        ("5 % 0", "division by zero"),
        ("0 ^ -1", "division by zero"),
        ("-7 % 3", "-1"),
        ("7 % -3", "1"),
        ("-2 ^ 2", "4"),
        ("0 - 2 ^ 2", "-4"),
        ("2 ^ 3 ^ 2", "512"),
        ("2 ^ -1", "0.5"),
        ("2 ^ 0", "1"),
        ("10 ^ 28", "10000000000000000000000000000"),
        ("10 ^ 28 + 1", "too large"),
        ("10 ^ 29", "too large"),
        ("10 ^ -40", "0"),
        ("0.1 ^ -40", "too large"),
        ("2 ^ 100", "too large"),
        ("99999999999999999999999999999 - 1", "too large"),
        ("0.1 + 0.2", "0.3"),
        ("1.50 * 2", "3"),
        (".5 + 1.", "1.5"),
        ("3 - -3", "6"),
        ("0 * -1", "0"),
        ("1 - (2 - (3 - 4))", "-2"),
    ];
    for (text, expected) in cases {
        assert_eq!(shown(text).as_deref(), Some(expected), "{text}");
    }
}

#[test]
fn everything_else_is_not_a_sum() {
    let deep = format!("{}1{} + 1", "(".repeat(200), ")".repeat(200));
    for text in [
        "",
        "5",
        "-5",
        "(5)",
        "2 +",
        "* 2",
        "2 ** 3",
        "(2 + 3",
        "2 + 3)",
        "2 3",
        "1.2.3 + 1",
        "2 ^ 0.5",
        "5 / 0 +",
        &deep,
    ] {
        assert_eq!(shown(text), None, "{text}");
    }
}

#[test]
fn a_long_sum_needs_no_deep_stack() {
    let text = vec!["1"; 30_000].join("+");
    assert_eq!(shown(&text).as_deref(), Some("30000"));
}
