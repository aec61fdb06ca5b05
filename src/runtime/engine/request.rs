//! What a model call sends: history, this turn's data, options.

use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::{
    super::{
        context::{self, Budget, Context, ContextInput, Notice, TooLong, TurnData},
        event::EventBody,
        next::{Call, failed_tries},
        tools::paths::{Access, LastLink, blocking},
    },
    setup::{self, RunModel},
    turn::{Step, Turn},
};
use crate::{
    agents::manifest::{Effort, ResponseFormatType},
    llm::{ChatOptions, ChatRequest, ErrorClass, Meta, Purpose, ResponseFormat, ThinkingOptions},
    messages,
    runs::ThinkingWish,
};

/// History is read up to here when the manifest does not say how much.
pub(super) const HISTORY_ROWS: u64 = 2_000;
const CONTEXT_FILE: &str = "context.md";
const CONTEXT_FILE_BYTES: u64 = 32 * 1_024;
const CONTEXT_FILE_CHARS: usize = 8_000;

impl Turn {
    pub(super) async fn load_history(&mut self) -> Step {
        if !std::mem::replace(&mut self.context_file_read, true) {
            self.context_file = self.read_context_file().await;
        }
        self.recall().await?;
        if self.history.is_some() {
            return Ok(());
        }
        let limit = match self.setup.manifest.max_history_messages {
            Some(max) if max > 0 => u64::from(max),
            _ => HISTORY_ROWS,
        };
        let read = u64::try_from(self.own.len()).unwrap_or(0) + limit;
        let mut rows = messages::service::newest(self.inner.db.read(), self.run.session_id, 0, read).await?;
        let cut_short = u64::try_from(rows.len()).unwrap_or(0) == read;
        self.own = rows.extract_if(.., |m| m.run_id == Some(self.run.id)).collect();
        if cut_short && let Some(oldest) = rows.first().and_then(|m| m.run_id) {
            // The oldest run of the page may not be whole.
            rows.retain(|m| m.run_id != Some(oldest));
        }
        self.history = Some(rows);
        Ok(())
    }

    /// `context.md` of the workspace, read by the same rules as any path of an agent.
    async fn read_context_file(&self) -> Option<String> {
        let path = self.setup.roots.workspace.join(CONTEXT_FILE);
        std::fs::symlink_metadata(path).ok()?;
        let context = self.tool_context();
        let content = blocking(&context, |space| {
            let given = space.parse(CONTEXT_FILE)?;
            let place = space.resolve(&given, LastLink::Follow, &[Access::Read])?;
            space.read(&place, CONTEXT_FILE_BYTES)
        });
        let text = String::from_utf8(content.await.ok()?).ok()?;
        Some(text.chars().take(CONTEXT_FILE_CHARS).collect())
    }

    pub(super) fn request(&self, call: Call, model: &RunModel) -> Result<(ChatRequest, Context), TooLong> {
        let manifest = &self.setup.manifest;
        let tools = match call.purpose {
            Purpose::Turn if model.resolved.tools => {
                self.inner.offered(&self.agent, &self.setup, setup::stored_class(&self.run.caller))
            }
            _ => Arc::default(),
        };
        let system = self.setup.system_text(&self.agent, self.run.door);
        let turn = TurnData {
            now: self.run.started_at.unwrap_or(self.run.created_at),
            time_zone: self.inner.settings.time_zone.clone(),
            sender_id: self.run.input.sender_id.clone(),
            sender_name: self.run.input.sender_name.clone(),
            memories: self.recalled_texts(),
            context_file: self.context_file.clone(),
        };
        let failed = failed_tries(&self.steps);
        let last_class = failed.last().and_then(|s| s.error.as_ref()).map(|e| e.class);
        let repair = (call.purpose == Purpose::Repair).then(|| self.format_faults()).flatten();
        let mut context = context::assemble(&ContextInput {
            session_id: self.run.session_id,
            run_id: self.run.id,
            door: self.run.door,
            system: &system,
            persona: &self.setup.persona,
            tool_tokens: tools.tokens,
            history: self.history.as_deref().unwrap_or_default(),
            own: &self.own,
            turn: &turn,
            model: &model.name(),
            notice: match call.purpose {
                Purpose::Closing => Some(Notice::Closing),
                _ if call.continues => Some(Notice::Continue),
                _ if last_class == Some(ErrorClass::MalformedOutput) => Some(Notice::Malformed),
                _ => None,
            },
            repair: repair.as_deref(),
            budget: Budget {
                context_window: model.resolved.context_window,
                max_tokens: model.max_tokens,
                max_messages: usize::try_from(manifest.max_history_messages.unwrap_or(0)).unwrap_or(0),
                halved: last_class == Some(ErrorClass::ContextOverflow),
            },
        })?;
        let request = ChatRequest {
            model: model.resolved.upstream_id.clone(),
            system,
            messages: std::mem::take(&mut context.messages),
            tools: tools.specs.clone(),
            options: self.options(model),
            meta: Meta {
                purpose: call.purpose,
                agent_name: self.agent.name.clone(),
                attempt: u32::try_from(call.attempt).unwrap_or(1),
                selected_by_default: model.resolved.selected_by_default,
            },
            cache_mark: Some(context.cache_mark),
        };
        Ok((request, context))
    }

    fn options(&self, model: &RunModel) -> ChatOptions {
        let own = &self.setup.manifest.model;
        let thinking = &self.setup.manifest.thinking;
        let thinks = match self.run.options.thinking {
            Some(wish) => wish == ThinkingWish::On,
            None => thinking.enabled,
        };
        ChatOptions {
            max_tokens: model.max_tokens,
            temperature: Some(own.temperature),
            top_p: own.top_p,
            seed: own.seed.and_then(|seed| i32::try_from(seed).ok()),
            stop: own.stop.clone(),
            response_format: own.response_format.as_ref().and_then(|f| match f.format {
                ResponseFormatType::Text => None,
                ResponseFormatType::Json => Some(ResponseFormat::Json),
                ResponseFormatType::JsonSchema => Some(ResponseFormat::JsonSchema {
                    schema: serde_json::Value::Object(f.schema.clone().unwrap_or_default()),
                }),
            }),
            thinking: thinks.then(|| ThinkingOptions {
                budget_tokens: thinking.budget_tokens,
                effort: thinking.effort.map(|effort| match effort {
                    Effort::Low => "low".to_owned(),
                    Effort::Medium => "medium".to_owned(),
                    Effort::High => "high".to_owned(),
                }),
            }),
            params: own.params.clone(),
        }
    }

    pub(super) fn warn_about_history(&mut self, left_out: usize) {
        const CODE: &str = "history_trimmed";
        if left_out > 0 && !self.run.warnings.0.iter().any(|w| w == CODE) {
            self.run.warnings.0.push(CODE.into());
            let message = format!("The {left_out} oldest messages of the conversation do not fit and were left out");
            self.pending.push(EventBody::Warning { code: CODE.into(), message });
        }
    }
}

/// Names the request without keeping it.
pub fn request_hash(request: &ChatRequest) -> String {
    let mut digest = Sha256::new();
    digest.update(&request.system);
    digest.update(serde_json::to_vec(&request.messages).unwrap_or_default());
    hex::encode(digest.finalize())
}
