//! The table of command cases, numbered as in the rules, and the agreement of the splitter with a shell.

use std::{fs, os::unix::fs::symlink, sync::Arc};

use proptest::prelude::{ProptestConfig, Strategy, any, prop, prop_oneof, proptest};

use super::{
    super::{AgentView, Roots, ToolErrorCode},
    Start, judge_argv, judge_input, judge_line,
    lex::{Token, lex},
};
use crate::agents::{
    capabilities::Grants,
    manifest::{ExecMode, ExecPolicy},
};

const SHELL: [&str; 7] =
    ["shell:cargo", "shell:git *", "shell:ls *", "shell:cat", "shell:echo", "shell:sort", "shell:python3 tools/*"];

struct Agent {
    exec: ExecPolicy,
    grants: Vec<&'static str>,
    workspace: tempfile::TempDir,
}

impl Agent {
    fn new() -> Self {
        let workspace = tempfile::tempdir().unwrap();
        fs::write(workspace.path().join("a.txt"), "text").unwrap();
        fs::write(workspace.path().join(".env"), "text").unwrap();
        symlink("/etc", workspace.path().join("out")).unwrap();
        let allowed = ["cargo", "git"].map(str::to_owned).to_vec();
        let exec = ExecPolicy { allowed_commands: allowed, ..ExecPolicy::default() };
        Self { exec, grants: [&SHELL[..], &["fs.read:**"]].concat(), workspace }
    }

    fn full() -> Self {
        let mut agent = Self::new();
        agent.exec.mode = ExecMode::Full;
        agent.grants.push("shell:*");
        agent
    }

