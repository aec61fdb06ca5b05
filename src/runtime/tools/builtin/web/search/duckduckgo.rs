//! DuckDuckGo's page without scripts. There is no interface for programs; a changed page shows as an unreadable answer.

use url::Url;

use super::{super::html, Ask, Hit, Query, address};

pub fn ask(base_url: &str, query: &Query) -> Ask {
    let text = query.with_site();
    let mut parameters = vec![("q", text.as_str())];
    if let Some(freshness) = query.freshness {
        parameters.push(("df", freshness.letter()));
    }
    Ask { url: address(base_url, "/html/", &parameters), headers: vec![], body: None, count: query.count(5), read }
}

/// Each result is a link with its title, followed by one with its text.
fn read(body: &[u8]) -> Option<Vec<Hit>> {
    let page = String::from_utf8_lossy(body);
    let mut hits: Vec<Hit> = vec![];
    for link in html::elements(&page, "a") {
        if link.has_class("result__a") {
            let url = target(link.attribute("href"));
            hits.push(Hit { title: link.text, url, snippet: String::new(), published: None });
        } else if let (true, Some(hit)) = (link.has_class("result__snippet"), hits.last_mut()) {
            hit.snippet = link.text;
        }
    }
    let nothing_found = page.contains("no-results");
    (!hits.is_empty() || nothing_found).then_some(hits)
}

/// Links lead through a page of the engine that has the address as a parameter.
fn target(href: &str) -> String {
    let Ok(url) = Url::parse("https://duckduckgo.com/").and_then(|base| base.join(href)) else { return String::new() };
    let named = url.query_pairs().find(|(name, _)| name == "uddg").map(|(_, value)| value.into_owned());
    named.unwrap_or_else(|| url.to_string())
}
