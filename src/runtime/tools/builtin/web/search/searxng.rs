//! SearXNG, <https://docs.searxng.org/dev/search_api.html>. The instance must have the format `json` enabled.

use serde_json::Value;

use super::{Ask, Hit, Query, address, hits};

pub fn ask(base_url: &str, query: &Query) -> Ask {
    let text = query.with_site();
    let mut parameters = vec![("q", text.as_str()), ("format", "json")];
    if let Some(freshness) = query.freshness {
        parameters.push(("time_range", freshness.word()));
    }
    Ask { url: address(base_url, "/search", &parameters), headers: vec![], body: None, count: query.count(5), read }
}

fn read(body: &[u8]) -> Option<Vec<Hit>> {
    let answer: Value = serde_json::from_slice(body).ok()?;
    hits(answer.get("results")?, "content", "publishedDate")
}
