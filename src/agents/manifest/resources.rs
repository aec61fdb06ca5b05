//! The manifest's `[resources]`: limits of an agent, its runs and its calls.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Limits. 0 means no limit where the description says so.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct AgentResources {
    /// Linear memory of a WASM module, in bytes.
    #[schema(minimum = 1_048_576, maximum = 8_589_934_592_u64)]
    pub max_memory_bytes: u64,
    /// Computing and wall time of a module, in milliseconds.
    #[schema(minimum = 100, maximum = 3_600_000)]
    pub max_cpu_time_ms: u64,
    /// Tool calls in any 60 seconds; 0 = no limit. Above it a call waits up to 10 s, then it is refused.
    #[schema(minimum = 0, maximum = 10_000)]
    pub max_tool_calls_per_minute: u32,
    /// Input and output tokens in any 3,600 seconds; 0 = no limit.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_u64)]
    pub max_llm_tokens_per_hour: u64,
    /// Bytes of network tools in any 3,600 seconds, both directions; 0 = no limit.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_u64)]
    pub max_network_bytes_per_hour: u64,
    /// Money in any 3,600 seconds, in USD; 0 = no limit.
    #[schema(minimum = 0, maximum = 1_000_000)]
    pub max_cost_per_hour_usd: f64,
    /// Money in a calendar day of the budget's time zone, in USD; 0 = no limit.
    #[schema(minimum = 0, maximum = 1_000_000)]
    pub max_cost_per_day_usd: f64,
    /// Money in a calendar month of the budget's time zone, in USD; 0 = no limit.
    #[schema(minimum = 0, maximum = 1_000_000)]
    pub max_cost_per_month_usd: f64,
    /// Money of one run with its children, in USD; 0 = no limit.
    #[schema(minimum = 0, maximum = 1_000_000)]
    pub max_cost_per_run_usd: f64,
    /// Tool calls side by side inside one run.
    #[schema(minimum = 1, maximum = 16)]
    pub max_concurrent_tools: u32,
    /// Model calls in one run.
    #[schema(minimum = 1, maximum = 500)]
    pub max_iterations: u32,
    /// Tool calls in one run.
    #[schema(minimum = 1, maximum = 5_000)]
    pub max_tool_calls_per_run: u32,
    /// Wall time of a run in seconds; waiting for approval or a retry is not counted.
    #[schema(minimum = 10, maximum = 86_400)]
    pub max_run_secs: u32,
    /// Persistent processes.
    #[schema(minimum = 0, maximum = 32)]
    pub max_processes: u32,
    /// Live agents spawned by this one.
    #[schema(minimum = 0, maximum = 100)]
    pub max_children: u32,
    /// Sum of file sizes in its own workspace; 0 = no limit.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_u64)]
    pub max_workspace_bytes: u64,
}

impl Default for AgentResources {
    fn default() -> Self {
        Self {
            max_memory_bytes: 268_435_456,
            max_cpu_time_ms: 30_000,
            max_tool_calls_per_minute: 60,
            max_llm_tokens_per_hour: 0,
            max_network_bytes_per_hour: 104_857_600,
            max_cost_per_hour_usd: 0.0,
            max_cost_per_day_usd: 0.0,
            max_cost_per_month_usd: 0.0,
            max_cost_per_run_usd: 0.0,
            max_concurrent_tools: 4,
            max_iterations: 50,
            max_tool_calls_per_run: 200,
            max_run_secs: 3_600,
            max_processes: 5,
            max_children: 10,
            max_workspace_bytes: 1_073_741_824,
        }
    }
}
