//! The index of the words of memories: FTS5 on SQLite, a `tsvector` on Postgres.

use sea_orm::{
    DatabaseBackend,
    sea_query::{Alias, Expr, ExprTrait, Order, SelectStatement},
};

use crate::ids::Id;

/// Narrows a selection of memories to those that have this word, newest first. A word is letters and digits in lower case. `holder`, the
/// agent, lets SQLite skip the entries of others; whose rows are selected is up to the rest of the query all the same.
pub fn narrow(query: &mut SelectStatement, backend: DatabaseBackend, holder: Option<Id>, word: &str) {
    let word: String = word.chars().filter(|c| c.is_alphanumeric()).collect();
    if backend == DatabaseBackend::Sqlite {
        let index = Alias::new("memory_words");
        let of = holder.map(|id| format!("holder : \"{}\" AND ", id.0.simple())).unwrap_or_default();
        let row =
            Expr::col((index.clone(), Alias::new("rowid"))).equals((Alias::new("memories"), Alias::new("row_no")));
        query
            .inner_join(index, row)
            .and_where(Expr::cust_with_values("memory_words MATCH ?", [format!("{of}words : \"{word}\"")]))
            // By the index's own number, in whose order it gives rows out: so it stops at the limit.
            .order_by((Alias::new("memory_words"), Alias::new("rowid")), Order::Desc);
    } else {
        query
            .and_where(Expr::cust_with_values("word_vector @@ $1::tsquery", [format!("'{word}'")]))
            .order_by((Alias::new("memories"), Alias::new("row_no")), Order::Desc);
    }
}
