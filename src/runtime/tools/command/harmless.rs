//! X6: whether the arguments of a safe program let it do no more than its name says.

use std::path::Path;

use super::super::{
    AgentView,
    paths::{Access, GivenPath, RootId, VirtualPath, protected},
};

pub enum Answer {
    Harmless,
    Ask(String),
    /// By P9: names like `.env`.
    Protected(String),
}

/// Options by which these programs write files, start others, or read lists of names.
const NOT_HARMLESS: [&str; 8] = [
    "--output",
    "--compress-program",
    "--files0-from",
    "--random-source",
    "--temporary-directory",
    "--follow",
    "--set",
    "--file",
];
/// Programs whose operands are files.
const READ_FILES: [&str; 8] = ["cat", "sort", "uniq", "cut", "tr", "head", "tail", "wc"];

pub fn check(name: &str, arguments: &[&str], cwd: &str, agent: &AgentView) -> Answer {
    let ask = |why: &str| Answer::Ask(format!("{name} {why}"));
    let mut operands = vec![];
    let mut only_operands = false;
    let mut rest = arguments.iter().copied();
    while let Some(argument) = rest.next() {
        if only_operands || argument == "-" || !argument.starts_with('-') {
            operands.push(argument);
        } else if argument == "--" {
            only_operands = true;
        } else if NOT_HARMLESS.iter().any(|option| abbreviates(argument, option)) {
            return ask(&format!("with {argument} does more than its name says"));
        } else if !argument.starts_with("--") {
            if let Some(flag) = argument.chars().skip(1).find(|flag| is_refused(name, *flag)) {
                return ask(&format!("with -{flag} does more than its name says"));
            }
            if takes_value(name, argument) {
                rest.next();
            }
        }
    }
    if name == "uniq" && operands.len() > 1 {
        return ask("writes its second file");
    }
    if !READ_FILES.contains(&name) {
        return Answer::Harmless;
    }
    operands
        .into_iter()
        .filter(|operand| *operand != "-")
        .find_map(|operand| problem(operand, cwd, agent))
        .unwrap_or(Answer::Harmless)
}

/// Long options may be shortened, and carry a value behind `=`.
fn abbreviates(argument: &str, option: &str) -> bool {
    let argument = argument.split('=').next().unwrap_or(argument);
    argument.len() > 3 && (option.starts_with(argument) || argument.starts_with(option))
}

fn is_refused(name: &str, flag: char) -> bool {
    match name {
        "sort" => matches!(flag, 'o' | 'T'),
        "tail" => matches!(flag, 'f' | 'F'),
        "date" => matches!(flag, 's' | 'f' | 'r'),
        "printf" | "echo" => false,
        _ => flag == 'o',
    }
}

/// Whether the next argument belongs to this option.
fn takes_value(name: &str, argument: &str) -> bool {
    let options: &[&str] = match name {
        "head" | "tail" => &["-n", "-c"],
        "cut" => &["-d", "-f", "-c", "-b"],
        "sort" => &["-k", "-t"],
        _ => &[],
    };
    options.contains(&argument)
}

/// The file must lie in a root, also behind links, and the agent may read it.
fn problem(operand: &str, cwd: &str, agent: &AgentView) -> Option<Answer> {
    let outside = |why: String| Some(Answer::Ask(format!("{operand}: {why}")));
    if operand.starts_with('@') {
        return outside("a name that starts with @ is a root for other tools".into());
    }
    let text = match operand.starts_with('/') || matches!(cwd, "." | "") {
        true => operand.to_owned(),
        false => format!("{}/{operand}", cwd.trim_end_matches('/')),
    };
    let given = match GivenPath::parse(&text, &agent.roots) {
        Ok(given) => given,
        Err(error) => return outside(format!("{} ({})", error.message, error.rule.unwrap_or_default())),
    };
    let path = given.path();
    if !(agent.holds)(&Access::Read.grant(path)) {
        return outside("the agent may not read it".into());
    }
    if let Some(reason) = protected(&path.parts, Access::Read) {
        return Some(Answer::Protected(format!("{path}: {reason}")));
    }
    let Some(root) = folder_of(&path.root, agent) else { return outside("there is no such root".into()) };
    let whole = path.parts.iter().fold(root.to_owned(), |at, part| at.join(part));
    let (Ok(real_root), Ok(real)) = (root.canonicalize(), whole.canonicalize()) else {
        // What does not exist cannot be read either; the program will say so.
        return None;
    };
    let Ok(below) = real.strip_prefix(&real_root) else {
        return outside("a link leads out of the workspace (P4)".into());
    };
    let parts = below.iter().map(|part| part.to_string_lossy().into_owned()).collect();
    let resolved = VirtualPath { root: path.root.clone(), parts };
    if !(agent.holds)(&Access::Read.grant(&resolved)) {
        return outside("a link leads to what the agent may not read (P10)".into());
    }
    let reason = protected(&resolved.parts, Access::Read)?;
    Some(Answer::Protected(format!("{path}: {reason}")))
}

fn folder_of<'a>(root: &RootId, agent: &'a AgentView) -> Option<&'a Path> {
    match root {
        RootId::Workspace => Some(&agent.roots.workspace),
        RootId::Named(name) => agent.roots.named.iter().find(|root| root.name == *name).map(|root| root.path.as_path()),
    }
}
