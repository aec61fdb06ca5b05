//! Limits on money and tokens: what does not fit does not happen, whoever asks at the same time.

use std::time::Duration;

use openfang::{
    agents, budget, config::BudgetLimits, error::ErrorCode, ids::Id, runs::RunState, runtime::event::EventBody,
    usage::UsageStatus,
};
use serde_json::{Value, json};

use crate::support::engine::{PATIENCE, Setup, TestEngine};

/// A token of output costs a tenth of a cent and input nothing, so that a call of 10 tokens costs, and needs, one cent.
fn priced(budget: BudgetLimits, resources: Value) -> Setup {
    let manifest = json!({
        "model": {"max_tokens": 10}, "max_concurrent_runs": 50, "resources": resources,
    });
    Setup { budget, prices: (0.0, 1_000.0), ..Setup::manifest(manifest) }
}

/// As `priced`, with room for a tool call in an answer: ten cents each.
fn dimes(budget: BudgetLimits, resources: Value) -> Setup {
    let mut setup = priced(budget, resources);
    setup.manifest["model"]["max_tokens"] = json!(100);
    setup
}

fn daily(max_daily_usd: f64) -> BudgetLimits {
    BudgetLimits { max_daily_usd, ..BudgetLimits::default() }
}

const CENT: &str = "@@reply ok\n@@usage input=5 output=10";

async fn open_reservations(t: &TestEngine, run: Id) -> u64 {
    budget::service::open_reservations(t.db.read(), run).await.unwrap()
}

#[tokio::test]
async fn g33_without_money_no_call_is_made() {
    let t = TestEngine::with(priced(daily(0.015), json!({}))).await;
    let first = t.ask(CENT).await;
    assert_eq!((first.steps_short().as_str(), first.run.cost_micro_usd), ("Md", Some(10_000)));
    let run = t.ask(CENT).await;
    assert_eq!((run.steps_short().as_str(), run.stop().as_str()), ("", "budget_exceeded"));
    assert_eq!((run.events_short().as_str(), run.roles().as_str()), ("error", "U A U"));
    assert_eq!(run.run.cost_micro_usd, None, "no call, no cost");
    let [row] = run.usage.as_slice() else { panic!("one row: {:?}", run.usage) };
    assert_eq!((row.status, row.cost_micro_usd, row.step_id), (UsageStatus::BudgetRefused, 0, None));
    assert_eq!(row.error_code.as_deref(), Some("budget_exceeded"));
    let EventBody::Error(failed) = &run.events.last().unwrap().body else { panic!("no error event") };
    assert!(failed.message.contains("daily budget of this server is $0.015: $0.01 are spent"), "{}", failed.message);
    assert!(failed.retryable && failed.retry_after_secs.is_some_and(|secs| secs <= 86_400));
    let limit = run.run.error.as_ref().unwrap().limit.clone().unwrap();
    assert_eq!((limit.scope.as_str(), limit.window.as_str(), limit.spent.as_str()), ("global", "day", "0.01"));
    assert!(limit.resets_at.ends_with("T00:00:00.000Z"), "{}", limit.resets_at);
    assert_eq!(open_reservations(&t, first.run.id).await + open_reservations(&t, run.run.id).await, 0);
}

#[tokio::test]
async fn g34_in_the_middle_the_text_so_far_is_kept() {
    let t = TestEngine::with(dimes(daily(0.15), json!({}))).await;
    let script =
        "@@reply Looking.\n@@usage input=5 output=100\n@@tool file_read {\"path\":\"a.txt\"}\n@@turn\n@@reply done";
    let run = t.ask(script).await;
    assert_eq!((run.steps_short().as_str(), run.stop().as_str()), ("Md Fd", "budget_exceeded"));
    assert_eq!((run.response(), run.roles().as_str()), ("Looking.", "U A T"));
    assert_eq!(run.run.cost_micro_usd, Some(100_000));
    assert_eq!(run.usage.iter().map(|u| u.status).collect::<Vec<_>>(), [UsageStatus::Ok, UsageStatus::BudgetRefused]);
    assert_eq!(open_reservations(&t, run.run.id).await, 0);
}

