//! Whether a command may run, and how it would be started: the rules X1 to X10. Nothing is started here.

mod dangerous;
mod harmless;
mod lex;
mod parse;

#[cfg(test)]
#[cfg(unix)]
mod tests;

use super::{AgentView, Needs, RuleAsk, ToolError, ToolErrorCode};
use crate::agents::{
    capabilities::{Kind, wildcard},
    manifest::{ExecMode, ExecPolicy, Sandbox},
};
use parse::{Line, Simple};

pub use dangerous::is_interpreter;

/// A checked command, ready to be started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Start {
    /// Name and arguments.
    Direct(Vec<String>),
    /// A line for `/bin/sh -c`.
    Shell(String),
}

/// Decides about a command line. `cwd` is the folder it will run in, as the agent names it.
pub fn judge_line(line: &str, cwd: &str, agent: &AgentView) -> Result<(Start, Needs), ToolError> {
    check_mode(&agent.exec)?;
    let parsed = parse::parse(line)?;
    if parsed.needs_shell && agent.exec.mode != ExecMode::Full {
        let error = ToolError::rule("X3", "Operators and expansions need the exec mode full");
        return Err(error.with_hint("Run one program at a time, and quote special characters"));
    }
    let mut judge = Judge::new(agent, cwd);
    if parsed.needs_shell {
        judge.line(line, &parsed, 0)?;
        return Ok((Start::Shell(line.to_owned()), judge.needs));
    }
    let Some(command) = parsed.commands.first().filter(|command| !command.argv.is_empty()) else {
        return Err(match parsed.commands.is_empty() {
            true => ToolError::new(ToolErrorCode::InvalidArguments, "The command is empty"),
            false => assignments_refused(),
        });
    };
    judge.command(command, 0)?;
    Ok((Start::Direct(command.argv.iter().map(|word| word.text.clone()).collect()), judge.needs))
}

/// As `judge_line` for a program whose arguments are given one by one.
pub fn judge_argv(argv: &[String], cwd: &str, agent: &AgentView) -> Result<(Start, Needs), ToolError> {
    check_mode(&agent.exec)?;
    if argv.iter().any(|argument| argument.contains('\0')) {
        return Err(ToolError::rule("X2", "A command has no NUL"));
    }
    let words = argv.iter().map(|argument| argument.as_str().into()).collect();
    let mut judge = Judge::new(agent, cwd);
    judge.command(&Simple { argv: words, ..Simple::default() }, 0)?;
    Ok((Start::Direct(argv.to_vec()), judge.needs))
}

/// Text for the standard input of a program: a shell would run it, so it is judged as what it is.
pub fn judge_input(program: &str, text: &str, agent: &AgentView) -> Result<Needs, ToolError> {
    check_mode(&agent.exec)?;
    if !is_interpreter(program) {
        return Ok(Needs { listed: true, ..Needs::default() });
    }
    let mut judge = Judge::new(agent, ".");
    if dangerous::is_shell(program) {
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            judge.line(line, &parse::parse(line)?, 0)?;
        }
    }
    judge.ask("X7", format!("the text is run by {program}"));
    Ok(judge.needs)
}

fn check_mode(exec: &ExecPolicy) -> Result<(), ToolError> {
    if exec.mode == ExecMode::Deny {
        return Err(ToolError::rule("X1", "The exec policy of this agent permits no programs"));
    }
    if exec.sandbox == Sandbox::Docker {
        let text = "This agent's programs must run in docker, which this version of the server does not offer";
        return Err(ToolError::new(ToolErrorCode::Unavailable, text));
    }
    Ok(())
}

fn assignments_refused() -> ToolError {
    ToolError::rule("X4", "Variables cannot be set in front of a command")
}

/// Programs inside programs.
const MAX_DEPTH: usize = 8;

struct Judge<'a> {
    agent: &'a AgentView,
    cwd: &'a str,
    is_root: bool,
    needs: Needs,
}

impl<'a> Judge<'a> {
    fn new(agent: &'a AgentView, cwd: &'a str) -> Self {
        Self { agent, cwd, is_root: is_root(), needs: Needs { listed: true, ..Needs::default() } }
    }

    /// The first reason is the one that is shown.
    fn ask(&mut self, rule: &str, reason: String) {
        self.needs.listed = false;
        self.needs.asks.get_or_insert_with(|| format!("{rule}: {reason}"));
    }

    fn always_ask(&mut self, rule: &'static str, reason: String) {
        self.needs.listed = false;
        self.needs.always_asks.get_or_insert(RuleAsk { rule, reason });
    }

    /// X9.
    fn line(&mut self, text: &str, line: &Line, depth: usize) -> Result<(), ToolError> {
        for command in &line.commands {
            self.command(command, depth)?;
        }
        if let Some(reason) = dangerous::dangerous_together(text, &line.commands) {
            self.always_ask("X8", reason.to_owned());
        }
        if let Some(what) = line.unread {
            self.ask("X9", format!("{what} in the line is not read further"));
        }
        Ok(())
    }

