//! Signed manifests: an Ed25519 envelope around the exact text, and whether its signer is trusted here. The key inside the
//! envelope proves nothing by itself.

use base64::{Engine, engine::general_purpose::STANDARD};
use ed25519_dalek::{Signature, VerifyingKey};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use crate::{
    config::ManifestSigning,
    error::{Error, ErrorCode},
};

use super::{ManifestCode, ManifestWarning};

/// A manifest whose signature is right. Trust is another question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedManifest {
    /// The exact text that was signed.
    pub text: String,
    pub signer_id: String,
    pub public_key: [u8; 32],
}

/// What is known about the signature of an agent's manifest.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ManifestSignature {
    /// Whether there is a signature and whether its key is trusted.
    pub status: SignatureStatus,
    /// How the signer names itself; proves nothing.
    pub signer_id: Option<String>,
    /// First 16 hexadecimal digits of the SHA-256 of the key.
    #[schema(example = "9f86d081884c7d65")]
    pub key_id: Option<String>,
}

/// State of a signature.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SignatureStatus {
    #[default]
    None,
    Trusted,
    Untrusted,
}

/// The members of an envelope. Byte members are lists of integers, hexadecimal or base64.
#[derive(Deserialize)]
struct Envelope {
    manifest: String,
    content_hash: String,
    signature: Value,
    signer_public_key: Value,
    signer_id: String,
}

/// Checks an envelope, given as an object or as a string holding one: shape, hash, key, signature, in this order.
///
/// # Errors
/// `invalid_request` for a wrong shape, `signature_invalid` for a wrong hash, key or signature.
pub fn verify_envelope(value: &Value) -> Result<SignedManifest, Error> {
    let parsed = match value {
        Value::String(text) => serde_json::from_str(text),
        other => serde_json::from_value(other.clone()),
    };
    let envelope: Envelope = parsed.map_err(|error| shape(format!("is no envelope: {error}")))?;
    let key: [u8; 32] = bytes(&envelope.signer_public_key, "signer_public_key")?;
    let signature: [u8; 64] = bytes(&envelope.signature, "signature")?;
    if envelope.signer_id.is_empty() || envelope.signer_id.chars().count() > 256 {
        return Err(shape("the signer_id has 1 to 256 characters"));
    }
    if hex::encode(Sha256::digest(envelope.manifest.as_bytes())) != envelope.content_hash {
        return Err(invalid("the content_hash is not the SHA-256 of the manifest"));
    }
    let key = VerifyingKey::from_bytes(&key).map_err(|_| invalid("the public key is no point of the curve"))?;
    if key.is_weak() {
        return Err(invalid("the public key is of small order"));
    }
    key.verify_strict(envelope.content_hash.as_bytes(), &Signature::from_bytes(&signature))
        .map_err(|_| invalid("the signature does not belong to this manifest and key"))?;
    Ok(SignedManifest { text: envelope.manifest, signer_id: envelope.signer_id, public_key: key.to_bytes() })
}

fn shape(message: impl Into<String>) -> Error {
    Error::invalid("signed_manifest", message)
}

fn invalid(reason: &str) -> Error {
    Error::new(ErrorCode::SignatureInvalid, format!("The signature of the manifest is not valid: {reason}"))
}

fn bytes<const N: usize>(value: &Value, member: &str) -> Result<[u8; N], Error> {
    let list = match value {
        Value::Array(list) => {
            list.iter().map(|number| number.as_u64().and_then(|byte| u8::try_from(byte).ok())).collect()
        }
        Value::String(text) => decode(text),
        _ => None,
    };
    list.and_then(|list: Vec<u8>| list.try_into().ok())
        .ok_or_else(|| shape(format!("{member} must be {N} bytes as list of integers, hexadecimal or base64")))
}

fn decode(text: &str) -> Option<Vec<u8>> {
    hex::decode(text).ok().or_else(|| STANDARD.decode(text).ok())
}

/// A public key of the configuration, hexadecimal or base64.
pub fn read_public_key(text: &str) -> Option<[u8; 32]> {
    let key: [u8; 32] = decode(text.trim())?.try_into().ok()?;
    VerifyingKey::from_bytes(&key).ok().filter(|key| !key.is_weak()).map(|key| key.to_bytes())
}

impl SignedManifest {
    /// First 16 hexadecimal digits of the SHA-256 of the key.
    pub fn key_id(&self) -> String {
        hex::encode(&Sha256::digest(self.public_key)[..8])
    }

    /// Whether a text given beside the envelope says the same; if not, the request is a `manifest_mismatch`.
    pub fn agrees_with(&self, text: &str) -> Result<(), Error> {
        if self.text.trim() == text.trim() {
            return Ok(());
        }
        Err(Error::new(ErrorCode::ManifestMismatch, "manifest_toml is not the text inside signed_manifest"))
    }
}

/// Whether a manifest is admitted, and what is recorded about its signature.
///
/// # Errors
/// Under `require`: `unsigned` without a signature, `signer_not_trusted` with one of an unknown key.
pub fn admit(
    signed: Option<&SignedManifest>,
    rule: ManifestSigning,
    trusted_keys: &[[u8; 32]],
) -> Result<(ManifestSignature, Option<ManifestWarning>), Error> {
    let Some(signed) = signed else {
        return match rule {
            ManifestSigning::Require => Err(Error::new(
                ErrorCode::Unsigned,
                "This server admits only signed manifests: send signed_manifest (setting security.manifest_signing)",
            )),
            ManifestSigning::Off | ManifestSigning::Warn => Ok((ManifestSignature::default(), None)),
        };
    };
    let trusted = trusted_keys.contains(&signed.public_key);
    let key_id = signed.key_id();
    let message = format!("the signature is right, but the key {key_id} is not in skills.trusted_keys");
    if !trusted && rule == ManifestSigning::Require {
        return Err(Error::new(ErrorCode::SignerNotTrusted, format!("The manifest is not admitted: {message}")));
    }
    let warning = (!trusted).then(|| ManifestWarning {
        code: ManifestCode::SignerNotTrusted,
        path: "signed_manifest".to_owned(),
        message,
        suggestion: None,
    });
    let status = if trusted { SignatureStatus::Trusted } else { SignatureStatus::Untrusted };
    let signature = ManifestSignature { status, signer_id: Some(signed.signer_id.clone()), key_id: Some(key_id) };
    Ok((signature, warning))
}