#[tokio::test]
async fn of_fifty_runs_at_once_twenty_spend_all_there_is() {
    let t = TestEngine::with(priced(daily(0.20), json!({}))).await;
    let accepted = futures::future::join_all((0..50).map(|n| {
        let t = &t;
        async move { t.send_as(&format!("person {n}"), &format!("@@delay 300ms\n{CENT}")).await }
    }));
    let mut outcomes = vec![];
    for accepted in accepted.await {
        outcomes.push(t.outcome(accepted.run.id).await);
    }
    let (mut done, mut cost) = (0, 0);
    for run in &outcomes {
        cost += run.run.cost_micro_usd.unwrap_or(0);
        match run.run.state {
            RunState::Completed => done += 1,
            _ => assert_eq!(run.stop(), "budget_exceeded"),
        }
        assert_eq!(open_reservations(&t, run.run.id).await, 0);
    }
    assert_eq!((done, cost), (20, 200_000));
}

#[tokio::test]
async fn two_servers_together_spend_no_more() {
    let mut setup = priced(daily(0.20), json!({}));
    setup.settings.sole_process = false;
    let t = TestEngine::with(setup.clone()).await;
    let mut settings = setup.settings;
    settings.boot_id = Id::new();
    let other = t.second(settings).await;
    let accepted = futures::future::join_all((0..50).map(|n| {
        let engine = if n % 2 == 0 { &t.engine } else { &other };
        let mut new = t.run(&format!("@@delay 200ms\n{CENT}"));
        new.input.sender_id = Some(format!("person {n}"));
        async move { engine.accept(new).await.expect("accepted").run.id }
    }));
    let (mut done, mut cost) = (0, 0);
    for run in accepted.await {
        let ended = t.finished(run).await;
        cost += ended.run.cost_micro_usd.unwrap_or(0);
        done += usize::from(ended.run.state == RunState::Completed);
        assert_eq!(open_reservations(&t, run).await, 0);
    }
    assert_eq!((done, cost), (20, 200_000));
    other.abandon().await;
}

#[tokio::test]
async fn limits_of_agents_are_for_their_own_calls() {
    let cases = [
        (json!({"max_cost_per_hour_usd": 0.015}), "hour", "budget_exceeded"),
        (json!({"max_cost_per_day_usd": 0.015}), "day", "budget_exceeded"),
        (json!({"max_cost_per_month_usd": 0.015}), "month", "budget_exceeded"),
    ];
    for (resources, window, code) in cases {
        let t = TestEngine::with(priced(BudgetLimits::default(), resources)).await;
        assert_eq!(t.ask(CENT).await.stop(), "end_turn", "{window}");
        let refused = t.ask(CENT).await;
        let limit = refused.run.error.as_ref().unwrap().limit.clone().unwrap();
        assert_eq!((refused.stop().as_str(), limit.window.as_str(), limit.scope.as_str()), (code, window, "agent"));
        let free = t.add_agent("free", json!({"model": {"max_tokens": 10}})).await;
        let mut new = t.run(CENT);
        new.agent = free;
        let run = t.try_send(new).await.unwrap().run.id;
        assert_eq!(t.outcome(run).await.stop(), "end_turn", "another agent is free");
    }
}

#[tokio::test]
async fn an_hour_of_money_frees_when_the_oldest_call_leaves_it() {
    let t = TestEngine::with(priced(BudgetLimits::default(), json!({"max_cost_per_hour_usd": 0.025}))).await;
    let first = t.ask(CENT).await;
    t.ask(CENT).await;
    let refused = t.ask(CENT).await;
    let limit = refused.run.error.as_ref().unwrap().limit.clone().unwrap();
    let leaves = first.usage[0].created_at.plus_secs(3_600);
    assert_eq!(limit.resets_at, leaves.to_string());
    // What is too large for the limit at all never fits.
    let t = TestEngine::with(priced(BudgetLimits::default(), json!({"max_cost_per_hour_usd": 0.005}))).await;
    let never = t.ask(CENT).await.run.error.unwrap();
    assert_eq!((never.limit.unwrap().resets_at.as_str(), never.retry_after_secs), ("never", None));
}

