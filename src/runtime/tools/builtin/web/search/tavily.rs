//! Tavily, <https://docs.tavily.com/documentation/api-reference/endpoint/search>.

use secrecy::ExposeSecret;
use serde_json::{Value, json};

use super::{super::Tavily, Ask, Hit, Query, hits};

pub fn ask(settings: &Tavily, query: &Query) -> Ask {
    let count = query.count(settings.max_results);
    let mut body = json!({"query": query.query, "max_results": count, "search_depth": settings.search_depth});
    if let Some(freshness) = query.freshness {
        body["time_range"] = freshness.word().into();
    }
    if let Some(site) = &query.site {
        body["include_domains"] = json!([site]);
    }
    let key = settings.key.as_ref().map(ExposeSecret::expose_secret).unwrap_or_default();
    Ask {
        url: format!("{}/search", settings.base_url.trim_end_matches('/')),
        headers: vec![("authorization", format!("Bearer {key}"))],
        body: Some(body),
        count,
        read,
    }
}

fn read(body: &[u8]) -> Option<Vec<Hit>> {
    let answer: Value = serde_json::from_slice(body).ok()?;
    hits(answer.get("results")?, "content", "published_date")
}
