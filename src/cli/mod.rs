//! The commands of the binary. Each one loads the configuration itself, so that a broken file is reported the same way.

use std::{path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};

use crate::config::{self, Config, Environment};

mod doctor;
mod init;
mod keys;
mod start;

/// An agent operating system behind an HTTP API.
#[derive(Debug, Parser)]
#[command(name = "openfang", version, about)]
pub struct Arguments {
    /// Home folder with config.toml and data [default: ~/.openfang]
    #[arg(long, global = true, env = "OPENFANG_HOME")]
    home: Option<PathBuf>,
    /// Configuration file instead of <home>/config.toml
    #[arg(long, global = true, env = "OPENFANG_CONFIG")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Start the server
    Start(start::Start),
    /// Write a commented config.toml
    Init(init::Init),
    /// Bring the database up to date and exit
    Migrate,
    /// Print the OpenAPI document
    Openapi {
        /// JSON instead of YAML
        #[arg(long)]
        json: bool,
    },
    /// Manage API keys directly in the database
    #[command(subcommand)]
    Keys(keys::Keys),
    /// Say what is wrong and what to do
    Doctor,
    /// For the server's own use: becomes a program of an agent, under limits
    #[cfg(unix)]
    #[command(name = "__launch", hide = true)]
    Launch {
        plan: String,
        #[arg(last = true, required = true)]
        command: Vec<std::ffi::OsString>,
    },
}

/// Runs a command; a failure is one line on standard error.
pub fn run(arguments: Arguments) -> ExitCode {
    match execute(arguments) {
        Ok(code) => code,
        Err(message) => {
            eprintln!("openfang: {message}");
            ExitCode::FAILURE
        }
    }
}

fn execute(arguments: Arguments) -> Result<ExitCode, String> {
    if let Command::Openapi { json } = arguments.command {
        return print_document(json);
    }
    #[cfg(unix)]
    if let Command::Launch { plan, command } = arguments.command {
        return Ok(crate::runtime::tools::process::launch::launch(&plan, &command));
    }
    let environment = Environment::process();
    let home = match arguments.home {
        Some(home) => home,
        None => {
            environment.get("HOME").map(|h| PathBuf::from(h).join(".openfang")).ok_or("set OPENFANG_HOME or HOME")?
        }
    };
    if let Command::Init(init) = arguments.command {
        return init.run(&home);
    }
    let loaded = config::load(&home, arguments.config.as_deref(), environment);
    if matches!(arguments.command, Command::Doctor) {
        return on_runtime(doctor::run(loaded.map(|l| l.config).map_err(|e| e.to_string())));
    }
    let loaded = loaded.map_err(|e| e.to_string())?;
    match arguments.command {
        Command::Start(start) => on_runtime(start.run(loaded.config)),
        Command::Migrate => on_runtime(migrate(loaded.config)),
        Command::Keys(keys) => on_runtime(keys.run(loaded.config)),
        Command::Openapi { .. } | Command::Init(_) | Command::Doctor => Ok(ExitCode::SUCCESS),
        #[cfg(unix)]
        Command::Launch { .. } => Ok(ExitCode::SUCCESS),
    }
}

fn on_runtime<F: Future<Output = Result<ExitCode, String>>>(future: F) -> Result<ExitCode, String> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(|e| e.to_string())?;
    runtime.block_on(future)
}

fn print_document(json: bool) -> Result<ExitCode, String> {
    use std::io::Write;
    let document = crate::openapi::ordered(&crate::router::document()).map_err(|e| e.to_string())?;
    let text = match json {
        true => format!("{document:#}\n"),
        false => yaml_serde::to_string(&document).map_err(|e| e.to_string())?,
    };
    std::io::stdout().write_all(text.as_bytes()).map_err(|e| e.to_string())?;
    Ok(ExitCode::SUCCESS)
}

async fn migrate(config: Config) -> Result<ExitCode, String> {
    let url = config.database_url()?;
    let db = crate::db::Db::connect(&url).await.map_err(|e| e.to_string())?;
    let migrated = crate::db::migrate::migrate(&db, &url).await.map_err(|e| e.to_string())?;
    if let Some(backup) = migrated.backup {
        println!("copied the database to {}", backup.display());
    }
    match migrated.applied.is_empty() {
        true => println!("the database is up to date"),
        false => migrated.applied.iter().for_each(|name| println!("applied {name}")),
    }
    Ok(ExitCode::SUCCESS)
}
