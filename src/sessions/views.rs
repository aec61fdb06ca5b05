//! Rows of sessions in their wire form. Pure.

use super::{
    SessionRow,
    schema::{ContextBreakdown, ContextReport, Pressure, Session, SessionReset},
    service::Described,
};
use crate::{runtime::engine::ContextFacts, usage::schema::Usage};

impl From<Described> for Session {
    fn from(described: Described) -> Self {
        let Described { session, agent_name, visible, usage } = described;
        Self {
            id: session.id,
            session_id: session.id,
            agent_id: session.agent_id,
            agent_name,
            label: session.label,
            active: session.key.is_some(),
            kind: session.kind,
            conversation: session.conversation,
            message_count: visible,
            context_window_tokens: session.context_tokens,
            usage: usage.as_ref().map(Usage::from).unwrap_or_default(),
            created_at: session.created_at,
            updated_at: session.updated_at,
            last_active: session.last_active,
        }
    }
}

impl SessionRow {
    pub fn path(&self) -> String {
        format!("/api/sessions/{}", self.id)
    }
}

impl SessionReset {
    pub fn of(old: &SessionRow, fresh: &SessionRow, deleted: bool) -> Self {
        Self {
            status: "reset".into(),
            message: "A fresh session began".into(),
            agent_id: old.agent_id,
            new_session_id: fresh.id,
            session_id: fresh.id,
            old_session_id: old.id,
            deleted,
        }
    }
}

/// Share of the context window, 0 to 1.
pub fn fill(tokens: i64, window: u32) -> f64 {
    if window == 0 { 0.0 } else { (tokens as f64 / f64::from(window)).clamp(0.0, 1.0) }
}

impl ContextReport {
    pub fn new(described: &Described, facts: ContextFacts) -> Self {
        let ContextFacts { system_tokens, tool_tokens, message_tokens, context_window } = facts;
        let estimated = i64::from(system_tokens) + i64::from(tool_tokens) + i64::from(message_tokens);
        let fill = fill(estimated, context_window);
        let pressure = Pressure::of(fill);
        let recommendation = match pressure {
            Pressure::Low => "There is plenty of room.",
            Pressure::Medium => "There is room; long documents may not fit.",
            Pressure::High => "Start a fresh session soon, or use a model with a larger window.",
            Pressure::Critical => {
                "Start a fresh session, or use a model with a larger window: the oldest messages are left out."
            }
        };
        Self {
            session_id: described.session.id,
            estimated_tokens: estimated,
            context_window: context_window.into(),
            usage_percent: (fill * 1000.0).round() / 10.0,
            pressure,
            message_count: described.visible,
            breakdown: ContextBreakdown {
                system_prompt_tokens: system_tokens.into(),
                message_tokens: message_tokens.into(),
                tool_definition_tokens: tool_tokens.into(),
            },
            recommendation: recommendation.into(),
        }
    }
}
