//! Encrypted secrets: what is stored can be read under the right key and name only, and nowhere lies in plain text.

use std::{collections::BTreeMap, path::Path, process::Command};

use openfang::{
    app::{AppState, Metrics},
    config::{Config, Environment, MASTER_KEY_VARIABLE},
    db::{self, Db},
    secrets::{KeyError, SecretStore},
    time::Ts,
};
use sea_orm::ConnectionTrait;
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use tempfile::TempDir;

use crate::support::{
    TestApp,
    chat::{ask, scripted_with},
    database,
};

const TEXT: &str = "sk-plain-text-of-a-secret";

/// A database and the folder beside it, without a server.
struct Place {
    home: TempDir,
    config: Config,
    db: Db,
}

impl Place {
    async fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let mut config = Config { home: home.path().to_owned(), ..Config::default() };
        config.database.url = database::fresh(home.path()).await;
        let url = config.database_url().unwrap();
        let db = Db::connect(&url).await.unwrap();
        db::migrate::migrate(&db, &url).await.unwrap();
        Self { home, config, db }
    }

    async fn open(&self) -> Result<SecretStore, KeyError> {
        SecretStore::open(&self.db, &self.config).await
    }

    async fn refused(&self) -> String {
        self.open().await.err().expect("the start is refused").to_string()
    }

    /// Sets the variable; None removes it.
    fn set_key(&mut self, key: Option<&str>) {
        let variables = key.map(|key| (MASTER_KEY_VARIABLE.to_owned(), key.to_owned()));
        self.config.environment = Environment::from(BTreeMap::from_iter(variables));
    }

    async fn put(&self, store: &SecretStore, name: &str, text: &str) {
        store.put(self.db.write(), name, &SecretString::from(text), Ts::now()).await.unwrap();
    }

    async fn get(&self, store: &SecretStore, name: &str) -> Option<String> {
        store.get(self.db.read(), name).await.unwrap().map(|s| s.expose_secret().to_owned())
    }

    async fn sql(&self, sql: &str) {
        assert_eq!(self.db.write().execute_unprepared(sql).await.unwrap().rows_affected(), 1, "{sql}");
    }

    fn key_file(&self) -> std::path::PathBuf {
        self.home.path().join("data/master.key")
    }
}

fn key(digit: &str) -> String {
    digit.repeat(64)
}

#[tokio::test]
async fn secrets_come_back_until_they_are_replaced_or_deleted() {
    let place = Place::new().await;
    let store = place.open().await.unwrap();
    assert_eq!(place.get(&store, "provider/openai").await, None);
    place.put(&store, "provider/openai", TEXT).await;
    place.put(&store, "provider/groq", "").await;
    assert_eq!(place.get(&store, "provider/openai").await.as_deref(), Some(TEXT));
    assert_eq!(place.get(&store, "provider/groq").await.as_deref(), Some(""));
    place.put(&store, "provider/openai", "another").await;
    assert_eq!(place.get(&store, "provider/openai").await.as_deref(), Some("another"));
    assert_eq!(store.names(place.db.read()).await.unwrap(), ["provider/groq", "provider/openai"]);
    assert!(store.delete(place.db.write(), "provider/groq").await.unwrap());
    assert!(!store.delete(place.db.write(), "provider/groq").await.unwrap());
    assert_eq!(place.get(&store, "provider/groq").await, None);
}

#[tokio::test]
async fn secrets_survive_a_restart_and_a_move_of_the_key_into_the_environment() {
    let app = TestApp::start().await;
    let secret = SecretString::from(TEXT);
    app.state.secrets.put(app.state.db.write(), "a", &secret, Ts::now()).await.unwrap();
    let app = app.restart().await;
    let read = app.state.secrets.get(app.state.db.read(), "a").await.unwrap().unwrap();
    assert_eq!(read.expose_secret(), TEXT);
    let file = app.state.config.master_key_file();
    let key = std::fs::read_to_string(&file).unwrap();
    std::fs::remove_file(&file).unwrap();
    let variables = BTreeMap::from([(MASTER_KEY_VARIABLE.to_owned(), key)]);
    let app = app.restart_with(|config| config.environment = Environment::from(variables)).await;
    let read = app.state.secrets.get(app.state.db.read(), "a").await.unwrap().unwrap();
    assert_eq!(read.expose_secret(), TEXT);
    assert!(!file.exists());
}

