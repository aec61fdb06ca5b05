//! The knowledge graph: entities, the names they are found by, and relations between them.

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, boolean, double, json, text, uuid, uuid_null},
};

use super::m20261124_110000_agents::Agents;

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m20261125_100100_graph"
    }
}

#[sea_orm_migration::async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        entities(manager).await?;
        names(manager).await?;
        relations(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(GraphRelations::Table).to_owned()).await?;
        manager.drop_table(Table::drop().table(GraphNames::Table).to_owned()).await?;
        manager.drop_table(Table::drop().table(GraphEntities::Table).to_owned()).await
    }
}

async fn entities(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table(GraphEntities::Table)
                .col(text(GraphEntities::Id).primary_key())
                .col(text(GraphEntities::Scope))
                .col(uuid_null(GraphEntities::AgentId))
                .col(text(GraphEntities::Name))
                .col(text(GraphEntities::NameKey))
                .col(text(GraphEntities::SearchKey))
                .col(json(GraphEntities::Aliases))
                .col(text(GraphEntities::EntityType))
                .col(json(GraphEntities::Properties))
                .col(big_integer(GraphEntities::CreatedAt))
                .col(big_integer(GraphEntities::UpdatedAt))
                .foreign_key(
                    ForeignKey::create()
                        .from(GraphEntities::Table, GraphEntities::AgentId)
                        .to(Agents::Table, Agents::Id),
                )
                .to_owned(),
        )
        .await?;
    let index = |name: &str| Index::create().name(name).table(GraphEntities::Table).to_owned();
    // Of one name and type there is one shared entity, and one for each agent.
    let mut shared = index("graph_entities_shared");
    shared.col(GraphEntities::NameKey).col(GraphEntities::EntityType).unique();
    manager.create_index(shared.cond_where(Expr::col(GraphEntities::Scope).eq("shared")).to_owned()).await?;
    let mut own = index("graph_entities_self");
    own.col(GraphEntities::AgentId).col(GraphEntities::NameKey).col(GraphEntities::EntityType).unique();
    manager.create_index(own.cond_where(Expr::col(GraphEntities::Scope).eq("self")).to_owned()).await?;
    manager.create_index(index("graph_entities_agent").col(GraphEntities::AgentId).to_owned()).await?;
    manager
        .create_index(index("graph_entities_name").col(GraphEntities::NameKey).col(GraphEntities::Id).to_owned())
        .await
}

async fn names(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table(GraphNames::Table)
                .col(text(GraphNames::NameKey))
                .col(text(GraphNames::EntityId))
                .col(boolean(GraphNames::IsAlias))
                .primary_key(Index::create().col(GraphNames::NameKey).col(GraphNames::EntityId))
                .foreign_key(
                    ForeignKey::create()
                        .from(GraphNames::Table, GraphNames::EntityId)
                        .to(GraphEntities::Table, GraphEntities::Id)
                        .on_delete(ForeignKeyAction::Cascade),
                )
                .to_owned(),
        )
        .await?;
    let index =
        Index::create().name("graph_names_entity").table(GraphNames::Table).col(GraphNames::EntityId).to_owned();
    manager.create_index(index).await
}

async fn relations(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let end = |column: GraphRelations| {
        ForeignKey::create()
            .from(GraphRelations::Table, column)
            .to(GraphEntities::Table, GraphEntities::Id)
            .on_delete(ForeignKeyAction::Cascade)
            .to_owned()
    };
    manager
        .create_table(
            Table::create()
                .table(GraphRelations::Table)
                .col(uuid(GraphRelations::Id).primary_key())
                .col(text(GraphRelations::Scope))
                .col(uuid_null(GraphRelations::AgentId))
                .col(text(GraphRelations::Source))
                .col(text(GraphRelations::Relation))
                .col(text(GraphRelations::Target))
                .col(json(GraphRelations::Properties))
                .col(double(GraphRelations::Confidence))
                .col(big_integer(GraphRelations::CreatedAt))
                .foreign_key(&mut end(GraphRelations::Source))
                .foreign_key(&mut end(GraphRelations::Target))
                .foreign_key(
                    ForeignKey::create()
                        .from(GraphRelations::Table, GraphRelations::AgentId)
                        .to(Agents::Table, Agents::Id),
                )
                .to_owned(),
        )
        .await?;
    let index = |name: &str| Index::create().name(name).table(GraphRelations::Table).to_owned();
    let mut shared = index("graph_relations_shared");
    shared.col(GraphRelations::Source).col(GraphRelations::Relation).col(GraphRelations::Target).unique();
    manager.create_index(shared.cond_where(Expr::col(GraphRelations::Scope).eq("shared")).to_owned()).await?;
    let mut own = index("graph_relations_self");
    own.col(GraphRelations::AgentId)
        .col(GraphRelations::Source)
        .col(GraphRelations::Relation)
        .col(GraphRelations::Target)
        .unique();
    manager.create_index(own.cond_where(Expr::col(GraphRelations::Scope).eq("self")).to_owned()).await?;
    manager.create_index(index("graph_relations_source").col(GraphRelations::Source).to_owned()).await?;
    manager.create_index(index("graph_relations_target").col(GraphRelations::Target).to_owned()).await?;
    manager.create_index(index("graph_relations_agent").col(GraphRelations::AgentId).to_owned()).await?;
    manager
        .create_index(
            index("graph_relations_confidence").col(GraphRelations::Confidence).col(GraphRelations::Id).to_owned(),
        )
        .await
}

#[derive(DeriveIden)]
enum GraphEntities {
    Table,
    Id,
    Scope,
    AgentId,
    Name,
    NameKey,
    SearchKey,
    Aliases,
    EntityType,
    Properties,
    CreatedAt,
    UpdatedAt,
}

#[derive(DeriveIden)]
enum GraphNames {
    Table,
    NameKey,
    EntityId,
    IsAlias,
}

#[derive(DeriveIden)]
enum GraphRelations {
    Table,
    Id,
    Scope,
    AgentId,
    Source,
    Relation,
    Target,
    Properties,
    Confidence,
    CreatedAt,
}
