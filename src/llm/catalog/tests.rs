//! The tables as they are shipped, and the rules for finding things in them.

use super::parse::nano_usd;
use super::{
    ApiFormat, Catalog, FoundBy, Model, ModelOrigin, Prices, Tier, canonical_provider, cost_micro_usd, upstream_id,
};
use crate::llm::TokenUsage;

fn catalog() -> Catalog {
    Catalog::bundled(vec![]).unwrap()
}

fn find(catalog: &Catalog, provider: Option<&str>, text: &str) -> Option<(String, String, FoundBy)> {
    catalog.find(provider, text, &|_| true).map(|(m, by)| (m.provider.clone(), m.id.clone(), by))
}

#[test]
fn the_tables_are_complete() {
    let catalog = catalog();
    assert_eq!(catalog.models().len(), 205);
    assert_eq!(catalog.providers().len(), 45);
    assert_eq!(catalog.aliases().len(), 90, "89 rows and `echo`");
    let of_tier = |tier| catalog.models().iter().filter(|m| m.tier == tier).count();
    let counts = [Tier::Frontier, Tier::Smart, Tier::Balanced, Tier::Fast, Tier::Local].map(of_tier);
    assert_eq!(counts, [39, 79, 39, 40, 8]);
    for model in catalog.models() {
        assert!(catalog.provider(&model.provider).is_some(), "{} has no provider", model.id);
        assert!(model.max_output_tokens <= model.context_window, "{}", model.id);
    }
}

#[test]
fn a_row_is_read_into_its_fields() {
    let catalog = catalog();
    let kimi = catalog.provider("kimi_coding").unwrap();
    assert_eq!((kimi.format, kimi.key_required), (ApiFormat::Anthropic, true));
    assert_eq!(kimi.base_url.as_deref(), Some("https://api.kimi.com/coding"));
    assert_eq!(kimi.api_key_env.as_deref(), Some("KIMI_API_KEY"));
    assert_eq!(kimi.default_model.as_deref(), Some("kimi-for-coding"));
    let ollama = catalog.provider("ollama").unwrap();
    assert!(!ollama.key_required && ollama.is_local());
    let (gpt, _) = catalog.find(Some("openai"), "gpt-4o", &|_| true).unwrap();
    assert_eq!((gpt.context_window, gpt.max_output_tokens, gpt.tier), (128_000, 16_384, Tier::Smart));
    assert_eq!((gpt.prices.input, gpt.prices.output, gpt.prices.cached), (2_500, 10_000, 1_250));
    assert!(gpt.tools && gpt.vision && gpt.streaming);
}

#[test]
fn providers_are_found_by_their_aliases() {
    for (alias, id) in [
        ("google", "gemini"),
        ("copilot", "github-copilot"),
        ("openai-codex", "codex"),
        ("kimi", "moonshot"),
        ("kimi2", "moonshot"),
        ("dashscope", "qwen"),
        ("model_studio", "qwen"),
        ("glm", "zhipu"),
        ("codegeex", "zhipu_coding"),
        ("z.ai", "zai"),
        ("baidu", "qianfan"),
        ("doubao", "volcengine"),
        ("nvidia-nim", "nvidia"),
        ("azure-openai", "azure"),
        ("novita-ai", "novita"),
        ("vertex", "vertex-ai"),
        ("google-vertex", "vertex-ai"),
        ("OpenAI", "openai"),
    ] {
        assert_eq!(canonical_provider(alias), id);
        assert_eq!(catalog().provider(alias).unwrap().id, id);
    }
    assert!(catalog().provider("nobody").is_none());
}

