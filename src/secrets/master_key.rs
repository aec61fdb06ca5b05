//! The master key: 32 bytes from `OPENFANG_MASTER_KEY`, or from `master.key` in the data folder, which the first start makes.

use std::{
    fmt,
    fs::OpenOptions,
    io::{self, Write},
    path::{Path, PathBuf},
};

use aes_gcm::{Aes256Gcm, KeyInit};
use base64::{Engine, alphabet, engine};
use rand::TryRng;
use secrecy::{ExposeSecret, SecretBox, SecretString, zeroize::Zeroize};
use sha2::{Digest, Sha256};

use crate::{
    config::{Config, MASTER_KEY_VARIABLE},
    ids::Id,
};

const BYTES: usize = 32;
/// Parts the fingerprint from every other hash of the key.
const FINGERPRINT_LABEL: &[u8] = b"openfang-master-key-fingerprint-v1\0";
const BASE64: engine::GeneralPurpose = engine::GeneralPurpose::new(
    &alphabet::STANDARD,
    engine::GeneralPurposeConfig::new().with_decode_padding_mode(engine::DecodePaddingMode::Indifferent),
);

/// Where a key was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    Variable,
    File(PathBuf),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Variable => f.write_str(MASTER_KEY_VARIABLE),
            Self::File(path) => path.display().fmt(f),
        }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    #[error(
        "{0} must hold 32 bytes as 64 hex digits or base64; put the right key back, or, if no secret was ever stored, \
         remove it and the next start makes one"
    )]
    NotAKey(Place),
    #[error("the master key {0} cannot be used: {1}")]
    File(PathBuf, io::Error),
    #[error(
        "the master key in {place} is not the one that this database was set up with (fingerprint {given}…, expected \
         {expected}…), so its secrets would be lost; put the former key into {MASTER_KEY_VARIABLE} or {file}: it is in the \
         data folder or its backup, and every server of one database needs the same",
        file = file.display()
    )]
    Differs { place: Place, file: PathBuf, given: String, expected: String },
    #[error(
        "the master key that this database was set up with (fingerprint {expected}…) is missing; put it into \
         {MASTER_KEY_VARIABLE} or {file}: it is in the former data folder or its backup, and every server of one database \
         needs the same",
        file = file.display()
    )]
    Missing { file: PathBuf, expected: String },
    #[error(transparent)]
    Failed(#[from] crate::error::Error),
}

pub struct MasterKey {
    key: SecretBox<[u8; BYTES]>,
    pub place: Place,
}

impl MasterKey {
    /// The key that the operator or an earlier start left; the variable comes first.
    pub fn find(config: &Config) -> Result<Option<Self>, KeyError> {
        if let Some(text) = config.environment.get(MASTER_KEY_VARIABLE) {
            return Self::parse(text, Place::Variable).map(Some);
        }
        let path = config.master_key_file();
        match std::fs::read_to_string(&path) {
            Ok(text) => {
                let text = SecretString::from(text);
                Self::parse(text.expose_secret().trim(), Place::File(path)).map(Some)
            }
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(e) => Err(KeyError::File(path, e)),
        }
    }

    /// Makes a key and its file, which must not exist.
    pub fn make(config: &Config) -> Result<Self, KeyError> {
        let mut bytes = [0u8; BYTES];
        rand::rngs::SysRng.try_fill_bytes(&mut bytes).map_err(crate::error::Error::internal)?;
        let text = SecretString::from(hex::encode(bytes) + "\n");
        bytes.zeroize();
        let path = config.master_key_file();
        write_new(&path, text.expose_secret()).map_err(|e| KeyError::File(path.clone(), e))?;
        Self::parse(text.expose_secret().trim(), Place::File(path))
    }

    /// Takes back a key that `make` has just made and nothing uses.
    pub fn unmake(self) {
        if let Place::File(path) = &self.place
            && let Err(error) = std::fs::remove_file(path)
        {
            tracing::warn!(%error, file = %path.display(), "a master key that nothing uses could not be removed");
        }
    }

    fn parse(text: &str, place: Place) -> Result<Self, KeyError> {
        let decoded = match text.len() {
            64 => hex::decode(text).ok(),
            _ => BASE64.decode(text.replace('-', "+").replace('_', "/")).ok(),
        };
        let mut decoded = decoded.unwrap_or_default();
        let bytes = <[u8; BYTES]>::try_from(decoded.as_slice());
        decoded.zeroize();
        match bytes {
            Ok(bytes) => Ok(Self { key: SecretBox::new(Box::new(bytes)), place }),
            Err(_) => Err(KeyError::NotAKey(place)),
        }
    }

    /// Tells keys apart and says nothing about the key.
    pub fn fingerprint(&self) -> String {
        hex::encode(Sha256::new().chain_update(FINGERPRINT_LABEL).chain_update(self.key.expose_secret()).finalize())
    }

    pub(super) fn cipher(&self) -> Aes256Gcm {
        Aes256Gcm::new(self.key.expose_secret().into())
    }

    /// Whether others than the owner may read the file.
    pub fn is_readable_by_others(&self) -> bool {
        #[cfg(unix)]
        if let Place::File(path) = &self.place {
            use std::os::unix::fs::PermissionsExt;
            return std::fs::metadata(path).is_ok_and(|m| m.permissions().mode() & 0o077 != 0);
        }
        false
    }
}

/// On disk before anything is encrypted with it: a key that a power cut takes back takes the secrets along. The file
/// comes into being whole: a start that is killed in the middle leaves none, and the next one makes it.
fn write_new(path: &Path, text: &str) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    let draft = path.with_extension(format!("{}.new", Id::new()));
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&draft)?;
    let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
    // Unlike a rename this never replaces a key.
    let linked = written.and_then(|()| std::fs::hard_link(&draft, path));
    std::fs::remove_file(&draft)?;
    linked?;
    #[cfg(unix)]
    std::fs::File::open(folder)?.sync_all()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{MasterKey, Place};

    fn read(text: &str) -> Option<String> {
        MasterKey::parse(text, Place::Variable).ok().map(|key| key.fingerprint())
    }

    #[test]
    fn keys_are_read_in_every_form() {
        let hex = "fb".repeat(32);
        let same = read(&hex);
        assert!(same.is_some());
        for text in [
            "+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/s=",
            "-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_s",
            &hex.to_uppercase(),
        ] {
            assert_eq!(read(text), same, "{text}");
        }
        assert_ne!(read(&"fc".repeat(32)), same);
        for text in ["", "secret", &hex[..62], &"fb".repeat(33), &"zz".repeat(32)] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
