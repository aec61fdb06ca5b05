//! Tables `logins` (who is logged in) and `login_failures` (what locks a name and address out).

pub mod login {
    use sea_orm::entity::prelude::*;

    use crate::{ids::Id, time::Ts};

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "logins")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Id,
        pub token_hash: String,
        pub username: String,
        /// SHA-256 of the password hash in force at login: a changed password ends the login.
        pub password_mark: String,
        pub ip: String,
        pub created_at: Ts,
        pub expires_at: Ts,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod failure {
    use sea_orm::entity::prelude::*;

    use crate::{ids::Id, time::Ts};

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "login_failures")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Id,
        pub ip: String,
        pub username: String,
        pub at: Ts,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
