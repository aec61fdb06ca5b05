//! Short forms for the column types that tables use. Ids are UUIDs, times are milliseconds since 1970.

use sea_orm_migration::prelude::{ColumnDef, IntoIden};

pub fn id(name: impl IntoIden) -> ColumnDef {
    ColumnDef::new(name).uuid().not_null().take()
}

pub fn id_null(name: impl IntoIden) -> ColumnDef {
    ColumnDef::new(name).uuid().null().take()
}

pub fn time(name: impl IntoIden) -> ColumnDef {
    ColumnDef::new(name).big_integer().not_null().take()
}

pub fn time_null(name: impl IntoIden) -> ColumnDef {
    ColumnDef::new(name).big_integer().null().take()
}

pub fn text(name: impl IntoIden) -> ColumnDef {
    ColumnDef::new(name).text().not_null().take()
}

pub fn text_null(name: impl IntoIden) -> ColumnDef {
    ColumnDef::new(name).text().null().take()
}

pub fn int(name: impl IntoIden) -> ColumnDef {
    ColumnDef::new(name).integer().not_null().take()
}

pub fn int_null(name: impl IntoIden) -> ColumnDef {
    ColumnDef::new(name).integer().null().take()
}

pub fn bytes_null(name: impl IntoIden) -> ColumnDef {
    ColumnDef::new(name).binary().null().take()
}
