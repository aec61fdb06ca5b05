//! Programs by what they can do beyond their name: those that never run (X10), those that start others (X7), and calls
//! that a person always has to see (X8).

use super::parse::Simple;
use crate::runtime::tools::Roots;

/// Rights of another user, and tools that look into other processes.
const NEVER: [&str; 14] = [
    "sudo", "su", "doas", "pkexec", "chroot", "nsenter", "unshare", "mount", "umount", "strace", "ltrace", "gdb",
    "lldb", "runuser",
];

const INTERPRETERS: [&str; 11] = ["sh", "bash", "zsh", "dash", "fish", "ksh", "busybox", "ash", "csh", "tcsh", "rbash"];
const LANGUAGES: [&str; 9] = ["node", "nodejs", "deno", "bun", "perl", "ruby", "php", "lua", "tclsh"];
/// Start what their arguments name, or do work that a file describes.
const LAUNCHERS: [&str; 28] = [
    "awk", "gawk", "mawk", "xargs", "env", "nohup", "setsid", "timeout", "nice", "ionice", "stdbuf", "watch", "ssh",
    "scp", "rsync", "make", "gmake", "docker", "podman", "kubectl", "parallel", "script", "time", "flock", "expect",
    "sftp", "at", "batch",
];
/// Words of the shell itself that run or rename something.
const SHELL_WORDS: [&str; 11] =
    ["eval", "exec", "command", "builtin", ".", "source", "trap", "alias", "export", "hash", "enable"];

/// The name without its folder.
pub fn base_name(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}

/// X10.
pub fn never(command: &Simple) -> Option<&'static str> {
    let mut words = command.argv.iter().map(|word| word.text.as_str());
    let name = base_name(words.next().unwrap_or_default());
    if NEVER.contains(&name) {
        return Some("takes other rights or looks into other processes");
    }
    let mut all =
        command.argv.iter().chain(command.redirects.iter().map(|(_, target)| target)).map(|w| w.text.as_str());
    all.find_map(|text| match text {
        _ if text.contains("/proc/") && text.contains("/environ") => Some("reads the environment of another process"),
        _ if text.contains("docker.sock") => Some("speaks to the docker daemon"),
        _ => None,
    })
}

pub fn is_shell(name: &str) -> bool {
    INTERPRETERS.contains(&base_name(name))
}

pub fn is_interpreter(name: &str) -> bool {
    let name = base_name(name);
    is_shell(name) || LANGUAGES.contains(&name) || name.starts_with("python")
}

/// X7: why this call asks although its program may be listed.
pub fn launches(command: &Simple) -> Option<String> {
    let mut words = command.argv.iter().map(|word| word.text.as_str());
    let name = base_name(words.next()?);
    let arguments: Vec<&str> = words.collect();
    let has =
        |wanted: &[&str]| arguments.iter().any(|a| wanted.iter().any(|w| a == w || a.starts_with(&format!("{w}="))));
    let starts = is_interpreter(name)
        || LAUNCHERS.contains(&name)
        || SHELL_WORDS.contains(&name)
        || name == "find" && has(&["-exec", "-execdir", "-ok", "-okdir", "-delete", "-fprint", "-fprintf", "-fls"])
        || name == "sed" && arguments.iter().any(|a| is_flag(a, 'i') || a.starts_with("--in-place"))
        || name == "tar" && has(&["--to-command", "--checkpoint-action", "--use-compress-program", "-I"])
        || name == "git" && git_launches(&arguments);
    starts.then(|| format!("{name} can start other programs"))
}

fn git_launches(arguments: &[&str]) -> bool {
    arguments.iter().enumerate().any(|(at, argument)| {
        let in_front = !arguments[..at].iter().any(|before| !before.starts_with('-'));
        (in_front && (*argument == "-c" || argument.starts_with("-c") && !argument.starts_with("-C")))
            || ["--exec-path", "--config-env", "--upload-pack", "--receive-pack", "--exec", "--extcmd", "-x"]
                .iter()
                .any(|option| argument.starts_with(option))
            || ["alias.", "core.hookspath", "core.pager", "core.editor", "core.sshcommand", "core.fsmonitor"]
                .iter()
                .any(|key| argument.to_ascii_lowercase().contains(key))
    })
}

