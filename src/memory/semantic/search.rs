//! Hybrid search: the nearest vectors and the memories that share words, fused into one score that the answer explains.
//! Whatever finds a memory, its row decides whether it may be seen and what it scores.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

use futures::{StreamExt, future::try_join_all};
use tokio::sync::Notify;

use super::{
    Embedder, MemoryRow,
    filter::Filter,
    matrix::{Best, Near, dot, unit},
    service, vector_of,
    vectors::Vectors,
    words::{Weights, asked},
};
use crate::{db::Db, error::Result, ids::Id, time::Ts};

/// Share of the nearness in meaning, and of the shared words.
const VECTOR_SHARE: f64 = 0.7;
const TEXT_SHARE: f64 = 0.3;
/// Memories that are looked at for a word; of a more frequent one only the newest, since it tells little.
const PER_WORD: u64 = 500;
/// Rows that one search reads at most.
const MOST_ROWS: usize = 16_000;
/// From so many vectors on, a search gets a thread of its own.
const LARGE: usize = 4_000;
/// A provider gets so long to embed a question; then words have to do.
const EMBED_WITHIN: Duration = Duration::from_secs(5);

/// The memories of this server, as they are searched.
pub struct Search {
    pub embedder: Arc<dyn Embedder>,
    vectors: Vectors,
    /// Memories wait for a vector.
    pub unembedded: Notify,
}

#[derive(Clone, Debug)]
pub struct Question {
    /// None: all live agents.
    pub agent: Option<Id>,
    pub text: String,
    pub filter: Filter,
    pub limit: usize,
    pub min_score: f64,
}

/// How the answer was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// By meaning; the question has no words.
    Vector,
    /// By words; the embedder is out of reach.
    Text,
    /// By both.
    Hybrid,
}

/// What a score is made of.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Scores {
    /// Cosine, not below 0.
    pub vector: f64,
    /// Share of the question's words, rare ones counting more; the best hit has 1.
    pub text: f64,
}

#[derive(Clone, Debug)]
pub struct Found {
    pub row: MemoryRow,
    pub score: f64,
    pub scores: Scores,
}

#[derive(Clone, Debug)]
pub struct Answer {
    /// Best first.
    pub found: Vec<Found>,
    pub method: Method,
}

/// The score of a memory.
pub fn fused(confidence: f64, scores: Scores) -> f64 {
    confidence * (VECTOR_SHARE * scores.vector.max(0.0) + TEXT_SHARE * scores.text)
}

impl Search {
    pub fn new(embedder: Arc<dyn Embedder>) -> Self {
        let vectors = Vectors::new(embedder.model());
        Self { embedder, vectors, unembedded: Notify::new() }
    }

    /// The vector of a text and its embedder's name; None when the embedder is out of reach.
    pub async fn embed(&self, text: &str) -> Option<(Vec<f32>, String)> {
        let texts = [text.to_owned()];
        match tokio::time::timeout(EMBED_WITHIN, self.embedder.embed(&texts)).await {
            Ok(Ok(made)) => Some((made.into_iter().next()?, self.embedder.model().to_owned())),
            Ok(Err(error)) => {
                tracing::warn!(model = self.embedder.model(), %error, "the embedder did not answer");
                None
            }
            Err(_) => {
                tracing::warn!(model = self.embedder.model(), "the embedder did not answer in time");
                None
            }
        }
    }

    /// Finds memories, and notes that they were used.
    pub async fn find(&self, db: &Db, question: &Question) -> Result<Answer> {
        let answer = self.look(db, question).await?;
        let used = answer.found.iter().map(|found| found.row.id).collect();
        service::touch(db.write(), used, Ts::now()).await?;
        Ok(answer)
    }

    async fn look(&self, db: &Db, question: &Question) -> Result<Answer> {
        let head = match question.agent {
            Some(agent) => match service::head(db.read(), agent).await? {
                Some(head) => Some((agent, head)),
                None => return Ok(Answer { found: vec![], method: Method::Hybrid }),
            },
            None => None,
        };
        let words = asked(&question.text);
        let vector = self.embed(&question.text).await.map(|(vector, _)| unit(vector));
        let method = match (&vector, words.is_empty()) {
            (None, _) => Method::Text,
            (Some(_), true) => Method::Vector,
            (Some(_), false) => Method::Hybrid,
        };
        let by_word = self.by_word(db, question, &words).await?;
        let counts: Vec<usize> = by_word.iter().map(Vec::len).collect();
        let vector = vector.unwrap_or_default();
        let mut take = 3 * question.limit + 50;
        loop {
            let (near, total) = self.near(db, question, head, vector.clone(), take).await?;
            let weights = Weights::new(words.clone(), &counts, total);
            let ids = candidates(&near, &by_word, &weights, take);
            let asked_for = ids.clone();
            let mut rows = service::rows(db.read(), ids).await?;
            self.forget_gone(head, &near, &rows);
            rows.retain(|row| {
                question.agent.is_none_or(|agent| agent == row.agent_id) && question.filter.admits_row(row)
            });
            let found = rank(rows, &vector, self.embedder.model(), &weights, question);
            // Filters on what only rows know, and rows that are gone, may have left too few.
            let seen_all = near.len() < take && asked_for.len() < take;
            if found.len() >= question.limit || seen_all || take >= MOST_ROWS {
                return Ok(Answer { found: found.into_iter().take(question.limit).collect(), method });
            }
            take = (take * 4).min(MOST_ROWS);
        }
    }