#[tokio::test]
async fn tokens_are_a_quota() {
    let t = TestEngine::with(priced(BudgetLimits::default(), json!({"max_llm_tokens_per_hour": 20_000}))).await;
    assert_eq!(t.ask("@@reply ok\n@@usage input=19000 output=10").await.stop(), "end_turn");
    let refused = t.ask("@@reply never\n@@usage input=5 output=1\n").await;
    let refused = match refused.stop().as_str() {
        // The estimate of the input may still have fitted.
        "end_turn" => t.ask(&"word ".repeat(2_000)).await,
        _ => refused,
    };
    let failure = refused.run.error.as_ref().unwrap();
    assert_eq!(failure.code, ErrorCode::QuotaExceeded);
    let limit = failure.limit.clone().unwrap();
    assert_eq!((limit.window.as_str(), limit.limit.as_str()), ("tokens_hour", "20000"));
}

#[tokio::test]
async fn a_run_has_a_limit_of_its_own() {
    let t = TestEngine::with(dimes(BudgetLimits::default(), json!({"max_cost_per_run_usd": 0.25}))).await;
    let call = "@@usage input=5 output=100\n@@tool file_read {\"path\":\"a.txt\"}\n@@turn\n";
    let second = "@@usage input=5 output=100\n@@tool file_read {\"path\":\"b.txt\"}\n@@turn\n@@reply done";
    for _ in 0..2 {
        let run = t.ask(&format!("{call}{second}")).await;
        assert_eq!((run.steps_short().as_str(), run.stop().as_str()), ("Md Fd Md Fd", "budget_exceeded"));
        assert_eq!(run.run.error.unwrap().limit.unwrap().scope, "run");
    }
}

#[tokio::test]
async fn an_agent_pays_for_those_below_it() {
    let t = TestEngine::with(priced(BudgetLimits::default(), json!({"max_cost_per_day_usd": 0.015}))).await;
    let mut child = t.add_agent("child", json!({"model": {"max_tokens": 10}})).await;
    child.parent_id = Some(t.agent.id);
    let child = agents::service::save(t.db.write(), child).await.unwrap();
    let mut new = t.run(CENT);
    new.agent = child.clone();
    let first = t.try_send(new).await.unwrap().run.id;
    assert_eq!(t.outcome(first).await.stop(), "end_turn");
    let mut new = t.run(CENT);
    new.agent = child;
    let second = t.try_send(new).await.unwrap().run.id;
    let second = t.outcome(second).await;
    let limit = second.run.error.unwrap().limit.unwrap();
    assert_eq!((limit.scope.as_str(), limit.scope_id), ("agent", Some(t.agent.id.to_string())));
    assert_eq!(t.ask(CENT).await.stop(), "budget_exceeded", "its own calls count with the child's");
}

#[tokio::test]
async fn the_threshold_warns_once_a_day() {
    let t = TestEngine::with(priced(daily(0.05), json!({}))).await;
    let mut warned = vec![];
    for _ in 0..5 {
        let run = t.ask(CENT).await;
        assert_eq!(run.stop(), "end_turn");
        warned.push(run.events_short());
    }
    assert_eq!(warned, ["ss done", "ss done", "ss done", "ss budget.warning done", "ss done"]);
    assert_eq!(t.ask(CENT).await.stop(), "budget_exceeded");
    assert_eq!(t.ask(CENT).await.stop(), "budget_exceeded");
    let params = openfang::page::ListParams::default();
    let events = budget::service::list_events(t.db.read(), Default::default(), &params).await.unwrap();
    let kinds: Vec<_> = events.rows.iter().map(|e| (e.kind, e.limit_value, e.spent)).collect();
    let expected =
        [(budget::BudgetEventKind::Exceeded, 50_000, 50_000), (budget::BudgetEventKind::Warning, 50_000, 40_000)];
    assert_eq!(kinds, expected, "each once");
}

