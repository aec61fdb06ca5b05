//! Layers, errors with their place, and warnings about keys nobody reads.

use std::{collections::BTreeMap, path::PathBuf};

use super::{Config, Environment, check, load};

fn home(file: &str) -> PathBuf {
    let home = std::env::temp_dir().join(format!("openfang-config-{}", uuid::Uuid::now_v7()));
    std::fs::create_dir_all(&home).unwrap();
    std::fs::write(home.join("config.toml"), file).unwrap();
    home
}

fn read(file: &str, variables: &[(&str, &str)]) -> Result<Config, String> {
    let environment: BTreeMap<_, _> = variables.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    load(&home(file), None, environment.into()).map(|l| l.config).map_err(|e| e.to_string())
}

#[test]
fn environment_lies_over_the_file() {
    let config = read(
        "api_listen = '127.0.0.1:1'\napi_key = 'file'\n[rate_limit]\nburst = 7\n",
        &[("OPENFANG_LISTEN", "127.0.0.1:2"), ("OPENFANG_RATE_LIMIT__ENABLED", "false"), ("OPENFANG_API_KEY", "12345")],
    )
    .unwrap();
    assert_eq!(config.api_listen, "127.0.0.1:2");
    assert_eq!(config.config_key(), Some("12345"));
    assert!(!config.rate_limit.enabled);
    assert_eq!(config.rate_limit.burst, 7);
}

#[test]
fn lists_come_comma_separated_or_as_json() {
    for text in ["https://a.example, https://b.example", r#"["https://a.example","https://b.example"]"#] {
        let config = read("", &[("OPENFANG_CORS__ALLOWED_ORIGINS", text)]).unwrap();
        assert_eq!(config.cors.allowed_origins, ["https://a.example", "https://b.example"]);
    }
}

#[test]
fn a_broken_file_names_its_line() {
    let error = read("api_listen = '127.0.0.1:1'\n\n[rate_limit]\nburst = 'many'\n", &[]).err().unwrap();
    assert!(error.contains("config.toml, line 4"), "{error}");
    let error = read("api_key = \n", &[]).err().unwrap();
    assert!(error.contains("line 1"), "{error}");
}

#[test]
fn a_wrong_variable_is_named() {
    let error = read("", &[("OPENFANG_RATE_LIMIT__BURST", "many")]).err().unwrap();
    assert!(error.contains("OPENFANG_RATE_LIMIT__BURST"), "{error}");
}

#[test]
fn out_of_range_is_an_error_with_the_range() {
    let error = read("[runtime]\nworkers = 0\n", &[]).err().unwrap();
    assert!(error.contains("runtime.workers") && error.contains("1 to 1024"), "{error}");
}

#[test]
fn unknown_keys_warn_with_the_nearest() {
    let config = read("[rate_limit]\nburts = 3\n[channels.telegram]\ntoken = 'x'\n", &[]).unwrap();
    assert!(config.warnings.iter().any(|w| w.contains("'rate_limit.burst'")), "{:?}", config.warnings);
    assert!(config.warnings.iter().any(|w| w.contains("channels")), "{:?}", config.warnings);
}

#[test]
fn old_spellings_count_and_warn() {
    let config = read("[api]\napi_listen = '127.0.0.1:9'\n", &[]).unwrap();
    assert_eq!(config.api_listen, "127.0.0.1:9");
    assert_eq!(config.warnings.len(), 1, "{:?}", config.warnings);
}

#[test]
fn dotenv_lies_below_the_environment() {
    let home = home("");
    std::fs::write(home.join(".env"), "OPENFANG_API_KEY=low\nOPENAI_API_KEY=\"sk\"\n").unwrap();
    let config = load(&home, None, Environment::empty()).unwrap().config;
    assert_eq!(config.config_key(), Some("low"));
    assert_eq!(config.environment.get("OPENAI_API_KEY"), Some("sk"));
}

#[test]
fn networks() {
    for (network, peer, inside) in [
        ("10.0.0.0/8", "10.1.2.3", true),
        ("10.0.0.0/8", "11.1.2.3", false),
        ("127.0.0.1", "127.0.0.1", true),
        ("127.0.0.1", "::ffff:127.0.0.1", true),
        ("fd00::/8", "fd12::1", true),
        ("fd00::/8", "10.0.0.1", false),
        ("0.0.0.0/0", "8.8.8.8", true),
    ] {
        assert_eq!(check::network_contains(network, peer.parse().unwrap()), inside, "{network} {peer}");
    }
}

#[test]
fn values_that_cannot_work_are_refused() {
    for (file, key) in [
        ("[auth]\nenabled = true\npassword_hash = '$argon2id$garbage'\n", "auth.password_hash"),
        ("[tls]\ncert = 'none.pem'\nkey = 'none.pem'\n", "tls.cert"),
        ("[cors]\nallowed_origins = ['*']\n", "cors.allowed_origins"),
        ("[server]\nallowed_hosts = ['*.example']\n", "server.allowed_hosts"),
        ("[server]\ntrusted_proxies = ['proxy']\n", "server.trusted_proxies"),
        ("api_listen = 'here'\n", "api_listen"),
        ("[database]\nurl = 'mysql://x'\n", "database.url"),
    ] {
        let error = read(file, &[]).err().unwrap();
        assert!(error.starts_with(key), "{file}: {error}");
    }
}

#[test]
fn fixed_names_are_not_unknown_keys() {
    let config = read("", &[("OPENFANG_DATABASE_URL", "postgres://a/b"), ("OPENFANG_LISTEN", "127.0.0.1:2")]).unwrap();
    assert!(config.warnings.is_empty(), "{:?}", config.warnings);
    assert_eq!(config.database.url, "postgres://a/b");
}