#[tokio::test]
async fn another_key_is_refused_while_secrets_are_stored() {
    let mut place = Place::new().await;
    place.set_key(Some(&key("a")));
    let store = place.open().await.unwrap();
    place.put(&store, "s", TEXT).await;

    place.set_key(Some(&key("b")));
    let said = place.refused().await;
    assert!(said.contains("the master key in OPENFANG_MASTER_KEY is not the one"), "{said}");
    assert!(said.contains(&place.key_file().display().to_string()), "what to do: {said}");
    place.set_key(None);
    let said = place.refused().await;
    assert!(said.contains("is missing"), "{said}");
    assert!(!place.key_file().exists(), "no key is made that nothing fits");
    place.set_key(Some("not a key"));
    let said = place.refused().await;
    assert!(said.starts_with("OPENFANG_MASTER_KEY must hold 32 bytes"), "{said}");

    place.set_key(Some(&key("a")));
    let store = place.open().await.unwrap();
    assert_eq!(place.get(&store, "s").await.as_deref(), Some(TEXT));
    store.delete(place.db.write(), "s").await.unwrap();
    // With nothing stored SQLite takes another key. Postgres may have other servers that use the former one.
    place.set_key(Some(&key("b")));
    if place.db.is_sqlite() {
        place.open().await.unwrap();
        place.set_key(None);
        place.open().await.unwrap();
        assert!(place.key_file().exists());
    } else {
        place.refused().await;
    }
}

#[tokio::test]
async fn the_server_does_not_start_with_another_key() {
    let place = Place::new().await;
    let store = place.open().await.unwrap();
    place.put(&store, "s", TEXT).await;
    let Place { home, config, db } = place;
    db.close().await.unwrap();
    std::fs::write(home.path().join("data/master.key"), key("c")).unwrap();
    let said = AppState::build(config, Metrics::default()).await.err().expect("refused").to_string();
    assert!(said.contains("data/master.key is not the one that this database was set up with"), "{said}");
}

#[tokio::test]
async fn of_servers_that_start_at_once_one_makes_the_key() {
    let place = Place::new().await;
    if place.db.is_sqlite() {
        // Its lock lets one server start at a time.
        return;
    }
    let others: Vec<TempDir> = (0..4).map(|_| tempfile::tempdir().unwrap()).collect();
    let configs: Vec<Config> =
        others.iter().map(|home| Config { home: home.path().to_owned(), ..place.config.clone() }).collect();
    let opened = futures::future::join_all(configs.iter().map(|config| SecretStore::open(&place.db, config))).await;
    let files = configs.iter().filter(|config| config.master_key_file().exists()).count();
    let won = opened.iter().filter(|store| store.is_ok()).count();
    assert_eq!((won, files), (1, 1), "the others are refused and leave no key behind");
}

#[tokio::test]
async fn a_row_that_other_hands_changed_does_not_open() {
    let place = Place::new().await;
    let store = place.open().await.unwrap();
    let broken = async |name: &str| store.get(place.db.read(), name).await.unwrap_err().source_chain().unwrap();
    for name in ["a", "b", "c", "d"] {
        place.put(&store, name, TEXT).await;
    }
    place
        .sql("UPDATE secrets SET ciphertext = (SELECT ciphertext FROM secrets WHERE name = 'd') WHERE name = 'a'")
        .await;
    assert!(broken("a").await.contains("'a' was damaged"));
    place.sql("UPDATE secrets SET nonce = (SELECT nonce FROM secrets WHERE name = 'd') WHERE name = 'b'").await;
    broken("b").await;
    place.sql("UPDATE secrets SET name = 'e' WHERE name = 'c'").await;
    broken("e").await;
    assert_eq!(place.get(&store, "d").await.as_deref(), Some(TEXT), "what was not touched opens");
    let shown = broken("e").await;
    assert!(!shown.contains(TEXT));
}

