//! `openfang doctor`: looks at everything that a start needs, and says what to do about what is wrong.

use std::{net::TcpListener, process::ExitCode};

use crate::{
    agents::{manifest::ExecMode, rules::ManifestRules},
    auth,
    config::Config,
    db::{ConnectError, Db, migrate},
    llm::registry::ModelChoice,
    runtime::tools::{process::sandbox, registry::Registry as Tools},
    secrets::{self, MasterKey, Standing},
};

struct Report {
    failures: u32,
}

impl Report {
    fn ok(&self, what: &str) {
        println!("ok    {what}");
    }

    fn warn(&self, what: &str, todo: &str) {
        println!("warn  {what}\n      -> {todo}");
    }

    fn fail(&mut self, what: &str, todo: &str) {
        self.failures += 1;
        println!("FAIL  {what}\n      -> {todo}");
    }
}

pub async fn run(config: Result<Config, String>) -> Result<ExitCode, String> {
    let mut report = Report { failures: 0 };
    match config {
        Err(error) => report
            .fail(&format!("configuration: {error}"), "correct the file or the variable; nothing starts until then"),
        Ok(config) => {
            report.ok(&format!("configuration in {}", config.home.display()));
            for warning in config.warnings.iter() {
                report.warn(warning, "remove or rename the key");
            }
            check_listener(&config, &mut report);
            check_database(&config, &mut report).await;
            check_models(&config, &mut report).await;
            #[cfg(unix)]
            check_programs(&config, &report);
        }
    }
    Ok(if report.failures == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn check_listener(config: &Config, report: &mut Report) {
    match TcpListener::bind(&config.api_listen) {
        Ok(_) => report.ok(&format!("{} is free to listen on", config.api_listen)),
        Err(e) => report.warn(
            &format!("{}: {e}", config.api_listen),
            "fine if openfang is running already; else stop the other program or set api_listen",
        ),
    }
}

async fn check_database(config: &Config, report: &mut Report) {
    let url = match config.database_url() {
        Ok(url) => url,
        Err(e) => return report.fail(&format!("database.url: {e}"), "correct database.url"),
    };
    let db = match Db::connect(&url).await {
        Ok(db) => db,
        Err(ConnectError::InUse(_)) => {
            return report.ok("the database is in use by a running server; see its /api/health/detail");
        }
        Err(e) => return report.fail(&format!("database: {e}"), "start the database, or correct database.url"),
    };
    match migrate::pending(&db, &url).await {
        Ok(pending) if pending.is_empty() => report.ok(&format!("{} database answers and is up to date", url.kind())),
        Ok(pending) => {
            let text = format!("{} database answers; {} migrations are due", url.kind(), pending.len());
            return report.warn(&text, "they run at the next start; openfang migrate runs them now");
        }
        Err(e) => return report.fail(&format!("database: {e}"), "see the message"),
    }
    check_master_key(&db, config, report).await;
    match auth::service::count_in_force(&db).await {
        Ok(0) if config.config_key().is_none() && !config.auth.enabled => {
            report.warn("no key is configured: this machine may do everything", "openfang keys create admin");
        }
        Ok(n) => report.ok(&format!("{n} API keys in force")),
        Err(e) => report.fail(&format!("API keys: {e}"), "see the message"),
    }
}

async fn check_master_key(db: &Db, config: &Config, report: &mut Report) {
    let key = match secrets::service::standing(db, config).await {
        Ok(Standing::Fits(key)) => {
            match secrets::service::count(db).await {
                Ok(n) => report.ok(&format!("the master key in {} fits; stored secrets: {n}", key.place)),
                Err(e) => report.fail(&format!("secrets: {e}"), "see the message"),
            }
            Some(key)
        }
        Ok(Standing::First(key) | Standing::Replaces(key)) => {
            let from =
                key.as_ref().map_or_else(|| config.master_key_file().display().to_string(), |k| k.place.to_string());
            let verb = if key.is_some() { "takes" } else { "makes" };
            report.ok(&format!("the next start {verb} the master key in {from}; nothing is stored under another"));
            key
        }
        Err(e) => return report.fail(&e.to_string(), "nothing starts until then"),
    };
    if let Some(key) = key.filter(MasterKey::is_readable_by_others) {
        report.warn(&format!("{} can be read by others", key.place), &format!("chmod 600 {}", key.place));
    }
}

async fn check_models(config: &Config, report: &mut Report) {
    let models = match crate::app::models::registry(config) {
        Ok(models) => models,
        Err(e) => return report.fail(&e, "correct the configuration"),
    };
    let settings = crate::app::tools::settings(config, &models);
    let rules = settings.and_then(|settings| Tools::configured(&settings).map_err(|e| e.to_string()));
    let models = std::sync::Arc::new(models);
    if let Err(e) = rules.and_then(|tools| ManifestRules::new(config, models.clone(), &tools)) {
        report.fail(&e, "correct the configuration");
    }
    models.probe_local().await;
    let model = models.resolve(&ModelChoice::default());
    let name = format!("default model {}/{}", model.provider, model.upstream_id);
    match models.how_to_configure().split_first() {
        None => report.ok(&name),
        Some((first, rest)) => report.warn(&format!("{name}: {first}"), &rest.join("\n      -> ")),
    }
}

/// How programs of agents are held, since it depends on the machine.
#[cfg(unix)]
fn check_programs(config: &Config, report: &Report) {
    if config.exec_policy.mode == ExecMode::Deny {
        return report.ok("programs of agents: the exec policy permits none");
    }
    match sandbox::standing() {
        sandbox::Standing::Confined => report.ok(
            "programs of agents: a process group, a cleared environment and limits each; Landlock keeps them out of the \
             server's files and lets them write to their workspace only",
        ),
        sandbox::Standing::Open(reason) => {
            let text = format!("programs of agents have limits, but are not confined: {reason}");
            report.warn(&text, "they can read and write what this user can; set exec_policy.mode = \"deny\" if that is too much");
        }
    }
    if rustix::process::geteuid().is_root() {
        report.warn("the server runs as root, and so do programs of agents", "run it as a user of its own");
    }
}