#[test]
fn models_are_found_by_id_alias_and_name() {
    use FoundBy::{Alias, DisplayName, Id};
    let catalog = catalog();
    for (provider, text, expected) in [
        (None, "gpt-4o", Some(("openai", "gpt-4o", Id))),
        (None, "GPT-4O", Some(("openai", "gpt-4o", Id))),
        (None, "openai/gpt-4o", Some(("openai", "gpt-4o", Id))),
        (None, "google/gemini-2.5-pro", Some(("gemini", "gemini-2.5-pro", Id))),
        (None, "openrouter/openai/gpt-4o", Some(("openrouter", "openrouter/openai/gpt-4o", Id))),
        (None, "sonnet", Some(("anthropic", "claude-sonnet-4-6", Alias))),
        (None, "Opus", Some(("anthropic", "claude-opus-4-6", Alias))),
        // A model id wins over an alias of the same spelling.
        (None, "qwen-coder-plus", Some(("qwen", "qwen-coder-plus", Id))),
        (None, "claude opus 4.6", Some(("anthropic", "claude-opus-4-6", DisplayName))),
        // Their target comes only with the models of GitHub Copilot.
        (None, "copilot-opus", None),
        (None, "no-such-model", None),
        (Some("openrouter"), "google/gemini-2.5-flash", Some(("openrouter", "openrouter/google/gemini-2.5-flash", Id))),
        (Some("groq"), "groq/llama-3.3-70b-versatile", Some(("groq", "llama-3.3-70b-versatile", Id))),
        (Some("groq"), "groq:llama-3.3-70b-versatile", Some(("groq", "llama-3.3-70b-versatile", Id))),
        (Some("groq"), "llama", Some(("groq", "llama-3.3-70b-versatile", Alias))),
        (Some("google"), "flash", Some(("gemini", "gemini-2.5-flash", Alias))),
        (Some("openai"), "sonnet", None),
        (Some("mistral"), "Mistral Large", Some(("mistral", "mistral-large-latest", DisplayName))),
    ] {
        let expected = expected.map(|(p, m, by)| (p.to_owned(), m.to_owned(), by));
        assert_eq!(find(&catalog, provider, text), expected, "{provider:?} {text}");
    }
}

#[test]
fn of_equal_ids_the_available_provider_wins() {
    let catalog = catalog();
    let twice = "meta-llama/llama-4-scout-17b-16e-instruct";
    let at = |available: &dyn Fn(&str) -> bool| catalog.find(None, twice, available).unwrap().0.provider.clone();
    assert_eq!(at(&|_| true), "groq");
    assert_eq!(at(&|_| false), "groq");
    assert_eq!(catalog.find(Some("together"), twice, &|_| true).unwrap().0.provider, "together");
}

#[test]
fn upstream_ids_lose_one_provider_prefix() {
    for (provider, id, sent) in [
        ("openrouter", "openrouter/google/gemini-2.5-flash", "google/gemini-2.5-flash"),
        ("openrouter", "openrouter:free/thing", "free/thing"),
        ("huggingface", "hf/Qwen/Qwen2.5-72B-Instruct", "Qwen/Qwen2.5-72B-Instruct"),
        ("nvidia", "nvidia/nemotron-4-340b-instruct", "nvidia/nemotron-4-340b-instruct"),
        ("bedrock", "bedrock/amazon.nova-pro-v1:0", "amazon.nova-pro-v1:0"),
        ("builtin", "builtin/echo", "echo"),
        ("openai", "gpt-4o", "gpt-4o"),
        ("groq", "meta-llama/llama-4-scout-17b-16e-instruct", "meta-llama/llama-4-scout-17b-16e-instruct"),
        ("codex", "codex/gpt-5.4", "gpt-5.4"),
    ] {
        assert_eq!(upstream_id(provider, id), sent);
    }
}

#[test]
fn discovered_models_come_before_the_table_and_replace_their_predecessors() {
    let first = catalog().with_discovered("ollama", &["llama3.2:latest".into(), "gemma:2b".into()]);
    assert_eq!(find(&first, Some("ollama"), "gemma:2b").unwrap().1, "gemma:2b");
    let gemma = first.models().iter().find(|m| m.id == "gemma:2b").unwrap();
    assert_eq!((gemma.origin, gemma.tier, gemma.prices), (ModelOrigin::Discovered, Tier::Local, Prices::FREE));
    assert_eq!((gemma.context_window, gemma.max_output_tokens), (131_072, 16_384));
    let second = first.with_discovered("ollama", &["phi3".into()]);
    assert!(find(&second, Some("ollama"), "gemma:2b").is_none());
    assert_eq!(second.models().len(), 205, "phi3 is in the table already");
}

