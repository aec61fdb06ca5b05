//! The examples of the rules, number by number.

use super::{Excess, Need, Refusal, Reset, Standing, excess, reached};
use crate::{
    budget::{BudgetWindow, Limits, Payer, Subject},
    llm::catalog::Prices,
    time::Ts,
};

fn prices(input: u64, output: u64) -> Prices {
    Prices { input: input * 1_000, output: output * 1_000, ..Prices::FREE }
}

fn day(limit: i64) -> Limits {
    Limits { day: limit, ..Limits::default() }
}

fn money(micro_usd: i64) -> Need {
    Need { micro_usd, tokens: 0 }
}

#[test]
fn a_call_is_reserved_for_with_a_tenth_more_input_and_all_its_output() {
    let need = Need::of_call(&prices(3, 15), 2_000, 900);
    assert_eq!(need, Need { micro_usd: 20_100, tokens: 3_100 });
    assert_eq!(Need::of_call(&prices(3, 15), 2_000, 800).micro_usd, 18_600);
    // Rounded up, both the tokens and the money.
    assert_eq!(
        Need::of_call(&Prices { input: 75, output: 300, ..Prices::FREE }, 1, 1),
        Need { micro_usd: 1, tokens: 3 }
    );
    assert_eq!(Need::of_call(&prices(3, 15), u32::MAX, u32::MAX).tokens, 9_019_431_320);
}

#[test]
fn spent_reserved_and_needed_must_fit_together() {
    let spent = Standing { day: 30_000, ..Standing::default() };
    let refused = excess(day(50_000), &spent, money(20_100)).unwrap();
    let expected = Excess { window: BudgetWindow::Day, limit: 50_000, spent: 30_000, reserved: 0, need: 20_100 };
    assert_eq!(refused, expected);
    assert_eq!(excess(day(50_000), &spent, money(18_600)), None);
    assert_eq!(excess(day(50_000), &spent, money(20_000)), None, "up to the limit itself");
    let reserved = Standing { reserved_micro_usd: 18_600, ..spent };
    assert_eq!(excess(day(50_000), &reserved, money(18_600)).map(|e| e.reserved), Some(18_600));
    assert_eq!(excess(day(0), &reserved, money(1 << 60)), None, "0 is no limit");
    let tokens = Limits { tokens: 1_000, ..Limits::default() };
    let standing = Standing { tokens: 500, reserved_tokens: 300, hour: 1 << 50, ..Standing::default() };
    assert_eq!(excess(tokens, &standing, Need { micro_usd: 1 << 50, tokens: 200 }), None);
    let refused = excess(tokens, &standing, Need { micro_usd: 0, tokens: 201 }).unwrap();
    assert_eq!((refused.window, refused.spent, refused.reserved), (BudgetWindow::TokensHour, 500, 300));
    assert!(excess(day(i64::MAX), &Standing { day: i64::MAX, ..standing }, money(i64::MAX)).is_none(), "no overflow");
}

#[test]
fn the_first_limit_in_order_is_named() {
    let limits = Limits { hour: 10, day: 10, month: 10, tokens: 10, run: 10 };
    let standing = Standing { day: 10, month: 10, ..Standing::default() };
    assert_eq!(excess(limits, &standing, money(1)).map(|e| e.window), Some(BudgetWindow::Day));
    let run = Standing { run: 10, ..Standing::default() };
    assert_eq!(excess(limits, &run, money(1)).map(|e| e.window), Some(BudgetWindow::Run));
}

#[test]
fn a_warning_is_due_when_the_threshold_is_reached_not_later() {
    let spent = |day| Standing { day, ..Standing::default() };
    assert_eq!(reached(day(50_000), &spent(30_000), money(9_000), 0.8), [], "0.78");
    assert_eq!(reached(day(50_000), &spent(39_000), money(1_000), 0.8), [(BudgetWindow::Day, 50_000, 40_000)]);
    assert_eq!(reached(day(50_000), &spent(40_000), money(1_000), 0.8), [], "it was reached before");
    assert_eq!(reached(day(50_000), &spent(0), money(60_000), 0.8).len(), 1, "past the limit at once");
    assert_eq!(reached(day(50_000), &spent(0), money(60_000), 0.0), [], "0 = never");
    assert_eq!(reached(day(0), &spent(0), money(60_000), 0.8), [], "no limit");
}

#[test]
fn a_refusal_says_all_that_matters() {
    let payer = Payer { subject: Subject::Global, limits: day(50_000), label: "this server".into() };
    let excess = Excess { window: BudgetWindow::Day, limit: 50_000, spent: 30_000, reserved: 18_600, need: 18_600 };
    let refusal = Refusal { payer, excess, reset: Reset::At(Ts(1_772_409_600_000)) };
    assert_eq!(
        refusal.sentence(),
        "The daily budget of this server is $0.05: $0.03 are spent, $0.0186 are reserved, and this call may take $0.0186; \
         there is room again at 2026-03-02T00:00:00.000Z"
    );
}
