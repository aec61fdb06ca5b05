//! Envelopes and trust.

use base64::{Engine, engine::general_purpose::STANDARD};
use ed25519_dalek::{Signer, SigningKey};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::{
    agents::manifest::{ManifestCode, SignatureStatus, admit, read_public_key, verify_envelope},
    config::ManifestSigning,
    error::ErrorCode,
};

const TEXT: &str = "name = \"signed\"\n";

fn signing_key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

fn envelope() -> Value {
    let hash = hex::encode(Sha256::digest(TEXT));
    let signature = signing_key().sign(hash.as_bytes()).to_bytes();
    json!({
        "manifest": TEXT, "content_hash": hash, "signature": signature.to_vec(),
        "signer_public_key": signing_key().verifying_key().to_bytes(), "signer_id": "release team"
    })
}

#[test]
fn an_envelope_is_read_in_every_spelling() {
    let expected = verify_envelope(&envelope()).unwrap();
    assert_eq!((expected.text.as_str(), expected.signer_id.as_str()), (TEXT, "release team"));
    assert_eq!(expected.key_id(), hex::encode(Sha256::digest(expected.public_key))[..16]);
    assert_eq!(verify_envelope(&json!(envelope().to_string())).unwrap(), expected);
    for encode in [|bytes: &[u8]| hex::encode(bytes), |bytes: &[u8]| STANDARD.encode(bytes)] {
        let mut spelled = envelope();
        for member in ["signature", "signer_public_key"] {
            let bytes: Vec<u8> = serde_json::from_value(spelled[member].take()).unwrap();
            spelled[member] = json!(encode(&bytes));
        }
        assert_eq!(verify_envelope(&spelled).unwrap(), expected);
    }
    assert!(expected.agrees_with("\n name = \"signed\"").is_ok());
    assert_eq!(expected.agrees_with("name = \"other\"").unwrap_err().code(), ErrorCode::ManifestMismatch);
}

#[test]
fn a_wrong_shape_is_a_bad_request() {
    for (member, value) in [
        ("manifest", json!(null)),
        ("content_hash", json!(5)),
        ("signature", json!([1, 2])),
        ("signature", json!(vec![300; 64])),
        ("signer_public_key", json!("zz")),
        ("signer_id", json!("")),
        ("signer_id", json!("x".repeat(257))),
    ] {
        let mut broken = envelope();
        broken[member] = value;
        assert_eq!(verify_envelope(&broken).unwrap_err().code(), ErrorCode::InvalidRequest, "{member}");
    }
    for broken in [json!("not json"), json!(5), json!([])] {
        assert_eq!(verify_envelope(&broken).unwrap_err().code(), ErrorCode::InvalidRequest);
    }
}

#[test]
fn wrong_hash_key_or_signature_is_refused() {
    let refused = |change: &dyn Fn(&mut Value)| {
        let mut broken = envelope();
        change(&mut broken);
        let error = verify_envelope(&broken).unwrap_err();
        assert_eq!(error.code(), ErrorCode::SignatureInvalid);
        error.message().to_owned()
    };
    assert!(refused(&|e| e["manifest"] = json!("name = \"evil\"")).contains("content_hash"));
    assert!(
        refused(&|e| e["content_hash"] = json!(e["content_hash"].as_str().unwrap().to_uppercase()))
            .contains("content_hash")
    );
    assert!(
        refused(&|e| e["signature"][0] = json!(e["signature"][0].as_u64().unwrap() ^ 1)).contains("does not belong")
    );
    let other = SigningKey::from_bytes(&[8; 32]).verifying_key().to_bytes();
    assert!(refused(&|e| e["signer_public_key"] = json!(other)).contains("does not belong"));
    // 2 is the y coordinate of no point; y = 1 is the neutral element, which would sign anything.
    let mut no_point = [0; 32];
    no_point[0] = 2;
    assert!(refused(&|e| e["signer_public_key"] = json!(no_point)).contains("no point"));
    let mut neutral = [0; 32];
    neutral[0] = 1;
    assert!(refused(&|e| e["signer_public_key"] = json!(neutral)).contains("small order"));
}

#[test]
fn the_setting_decides_about_unsigned_and_unknown() {
    let signed = verify_envelope(&envelope()).unwrap();
    let trusted = [signed.public_key];
    for rule in [ManifestSigning::Off, ManifestSigning::Warn] {
        assert_eq!(admit(None, rule, &[]).unwrap().0.status, SignatureStatus::None);
        let (signature, warning) = admit(Some(&signed), rule, &[]).unwrap();
        assert_eq!(signature.status, SignatureStatus::Untrusted);
        assert_eq!(warning.unwrap().code, ManifestCode::SignerNotTrusted);
    }
    for rule in [ManifestSigning::Off, ManifestSigning::Warn, ManifestSigning::Require] {
        let (signature, warning) = admit(Some(&signed), rule, &trusted).unwrap();
        assert_eq!((signature.status, warning), (SignatureStatus::Trusted, None));
        assert_eq!(signature.signer_id.as_deref(), Some("release team"));
    }
    assert_eq!(admit(None, ManifestSigning::Require, &trusted).unwrap_err().code(), ErrorCode::Unsigned);
    assert_eq!(admit(Some(&signed), ManifestSigning::Require, &[]).unwrap_err().code(), ErrorCode::SignerNotTrusted);
}

#[test]
fn keys_of_the_configuration() {
    let key = signing_key().verifying_key().to_bytes();
    assert_eq!(read_public_key(&hex::encode(key)), Some(key));
    assert_eq!(read_public_key(&STANDARD.encode(key)), Some(key));
    assert_eq!(read_public_key("short"), None);
    assert_eq!(read_public_key(&format!("01{}", "00".repeat(31))), None, "small order");
}