#[test]
fn near_names_are_offered() {
    assert!(catalog().near("gpt-4oo", 3).contains(&"gpt-4o".to_owned()));
    assert_eq!(catalog().near_providers("antropic", 1), ["anthropic"]);
    assert!(catalog().near("zzzzzz", 3).is_empty());
}

#[test]
fn prices_are_read_exactly() {
    for (text, nano) in [("2.50", 2_500), ("0.075", 75), ("0.0", 0), ("15", 15_000), ("0.0595", 60), ("0.0594", 59)] {
        assert_eq!(nano_usd(text), Ok(nano), "{text}");
    }
    assert!(nano_usd("-1").is_err() && nano_usd("1e3").is_err() && nano_usd("").is_err());
}

#[test]
fn cached_input_has_its_own_price() {
    let read = |provider: &str, model: &str| Prices::new(provider, model, 3_000, 15_000).cached;
    assert_eq!(read("anthropic", "claude"), 300);
    assert_eq!(read("bedrock", "bedrock/anthropic.claude-opus-4-6"), 300);
    assert_eq!(read("bedrock", "bedrock/amazon.nova-pro-v1:0"), 3_000);
    assert_eq!(read("openai", "gpt-4o"), 1_500);
    assert_eq!(read("azure", "azure/gpt-4o"), 1_500);
    assert_eq!(read("codex", "codex/gpt-5.4"), 1_500);
    assert_eq!(read("gemini", "gemini-2.5-pro"), 750);
    assert_eq!(read("vertex-ai", "gemini-2.5-pro"), 750);
    assert_eq!(read("deepseek", "deepseek-chat"), 300);
    assert_eq!(read("groq", "llama"), 3_000);
    assert_eq!(Prices::assumed("anthropic", "new").cached, 100, "assumed prices too");
    assert_eq!(Prices::new("anthropic", "claude", 3_000, 15_000).cache_write, 3_750);
    assert_eq!(Prices::new("gemini", "g", 75, 300).cached, 19, "18.75 rounds half up");
}

#[test]
fn calls_are_priced_as_in_the_examples() {
    let usage = |input, output, cached, cache_write| TokenUsage { input, output, cached, cache_write, reasoning: 0 };
    let claude = Prices::new("anthropic", "claude-sonnet-4-20250514", 3_000, 15_000);
    assert_eq!(cost_micro_usd(&claude, &usage(12_000, 800, 10_000, 0)), 21_000);
    let flash = Prices::new("gemini", "gemini-2.0-flash-lite", 75, 300);
    assert_eq!(cost_micro_usd(&flash, &usage(1, 1, 0, 0)), 0);
    assert_eq!(cost_micro_usd(&flash, &usage(1_000, 1_000, 0, 0)), 375);
    assert_eq!(cost_micro_usd(&claude, &usage(0, 500, 0, 0)), 7_500);
    assert_eq!(cost_micro_usd(&claude, &TokenUsage::default()), 0);
    assert_eq!(cost_micro_usd(&claude, &usage(1_000, 0, 0, 1_000)), 3_750, "writing a cache costs more");
    let reasoning = TokenUsage { output: 500, reasoning: 400, ..TokenUsage::default() };
    assert_eq!(cost_micro_usd(&claude, &reasoning), 7_500, "reasoning is within the output");
    assert_eq!(cost_micro_usd(&claude, &usage(10, 0, 50, 0)), 3, "never more cached than there was input");
    assert_eq!(cost_micro_usd(&Prices::assumed("groq", "new"), &usage(1_000, 1_000, 0, 0)), 4_000);
}

#[test]
fn built_in_models_are_added_by_their_owner() {
    let echo = Model { provider: "builtin".into(), id: "builtin/echo".into(), ..Model::discovered("ollama", "x") };
    let catalog = Catalog::bundled(vec![Model { origin: ModelOrigin::Builtin, ..echo }]).unwrap();
    assert_eq!(find(&catalog, None, "echo").unwrap().1, "builtin/echo");
    assert_eq!(find(&catalog, Some("builtin"), "echo").unwrap().1, "builtin/echo");
    assert_eq!(find(&catalog, None, "builtin/echo").unwrap().1, "builtin/echo");
}
