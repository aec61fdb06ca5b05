//! Tables `memories` and `memory_heads`.

use sea_orm::entity::prelude::*;

use super::MemorySource;
use crate::{ids::Id, time::Ts};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "memories")]
pub struct Model {
    /// Given by the database; the index of words knows rows by it.
    pub row_no: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id,
    pub agent_id: Id,
    /// Whom it is about, in stored form; blank: the agent's own.
    pub person: String,
    pub scope: String,
    pub source: MemorySource,
    pub content: String,
    /// SHA-256; unique with agent, person and scope.
    pub content_hash: String,
    /// The different words of the content, between blanks.
    pub words: String,
    pub confidence: f64,
    pub metadata: Json,
    pub session_id: Option<Id>,
    /// 32-bit floats, little-endian.
    pub embedding: Option<Vec<u8>>,
    /// The embedder that made it; others never mix with it.
    pub embedding_model: Option<String>,
    /// `memory_heads.rev` as of its last change, so that a copy knows what it lacks.
    pub rev: i64,
    pub expires_at: Option<Ts>,
    /// When it last lost confidence for want of use.
    pub faded_at: Option<Ts>,
    pub created_at: Ts,
    pub updated_at: Ts,
    pub accessed_at: Ts,
    pub access_count: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

pub mod head {
    //! How far the memories of an agent have come. Each change takes the next number, under the lock of this row.

    use sea_orm::entity::prelude::*;

    use crate::{ids::Id, time::Ts};

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "memory_heads")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub agent_id: Id,
        pub rev: i64,
        /// As of the last time that many memories went at once: older copies begin anew.
        pub purged_rev: i64,
        pub consolidated_at: Option<Ts>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