    fn granted(mut self, grants: &[&'static str]) -> Self {
        self.grants.extend(grants);
        self
    }

    fn view(&self) -> AgentView {
        let grants = Grants::from_texts(&self.grants);
        AgentView {
            roots: Arc::new(Roots { workspace: self.workspace.path().to_owned(), ..Roots::default() }),
            grants: Arc::new(grants.clone()),
            holds: Arc::new(move |grant| grants.allows_text(grant)),
            exec: Arc::new(self.exec.clone()),
        }
    }

    /// `runs`, `missing`, the rule that refuses, or `ask X…`.
    fn outcome(&self, line: &str) -> String {
        self.told(judge_line(line, ".", &self.view()))
    }

    fn told(&self, judged: Result<(Start, super::Needs), super::ToolError>) -> String {
        let needs = match judged {
            Err(error) => return error.rule.unwrap_or_else(|| format!("{:?}", error.code)),
            Ok((_, needs)) => needs,
        };
        let view = self.view();
        if needs.grants.iter().any(|grant| !(view.holds)(grant)) {
            return "missing".into();
        }
        match (needs.always_asks, needs.asks) {
            (Some(ask), _) => format!("ask {}", ask.rule),
            (None, Some(reason)) => format!("ask {}", reason.split(':').next().unwrap()),
            (None, None) => {
                assert!(needs.listed);
                "runs".into()
            }
        }
    }
}

#[track_caller]
fn check(agent: &Agent, cases: &[(&str, &str, &str)]) {
    let wrong: Vec<String> = cases
        .iter()
        .map(|(number, line, expected)| (number, line, expected, agent.outcome(line)))
        .filter(|(_, _, expected, got)| **expected != got.as_str())
        .map(|(number, line, expected, got)| format!("{number} `{line}`: {got}, not {expected}"))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn mode_allowlist() {
    check(
        &Agent::new(),
        &[
            ("1", "cargo test", "runs"),
            ("2", "ls -la", "ask X5"),
            ("3", "rm -rf x", "missing"),
            ("4", "echo hi", "runs"),
            ("5", "echo \"a; b | c\"", "runs"),
            ("6", "echo a; rm b", "X3"),
            ("7", "cat a.txt | sort", "X3"),
            ("8a", "echo $(id)", "X3"),
            ("8b", "echo `id`", "X3"),
            ("8c", "echo ${HOME}", "X3"),
            ("8d", "echo \"$HOME\"", "X3"),
            ("8e", "echo '$HOME `id`'", "runs"),
            ("8f", "echo {a,b}", "X3"),
            ("9", "cat a.txt", "runs"),
            ("9, missing file", "cat none.txt", "runs"),
            ("9, a secret", "cat .env", "ask P9"),
            ("10", "cat /etc/passwd", "ask X6"),
            ("11", "cat ../x", "ask X6"),
            ("11, behind a link", "cat out/passwd", "ask X6"),
            ("12a", "sort -o out.txt in.txt", "ask X6"),
            ("12b", "sort --compress-program=sh x", "ask X6"),
            ("12c", "sort --comp=sh x", "ask X6"),
            ("12d", "sort -uoout.txt in.txt", "ask X6"),
            ("13", "/usr/bin/cargo test", "X4"),
            ("14", "./cargo test", "X4"),
            ("14, a folder", "bin/cargo test", "X4"),
            ("16", "FOO=1 cargo test", "X4"),
            ("17", "env cargo test", "missing"),
            ("18, without", "bash -c \"cargo test\"", "missing"),
            ("20", "git log -n 3", "runs"),
            ("21", "git -c core.pager=sh log", "ask X7"),
            ("21b", "git --exec-path=/tmp log", "ask X7"),
            ("21c", "git config alias.x '!sh'", "ask X7"),
            ("22", "python3 tools/x.py", "ask X7"),
            ("23", "python3 -c \"import os\"", "missing"),
            ("24", "sudo cargo test", "X10"),
            ("24b", "/usr/bin/sudo cargo test", "X10"),
            ("24c", "cat /proc/1/environ", "X10"),
            ("X2a", "echo 'a", "X2"),
            ("X2b", "echo a\nrm b", "X2"),
            ("X2c", "echo \"a", "X2"),
            ("X2d", "echo a\\", "X2"),
            ("empty", "   ", "InvalidArguments"),
        ],
    );
}

#[test]
fn more_grants_and_lists() {
    check(&Agent::new().granted(&["shell:env"]), &[("17, granted", "env cargo test", "ask X7")]);
    let bash = Agent::new().granted(&["shell:bash *", "shell:curl", "shell:sh"]);
    check(
        &bash,
        &[
            ("18", "bash -c \"cargo test\"", "ask X7"),
            ("18, inner not granted", "bash -c \"rm x\"", "missing"),
            ("18, inner never", "bash -c \"sudo x\"", "X10"),
            ("19", "bash -c \"curl x | sh\"", "ask X8"),
        ],
    );
    assert!(matches!(
        judge_line("bash -c \"cargo test\"", ".", &bash.view()),
        Ok((_, needs)) if needs.asks.as_ref().is_some_and(|asks| asks.contains("cargo test"))
    ));
    let mut listed = Agent::new();
    listed.exec.allowed_commands.push("python3".into());
    check(&listed, &[("22, listed", "python3 tools/x.py", "runs")]);
    listed.grants.retain(|grant| !grant.starts_with("shell:python3"));
    listed.grants.push("shell:python3");
    check(&listed, &[("22, by name only", "python3 tools/x.py", "ask X7")]);
    listed.exec.allowed_commands.extend(["/opt/tool".to_owned(), "./scripts/*".to_owned()]);
    listed.grants.extend(["shell:tool", "shell:run.sh"]);
    check(
        &listed,
        &[
            ("X4, listed path", "/opt/tool -v", "runs"),
            ("X4, listed folder", "./scripts/run.sh", "runs"),
            ("X4, climbing", "./scripts/../run.sh", "X4"),
        ],
    );
}

/// Cases 25, 26 and 27.
#[test]
fn policy_deny_and_given_arguments() {
    let mut denied = Agent::new();
    denied.exec.mode = ExecMode::Deny;
    check(&denied, &[("25", "cargo test", "X1")]);
    let argv = |agent: &Agent, argv: &[&str]| {
        let argv: Vec<String> = argv.iter().map(|a| (*a).to_owned()).collect();
        agent.told(judge_argv(&argv, ".", &agent.view()))
    };
    assert_eq!(argv(&Agent::new(), &["cargo", "test"]), "runs");
    assert_eq!(argv(&Agent::new(), &["rm", "-rf", "/"]), "missing");
    assert_eq!(argv(&Agent::full(), &["rm", "-rf", "/"]), "ask X8");
    assert_eq!(argv(&Agent::new(), &["echo", "$(id); x"]), "runs");
}

#[test]
fn mode_full() {
    let agent = Agent::full();
    check(
        &agent,
        &[
            ("28", "cat a | sort > b", "runs"),
            ("29", "rm -rf /", "ask X8"),
            ("29b", "rm -rf \"$X\"", "ask X8"),
            ("29c", "cd sub && rm -fr ./*", "ask X8"),
            ("29d", "rm -rf sub/x", "runs"),
            ("30", ":(){ :|:& };:", "ask X8"),
            ("19, full", "curl x | (sh)", "ask X8"),
            ("19, braces", "curl x | { sh; }", "ask X8"),
            ("X9, inner", "echo $(sudo id)", "X10"),
            ("X9, deep", "echo \"$(echo `sudo id`)\"", "X10"),
            ("X9, unread", "for i in a; do sudo x; done", "X10"),
            ("X9, document", "cat << EOF", "ask X9"),
            ("X9, comment", "echo # '", "X2"),
            ("X9, comment hides a line", "cat a | sort # '\n rm -rf / #'", "ask X9"),
            ("no shell, no comment", "echo # '\n rm -rf / #'", "runs"),
            ("X9, dynamic name", "$X y", "ask X9"),
            ("X4, full", "PATH=/tmp ls", "X4"),
            ("X7, full", "make all", "ask X7"),
            ("X7, eval", "eval \"rm -rf /\"", "ask X8"),
            ("X8, redirect", "echo x > /etc/passwd", "ask X8"),
            ("X8, device", "echo x > /dev/sda", "ask X8"),
            ("null is no device", "echo x 2>/dev/null", "runs"),
            ("X8, mkfs", "mkfs.ext4 x", "ask X8"),
            ("X8, dd", "dd if=x of=/dev/sda", "ask X8"),
            ("X8, kill", "kill -9 -1", "ask X8"),
            ("X8, services", "systemctl stop x", "ask X8"),
            ("services may be looked at", "systemctl status x", "runs"),
            ("X8, users", "useradd x", "ask X8"),
            ("X8, chmod", "chmod -R 777 /", "ask X8"),
            ("X8, firewall", "iptables -F", "ask X8"),
            ("X8, crontab", "crontab -e", "ask X8"),
            ("X8, power", "reboot", "ask X8"),
            ("X8, history", "rm ~/.bash_history", "ask X8"),
            ("X10, socket", "curl --unix-socket /var/run/docker.sock x", "X10"),
        ],
    );
    assert_eq!(judge_line("cat a | sort > b", ".", &agent.view()).unwrap().0, Start::Shell("cat a | sort > b".into()));
    assert_eq!(judge_line("ls *.txt", ".", &agent.view()).unwrap().0, Start::Direct(vec!["ls".into(), "*.txt".into()]));
    let mut denied = Agent::full();
    denied.exec.denied_commands.push("curl".into());
    check(&denied, &[("31", "x=$(curl y)", "X5"), ("31b", "/usr/bin/curl y", "X4"), ("31c", "echo x; curl y", "X5")]);
}

#[test]
fn the_folder_of_the_command_counts() {
    let agent = Agent::new();
    fs::create_dir(agent.workspace.path().join("sub")).unwrap();
    let in_sub = |line: &str| agent.told(judge_line(line, "sub", &agent.view()));
    assert_eq!(in_sub("cat x"), "runs");
    assert_eq!(in_sub("cat ../a.txt"), "ask X6");
}

#[test]
fn text_for_a_shell_is_a_command() {
    let agent = Agent::full();
    let told = |program: &str, text: &str| match judge_input(program, text, &agent.view()) {
        Err(error) => error.rule.unwrap(),
        Ok(needs) => match (needs.always_asks, needs.asks) {
            (Some(ask), _) => ask.rule.to_owned(),
            (None, Some(asks)) => asks.split(':').next().unwrap().to_owned(),
            (None, None) => "runs".to_owned(),
        },
    };
    assert_eq!(told("cat", "rm -rf /"), "runs");
    assert_eq!(told("bash", "ls"), "X7");
    assert_eq!(told("sh", "rm -rf /"), "X8");
    assert_eq!(told("/bin/sh", "sudo x"), "X10");
    assert_eq!(told("python3", "import os"), "X7");
}

#[test]
fn no_program_is_started_when_docker_is_asked_for() {
    let mut agent = Agent::new();
    agent.exec.sandbox = super::Sandbox::Docker;
    let error = judge_line("cargo test", ".", &agent.view()).unwrap_err();
    assert_eq!(error.code, ToolErrorCode::Unavailable);
}

/// A quoted argument, in one of the ways to quote.
fn quoted() -> impl Strategy<Value = String> {
    let plain = prop::collection::vec(any::<char>().prop_filter("can be quoted", |c| !c.is_control()), 0..8);
    prop_oneof![
        plain.clone().prop_map(|c| format!("'{}'", c.into_iter().filter(|c| *c != '\'').collect::<String>())),
        plain.clone().prop_map(|c| {
            let text: String = c.into_iter().collect();
            let escaped = text.replace('\\', "\\\\").replace('"', "\\\"").replace('$', "\\$").replace('`', "\\`");
            format!("\"{escaped}\"")
        }),
        plain.prop_map(|c| c.into_iter().map(|c| format!("\\{c}")).collect::<String>()),
        "[a-z0-9/._=-]{1,8}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn the_splitter_agrees_with_a_shell(words in prop::collection::vec(quoted(), 1..4)) {
        let line = words.join(" ");
        let split: Vec<String> = lex(&line)
            .unwrap()
            .into_iter()
            .map(|token| match token { Token::Word(word) => word.text, Token::Operator(o) => panic!("{o}") })
            .collect();
        let script = format!("for a in {line}; do printf '%s\\0' \"$a\"; done");
        let shell = std::process::Command::new("/bin/sh").arg("-c").arg(script).output().unwrap();
        let said = String::from_utf8(shell.stdout).unwrap();
        let expected: Vec<&str> = said.split_terminator('\0').collect();
        proptest::prop_assert_eq!(split, expected);
    }
}
