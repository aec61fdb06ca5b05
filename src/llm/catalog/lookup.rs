//! From a text in a manifest or a request to a model: ids, ids with their provider in front, aliases, display names.

use super::{Catalog, FoundBy, Model, ModelOrigin, canonical_provider};

impl Catalog {
    /// Looks `text` up, at one provider or at all. Of equal ids at several providers the first one wins whose provider
    /// is `available`, in catalogue order; the first of all when none is.
    pub fn find(
        &self,
        provider: Option<&str>,
        text: &str,
        available: &dyn Fn(&str) -> bool,
    ) -> Option<(&Model, FoundBy)> {
        match provider {
            Some(provider) => self.find_at(&canonical_provider(provider), text.trim()),
            None => self.find_anywhere(text.trim(), available),
        }
    }

    fn find_at(&self, provider: &str, text: &str) -> Option<(&Model, FoundBy)> {
        let at = |id: &str| self.by_id(id, &|m| m.provider == provider, &|_| true).map(|m| (m, FoundBy::Id));
        at(text)
            .or_else(|| at(&format!("{provider}/{text}")))
            .or_else(|| at(text.strip_prefix(provider)?.strip_prefix(['/', ':'])?))
            .or_else(|| {
                let target = self.aliases.get(&text.to_ascii_lowercase())?;
                at(target).map(|(m, _)| (m, FoundBy::Alias))
            })
            .or_else(|| {
                let same_name = |m: &&Model| m.provider == provider && m.display_name.eq_ignore_ascii_case(text);
                self.models.iter().find(same_name).map(|m| (m, FoundBy::DisplayName))
            })
    }

    fn find_anywhere(&self, text: &str, available: &dyn Fn(&str) -> bool) -> Option<(&Model, FoundBy)> {
        let by_id = |id: &str| self.by_id(id, &|_| true, available);
        by_id(text)
            .map(|m| (m, FoundBy::Id))
            .or_else(|| {
                let (provider, rest) = text.split_once(['/', ':'])?;
                let provider = &self.provider(provider)?.id;
                self.find_at(provider, rest)
            })
            .or_else(|| by_id(self.aliases.get(&text.to_ascii_lowercase())?).map(|m| (m, FoundBy::Alias)))
            .or_else(|| {
                let same_name = self.models.iter().filter(|m| m.display_name.eq_ignore_ascii_case(text));
                first_available(same_name, available).map(|m| (m, FoundBy::DisplayName))
            })
    }

    fn by_id(&self, id: &str, accept: &dyn Fn(&Model) -> bool, available: &dyn Fn(&str) -> bool) -> Option<&Model> {
        let candidates = |origin: ModelOrigin| self.models.iter().filter(move |m| m.origin == origin && accept(m));
        [ModelOrigin::Discovered, ModelOrigin::Builtin].into_iter().find_map(|origin| {
            first_available(candidates(origin).filter(|m| m.id == id), available)
                .or_else(|| first_available(candidates(origin).filter(|m| m.id.eq_ignore_ascii_case(id)), available))
        })
    }

    /// Ids and aliases that look like `text`, best first, for messages.
    pub fn near(&self, text: &str, limit: usize) -> Vec<String> {
        let wanted = text.to_ascii_lowercase();
        let names = self.models.iter().map(|m| m.id.as_str()).chain(self.aliases.keys().map(String::as_str));
        nearest(names, &wanted, limit)
    }

    /// Provider ids that look like `text`, best first, for messages.
    pub fn near_providers(&self, text: &str, limit: usize) -> Vec<String> {
        nearest(self.providers.iter().map(|p| p.id.as_str()), &text.to_ascii_lowercase(), limit)
    }
}

fn first_available<'a>(
    candidates: impl Iterator<Item = &'a Model>,
    available: &dyn Fn(&str) -> bool,
) -> Option<&'a Model> {
    let mut first = None;
    for model in candidates {
        if available(&model.provider) {
            return Some(model);
        }
        first = first.or(Some(model));
    }
    first
}

fn nearest<'a>(names: impl Iterator<Item = &'a str>, wanted: &str, limit: usize) -> Vec<String> {
    let mut scored: Vec<(f64, &str)> = names
        .map(|name| (strsim::jaro_winkler(&name.to_ascii_lowercase(), wanted), name))
        .filter(|(score, _)| *score >= 0.85)
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
    scored.dedup_by(|a, b| a.1 == b.1);
    scored.into_iter().take(limit).map(|(_, name)| name.to_owned()).collect()
}