/// What a launcher or interpreter is told to run: a line of its own, or the rest of the arguments.
pub enum Inner {
    Line(String),
    Command(Simple),
}

pub fn inner(command: &Simple) -> Option<Inner> {
    let name = base_name(&command.argv.first()?.text);
    let arguments = &command.argv[1..];
    if is_shell(name) {
        // `-c`, also at the end of `-lc`.
        let at = arguments.iter().position(|a| is_flag(&a.text, 'c'))?;
        return Some(Inner::Line(arguments.get(at + 1)?.text.clone()));
    }
    if matches!(name, "eval") {
        let words: Vec<&str> = arguments.iter().map(|word| word.text.as_str()).collect();
        return Some(Inner::Line(words.join(" ")));
    }
    let rest = match name {
        "find" => {
            let at =
                arguments.iter().position(|a| matches!(a.text.as_str(), "-exec" | "-execdir" | "-ok" | "-okdir"))?;
            let rest = &arguments[at + 1..];
            let end = rest.iter().position(|a| matches!(a.text.as_str(), ";" | "+")).unwrap_or(rest.len());
            &rest[..end]
        }
        "xargs" | "nohup" | "setsid" | "env" | "nice" | "ionice" | "watch" | "stdbuf" | "time" | "command" | "exec"
        | "builtin" => after_options(arguments, false),
        "timeout" | "flock" => after_options(arguments, true),
        _ => return None,
    };
    (!rest.is_empty()).then(|| Inner::Command(Simple { argv: rest.to_vec(), ..Simple::default() }))
}

/// The arguments behind options, assignments and, if there is one, a first operand.
fn after_options(arguments: &[super::lex::Word], operand: bool) -> &[super::lex::Word] {
    // A value of an option looks like a command; that only makes the reading stricter.
    let option = |text: &str| text.starts_with('-') || text.contains('=') && !text.contains('/');
    let mut rest = arguments;
    while let Some((first, behind)) = rest.split_first().filter(|(first, _)| option(&first.text)) {
        let takes_value = matches!(first.text.as_str(), "-n" | "-u" | "-I" | "-L" | "-P" | "-s" | "-k" | "-c" | "-C");
        rest = if takes_value { behind.get(1..).unwrap_or_default() } else { behind };
    }
    if operand { rest.get(1..).unwrap_or_default() } else { rest }
}

/// A short option, alone or in a group such as `-rf`.
fn is_flag(argument: &str, flag: char) -> bool {
    argument.starts_with('-') && !argument.starts_with("--") && argument.contains(flag)
}

