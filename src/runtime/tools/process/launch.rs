//! The other side of a start: this program, run again, puts itself under the limits and becomes the command. So nothing
//! has to be done between fork and exec, and the command never runs without them.

use std::{
    ffi::OsString,
    os::unix::process::CommandExt,
    process::{Command, ExitCode},
};

use super::{Plan, sandbox};

/// One byte on the standard input says that the process is in the books and may begin.
pub const GO: &[u8] = b"\n";
/// As shells do: the program cannot be run.
const CANNOT_RUN: u8 = 126;
const LAUNCH_FAILED: u8 = 125;

/// Returns only when it failed.
pub fn launch(plan: &str, command: &[OsString]) -> ExitCode {
    let (Ok(plan), Some((program, arguments))) = (serde_json::from_str::<Plan>(plan), command.split_first()) else {
        eprintln!("openfang: this command is for the server's own use");
        return ExitCode::from(LAUNCH_FAILED);
    };
    if let Err(error) = wait_for_go().and_then(|()| prepare(&plan)) {
        eprintln!("openfang: {error}");
        return ExitCode::from(LAUNCH_FAILED);
    }
    let error = Command::new(program).args(arguments).exec();
    eprintln!("openfang: {}: {error}", program.to_string_lossy());
    ExitCode::from(CANNOT_RUN)
}

fn wait_for_go() -> Result<(), String> {
    // Not by `std::io::stdin`, whose buffer would swallow what follows for the program.
    let mut byte = [0];
    match rustix::io::read(rustix::stdio::stdin(), &mut byte) {
        Ok(1) => Ok(()),
        _ => Err("the server is gone".into()),
    }
}

fn prepare(plan: &Plan) -> Result<(), String> {
    use rustix::process::{Resource, Rlimit, setrlimit};
    let limits = plan.limits;
    let set = |resource, value: Option<u64>| match value {
        Some(value) => setrlimit(resource, Rlimit { current: Some(value), maximum: Some(value) })
            .map_err(|error| format!("a limit cannot be set: {error}")),
        None => Ok(()),
    };
    #[cfg(target_os = "linux")]
    rustix::thread::set_no_new_privs(true).map_err(|error| error.to_string())?;
    sandbox::confine(&plan.view)?;
    set(Resource::Cpu, limits.cpu_secs)?;
    set(Resource::Nproc, Some(threads_of_user() + limits.processes))?;
    set(Resource::As, Some(limits.memory_bytes))?;
    set(Resource::Fsize, Some(limits.file_bytes))?;
    set(Resource::Core, Some(0))?;
    set(Resource::Nofile, Some(limits.open_files))
}

/// The kernel compares the limit with all threads of the user, wherever they come from.
fn threads_of_user() -> u64 {
    use std::os::unix::fs::MetadataExt;
    let user = rustix::process::getuid().as_raw();
    let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let own = processes.filter(|entry| entry.metadata().is_ok_and(|metadata| metadata.uid() == user));
    own.filter_map(|entry| std::fs::read_to_string(entry.path().join("stat")).ok())
        .filter_map(|stat| stat.rsplit_once(") ")?.1.split(' ').nth(17)?.parse::<u64>().ok())
        .sum()
}
