//! Table `graph_entities`. The names an entity is found by stand in `graph_names` besides.

use sea_orm::entity::prelude::*;

use super::scope::GraphScope;
use crate::{ids::Id, time::Ts};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "graph_entities")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub scope: GraphScope,
    /// Owner of what is `self`; of what is shared, the agent that added it.
    pub agent_id: Option<Id>,
    pub name: String,
    /// As `names::key` writes it; with the type unique among what is shared and among what one agent owns.
    pub name_key: String,
    /// The keys of name and aliases, a line each, to look for parts in.
    pub search_key: String,
    /// A list of texts.
    pub aliases: Json,
    pub entity_type: String,
    pub properties: Json,
    pub created_at: Ts,
    pub updated_at: Ts,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
