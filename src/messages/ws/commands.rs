//! What people type behind a slash in the chat.

use serde_json::{Map, json};

use super::{
    connection::{Connection, Think},
    frames::{CommandResultFrame, Verbosity},
};
use crate::{
    agents::{self, service::Change},
    budget::{
        self,
        schema::{BudgetSpan, BudgetStatus},
    },
    error::{Error, ErrorCode, Result},
    llm::registry::{AuthStatus, ModelChoice, ModelProblem},
    messages::commands::{Command, help},
    runs::{self, RunState},
    runtime::engine::active_key,
    sessions::{
        self, SessionKind,
        schema::{ContextReport, Pressure},
        service::{Described, NewSession, Which},
    },
    time::Ts,
    usage::{self, schema::Usage},
};

/// Lines of a list in the chat.
const LISTED: usize = 50;
/// Characters of a waiting message.
const EXCERPT: usize = 60;

impl Connection {
    pub(super) async fn carry_out(&mut self, word: &str, args: &str) -> Result<CommandResultFrame> {
        let Some(command) = Command::find(word) else {
            let text = format!("There is no such command. The commands are:\n{}", help());
            return Err(Error::new(ErrorCode::UnknownCommand, text));
        };
        let result = match command {
            Command::Help => said(help()),
            Command::New => self.start_over().await?,
            Command::Stop => {
                self.cancel(None).await?;
                said("The run is being cancelled.")
            }
            Command::Usage => self.usage().await?,
            Command::Think => self.set_think(args)?,
            Command::Context => self.context().await?,
            Command::Verbose => self.set_verbose(args)?,
            Command::Queue => self.queue().await?,
            Command::Model if args.is_empty() => self.model().await?,
            Command::Model => self.switch_model(args).await?,
            Command::Models => self.models(),
            Command::Providers => self.providers(),
            Command::Budget => self.budget().await?,
        };
        Ok(CommandResultFrame { command: command.name(), ..result })
    }

    async fn start_over(&mut self) -> Result<CommandResultFrame> {
        let agent = self.present_agent().await?;
        let id = match self.session {
            Some(id) => {
                let old = sessions::service::get(self.app.db.read(), id).await?;
                sessions::reset(&self.app, &self.caller, old, false).await?.new_session_id
            }
            None => {
                let new = NewSession {
                    agent_id: agent.id,
                    owner: active_key(&agent, &self.caller),
                    kind: SessionKind::Main,
                    conversation: None,
                    label: None,
                    activate: true,
                };
                sessions::service::create(&self.app.db, new, Ts::now()).await?.session.id
            }
        };
        self.session = Some(id);
        Ok(CommandResultFrame { session_id: Some(id), ..said("A fresh session began.") })
    }

    async fn described(&mut self) -> Result<Described> {
        let id = self.session.ok_or_else(|| Error::new(ErrorCode::SessionNotFound, "Nothing was said yet"))?;
        sessions::service::describe(self.app.db.read(), Some(self.agent.id), Which::Id(id)).await
    }

    async fn usage(&mut self) -> Result<CommandResultFrame> {
        let id = self.described().await?.session.id;
        let sums = usage::service::of_sessions(self.app.db.read(), &[id]).await?.into_iter().next().unwrap_or_default();
        let usage = Usage::from(&sums);
        let cost = usage.cost_usd.map_or("nothing yet".to_owned(), |usd| format!("${usd:.6}"));
        let text = format!(
            "| calls | input | output | cost |\n|---|---|---|---|\n| {} | {} | {} | {cost} |",
            sums.calls, usage.input_tokens, usage.output_tokens
        );
        Ok(said(text))
    }

    fn set_think(&mut self, args: &str) -> Result<CommandResultFrame> {
        self.think = Some(match (args.to_lowercase().as_str(), self.think) {
            ("off", _) | ("", Some(Think::Stream)) => Think::Off,
            ("on", _) | ("", None | Some(Think::Off)) => Think::On,
            ("stream", _) | ("", Some(Think::On)) => Think::Stream,
            _ => return Err(Error::invalid("args", "must be off, on or stream")),
        });
        Ok(said(match self.think {
            Some(Think::On) => "Reasoning is on for this connection.",
            Some(Think::Stream) => "Reasoning is on and shown for this connection.",
            _ => "Reasoning is off for this connection.",
        }))
    }

    fn set_verbose(&mut self, args: &str) -> Result<CommandResultFrame> {
        self.verbose = match args {
            "" => self.verbose.next(),
            word => Verbosity::parse(word).ok_or_else(|| Error::invalid("args", "must be off, on or full"))?,
        };
        let text = match self.verbose {
            Verbosity::Off => "Arguments and results of tools are hidden.",
            Verbosity::On => "Arguments and results of tools are shortened.",
            Verbosity::Full => "Arguments and results of tools are shown.",
        };
        Ok(CommandResultFrame { verbose: Some(self.verbose), ..said(text) })
    }

    async fn context(&mut self) -> Result<CommandResultFrame> {
        let agent = self.present_agent().await?;
        let described = self.described().await?;
        let facts = self.app.engine.context_facts(&agent, &self.caller, described.session.id).await?;
        let report = ContextReport::new(&described, facts);
        let text = format!(
            "{} of {} tokens ({} %): {} for the system prompt, {} for tools, {} for {} messages. {}",
            report.estimated_tokens,
            report.context_window,
            report.usage_percent,
            report.breakdown.system_prompt_tokens,
            report.breakdown.tool_definition_tokens,
            report.breakdown.message_tokens,
            report.message_count,
            report.recommendation,
        );
        Ok(CommandResultFrame { context_pressure: Some(report.pressure), ..said(text) })
    }

