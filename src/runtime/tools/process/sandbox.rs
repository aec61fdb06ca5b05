//! Confinement by the kernel (Landlock): programs write to their workspace only, read nothing of the server and of other
//! agents, and signal nobody outside. Where the kernel cannot do it, that is said.

use std::path::{Path, PathBuf};

use super::View;

/// Whether programs of agents are confined here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    Confined,
    /// With the reason.
    Open(String),
}

/// Devices that programs expect to be able to write to.
#[cfg(target_os = "linux")]
const DEVICES: [&str; 8] =
    ["/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/tty", "/dev/ptmx", "/dev/pts"];

#[cfg(target_os = "linux")]
pub fn standing() -> Standing {
    use landlock::{ABI, Access, AccessFs, CompatLevel, Compatible, Ruleset, RulesetAttr};
    let made = Ruleset::default()
        .set_compatibility(CompatLevel::HardRequirement)
        .handle_access(AccessFs::from_all(ABI::V1))
        .and_then(Ruleset::create);
    match made {
        Ok(_) => Standing::Confined,
        Err(_) => Standing::Open("this kernel has no Landlock (Linux 5.13 or newer with it enabled)".into()),
    }
}

#[cfg(not(target_os = "linux"))]
pub fn standing() -> Standing {
    Standing::Open("confinement of programs exists on Linux only".into())
}

/// Confines this thread and what it becomes. Says how far it got.
#[cfg(target_os = "linux")]
pub fn confine(view: &View) -> Result<Standing, String> {
    use landlock::{
        ABI, Access, AccessFs, Ruleset, RulesetAttr, RulesetCreatedAttr, RulesetStatus, Scope, path_beneath_rules,
    };
    let abi = ABI::V6;
    let all = AccessFs::from_all(abi);
    let apply = || {
        Ruleset::default()
            .handle_access(all)?
            .scope(Scope::from_all(abi))?
            .create()?
            // Names of files are no secret, and programs walk down from the root.
            .add_rules(path_beneath_rules(["/"], AccessFs::ReadDir))?
            .add_rules(path_beneath_rules(outside(&view.hidden), AccessFs::from_read(abi)))?
            .add_rules(path_beneath_rules(&view.readable, AccessFs::from_read(abi)))?
            .add_rules(path_beneath_rules(DEVICES, all))?
            .add_rules(path_beneath_rules(&view.writable, all))?
            .restrict_self()
    };
    let status = apply().map_err(|error: landlock::RulesetError| error.to_string())?;
    Ok(match status.ruleset {
        RulesetStatus::NotEnforced => Standing::Open("the kernel did not confine the program".into()),
        RulesetStatus::FullyEnforced | RulesetStatus::PartiallyEnforced => Standing::Confined,
    })
}

#[cfg(not(target_os = "linux"))]
pub fn confine(_view: &View) -> Result<Standing, String> {
    Ok(standing())
}

/// Everything but these: Landlock knows no exceptions, so the neighbours of each hidden place are named instead.
#[cfg_attr(not(target_os = "linux"), expect(dead_code, reason = "only Landlock needs it"))]
pub(super) fn outside(hidden: &[PathBuf]) -> Vec<PathBuf> {
    // A place that does not exist yet is not listed by its folder and so stays hidden.
    let hidden: Vec<PathBuf> = hidden.iter().map(|path| real(path)).collect();
    let mut open = vec![];
    collect(Path::new("/"), &hidden, &mut open);
    open
}

fn collect(at: &Path, hidden: &[PathBuf], open: &mut Vec<PathBuf>) {
    if hidden.iter().any(|path| path == at) {
        return;
    }
    if !hidden.iter().any(|path| path.starts_with(at)) {
        open.push(at.to_owned());
        return;
    }
    let entries = std::fs::read_dir(at).into_iter().flatten().flatten();
    for entry in entries {
        // What a link leads to is open or hidden by its own place.
        if entry.file_type().is_ok_and(|kind| !kind.is_symlink()) {
            collect(&entry.path(), hidden, open);
        }
    }
}

/// Without links, as far as the path exists.
fn real(path: &Path) -> PathBuf {
    match (path.canonicalize(), path.parent(), path.file_name()) {
        (Ok(real), _, _) => real,
        (Err(_), Some(parent), Some(name)) => real(parent).join(name),
        (Err(_), _, _) => path.to_owned(),
    }
}
