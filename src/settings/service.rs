//! Reads and writes of the table `settings`.

use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait, sea_query::OnConflict};
use serde::{Serialize, de::DeserializeOwned};

use super::entity::{ActiveModel, Column, Entity};
use crate::{
    error::{Error, Result},
    time::Ts,
};

/// None: never set.
pub async fn get<T: DeserializeOwned, C: ConnectionTrait>(db: &C, name: &str) -> Result<Option<T>> {
    let row = Entity::find_by_id(name).one(db).await?;
    row.map(|row| serde_json::from_value(row.value).map_err(Error::internal)).transpose()
}

pub async fn set<T: Serialize, C: ConnectionTrait>(db: &C, name: &str, value: &T, by: &str) -> Result<()> {
    let row = ActiveModel {
        name: Set(name.to_owned()),
        value: Set(serde_json::to_value(value).map_err(Error::internal)?),
        updated_by: Set(by.to_owned()),
        updated_at: Set(Ts::now()),
    };
    let replace = OnConflict::column(Column::Name)
        .update_columns([Column::Value, Column::UpdatedBy, Column::UpdatedAt])
        .to_owned();
    Entity::insert(row).on_conflict(replace).exec_without_returning(db).await?;
    Ok(())
}
