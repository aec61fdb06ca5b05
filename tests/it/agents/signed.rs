//! Signed manifests.

use ed25519_dalek::{Signer, SigningKey};
use openfang::config::{Config, ManifestSigning, TrustedKey};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{codes, create, names, read};
use crate::support::TestApp;

const TEXT: &str = "name = \"desk\" # signed\nprofile = \"minimal\"\n";

fn key(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32])
}

fn envelope(text: &str, key: &SigningKey) -> Value {
    let hash = hex::encode(Sha256::digest(text.as_bytes()));
    let signature = key.sign(hash.as_bytes()).to_bytes();
    json!({"manifest": text, "content_hash": hash, "signature": hex::encode(signature),
        "signer_public_key": key.verifying_key().to_bytes().to_vec(), "signer_id": "me@example.com"})
}

fn trusting(rule: ManifestSigning) -> impl Fn(&mut Config) {
    move |config| {
        config.security.manifest_signing = rule;
        let public_key = hex::encode(key(1).verifying_key().to_bytes());
        config.skills.trusted_keys = vec![TrustedKey { name: "me".into(), public_key }];
    }
}

#[tokio::test]
async fn trusted_and_unknown_signers() {
    let app = TestApp::with(trusting(ManifestSigning::Warn)).await;
    let admin = app.admin();
    let agent =
        create(&admin, json!({"signed_manifest": envelope(TEXT, &key(1)), "manifest_toml": format!("\n{TEXT}")})).await;
    assert_eq!(
        (&agent["signature"]["status"], &agent["signature"]["signer_id"]),
        (&json!("trusted"), &json!("me@example.com"))
    );
    assert_eq!(agent["signature"]["key_id"].as_str().unwrap().len(), 16);
    let stored = admin.call("get_agent_manifest").id(&agent["id"]).ok(200).await;
    assert_eq!((&stored["manifest_toml"], &stored["signed_manifest"]), (&json!(TEXT), &envelope(TEXT, &key(1))));

    let as_text = envelope("{\"name\": \"second\"}", &key(2)).to_string();
    let unknown = create(&admin, json!({"signed_manifest": as_text})).await;
    assert_eq!(unknown["signature"]["status"], "untrusted");
    assert!(codes(&unknown["warnings"]).contains(&"signer_not_trusted"));
    let strict =
        json!({"signed_manifest": envelope("name = \"third\"\nprofile = \"minimal\"", &key(2)), "strict": true});
    let failure = admin.call("create_agent").json(strict).fails(400, "invalid_manifest").await;
    assert_eq!(failure["details"][0]["code"], "signer_not_trusted");

    admin.call("update_agent").id(&agent["id"]).json(json!({"description": "edited"})).ok(200).await;
    assert_eq!(read(&admin, &agent).await["signature"]["status"], "none", "an edit drops the signature");
    let body = json!({"signed_manifest": envelope(TEXT, &key(1))});
    let again = admin.call("replace_agent").id(&agent["id"]).json(body).ok(200).await;
    assert_eq!(again["signature"]["status"], "trusted");
    let app = app.restart().await;
    assert_eq!(read(&app.admin(), &agent).await["signature"], again["signature"]);
}

#[tokio::test]
async fn a_bad_envelope_makes_nothing() {
    let app = TestApp::with(trusting(ManifestSigning::Off)).await;
    let admin = app.admin();
    let kept = create(&admin, json!({"name": "kept"})).await;
    let mut events = app.state.events.subscribe();
    let with = |member: &str, value: Value| {
        let mut envelope = envelope(TEXT, &key(1));
        envelope[member] = value;
        envelope
    };
    let zeros = json!("0".repeat(64));
    for (sent, status, code) in [
        (json!("no envelope"), 400, "invalid_request"),
        (json!({"manifest": TEXT}), 400, "invalid_request"),
        (with("signature", json!("abc")), 400, "invalid_request"),
        (with("signer_id", json!("")), 400, "invalid_request"),
        (with("content_hash", zeros.clone()), 403, "signature_invalid"),
        (with("manifest", json!("name = \"other\"")), 403, "signature_invalid"),
        (with("signature", json!(vec![7; 64])), 403, "signature_invalid"),
        (with("signer_public_key", json!(key(2).verifying_key().to_bytes().to_vec())), 403, "signature_invalid"),
        (with("signer_public_key", zeros), 403, "signature_invalid"),
    ] {
        admin.call("create_agent").json(json!({"signed_manifest": sent})).fails(status, code).await;
        let replace = admin.call("replace_agent").id(&kept["id"]).json(json!({"signed_manifest": sent}));
        replace.fails(status, code).await;
    }
    let mismatch = json!({"signed_manifest": envelope(TEXT, &key(1)), "manifest_toml": "name = \"other\""});
    admin.call("create_agent").json(mismatch.clone()).fails(400, "manifest_mismatch").await;
    admin.call("replace_agent").id(&kept["id"]).json(mismatch).fails(400, "manifest_mismatch").await;
    let both = json!({"signed_manifest": envelope(TEXT, &key(1)), "manifest": {"name": "x"}});
    admin.call("create_agent").json(both).fails(400, "invalid_request").await;
    assert_eq!(names(&mut events), Vec::<&str>::new());
    assert_eq!(admin.call("list_agents").ok(200).await.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_server_that_requires_signatures_takes_nothing_else() {
    let app = TestApp::start().await;
    let old = create(&app.admin(), json!({"name": "old"})).await;
    let app = app.restart_with(trusting(ManifestSigning::Require)).await;
    let admin = app.admin();
    admin.call("create_agent").json(json!({"name": "a"})).fails(403, "unsigned").await;
    admin.call("create_agent").json(json!({"template": "coder"})).fails(403, "unsigned").await;
    let unknown = json!({"signed_manifest": envelope(TEXT, &key(2))});
    admin.call("create_agent").json(unknown.clone()).fails(403, "signer_not_trusted").await;
    let renamed = json!({"signed_manifest": envelope(TEXT, &key(1)), "name": "other"});
    admin.call("create_agent").json(renamed).fails(403, "unsigned").await;
    let agent = create(&admin, json!({"signed_manifest": envelope(TEXT, &key(1))})).await;
    admin.call("clone_agent").id(&agent["id"]).fails(403, "unsigned").await;
    admin.call("update_agent").id(&agent["id"]).json(json!({"description": "x"})).fails(403, "unsigned").await;
    admin.call("update_agent_config").id(&agent["id"]).json(json!({"vibe": "x"})).fails(403, "unsigned").await;
    admin
        .call("replace_agent")
        .id(&agent["id"])
        .json(json!({"manifest": {"name": "desk"}}))
        .fails(403, "unsigned")
        .await;
    admin.call("replace_agent").id(&agent["id"]).json(unknown).fails(403, "signer_not_trusted").await;
    let mode = admin.call("set_agent_mode").id(&agent["id"]).json(json!({"mode": "stable"})).ok(200).await;
    assert_eq!(mode["signature"]["status"], "trusted", "a mode is no part of the text");
    assert_eq!(read(&admin, &old).await["signature"]["status"], "none");
    let next = envelope("name = \"desk\"\ndescription = \"Next\"\n", &key(1));
    admin.call("replace_agent").id(&agent["id"]).json(json!({"signed_manifest": next})).ok(200).await;
}
