//! The driver as the loop uses it: a request in, chunks or an error out.

use futures::{FutureExt, StreamExt};

use super::{
    Builtin, BuiltinConfig,
    sample::{assistant, marked, request, tool, user},
};
use crate::llm::{ChatRequest, Chunk, Driver, ErrorClass, LlmError, Mark, StopReason, TokenUsage};

/// What came, and the error it ended with. A stream that stands still is a failed test.
pub fn call(driver: &Builtin, request: ChatRequest) -> (Vec<Chunk>, Option<LlmError>) {
    let stream = match driver.stream(request).now_or_never().expect("an answer at once") {
        Ok(stream) => stream,
        Err(error) => return (Vec::new(), Some(error)),
    };
    let items = stream.collect::<Vec<_>>().now_or_never().expect("a stream that ends");
    let mut chunks = Vec::new();
    for item in items {
        match item {
            Ok(chunk) => chunks.push(chunk),
            Err(error) => return (chunks, Some(error)),
        }
    }
    (chunks, None)
}

pub fn scripted() -> Builtin {
    Builtin::new(BuiltinConfig { script: true, ..BuiltinConfig::default() })
}

pub fn text_of(chunks: &[Chunk]) -> String {
    let texts = chunks.iter().filter_map(|chunk| match chunk {
        Chunk::Text(text) => Some(text.as_str()),
        _ => None,
    });
    texts.collect()
}

fn usage_of(chunks: &[Chunk]) -> Option<TokenUsage> {
    chunks.iter().find_map(|chunk| match chunk {
        Chunk::Usage(usage) => Some(*usage),
        _ => None,
    })
}

#[test]
fn same_request_same_chunks() {
    let mut asked = request("echo", vec![user("count a bb ccc")]);
    asked.tools = vec![tool("file_read")];
    let driver = scripted();
    assert_eq!(call(&driver, asked.clone()), call(&driver, asked.clone()));
    assert_eq!(call(&driver, asked.clone()), call(&Builtin::new(BuiltinConfig::default()), asked));
}

#[test]
fn a_cut_echo_is_continued_to_the_uncut_text() {
    let driver = Builtin::new(BuiltinConfig::default());
    let question = "Tell me,  in short, about  Rüst and 日本 tomorrow";
    let whole = text_of(&call(&driver, request("echo", vec![user(question)])).0);
    for max_tokens in 1..20 {
        for kept_notices in [true, false] {
            let mut pieces: Vec<String> = Vec::new();
            loop {
                let mut messages = vec![user("earlier"), assistant("answer"), user(question)];
                for (i, piece) in pieces.iter().enumerate() {
                    messages.push(assistant(piece));
                    if kept_notices || i + 1 == pieces.len() {
                        messages.push(marked(Mark::Notice, "continue exactly where you stopped"));
                    }
                }
                let mut asked = request("echo", messages);
                asked.options.max_tokens = max_tokens;
                let (chunks, error) = call(&driver, asked);
                assert_eq!(error, None);
                assert!(usage_of(&chunks).expect("usage").output <= max_tokens);
                pieces.push(text_of(&chunks));
                match chunks.last() {
                    Some(Chunk::Stop(StopReason::EndTurn)) => break,
                    Some(Chunk::Stop(StopReason::Length)) => assert!(pieces.len() < 100),
                    other => panic!("{other:?}"),
                }
            }
            assert_eq!(pieces.concat().replace("message 2", "message 1"), whole);
        }
    }
}

#[test]
fn max_tokens_is_bounded_by_the_model() {
    let mut asked = request("echo", vec![user(&format!("echo {}", "word ".repeat(8_000)))]);
    asked.options.max_tokens = 100_000;
    let (chunks, _) = call(&Builtin::new(BuiltinConfig::default()), asked);
    assert_eq!(chunks.last(), Some(&Chunk::Stop(StopReason::Length)));
    // 4,095: the next word does not fit.
    assert_eq!(usage_of(&chunks).map(|usage| usage.output), Some(super::ECHO_MAX_OUTPUT - 1));
}

#[test]
fn a_prefix_seen_before_counts_as_cached() {
    let driver = Builtin::new(BuiltinConfig { count_cached: true, ..BuiltinConfig::default() });
    let mut asked = request("echo", vec![user("one"), assistant("two"), user("three")]);
    asked.cache_mark = Some(2);
    let cached = |asked: &ChatRequest| usage_of(&call(&driver, asked.clone()).0).map(|usage| usage.cached);
    assert_eq!(cached(&asked), Some(0));
    // 4 for the system text, 5 for each message.
    assert_eq!(cached(&asked), Some(14));
    asked.system.push('!');
    assert_eq!(cached(&asked), Some(0));
}

#[test]
fn unknown_models_and_scripts_that_are_off_are_not_found() {
    let off = Builtin::new(BuiltinConfig::default());
    for model in ["nope", "embed", "script", "script:demo"] {
        let (_, error) = call(&off, request(model, vec![user("hi")]));
        let error = error.expect("an error");
        assert_eq!(error.class, ErrorClass::ModelNotFound);
        assert_eq!(error.message.contains("builtin.script"), model.starts_with("script"), "{}", error.message);
    }
}

#[tokio::test]
async fn script_files_are_read_for_each_call() {
    let folder = std::env::temp_dir().join(format!("builtin-script-{}", uuid::Uuid::now_v7()));
    std::fs::create_dir_all(&folder).unwrap();
    let write = |name: &str, text: &[u8]| std::fs::write(folder.join(format!("{name}.script")), text).unwrap();
    let config = BuiltinConfig { script: true, scripts_dir: folder.clone(), ..BuiltinConfig::default() };
    let driver = Builtin::new(config);
    let ask = async |name: &str| {
        let stream = driver.stream(request(&format!("script:{name}"), vec![user("go")])).await?;
        let chunks: Result<Vec<Chunk>, LlmError> = stream.collect::<Vec<_>>().await.into_iter().collect();
        chunks.map(|chunks| text_of(&chunks))
    };
    write("demo", b"@@reply one");
    assert_eq!(ask("demo").await.unwrap(), "one");
    write("demo", b"@@reply two");
    assert_eq!(ask("demo").await.unwrap(), "two");
    write("large", &[b' '; 256 * 1024 + 1]);
    write("binary", &[0xff]);
    let cases = [
        ("missing", ErrorClass::ModelNotFound),
        ("../demo", ErrorClass::ModelNotFound),
        ("Demo", ErrorClass::ModelNotFound),
        ("", ErrorClass::ModelNotFound),
        ("large", ErrorClass::BadRequest),
        ("binary", ErrorClass::BadRequest),
    ];
    for (name, class) in cases {
        let error = ask(name).await.unwrap_err();
        assert_eq!(error.class, class, "{name}");
        assert!(!error.message.contains("/"), "{}", error.message);
    }
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn no_clock_chance_environment_or_network() {
    let forbidden = ["Instant", "SystemTime", "chrono", "Ts::now", "rand::", "Uuid", "std::env", "reqwest", "genai"];
    let root = std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src/llm/drivers/builtin"));
    let mut folders = vec![root.to_owned()];
    let mut read = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let inside = path.strip_prefix(root).unwrap();
            let is_test = inside.iter().any(|part| part == "tests" || part == "tests.rs");
            if path.is_dir() {
                folders.push(path);
            } else if !is_test {
                let source = std::fs::read_to_string(&path).unwrap();
                let found = forbidden.iter().find(|word| source.contains(**word));
                assert_eq!(found, None, "{}", path.display());
                read += 1;
            }
        }
    }
    assert!(read > 15);
}