#[tokio::test]
async fn what_was_reserved_for_a_dead_worker_is_settled() {
    let t = TestEngine::with(priced(daily(1.0), json!({}))).await;
    let accepted = t.send("@@delay 20s\n@@reply late").await;
    t.wait_for(accepted.run.id, |body| matches!(body, EventBody::StepStarted { .. })).await;
    assert_eq!(open_reservations(&t, accepted.run.id).await, 3, "server, agent, run");
    let t = t.crash_and_restart().await;
    t.wait_for(accepted.run.id, |body| matches!(body, EventBody::RunResumed(_))).await;
    t.engine.cancel_run(accepted.run.id, None, "test").await.unwrap();
    let run = t.outcome(accepted.run.id).await;
    assert_eq!(open_reservations(&t, accepted.run.id).await, 0);
    assert_eq!(run.usage[0].status, UsageStatus::Interrupted);
    assert!(run.usage[0].estimated && run.usage.len() <= 2, "{:?}", run.usage);
}

#[tokio::test]
async fn failed_and_cancelled_calls_give_back_what_they_did_not_need() {
    let t = TestEngine::with(priced(daily(0.02), json!({}))).await;
    let run = t.ask("@@error rate_limit times=2\n@@reply ok\n@@usage input=5 output=10").await;
    assert_eq!((run.steps_short().as_str(), run.run.cost_micro_usd), ("Mf Mf Md", Some(10_000)));
    let accepted = t.send("@@delay 20s\n@@reply late").await;
    t.wait_for(accepted.run.id, |body| matches!(body, EventBody::StepStarted { .. })).await;
    t.engine.cancel_run(accepted.run.id, None, "test").await.unwrap();
    assert!(t.engine.wait(accepted.run.id, PATIENCE).await.unwrap().is_some());
    assert_eq!(open_reservations(&t, accepted.run.id).await, 0);
    assert_eq!(t.ask(CENT).await.stop(), "end_turn", "the second cent is there");
    assert_eq!(t.ask(CENT).await.stop(), "budget_exceeded");
}

#[tokio::test]
async fn deleting_the_session_settles_the_call_in_it() {
    let t = TestEngine::with(priced(daily(1.0), json!({}))).await;
    let accepted = t.send("@@delay 20s\n@@reply late").await;
    t.wait_for(accepted.run.id, |body| matches!(body, EventBody::StepStarted { .. })).await;
    t.engine.delete_session(accepted.run.session_id).await.unwrap();
    assert_eq!(open_reservations(&t, accepted.run.id).await, 0);
    assert!(accepted.wait(&t.engine, Duration::from_secs(5)).await.unwrap().is_some());
}

/// Statements of one message, without those of the engine's clocks.
async fn statements(budget: BudgetLimits) -> u64 {
    let mut setup = priced(budget, json!({}));
    let never = Duration::from_secs(3_600);
    (setup.settings.poll_every, setup.settings.renew_every, setup.settings.takeover_every) = (never, never, never);
    let t = TestEngine::with(setup).await;
    for _ in 0..3 {
        t.ask(CENT).await;
    }
    let before = t.db.statements();
    let accepted = t.send(CENT).await;
    accepted.wait(&t.engine, PATIENCE).await.unwrap().expect("ends");
    t.db.statements() - before
}

#[tokio::test]
async fn only_limits_cost_statements() {
    let free = statements(BudgetLimits::default()).await;
    let all = BudgetLimits { max_hourly_usd: 9.0, max_monthly_usd: 9.0, ..daily(9.0) };
    let (one, three) = (statements(daily(9.0)).await, statements(all).await);
    assert_eq!(one, three, "one statement reads all windows");
    // The step has a transaction of its own; sums and reservation before the call, sums and release after it; with several
    // servers a lock each time.
    assert!((free + 4..=free + 9).contains(&one), "{free} without a limit, {one} with one");
}
