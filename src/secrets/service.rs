//! Finds the master key of a database, then keeps, opens and forgets secrets under it.

use std::sync::Arc;

use aes_gcm::{
    Aes256Gcm,
    aead::{Aead, Payload},
};
use rand::TryRng;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::OnConflict,
};
use secrecy::{ExposeSecret, SecretString, zeroize::Zeroizing};

use super::{
    KeyError, MasterKey,
    entity::{ActiveModel, Column, Entity},
    key_entity as key,
};
use crate::{
    config::Config,
    db::Db,
    error::{Error, Result},
    time::Ts,
};

const SLOT: i32 = 1;
const NONCE_BYTES: usize = 12;
/// Begins the associated data, so that no other use of the key gives a ciphertext that fits here.
const ROW_LABEL: &str = "openfang-secret-v1\0";

/// What a start will do about the master key.
pub enum Standing {
    /// The database was set up with this one.
    Fits(MasterKey),
    /// The database has none: this one, or a fresh one, becomes its key.
    First(Option<MasterKey>),
    /// The database had another, under which nothing is stored.
    Replaces(Option<MasterKey>),
}

/// Finds the key and compares it with the database; changes nothing.
pub async fn standing(db: &Db, config: &Config) -> Result<Standing, KeyError> {
    let found = MasterKey::find(config)?;
    let Some(expected) = known_fingerprint(db).await? else { return Ok(Standing::First(found)) };
    match found {
        Some(found) if found.fingerprint() == expected => Ok(Standing::Fits(found)),
        // On Postgres another server may store a secret under the former key at any time.
        found if db.is_sqlite() && count(db).await? == 0 => Ok(Standing::Replaces(found)),
        Some(found) => Err(differs(found, config, &expected)),
        None => Err(KeyError::Missing { file: config.master_key_file(), expected: short(&expected) }),
    }
}

fn differs(found: MasterKey, config: &Config, expected: &str) -> KeyError {
    let given = short(&found.fingerprint());
    KeyError::Differs { place: found.place, file: config.master_key_file(), given, expected: short(expected) }
}

fn short(fingerprint: &str) -> String {
    fingerprint.chars().take(8).collect()
}

async fn known_fingerprint(db: &Db) -> Result<Option<String>> {
    Ok(key::Entity::find_by_id(SLOT).one(db.write()).await?.map(|row| row.fingerprint))
}

/// Number of stored secrets.
pub async fn count(db: &Db) -> Result<u64> {
    Ok(Entity::find().count(db.read()).await?)
}

/// Opens and closes secrets; clones share the key.
#[derive(Clone)]
pub struct SecretStore(Arc<Aes256Gcm>);

impl SecretStore {
    /// Takes the master key of this database, which the first start makes.
    pub async fn open(db: &Db, config: &Config) -> Result<Self, KeyError> {
        let key = match standing(db, config).await? {
            Standing::Fits(key) => key,
            Standing::First(found) => set_up(db, config, found).await?,
            Standing::Replaces(found) => {
                let key = found.map_or_else(|| MasterKey::make(config), Ok)?;
                let row = key::ActiveModel {
                    fingerprint: Set(key.fingerprint()),
                    created_at: Set(Ts::now()),
                    ..Default::default()
                };
                key::Entity::update_many()
                    .set(row)
                    .filter(key::Column::Slot.eq(SLOT))
                    .exec(db.write())
                    .await
                    .map_err(Error::from)?;
                tracing::warn!(key = %key.place, "another master key is in force; nothing was stored under the former one");
                key
            }
        };
        if key.is_readable_by_others() {
            tracing::warn!("{} can be read by others than its owner; chmod 600 closes it", key.place);
        }
        Ok(Self(Arc::new(key.cipher())))
    }

    /// Stores a secret, in place of the one that had the name.
    pub async fn put<C: ConnectionTrait>(&self, db: &C, name: &str, secret: &SecretString, now: Ts) -> Result<()> {
        let mut nonce = [0u8; NONCE_BYTES];
        rand::rngs::SysRng.try_fill_bytes(&mut nonce).map_err(Error::internal)?;
        let payload = Payload { msg: secret.expose_secret().as_bytes(), aad: &row_identity(name) };
        let ciphertext = self.0.encrypt(&nonce.into(), payload).map_err(|_| Error::internal("encryption failed"))?;
        let row = ActiveModel {
            name: Set(name.to_owned()),
            nonce: Set(nonce.to_vec()),
            ciphertext: Set(ciphertext),
            updated_at: Set(now),
        };
        let replace = OnConflict::column(Column::Name)
            .update_columns([Column::Nonce, Column::Ciphertext, Column::UpdatedAt])
            .to_owned();
        Entity::insert(row).on_conflict(replace).exec_without_returning(db).await?;
        Ok(())
    }

    /// The secret of this name. A row that was changed by other hands is an error, never another secret.
    pub async fn get<C: ConnectionTrait>(&self, db: &C, name: &str) -> Result<Option<SecretString>> {
        let Some(row) = Entity::find_by_id(name).one(db).await? else { return Ok(None) };
        let unreadable = || Error::internal(format!("the stored secret '{name}' was damaged; store it anew"));
        let nonce = <[u8; NONCE_BYTES]>::try_from(row.nonce.as_slice()).map_err(|_| unreadable())?;
        let payload = Payload { msg: &row.ciphertext, aad: &row_identity(name) };
        let plain = Zeroizing::new(self.0.decrypt(&nonce.into(), payload).map_err(|_| unreadable())?);
        let text = std::str::from_utf8(&plain).map_err(|_| unreadable())?;
        Ok(Some(SecretString::from(text)))
    }

    /// False when there was none.
    pub async fn delete<C: ConnectionTrait>(&self, db: &C, name: &str) -> Result<bool> {
        let gone = Entity::delete_by_id(name).exec(db).await?;
        Ok(gone.rows_affected > 0)
    }

    /// Names of all secrets, in alphabetical order.
    pub async fn names<C: ConnectionTrait>(&self, db: &C) -> Result<Vec<String>> {
        let names = Entity::find().select_only().column(Column::Name).order_by_asc(Column::Name);
        Ok(names.into_tuple().all(db).await?)
    }
}

fn row_identity(name: &str) -> Vec<u8> {
    [ROW_LABEL, name].concat().into_bytes()
}

/// Puts down the first key. Of servers that start at once one wins; the others need its key.
async fn set_up(db: &Db, config: &Config, found: Option<MasterKey>) -> Result<MasterKey, KeyError> {
    let made = found.is_none();
    let master = found.map_or_else(|| MasterKey::make(config), Ok)?;
    let own = master.fingerprint();
    let row = key::ActiveModel { slot: Set(SLOT), fingerprint: Set(own.clone()), created_at: Set(Ts::now()) };
    let on_conflict = OnConflict::column(key::Column::Slot).do_nothing().to_owned();
    key::Entity::insert(row).on_conflict(on_conflict).exec_without_returning(db.write()).await.map_err(Error::from)?;
    match known_fingerprint(db).await? {
        Some(known) if known != own && made => {
            master.unmake();
            Err(KeyError::Missing { file: config.master_key_file(), expected: short(&known) })
        }
        Some(known) if known != own => Err(differs(master, config, &known)),
        _ => {
            tracing::info!(key = %master.place, made, "the database has a master key; back it up beside the database");
            Ok(master)
        }
    }
}
