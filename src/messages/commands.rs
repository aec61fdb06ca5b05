//! The slash commands that work. `ws/commands.rs` carries them out.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Where commands can be typed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Surface {
    #[default]
    Web,
    Cli,
    Channel,
    All,
}

/// What a command is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CommandCategory {
    General,
    Session,
    Model,
    Monitoring,
}

/// A slash command.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SlashCommand {
    /// Without the slash.
    #[schema(example = "new")]
    pub name: String,
    /// Other names.
    #[schema(example = json!(["reset"]))]
    pub aliases: Vec<String>,
    /// What it does.
    pub description: String,
    /// What it is about.
    pub category: CommandCategory,
    /// It is about the agent that one speaks to.
    pub requires_agent: bool,
    /// Where it can be typed.
    pub surfaces: Vec<Surface>,
}

/// Commands, for menus and help.
#[derive(Debug, Serialize, ToSchema)]
pub struct CommandList {
    /// Where they can be typed.
    pub surface: Surface,
    /// The commands.
    pub commands: Vec<SlashCommand>,
    /// Number of commands.
    #[schema(minimum = 0)]
    pub total: i64,
    /// Always null: there is one page.
    pub next_cursor: Option<String>,
}

/// A command of the web chat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    Help,
    New,
    Stop,
    Usage,
    Think,
    Context,
    Verbose,
    Queue,
    Model,
    Models,
    Providers,
    Budget,
}

struct Entry {
    command: Command,
    name: &'static str,
    alias: Option<&'static str>,
    category: CommandCategory,
    requires_agent: bool,
    description: &'static str,
}

const fn entry(
    command: Command,
    name: &'static str,
    category: CommandCategory,
    requires_agent: bool,
    description: &'static str,
) -> Entry {
    Entry { command, name, alias: None, category, requires_agent, description }
}

const TABLE: [Entry; 12] = {
    use CommandCategory::{General, Model, Monitoring, Session};
    [
        entry(Command::Help, "help", General, false, "List the commands"),
        Entry {
            command: Command::New,
            name: "new",
            alias: Some("reset"),
            category: Session,
            requires_agent: true,
            description: "Begin a fresh session",
        },
        entry(Command::Stop, "stop", Session, true, "Cancel the current run"),
        entry(Command::Usage, "usage", Session, true, "Tokens and cost of this session"),
        entry(Command::Think, "think", Session, true, "Reasoning off, on or streamed"),
        entry(Command::Context, "context", Session, true, "How full the context window is"),
        entry(Command::Verbose, "verbose", Session, false, "Amount of tool detail"),
        entry(Command::Queue, "queue", Session, true, "Running and waiting runs"),
        entry(Command::Model, "model", Model, true, "Show or switch the model"),
        entry(Command::Models, "models", Model, false, "Available models"),
        entry(Command::Providers, "providers", Model, false, "Configured providers"),
        entry(Command::Budget, "budget", Monitoring, false, "Spend and limits"),
    ]
};

impl Command {
    /// By name or alias, in any case, with or without `/`.
    pub fn find(word: &str) -> Option<Self> {
        let word = word.trim().trim_start_matches('/').to_lowercase();
        TABLE.iter().find(|e| e.name == word || e.alias == Some(word.as_str())).map(|e| e.command)
    }

    pub fn name(self) -> &'static str {
        TABLE.iter().find(|e| e.command == self).map_or("", |e| e.name)
    }
}

/// Commands of one surface. The only surface there is yet is the web chat.
pub fn list(surface: Surface) -> CommandList {
    let command = |e: &Entry| SlashCommand {
        name: e.name.into(),
        aliases: e.alias.into_iter().map(str::to_owned).collect(),
        description: e.description.into(),
        category: e.category,
        requires_agent: e.requires_agent,
        surfaces: vec![Surface::Web],
    };
    let commands: Vec<_> = match surface {
        Surface::Web | Surface::All => TABLE.iter().map(command).collect(),
        Surface::Cli | Surface::Channel => vec![],
    };
    let total = i64::try_from(commands.len()).unwrap_or_default();
    CommandList { surface, commands, total, next_cursor: None }
}

/// The table as Markdown, for people who type `/help` or a wrong word.
pub fn help() -> String {
    let line = |e: &Entry| {
        let alias = e.alias.map(|alias| format!(" (`/{alias}`)")).unwrap_or_default();
        format!("- `/{}`{alias}: {}", e.name, e.description)
    };
    TABLE.iter().map(line).collect::<Vec<_>>().join("\n")
}