    async fn queue(&mut self) -> Result<CommandResultFrame> {
        let Some(session) = self.session else { return Ok(said("Nothing runs or waits.")) };
        let open = runs::service::open(self.app.db.read(), None, Some(session)).await?;
        let line = |run: &runs::RunRow| {
            let what = if run.state == RunState::Queued { "waits" } else { "runs" };
            let excerpt: String = run.input.text.chars().filter(|c| !c.is_control()).take(EXCERPT).collect();
            format!("- {what}: {excerpt}")
        };
        let lines: Vec<String> = open.iter().take(LISTED).map(line).collect();
        Ok(said(if lines.is_empty() { "Nothing runs or waits.".to_owned() } else { lines.join("\n") }))
    }

    async fn model(&mut self) -> Result<CommandResultFrame> {
        let agent = self.present_agent().await?;
        let manifest = agent.manifest()?;
        let model = self.app.rules.model_of(&agent, &manifest);
        let pressure = match self.session {
            Some(_) => {
                let described = self.described().await?;
                let window = self.app.engine.context_window(&agent).await?;
                Some(Pressure::of(sessions::fill(described.session.context_tokens, window)))
            }
            None => None,
        };
        let name = format!("{}/{}", model.provider, model.upstream_id);
        let text = match &model.reason {
            Some(reason) => format!("The next run uses {name}, which is not ready. {reason}"),
            None => format!("The next run uses {name}."),
        };
        Ok(CommandResultFrame {
            model: Some(model.model),
            provider: Some(model.provider),
            context_pressure: pressure,
            ..said(text)
        })
    }

    async fn switch_model(&mut self, name: &str) -> Result<CommandResultFrame> {
        if !self.caller.scopes.has("agents:write") {
            let text = "Switching the model needs the scope agents:write";
            return Err(Error::new(ErrorCode::InsufficientScope, text).with_detail("scope", "agents:write"));
        }
        let resolved = self.app.models.resolve(&ModelChoice::named(name));
        if matches!(resolved.problem, Some(ModelProblem::UnknownModel | ModelProblem::UnknownProvider)) {
            return Err(Error::invalid("args", resolved.reason.unwrap_or_else(|| "names no known model".into())));
        }
        let model =
            json!({"provider": resolved.provider, "model": resolved.model, "api_key_env": null, "base_url": null});
        let patch = Map::from_iter([("model".to_owned(), model)]);
        let plan = |_: &_, _: &_| Ok(Change { patch, ..Change::default() });
        let changed =
            Box::pin(agents::service::change(&self.app.db, &self.app.rules, &self.caller, self.agent.id, false, plan));
        let row = changed.await?.row;
        let about = json!({"agent_id": row.id, "name": row.name, "state": row.state});
        self.app.events.publish("agent.updated", about);
        self.agent = row;
        self.model().await
    }

    fn models(&self) -> CommandResultFrame {
        let catalog = self.app.models.catalog();
        let usable = |provider: &str| {
            matches!(self.app.models.auth_status(provider), AuthStatus::Configured | AuthStatus::NotRequired)
        };
        let all: Vec<String> = catalog
            .models()
            .iter()
            .filter(|model| usable(&model.provider))
            .map(|model| format!("- `{}/{}`: {}", model.provider, model.upstream_id(), model.display_name))
            .collect();
        said(shortened(&all))
    }

    fn providers(&self) -> CommandResultFrame {
        let catalog = self.app.models.catalog();
        let line = |id: &str, name: &str| match self.app.models.auth_status(id) {
            AuthStatus::Configured => Some(format!("- {name}: a key is set")),
            AuthStatus::NotRequired => Some(format!("- {name}: needs no key")),
            AuthStatus::Missing | AuthStatus::Unknown => None,
        };
        let lines: Vec<String> = catalog.providers().iter().filter_map(|p| line(&p.id, &p.display_name)).collect();
        said(shortened(&lines))
    }
}

impl Connection {
    async fn budget(&mut self) -> Result<CommandResultFrame> {
        if !self.caller.scopes.has("usage:read") {
            let text = "Spend and limits need the scope usage:read";
            return Err(Error::new(ErrorCode::InsufficientScope, text).with_detail("scope", "usage:read"));
        }
        let status = BudgetStatus::from(budget::service::global(&self.app.budget, Ts::now()).await?);
        let line = |name: &str, span: &BudgetSpan| {
            let limit = if span.limit > 0.0 { format!("${}", span.limit) } else { "none".to_owned() };
            format!("| {name} | ${} | ${} | {limit} |", span.spend, span.reserved)
        };
        Ok(said(format!(
            "| | spent | reserved | limit |\n|---|---|---|---|\n{}\n{}\n{}",
            line("hour", &status.hourly),
            line("day", &status.daily),
            line("month", &status.monthly),
        )))
    }
}

fn shortened(lines: &[String]) -> String {
    let mut text = lines.iter().take(LISTED).map(String::as_str).collect::<Vec<_>>().join("\n");
    if lines.len() > LISTED {
        text.push_str(&format!("\n\n… and {} more", lines.len() - LISTED));
    }
    text
}

fn said(message: impl Into<String>) -> CommandResultFrame {
    CommandResultFrame { message: message.into(), ..CommandResultFrame::default() }
}
