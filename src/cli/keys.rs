//! `openfang keys`: the way in when the API is closed. Works on the database; a running SQLite server must be stopped.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use validator::Validate;

use crate::{
    auth::{password, schema::CreateApiKey, service},
    caller::{Caller, CallerKind},
    config::Config,
    db::{self, Db},
    ids::Id,
    page::ListParams,
    scopes::Role,
};

#[derive(Debug, Subcommand)]
#[command(about = "Manage API keys directly in the database; a server on SQLite must be stopped for it")]
pub enum Keys {
    /// Create a key and print it
    Create(Create),
    /// List the keys
    List,
    /// Revoke a key for good
    Revoke { id: String },
    /// Read a password from standard input and print the value for auth.password_hash
    HashPassword,
}

#[derive(Debug, Args)]
pub struct Create {
    name: String,
    /// viewer, operator or admin
    #[arg(long, default_value = "admin")]
    role: String,
    /// Days until it expires
    #[arg(long)]
    expires_in_days: Option<i32>,
}

impl Keys {
    pub async fn run(self, config: Config) -> Result<ExitCode, String> {
        match self {
            Self::HashPassword => hash_password()?,
            Self::Create(create) => {
                let role = Role::EVERY.into_iter().find(|r| r.to_string() == create.role);
                let request = CreateApiKey {
                    name: create.name,
                    role: Some(role.ok_or("--role must be viewer, operator or admin")?),
                    scopes: vec![],
                    expires_at: None,
                    expires_in_days: create.expires_in_days,
                    rate_limit: None,
                };
                request.validate().map_err(|e| e.to_string())?;
                let db = open(&config).await?;
                let (row, secret) = service::create(&db, &operator(), request).await.map_err(message)?;
                eprintln!("created {} ({}); the key is shown only now:", row.name, row.id);
                println!("{secret}");
            }
            Self::List => {
                let db = open(&config).await?;
                let params = ListParams { limit: Some(500), cursor: None };
                for row in service::list(&db, &params, false).await.map_err(message)?.rows {
                    let expires = row.expires_at.map_or("never expires".to_owned(), |t| format!("expires {t}"));
                    println!("{}  {}…  {}  {expires}", row.id, row.prefix, row.name);
                }
            }
            Self::Revoke { id } => {
                let id = Id::parse(&id).map_err(message)?;
                let row = service::revoke(&open(&config).await?, &config, &operator(), id).await.map_err(message)?;
                println!("revoked {}", row.name);
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn operator() -> Caller {
    Caller::operator(CallerKind::System, Some("command line".into()))
}

fn message(error: crate::error::Error) -> String {
    error.source_chain().unwrap_or_else(|| error.message().to_owned())
}

async fn open(config: &Config) -> Result<Db, String> {
    let url = config.database_url()?;
    let db = Db::connect(&url).await.map_err(|e| e.to_string())?;
    db::migrate::migrate(&db, &url).await.map_err(|e| e.to_string())?;
    Ok(db)
}

fn hash_password() -> Result<(), String> {
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).map_err(|e| e.to_string())?;
    let given = line.trim_end_matches(['\r', '\n']);
    if given.is_empty() {
        return Err("the password on standard input is empty".into());
    }
    println!("{}", password::hash_password(given).map_err(message)?);
    Ok(())
}
