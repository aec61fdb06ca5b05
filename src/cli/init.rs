//! `openfang init`: a commented configuration. Asks nothing that it can find out.

use std::{path::Path, process::ExitCode};

use clap::Args;

const TEMPLATE: &str = include_str!("config.toml");

#[derive(Debug, Args)]
pub struct Init {
    /// Replace a config.toml that exists
    #[arg(long)]
    force: bool,
}

impl Init {
    pub fn run(self, home: &Path) -> Result<ExitCode, String> {
        let file = home.join("config.toml");
        if file.exists() && !self.force {
            println!("{} exists already and was left alone (--force replaces it)", file.display());
            return Ok(ExitCode::SUCCESS);
        }
        let fail = |e: std::io::Error| format!("{}: {e}", file.display());
        std::fs::create_dir_all(home).map_err(fail)?;
        std::fs::write(&file, TEMPLATE).map_err(fail)?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            // The file may come to hold a key.
            std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).map_err(fail)?;
        }
        println!("wrote {}", file.display());
        println!("next: openfang start");
        Ok(ExitCode::SUCCESS)
    }
}