#[tokio::test]
async fn the_plain_text_lies_nowhere_on_disk() {
    let place = Place::new().await;
    let store = place.open().await.unwrap();
    place.put(&store, "a-name-that-is-not-secret", TEXT).await;
    let Place { home, db, .. } = place;
    let is_sqlite = db.is_sqlite();
    let files = |found: &mut Vec<u8>| {
        for entry in std::fs::read_dir(home.path()).unwrap().chain(std::fs::read_dir(home.path().join("data")).unwrap())
        {
            let path = entry.unwrap().path();
            if path.is_file() {
                found.extend(std::fs::read(path).unwrap());
            }
        }
    };
    let mut found = vec![];
    files(&mut found);
    db.close().await.unwrap();
    files(&mut found);
    let holds = |text: &str| found.windows(text.len()).any(|part| part == text.as_bytes());
    assert_eq!(holds("a-name-that-is-not-secret"), is_sqlite, "the test looks where the rows are");
    assert!(!holds(TEXT));
}

#[cfg(unix)]
#[tokio::test]
async fn the_key_file_is_its_owners_and_closed_to_tools() {
    use std::os::unix::fs::PermissionsExt;
    let app = TestApp::start().await;
    let file = app.state.config.master_key_file();
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let tools = json!({"capabilities": {"tools": ["file_read"], "file_read": ["**"]}});
    let agent = scripted_with(&app.admin(), "desk", tools).await;
    let workspace = Path::new(&app.state.config.workspaces_dir()).join("desk");
    std::fs::create_dir_all(&workspace).unwrap();
    std::fs::hard_link(&file, workspace.join("notes.txt")).unwrap();
    std::fs::write(workspace.join("open.txt"), "open").unwrap();
    for (name, status) in [("notes.txt", "denied"), ("open.txt", "completed")] {
        let text = format!("@@tool file_read {{\"path\":\"{name}\"}}\n@@turn\n@@reply Done.");
        let reply = ask(&app.admin(), &agent, &text).await;
        let steps = app.admin().call("list_run_steps").id(&reply["run_id"]).query("kind", "tool_call").ok(200).await;
        let step = &steps["steps"][0];
        assert_eq!(step["status"], status, "{step:#}");
        assert_eq!(step.to_string().contains("belongs to the server"), status == "denied", "{step:#}");
    }
}

#[tokio::test]
async fn doctor_says_whether_the_key_fits() {
    let mut place = Place::new().await;
    let doctor = |config: &Config| {
        let done = Command::new(env!("CARGO_BIN_EXE_openfang"))
            .arg("doctor")
            .env_clear()
            .env("OPENFANG_HOME", &config.home)
            .env("OPENFANG_LISTEN", "127.0.0.1:0")
            .env("OPENFANG_DATABASE_URL", &config.database.url)
            .output();
        String::from_utf8(done.unwrap().stdout).unwrap()
    };
    place.db.clone().close().await.unwrap();
    let said = doctor(&place.config);
    assert!(said.contains("ok    the next start makes the master key in"), "{said}");
    let url = place.config.database_url().unwrap();
    place.db = Db::connect(&url).await.unwrap();
    let store = place.open().await.unwrap();
    place.put(&store, "s", TEXT).await;
    place.db.clone().close().await.unwrap();
    let said = doctor(&place.config);
    assert!(said.contains("master.key fits; stored secrets: 1"), "{said}");
    std::fs::write(place.key_file(), key("d")).unwrap();
    let said = doctor(&place.config);
    assert!(said.contains("FAIL  the master key in"), "{said}");
}