    /// X4, X5, X7, X8, X10 for one program, and for those that it is told to start.
    fn command(&mut self, command: &Simple, depth: usize) -> Result<(), ToolError> {
        if let Some(why) = dangerous::never(command) {
            return Err(ToolError::rule("X10", format!("This is never run: it {why}")));
        }
        let Some(first) = command.argv.first() else { return self.without_program(command) };
        if !command.assignments.is_empty() {
            return Err(assignments_refused());
        }
        let name = first.text.as_str();
        if first.dynamic {
            self.ask("X9", "the program is named by an expansion".into());
        } else {
            self.check_name(name)?;
        }
        let words: Vec<&str> = command.argv.iter().map(|word| word.text.as_str()).collect();
        let joined = format!("{} {}", dangerous::base_name(name), words[1..].join(" "));
        let grant = format!("shell:{}", joined.trim_end());
        if self.agent.exec.denied_commands.iter().any(|denied| denied == name || denied == dangerous::base_name(name)) {
            return Err(ToolError::rule("X5", format!("{name} is on the list of denied commands")));
        }
        if !self.needs.grants.contains(&grant) {
            self.needs.grants.push(grant.clone());
        }
        if let Some(reason) = dangerous::dangerous(command, &self.agent.roots, self.is_root) {
            self.always_ask("X8", reason);
        }
        let listed = self.agent.exec.allowed_commands.iter().any(|allowed| names(allowed, name));
        match dangerous::launches(command) {
            Some(_) if listed && self.granted_in_detail(&grant) => {}
            Some(reason) => {
                let reason = match dangerous::inner(command) {
                    Some(dangerous::Inner::Line(line)) => format!("{reason}: {line}"),
                    _ => reason,
                };
                self.ask("X7", reason);
            }
            None if listed || self.agent.exec.mode == ExecMode::Full => {}
            None => self.check_harmless(name, &words[1..]),
        }
        self.inner(command, depth)
    }

    /// What a shell does itself: `x=$(…)`, `> file`.
    fn without_program(&mut self, command: &Simple) -> Result<(), ToolError> {
        if self.agent.exec.mode != ExecMode::Full {
            return Err(assignments_refused());
        }
        if let Some(reason) = dangerous::dangerous(command, &self.agent.roots, self.is_root) {
            self.always_ask("X8", reason);
        }
        Ok(())
    }

    fn inner(&mut self, command: &Simple, depth: usize) -> Result<(), ToolError> {
        let inner = dangerous::inner(command);
        if depth >= MAX_DEPTH {
            if inner.is_some() {
                self.ask("X7", "programs start programs many times over".into());
            }
            return Ok(());
        }
        match inner {
            Some(dangerous::Inner::Command(inner)) => self.command(&inner, depth + 1),
            Some(dangerous::Inner::Line(line)) => self.line(&line, &parse::parse(&line)?, depth + 1),
            None => Ok(()),
        }
    }

    /// X4.
    fn check_name(&self, name: &str) -> Result<(), ToolError> {
        let refuse = |text: &str| Err(ToolError::rule("X4", format!("{name}: {text}")));
        if name.is_empty() || name.chars().any(char::is_control) {
            return refuse("this is not the name of a program");
        }
        if !name.contains('/') {
            return Ok(());
        }
        let listed = self.agent.exec.allowed_commands.iter().any(|allowed| names(allowed, name));
        let climbs = name.split('/').any(|part| part == "..");
        match name.starts_with('/') || name.starts_with("./") {
            true if listed && !climbs => Ok(()),
            true => refuse("a path to a program must be listed in allowed_commands"),
            false => refuse("name a program of the search path, or ./ and a listed path in the workspace"),
        }
    }

    /// Whether a grant that says more than the program's name permits the call; `git *` says no more than `git`.
    fn granted_in_detail(&self, grant: &str) -> bool {
        let line = grant.trim_start_matches("shell:");
        let mut patterns =
            self.agent.grants.iter().filter(|grant| grant.kind == Kind::Shell).map(|grant| grant.pattern());
        patterns.any(|pattern| {
            let detail = pattern.split_once(' ').is_some_and(|(_, rest)| rest != "*");
            detail && wildcard(pattern, line)
        })
    }

    /// X6.
    fn check_harmless(&mut self, name: &str, arguments: &[&str]) {
        if !self.agent.exec.safe_bins.iter().any(|safe| names(safe, name)) {
            return self.ask("X5", format!("{name} is not a listed command"));
        }
        match harmless::check(name, arguments, self.cwd, self.agent) {
            harmless::Answer::Harmless => {}
            harmless::Answer::Ask(reason) => self.ask("X6", reason),
            harmless::Answer::Protected(reason) => self.always_ask("P9", reason),
        }
    }
}

/// Whether an entry of a list of commands means this name: a bare name, an exact path, or `./dir/*`.
fn names(entry: &str, name: &str) -> bool {
    match entry.contains('/') {
        true => entry == name || entry.starts_with("./") && name.starts_with("./") && wildcard(entry, name),
        false if name.contains('/') => false,
        false => entry == name,
    }
}

fn is_root() -> bool {
    #[cfg(unix)]
    return rustix::process::geteuid().is_root();
    #[cfg(not(unix))]
    false
}
