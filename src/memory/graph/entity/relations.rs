//! Table `graph_relations`. Of one source, relation and target there is one shared row, and one for each agent.

use sea_orm::entity::prelude::*;

use super::scope::GraphScope;
use crate::{ids::Id, time::Ts};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "graph_relations")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id,
    pub scope: GraphScope,
    /// Owner of what is `self`; of what is shared, the agent that added it.
    pub agent_id: Option<Id>,
    /// Id of an entity.
    pub source: String,
    pub relation: String,
    /// Id of an entity.
    pub target: String,
    pub properties: Json,
    /// 0 to 1.
    pub confidence: f64,
    pub created_at: Ts,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
