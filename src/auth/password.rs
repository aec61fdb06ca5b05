//! Passwords (Argon2id) and random secrets with their stored hashes.

use argon2::{Argon2, PasswordHasher, PasswordVerifier};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use rand::TryRng;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::error::{Error, Result};

pub const KEY_PREFIX: &str = "ofk_";
pub const LOGIN_PREFIX: &str = "ofs_";

/// A fresh secret of 256 random bits behind `prefix`.
pub fn new_secret(prefix: &str) -> Result<String> {
    let mut bytes = [0u8; 32];
    rand::rngs::SysRng.try_fill_bytes(&mut bytes).map_err(Error::internal)?;
    Ok(format!("{prefix}{}", URL_SAFE_NO_PAD.encode(bytes)))
}

/// What is stored of a secret. It has 256 random bits, so one round of SHA-256 is enough.
pub fn secret_hash(secret: &str) -> String {
    hex::encode(Sha256::digest(secret))
}

/// Compares in constant time, whatever the lengths.
pub fn same(a: &str, b: &str) -> bool {
    Sha256::digest(a).ct_eq(&Sha256::digest(b)).into()
}

/// PHC string for `auth.password_hash`.
pub fn hash_password(password: &str) -> Result<String> {
    let hash = Argon2::default().hash_password(password.as_bytes());
    hash.map(|h| h.to_string()).map_err(|e| Error::internal(e.to_string()))
}

/// Slow on purpose; the caller runs it off the async threads.
pub fn verify_password(password: &str, phc: &str) -> bool {
    Argon2::default().verify_password(password.as_bytes(), phc).is_ok()
}

#[cfg(test)]
mod tests {
    use super::{KEY_PREFIX, hash_password, new_secret, same, verify_password};

    #[test]
    fn passwords_and_secrets() {
        let phc = hash_password("correct horse").unwrap();
        assert!(phc.starts_with("$argon2id$"));
        assert!(verify_password("correct horse", &phc));
        assert!(!verify_password("wrong horse", &phc));
        assert!(!verify_password("correct horse", "not a hash"));
        let (a, b) = (new_secret(KEY_PREFIX).unwrap(), new_secret(KEY_PREFIX).unwrap());
        assert_eq!(a.len(), 47);
        assert!(!same(&a, &b) && same(&a, &a.clone()));
    }
}