/// X8 for one command.
pub fn dangerous(command: &Simple, roots: &Roots, is_root: bool) -> Option<String> {
    let words: Vec<&str> = command.argv.iter().map(|word| word.text.as_str()).collect();
    let dynamic = command.argv.iter().skip(1).any(|word| word.dynamic);
    let name = base_name(words.first().copied().unwrap_or_default());
    let arguments = words.get(1..).unwrap_or_default();
    let operands: Vec<&str> = arguments.iter().copied().filter(|a| !a.starts_with('-')).collect();
    let recursive = arguments.iter().any(|a| is_flag(a, 'r') || is_flag(a, 'R') || *a == "--recursive");
    let whole = |path: &&str| is_whole(path, roots);
    let system = |path: &&str| ["/etc", "/boot", "/usr"].iter().any(|top| within(path, top));
    let first = operands.first().copied().unwrap_or_default();
    let what = match name {
        "rm" if arguments.contains(&"--no-preserve-root") => "deletes without a look at the root",
        "rm" if recursive && (dynamic || operands.iter().any(whole)) => "deletes everything there is",
        "chmod" | "chown" | "chgrp" if recursive && operands.iter().skip(1).any(|p| trimmed(p) == "/") => {
            "changes the rights of everything"
        }
        "fdisk" | "sfdisk" | "parted" | "wipefs" | "mkswap" => "changes a disk",
        _ if name.starts_with("mkfs") => "makes a file system",
        "dd" if arguments.iter().any(|a| a.starts_with("of=/dev")) => "writes to a device",
        "shutdown" | "reboot" | "halt" | "poweroff" | "init" | "telinit" => "stops the machine",
        "kill" if arguments.iter().skip(1).any(|a| *a == "-1") || arguments == ["-1"] => "ends every process",
        "kill" if arguments.contains(&std::process::id().to_string().as_str()) => "stops this server",
        "kill" | "pkill" | "killall" if arguments.iter().any(|a| a.contains("openfang")) => "stops this server",
        "killall5" | "openfang" => "changes this server",
        "crontab" => "changes what the system runs",
        "systemctl" | "service" if !matches!(first, "status" | "show") && !first.starts_with("list-") => {
            "changes services"
        }
        "useradd" | "userdel" | "usermod" | "adduser" | "deluser" | "groupadd" | "groupdel" | "passwd" | "chpasswd"
        | "visudo" | "vipw" | "chsh" => "changes users",
        "iptables" | "ip6tables" | "nft" | "ufw" | "firewall-cmd" => "changes the firewall",
        "apt" | "apt-get" | "aptitude" | "dpkg" | "yum" | "dnf" | "rpm" | "apk" | "pacman" | "zypper" | "snap"
            if is_root && !operands.is_empty() =>
        {
            "changes the packages of the system"
        }
        "history" if arguments.iter().any(|a| is_flag(a, 'c') || is_flag(a, 'w')) => "wipes the history",
        "rm" | "truncate" | "shred" if operands.iter().any(|p| p.contains("_history") || within(p, "/var/log")) => {
            "wipes history or logs"
        }
        "cp" | "mv" | "install" | "ln" if operands.last().is_some_and(system) => "writes to the system",
        "rm" | "rmdir" | "mkdir" | "touch" | "tee" | "truncate" | "shred" | "chmod" | "chown" | "sed" | "dd"
            if operands.iter().any(|p| system(&p.trim_start_matches("of="))) =>
        {
            "writes to the system"
        }
        _ if command
            .redirects
            .iter()
            .any(|(op, to)| op.contains('>') && (system(&to.text.as_str()) || in_device(&to.text))) =>
        {
            "writes to the system"
        }
        _ if touches_server(command, roots) => "reaches for files of this server",
        _ => return None,
    };
    Some(format!("{name} {what}"))
}

fn in_device(path: &str) -> bool {
    within(path, "/dev") && !matches!(path, "/dev/null" | "/dev/stdout" | "/dev/stderr" | "/dev/tty")
}

/// X8 for neighbours in a line.
pub fn dangerous_together(line: &str, commands: &[Simple]) -> Option<&'static str> {
    let name = |command: &Simple| command.argv.first().map(|word| base_name(&word.text).to_owned()).unwrap_or_default();
    let downloads = |command: &Simple| matches!(name(command).as_str(), "curl" | "wget" | "fetch");
    let piped = |(at, command): (usize, &Simple)| {
        command.piped && is_interpreter(&name(command)) && commands[..at].iter().any(downloads)
    };
    if commands.iter().enumerate().any(piped) {
        return Some("runs what it downloads");
    }
    let dense: String = line.chars().filter(|c| !c.is_whitespace()).collect();
    let forks = dense.split_once("(){").is_some_and(|(_, body)| body.contains('|') && body.contains('&'));
    forks.then_some("starts itself without end")
}

/// A root, a home, or the whole workspace.
fn is_whole(path: &str, roots: &Roots) -> bool {
    let path = trimmed(path);
    let home =
        path.strip_prefix("/home/").or_else(|| path.strip_prefix("/Users/")).is_some_and(|rest| !rest.contains('/'));
    let workspace = roots.workspace.to_string_lossy();
    home || matches!(path, "/" | "/*" | "~" | "." | "./" | ".." | "*" | "/root" | "/home" | "/Users")
        || path == workspace.as_ref()
}

fn trimmed(path: &str) -> &str {
    let path = path.strip_suffix("/*").filter(|rest| !rest.is_empty()).unwrap_or(path);
    if path.len() > 1 { path.trim_end_matches('/') } else { path }
}

fn within(path: &str, top: &str) -> bool {
    path.strip_prefix(top).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn touches_server(command: &Simple, roots: &Roots) -> bool {
    let words = command.argv.iter().skip(1).chain(command.redirects.iter().map(|(_, target)| target));
    let mut texts = words.map(|word| word.text.as_str());
    texts.any(|text| roots.server_folders.iter().any(|folder| text.contains(folder.to_string_lossy().as_ref())))
}
