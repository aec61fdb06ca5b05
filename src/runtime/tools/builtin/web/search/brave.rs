//! Brave, <https://api-dashboard.search.brave.com/app/documentation/web-search/get-started>.

use secrecy::ExposeSecret;
use serde_json::Value;

use super::{super::Brave, Ask, Hit, Query, address, hits};

pub fn ask(settings: &Brave, query: &Query) -> Ask {
    let (text, count) = (query.with_site(), query.count(settings.max_results));
    let (number, freshness) = (count.to_string(), query.freshness.map(|f| format!("p{}", f.letter())));
    let mut parameters = vec![("q", text.as_str()), ("count", &number)];
    let freshness = freshness.as_deref().unwrap_or(&settings.freshness);
    let others = [("freshness", freshness), ("country", &settings.country), ("search_lang", &settings.search_lang)];
    parameters.extend(others.into_iter().filter(|(_, value)| !value.is_empty()));
    let key = settings.key.as_ref().map(|key| key.expose_secret().to_owned()).unwrap_or_default();
    let headers = vec![("x-subscription-token", key), ("accept", "application/json".to_owned())];
    Ask { url: address(&settings.base_url, "/res/v1/web/search", &parameters), headers, body: None, count, read }
}

fn read(body: &[u8]) -> Option<Vec<Hit>> {
    let answer: Value = serde_json::from_slice(body).ok()?;
    match answer.get("web") {
        Some(web) => hits(web.get("results")?, "description", "page_age"),
        // Left out when nothing was found.
        None => Some(vec![]),
    }
}
