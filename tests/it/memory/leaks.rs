//! No agent and no person ever sees what is another's, whatever is stored and in whatever order.

use openfang::{
    ids::Id,
    memory::{
        kv::{Address, service as kv},
        person::Namespace,
        recall::{self, Wish},
        semantic::{
            MemorySource, embedder,
            filter::Filter,
            search::{Question, Search},
            service::{self, NewMemory},
        },
    },
};
use proptest::{
    prelude::{Strategy, any, prop},
    strategy::ValueTree,
    test_runner::{Config, TestRunner},
};
use serde_json::{Map, json};

use crate::support::engine::TestEngine;

const PEOPLE: [Option<&str>; 4] = [None, Some("ext:operator:ann"), Some("ext:operator:ann:"), Some("user:key:1")];
const WORDS: [&str; 6] = ["apple", "pear", "plum", "cherry", "fig", "quince"];

/// Agent, person, word, what happens: a memory, a value of the person, a value of the agent, a shared one, a memory with the
/// same text as all others, one that is moved to other words.
type Deed = (usize, usize, usize, u8);

fn deeds() -> impl Strategy<Value = Vec<Deed>> {
    prop::collection::vec((0_usize..3, 0_usize..4, 0_usize..6, 0_u8..6), 5..40)
}

async fn remember(t: &TestEngine, agent: Id, person: Option<&str>, content: String) -> Id {
    let embedding = openfang::llm::drivers::builtin::embed::embed(&content);
    let new = NewMemory {
        agent,
        person: person.unwrap_or_default().to_owned(),
        scope: "semantic".into(),
        source: MemorySource::Observation,
        content,
        confidence: 1.0,
        metadata: Map::new(),
        session: None,
        ttl_secs: None,
        embedding: Some((embedding, "builtin/embed".into())),
    };
    service::create(&t.db, new, |_| ()).await.expect("is remembered").0.id
}

async fn set(t: &TestEngine, agent: Id, person: Option<&str>, namespace: Namespace, key: String, value: String) {
    let write =
        kv::Write { namespace, key, value: json!(value), ttl_secs: None, if_version: None, written_by: "test".into() };
    kv::set(t.db.write(), Address { agent, person }, write).await.expect("is stored");
}

/// Everything that is stored says whose it is.
async fn act(t: &TestEngine, agents: &[Id], n: usize, deed: Deed) {
    let (agent, person, word, what) = deed;
    let whose = |person: Option<&str>| format!("{}|{}", agents[agent], person.unwrap_or("-"));
    let (id, person, word) = (agents[agent], PEOPLE[person], WORDS[word]);
    let text = |person| format!("{word} owner={} {n}", whose(person));
    match what {
        0 => drop(remember(t, id, person, text(person)).await),
        1 if person.is_some() => set(t, id, person, Namespace::User, format!("{word}{n}"), text(person)).await,
        1 | 2 => set(t, id, person, Namespace::Own, format!("{word}{n}"), text(None)).await,
        3 => set(t, id, person, Namespace::Shared, format!("{word}{n}"), format!("{word} owner=shared")).await,
        4 => drop(remember(t, id, person, format!("{word} owner={}", whose(person))).await),
        _ => {
            let made = remember(t, id, person, format!("to be moved owner={} {n}", whose(person))).await;
            let content = text(person);
            let embedding = Some((openfang::llm::drivers::builtin::embed::embed(&content), "builtin/embed".into()));
            let change = service::Change { content: Some(content), embedding, ..service::Change::default() };
            service::update(&t.db, id, made, change).await.expect("is changed");
        }
    }
}

/// Whose texts this agent with this person may see.
fn may_see(text: &str, agent: Id, person: Option<&str>) -> bool {
    let owner = text.split("owner=").nth(1).unwrap_or_default();
    let owner = owner.split([' ', '"']).next().unwrap_or_default();
    owner == "shared" || owner == format!("{agent}|-") || person.is_some_and(|p| owner == format!("{agent}|{p}"))
}

#[tokio::test]
async fn nothing_of_others_is_ever_found() {
    let t = TestEngine::start().await;
    let search = Search::new(std::sync::Arc::new(embedder::Builtin));
    let mut runner = TestRunner::new_with_rng(
        Config::default(),
        proptest::test_runner::TestRng::deterministic_rng(proptest::test_runner::RngAlgorithm::ChaCha),
    );
    let mut found = 0;
    for case in 0..8 {
        let deeds = deeds().new_tree(&mut runner).unwrap().current();
        let everything = any::<bool>().new_tree(&mut runner).unwrap().current();
        let mut agents = vec![];
        for n in 0..3 {
            agents.push(t.add_agent(&format!("agent-{case}-{n}"), json!({})).await.id);
        }
        for (n, deed) in deeds.iter().enumerate() {
            act(&t, &agents, n, *deed).await;
        }
        for agent in &agents {
            for person in PEOPLE {
                found += look(&t, &search, *agent, person, everything).await;
            }
        }
    }
    assert!(found > 200, "the searches find what they may: {found}");
}

async fn look(t: &TestEngine, search: &Search, agent: Id, person: Option<&str>, everything: bool) -> usize {
    let address = Address { agent, person };
    let text = if everything { WORDS.join(" ") } else { "apple owner".to_owned() };
    let wish = Wish {
        text: text.clone(),
        scopes: Namespace::EVERY.to_vec(),
        limit: 50,
        min_score: 0.0,
        after: None,
        kinds: vec![],
    };
    let hits = recall::find(&t.db, search, address, &wish, &|_, _| true).await.unwrap();
    for hit in &hits {
        assert!(may_see(&hit.text, agent, person), "{person:?} of {agent} found {}", hit.text);
    }
    let question = Question { agent: Some(agent), text, filter: Filter::of(person), limit: 50, min_score: 0.0 };
    for hit in search.find(&t.db, &question).await.unwrap().found {
        assert!(may_see(&hit.row.content, agent, person), "{}", hit.row.content);
    }
    let ids: Vec<String> = hits.iter().map(|hit| hit.id.clone()).collect();
    for other in PEOPLE {
        let address = Address { agent, person: other };
        for hit in recall::again(&t.db, address, &ids, &|_, _| true).await.unwrap() {
            assert!(may_see(&hit.text, agent, other), "{other:?} was given {}", hit.text);
        }
    }
    let only_shared = |namespace: Namespace, _: &str| namespace == Namespace::Shared;
    for hit in recall::find(&t.db, search, address, &wish, &only_shared).await.unwrap() {
        assert_eq!(hit.scope, Namespace::Shared, "grants bound what is found");
    }
    hits.len()
}