    /// For each word of the question the memories that have it.
    async fn by_word(&self, db: &Db, question: &Question, words: &[String]) -> Result<Vec<Vec<Id>>> {
        let look = |word| service::with_word(db.read(), question.agent, word, &question.filter, PER_WORD);
        try_join_all(words.iter().map(|word| look(word.as_str()))).await
    }

    /// The nearest memories, and among how many.
    async fn near(
        &self,
        db: &Db,
        question: &Question,
        head: Option<(Id, service::Head)>,
        vector: Vec<f32>,
        take: usize,
    ) -> Result<(Vec<Near>, usize)> {
        let Some((agent, head)) = head else { return self.scan(db, question, &vector, take).await };
        let slot = self.vectors.current(db, agent, head).await?;
        let Some(total) = slot.with(super::matrix::Matrix::len) else {
            return self.scan(db, question, &vector, take).await;
        };
        if vector.is_empty() {
            return Ok((vec![], total));
        }
        let filter = question.filter.clone();
        let search = move || slot.with(|matrix| matrix.nearest(&vector, &filter, take)).unwrap_or_default();
        let near = match total > LARGE {
            true => tokio::task::spawn_blocking(search).await.map_err(crate::error::Error::internal)?,
            false => search(),
        };
        Ok((near, total))
    }

    /// Reads the rows themselves, for what no matrix holds.
    async fn scan(&self, db: &Db, question: &Question, vector: &[f32], take: usize) -> Result<(Vec<Near>, usize)> {
        let (mut best, mut total) = (Best::new(take), 0);
        let mut rows = std::pin::pin!(service::vector_rows(db, question.agent, 0).await?);
        while let Some(row) = rows.next().await {
            let entry = row?.entry(self.embedder.model());
            total += 1;
            if !question.filter.admits(&entry.seen) {
                continue;
            }
            let unit = entry.vector.map(unit).filter(|v| v.len() == vector.len() && !v.is_empty());
            if let Some(cosine) = unit.map(|unit| dot(&unit, vector)) {
                best.offer(Near { id: entry.id, cosine, rank: cosine * entry.seen.confidence });
            }
        }
        Ok((best.into_sorted(), total))
    }

    /// Vectors whose rows are gone leave the copy.
    fn forget_gone(&self, head: Option<(Id, service::Head)>, near: &[Near], rows: &[MemoryRow]) {
        let Some((agent, _)) = head else { return };
        let there: HashSet<Id> = rows.iter().map(|row| row.id).collect();
        let gone: Vec<Id> = near.iter().map(|near| near.id).filter(|id| !there.contains(id)).collect();
        if !gone.is_empty() {
            self.vectors.forget(agent, &gone);
        }
    }
}

/// What is worth reading: the nearest, and those with the heaviest words.
fn candidates(near: &[Near], by_word: &[Vec<Id>], weights: &Weights, take: usize) -> Vec<Id> {
    let mut sums: HashMap<Id, f64> = HashMap::new();
    for (index, ids) in by_word.iter().enumerate() {
        for id in ids {
            *sums.entry(*id).or_default() += weights.of(index);
        }
    }
    let mut by_weight: Vec<(Id, f64)> = sums.into_iter().collect();
    by_weight.sort_by(|a, b| b.1.total_cmp(&a.1).then(b.0.cmp(&a.0)));
    let heaviest = by_weight.into_iter().take(take).map(|(id, _)| id);
    let mut seen = HashSet::new();
    near.iter().map(|near| near.id).chain(heaviest).filter(|id| seen.insert(*id)).collect()
}

fn rank(rows: Vec<MemoryRow>, vector: &[f32], model: &str, weights: &Weights, question: &Question) -> Vec<Found> {
    let scored: Vec<(MemoryRow, Scores)> = rows
        .into_iter()
        .map(|row| {
            let scores =
                Scores { vector: cosine(&row, vector, model), text: weights.sum(&row.words.split(' ').collect()) };
            (row, scores)
        })
        .collect();
    let best = scored.iter().map(|(_, scores)| scores.text).fold(0.0, f64::max);
    let mut found: Vec<Found> = scored
        .into_iter()
        .map(|(row, scores)| {
            let scores = Scores { text: if best > 0.0 { scores.text / best } else { 0.0 }, ..scores };
            Found { score: fused(row.confidence, scores), scores, row }
        })
        .filter(|found| found.score > 0.0 && found.score >= question.min_score)
        .collect();
    found.sort_by(|a, b| b.score.total_cmp(&a.score).then(b.row.id.cmp(&a.row.id)));
    found
}

fn cosine(row: &MemoryRow, vector: &[f32], model: &str) -> f64 {
    let own = unit(vector_of(row, model).unwrap_or_default());
    if own.len() != vector.len() { 0.0 } else { f64::from(dot(&own, vector)).clamp(0.0, 1.0) }
}

#[cfg(test)]
mod tests {
    use super::{Scores, fused};

    #[test]
    fn meaning_counts_more_than_words_and_doubt_lowers_both() {
        let near = |vector, text| fused(1.0, Scores { vector, text });
        assert!((near(1.0, 1.0) - 1.0).abs() < 1e-9);
        assert!((near(0.5, 0.0) - 0.35).abs() < 1e-9);
        assert!((near(0.0, 1.0) - 0.3).abs() < 1e-9);
        assert!((near(-0.5, 0.0)).abs() < 1e-9, "what points the other way is not near");
        assert!((fused(0.5, Scores { vector: 1.0, text: 0.0 }) - 0.35).abs() < 1e-9);
    }
}
