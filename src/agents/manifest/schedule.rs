//! The manifest's `schedule`: when an agent starts by itself.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// When the agent starts by itself: `"reactive"` (only when addressed) or exactly one of the three tables.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ManifestSchedule {
    /// Runs only when addressed.
    #[default]
    Reactive,
    /// Runs by the clock.
    Periodic(PeriodicSchedule),
    /// Runs when something happens.
    Proactive(ProactiveSchedule),
    /// Runs again and again with a pause between.
    Continuous(ContinuousSchedule),
}

/// A clock.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PeriodicSchedule {
    /// Five cron fields, `@hourly`, `@daily`, `@weekly`, `@monthly` or `every <n><s|m|h|d>` of at least 10 s.
    #[schema(min_length = 1, max_length = 256, example = "30 7 * * 1-5")]
    pub cron: String,
    /// IANA time zone.
    #[serde(default = "utc")]
    #[schema(max_length = 64, example = "Europe/Vienna")]
    pub tz: String,
    /// What the agent is told; null = a general sentence.
    #[serde(default)]
    #[schema(max_length = 65536)]
    pub prompt: Option<String>,
    /// What happens after a firing was missed while the server was down.
    #[serde(default)]
    pub catch_up: CatchUp,
}

fn utc() -> String {
    "UTC".to_owned()
}

/// After missed firings: one firing, or none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CatchUp {
    #[default]
    One,
    None,
}

/// Events that start the agent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ProactiveSchedule {
    /// `all`, `event:<type>`, `memory:<scope pattern>` or `tag:<tag>`.
    #[schema(min_items = 1, max_items = 100)]
    pub conditions: Vec<String>,
    /// What the agent is told; `{{event}}` stands for the event. Null = a general sentence.
    #[serde(default)]
    #[schema(max_length = 65536)]
    pub prompt: Option<String>,
    /// Firings in all; 0 = no limit.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 2_147_483_647)]
    pub max_fires: u32,
    /// Pause after a firing, in seconds.
    #[serde(default = "one_minute")]
    #[schema(minimum = 0, maximum = 31_536_000)]
    pub cooldown_secs: u32,
}

/// A loop with a pause.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ContinuousSchedule {
    /// Pause between the end of a run and the next, in seconds.
    #[serde(default = "one_minute")]
    #[schema(minimum = 10, maximum = 86_400)]
    pub check_interval_secs: u32,
    /// What the agent is told; null = a general sentence.
    #[serde(default)]
    #[schema(max_length = 65536)]
    pub prompt: Option<String>,
}

fn one_minute() -> u32 {
    60
}
