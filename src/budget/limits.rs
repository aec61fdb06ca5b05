//! Who pays for a call, and how much each may spend. Money is in micro-USD, 0 means no limit.

use crate::{agents::manifest::AgentResources, budget::BudgetScope, ids::Id, usage::service::Charged};

/// Somebody whose spending is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Subject {
    Global,
    Agent(Id),
    Key(Id),
    Run(Id),
}

impl Subject {
    pub const fn scope(self) -> BudgetScope {
        match self {
            Self::Global => BudgetScope::Global,
            Self::Agent(_) => BudgetScope::Agent,
            Self::Key(_) => BudgetScope::ApiKey,
            Self::Run(_) => BudgetScope::Run,
        }
    }

    /// Nil for the server.
    pub const fn id(self) -> Id {
        match self {
            Self::Global => Id(uuid::Uuid::nil()),
            Self::Agent(id) | Self::Key(id) | Self::Run(id) => id,
        }
    }

    pub const fn charged(self) -> Charged {
        match self {
            Self::Global => Charged::All,
            Self::Agent(id) => Charged::Agent(id),
            Self::Key(id) => Charged::Key(id),
            Self::Run(id) => Charged::Run(id),
        }
    }
}

/// Limits of a subject.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    pub hour: i64,
    pub day: i64,
    pub month: i64,
    /// Input and output tokens of an hour.
    pub tokens: i64,
    /// Of a run, from its beginning to its end.
    pub run: i64,
}

impl Limits {
    pub fn any(self) -> bool {
        self != Self::default()
    }

    /// What a manifest says.
    pub fn of_agent(resources: &AgentResources) -> Self {
        Self {
            hour: micro_usd(resources.max_cost_per_hour_usd),
            day: micro_usd(resources.max_cost_per_day_usd),
            month: micro_usd(resources.max_cost_per_month_usd),
            tokens: i64::try_from(resources.max_llm_tokens_per_hour).unwrap_or(i64::MAX),
            run: 0,
        }
    }
}

/// A subject with its limits.
#[derive(Clone, Debug)]
pub struct Payer {
    pub subject: Subject,
    pub limits: Limits,
    /// For people: `agent 'desk'`.
    pub label: String,
}

/// An agent that pays, or a run of it.
#[derive(Clone, Debug)]
pub struct PayingAgent {
    pub id: Id,
    pub name: String,
    pub limits: Limits,
    pub max_run: i64,
}

/// Everybody who pays for the calls of a run.
#[derive(Clone, Debug)]
pub struct Payers {
    /// The run's own agent, then those above it.
    pub agents: Vec<PayingAgent>,
    /// The key that started it all.
    pub key: Option<(Id, Option<String>)>,
    /// The run, then those above it, each with its limit.
    pub runs: Vec<(Id, i64)>,
}

impl PayingAgent {
    pub fn new(id: Id, name: &str, resources: &AgentResources) -> Self {
        let max_run = micro_usd(resources.max_cost_per_run_usd);
        Self { id, name: name.to_owned(), limits: Limits::of_agent(resources), max_run }
    }
}

/// Micro-USD of an amount in USD.
pub fn micro_usd(usd: f64) -> i64 {
    (usd * 1e6).round() as i64
}
