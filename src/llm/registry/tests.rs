//! Choosing a model, finding its key and address, and what a key may not do. No network.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::{
    AuthStatus, BuiltinModels, LlmConfig, ModelChoice, ModelProblem, ModelSource, NamedModel, Probe, Registry,
    TimeoutOverrides, UrlSource,
};
use crate::llm::catalog::{Prices, Tier, canonical_provider};
use crate::llm::drivers::builtin::{Builtin, BuiltinConfig};
use crate::llm::{ChatRequest, ErrorClass};

fn registry(config: LlmConfig, env: &[(&str, &str)]) -> Registry {
    let env: BTreeMap<String, String> = env.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    let builtin = Arc::new(Builtin::new(BuiltinConfig::default()));
    Registry::new(config, Arc::new(move |name| env.get(name).cloned()), builtin).unwrap()
}

fn plain(env: &[(&str, &str)]) -> Registry {
    registry(LlmConfig::default(), env)
}

fn at(provider: &str, model: &str) -> ModelChoice {
    ModelChoice { provider: provider.to_owned(), ..ModelChoice::named(model) }
}

fn default_of(env: &[(&str, &str)]) -> (String, String, ModelSource) {
    let model = plain(env).resolve(&ModelChoice::default());
    assert!(model.ready, "{:?}", model.reason);
    (model.provider, model.model, model.source)
}

fn answered(models: &[&str]) -> Probe {
    let models = Ok(models.iter().map(|m| (*m).to_owned()).collect());
    Probe { at: Instant::now(), latency: Duration::ZERO, models }
}

#[test]
fn nothing_set_up_means_the_built_in_model() {
    let registry = plain(&[]);
    let model = registry.resolve(&ModelChoice::default());
    assert_eq!(
        (model.provider.as_str(), model.model.as_str(), model.upstream_id.as_str()),
        ("builtin", "builtin/echo", "echo")
    );
    assert_eq!((model.source, model.selected_by_default, model.ready), (ModelSource::Builtin, true, true));
    assert_eq!((model.context_window, model.max_output, model.prices), (32_768, 4_096, Prices::FREE));
    let sentences = registry.how_to_configure();
    assert!(sentences.iter().any(|s| s.contains("OPENAI_API_KEY")), "{sentences:?}");
    assert!(sentences.iter().any(|s| s.contains("http://localhost:11434/v1")), "{sentences:?}");
}

#[test]
fn the_first_provider_with_a_key_is_the_default() {
    use ModelSource::Default;
    let key = |name| [(name, "k")];
    assert_eq!(default_of(&key("OPENAI_API_KEY")), ("openai".into(), "gpt-4o".into(), Default));
    assert_eq!(default_of(&key("ANTHROPIC_API_KEY")), ("anthropic".into(), "claude-sonnet-4-20250514".into(), Default));
    assert_eq!(default_of(&key("GEMINI_API_KEY")), ("gemini".into(), "gemini-2.5-flash".into(), Default));
    assert_eq!(default_of(&key("GOOGLE_API_KEY")), ("gemini".into(), "gemini-2.5-flash".into(), Default));
    assert_eq!(default_of(&key("FIREWORKS_API_KEY")).1, "accounts/fireworks/models/llama-v3p1-405b-instruct");
    assert_eq!(default_of(&key("PERPLEXITY_API_KEY")).1, "sonar-pro");
    assert_eq!(default_of(&key("NOVITA_API_KEY")).1, "moonshotai/kimi-k2.5");
    assert_eq!(default_of(&[("GROQ_API_KEY", "k"), ("ANTHROPIC_API_KEY", "k")]).0, "anthropic");
    // The second name for Gemini's key comes after all others.
    assert_eq!(default_of(&[("GOOGLE_API_KEY", "k"), ("XAI_API_KEY", "k")]).0, "xai");
    assert_eq!(default_of(&[("OPENAI_API_KEY", "  "), ("XAI_API_KEY", "k")]).0, "xai", "empty is not set");
    // Not in the order of first starts.
    assert_eq!(default_of(&key("VENICE_API_KEY")).2, ModelSource::Builtin);
}

#[test]
fn a_running_ollama_comes_before_the_built_in_model_and_after_keys() {
    let registry = plain(&[]);
    registry.remember("ollama", answered(&["gemma:2b", "llama3.2:latest"]));
    let model = registry.resolve(&ModelChoice::default());
    assert_eq!((model.provider.as_str(), model.model.as_str()), ("ollama", "llama3.2:latest"));
    assert_eq!((model.source, model.ready, model.tier), (ModelSource::Default, true, Some(Tier::Local)));
    assert!(registry.how_to_configure().is_empty());
    registry.remember("ollama", answered(&["gemma:2b"]));
    assert_eq!(registry.resolve(&ModelChoice::default()).model, "gemma:2b");
    registry.remember("ollama", Probe { models: Err("refused".into()), ..answered(&[]) });
    assert_eq!(registry.resolve(&ModelChoice::default()).provider, "builtin", "anew at each run");

    let registry = plain(&[("OPENAI_API_KEY", "k")]);
    registry.remember("ollama", answered(&["gemma:2b"]));
    assert_eq!(registry.resolve(&ModelChoice::default()).provider, "openai");
}

#[test]
fn the_configured_default_wins_and_is_never_replaced() {
    let config = LlmConfig {
        default_model: Some(NamedModel { provider: "google".into(), model: "flash".into(), ..NamedModel::default() }),
        ..LlmConfig::default()
    };
    let ready = registry(config.clone(), &[("GEMINI_API_KEY", "k"), ("OPENAI_API_KEY", "k")]);
    let model = ready.resolve(&ModelChoice::default());
    assert_eq!((model.provider.as_str(), model.model.as_str(), model.ready), ("gemini", "gemini-2.5-flash", true));
    assert!(ready.how_to_configure().is_empty());

    let keyless = registry(config, &[("OPENAI_API_KEY", "k")]);
    let model = keyless.resolve(&ModelChoice::default());
    assert_eq!(
        (model.provider.as_str(), model.ready, model.problem),
        ("gemini", false, Some(ModelProblem::NoCredential))
    );
    assert!(model.reason.as_deref().unwrap().contains("GEMINI_API_KEY"));
    assert!(!model.selected_by_default);
    assert!(keyless.how_to_configure()[0].contains("GEMINI_API_KEY"));
}

#[test]
fn names_in_a_manifest_are_followed_or_refused() {
    let registry = plain(&[("OPENAI_API_KEY", "k"), ("GROQ_API_KEY", "k")]);
    let resolve = |provider: &str, model: &str| {
        let m = registry.resolve(&at(provider, model));
        (m.provider, m.model, m.upstream_id, m.problem)
    };
    let ready = |p: &str, m: &str, u: &str| (p.to_owned(), m.to_owned(), u.to_owned(), None);
    assert_eq!(resolve("default", "gpt4"), ready("openai", "gpt-4o", "gpt-4o"));
    assert_eq!(resolve("", "groq/llama-3.1-8b-instant"), ready("groq", "llama-3.1-8b-instant", "llama-3.1-8b-instant"));
    assert_eq!(resolve("openai", "default"), ready("openai", "gpt-4o", "gpt-4o"));
    assert_eq!(resolve("openai", "gpt-9"), ready("openai", "gpt-9", "gpt-9"));
    assert_eq!(resolve("", "openai/gpt-9"), ready("openai", "gpt-9", "gpt-9"));
    assert_eq!(resolve("ollama", "my-model:7b"), ready("ollama", "my-model:7b", "my-model:7b"));
    assert_eq!(resolve("", "gpt-9").3, Some(ModelProblem::UnknownModel));
    assert_eq!(resolve("openia", "gpt-4o").3, Some(ModelProblem::UnknownProvider));
    assert_eq!(resolve("mistral", "mistral-large-latest").3, Some(ModelProblem::NoCredential));
    assert_eq!(resolve("zai", "default").3, Some(ModelProblem::UnknownModel), "a provider without a default model");
    for (provider, model) in
        [("azure", "gpt-4o"), ("claude-code", "opus"), ("vertex-ai", "x"), ("bedrock", "y"), ("copilot", "gpt-4o")]
    {
        let refused = registry.resolve(&at(provider, model));
        assert_eq!((refused.ready, refused.problem), (false, Some(ModelProblem::NotSupported)), "{provider}");
        assert!(refused.reason.unwrap().contains("not supported yet"));
    }
    let typo = registry.resolve(&at("openia", "gpt-4o")).reason.unwrap();
    assert!(typo.contains("openai"), "{typo}");
    let pinned = ModelChoice { pinned: true, ..ModelChoice::named("gpt-4o") };
    assert_eq!(registry.resolve(&pinned).source, ModelSource::Pinned);
}

#[test]
fn a_prefix_names_a_provider_that_only_the_operator_knows() {
    let urls = BTreeMap::from([("House_LLM".to_owned(), "https://llm.example.com/v1".to_owned())]);
    let registry = registry(LlmConfig { provider_urls: urls, ..LlmConfig::default() }, &[]);
    let model = registry.resolve(&ModelChoice::named("House_LLM/tiny"));
    assert_eq!((model.provider, model.model, model.ready), (canonical_provider("House_LLM"), "tiny".to_owned(), true));
    let nobody = registry.resolve(&ModelChoice::named("nope/nope"));
    assert_eq!((nobody.problem, nobody.model.as_str()), (Some(ModelProblem::UnknownModel), "nope/nope"));
}

#[test]
fn of_equal_models_the_one_with_a_key_is_taken() {
    let twice = ModelChoice::named("meta-llama/Llama-4-Scout-17B-16E-Instruct");
    assert_eq!(plain(&[("TOGETHER_API_KEY", "k")]).resolve(&twice).provider, "together");
    assert_eq!(
        plain(&[("GROQ_API_KEY", "k"), ("TOGETHER_API_KEY", "k")]).resolve(&twice).provider,
        "together",
        "exact id"
    );
    let lower = ModelChoice::named("meta-llama/llama-4-scout-17b-16e-INSTRUCT");
    assert_eq!(plain(&[("TOGETHER_API_KEY", "k")]).resolve(&lower).provider, "together");
    assert_eq!(plain(&[("GROQ_API_KEY", "k"), ("TOGETHER_API_KEY", "k")]).resolve(&lower).provider, "groq");
}

#[test]
fn tiers_are_mapped_or_mean_the_default() {
    let tiers = BTreeMap::from([(Tier::Fast, "groq/llama-3.1-8b-instant".to_owned())]);
    let registry =
        registry(LlmConfig { tiers, ..LlmConfig::default() }, &[("OPENAI_API_KEY", "k"), ("GROQ_API_KEY", "k")]);
    let of = |tier| registry.resolve(&ModelChoice { tier: Some(tier), ..ModelChoice::default() });
    assert_eq!((of(Tier::Fast).model.as_str(), of(Tier::Fast).source), ("llama-3.1-8b-instant", ModelSource::Tier));
    assert_eq!((of(Tier::Smart).model.as_str(), of(Tier::Smart).source), ("gpt-4o", ModelSource::Default));
    let named = ModelChoice { tier: Some(Tier::Fast), ..ModelChoice::named("gpt-4o-mini") };
    assert_eq!(registry.resolve(&named).model, "gpt-4o-mini", "names come before tiers");
}

#[test]
fn built_in_models_follow_their_switches() {
    let off = plain(&[]);
    assert_eq!(off.resolve(&at("builtin", "script")).problem, Some(ModelProblem::ModelDisabled));
    assert_eq!(off.resolve(&ModelChoice::named("builtin/embed")).problem, Some(ModelProblem::UnknownModel));
    assert_eq!(off.resolve(&at("builtin", "nothing")).problem, Some(ModelProblem::UnknownModel));
    let echo = off.resolve(&ModelChoice::named("echo"));
    assert_eq!((echo.ready, echo.selected_by_default, echo.source), (true, false, ModelSource::Manifest));

    let builtin = BuiltinModels { script: true, context_window: 2_000, price_in_per_m: 1.5, price_out_per_m: 2.0 };
    let on = registry(LlmConfig { builtin, ..LlmConfig::default() }, &[]);
    for (provider, model, id, sent) in [
        ("builtin", "script", "builtin/script", "script"),
        ("", "builtin/script", "builtin/script", "script"),
        ("builtin", "builtin/script:crash", "builtin/script:crash", "script:crash"),
        ("builtin", "script:crash", "builtin/script:crash", "script:crash"),
        ("", "builtin/script:crash", "builtin/script:crash", "script:crash"),
    ] {
        let script = on.resolve(&at(provider, model));
        assert!(script.ready, "{model}: {:?}", script.reason);
        assert_eq!((script.model.as_str(), script.upstream_id.as_str()), (id, sent));
        assert_eq!((script.context_window, script.max_output), (2_000, 16_384));
        assert_eq!((script.prices.input, script.prices.output), (1_500, 2_000));
    }
}

#[test]
fn unknown_models_have_assumed_or_borrowed_facts() {
    let registry = plain(&[("OPENAI_API_KEY", "k"), ("OPENROUTER_API_KEY", "k")]);
    let new = registry.resolve(&at("openai", "gpt-9"));
    assert_eq!(
        (new.prices, new.context_window, new.max_output),
        (Prices::assumed("openai", "gpt-9"), 131_072, 131_072)
    );
    let routed = registry.resolve(&at("openrouter", "openai/gpt-5"));
    assert_eq!((routed.prices.input, routed.prices.output, routed.prices.estimated), (1_250, 10_000, false));
    assert_eq!((routed.upstream_id.as_str(), routed.context_window), ("openai/gpt-5", 400_000));
    assert_eq!(routed.prices.cached, 1_250, "the discount for cached input is the provider's");
    assert_eq!(registry.resolve(&at("ollama", "my-own")).prices, Prices::FREE);
    assert_eq!(registry.resolve(&at("openai", "sonnet")).prices.input, 1_000, "an alias is no id");
}

#[test]
fn credentials_are_looked_up_in_order() {
    let config = LlmConfig {
        default_model: Some(NamedModel {
            provider: "openai".into(),
            model: "gpt-4o".into(),
            api_key_env: Some("TEAM_KEY".into()),
            base_url: None,
        }),
        provider_api_keys: BTreeMap::from([("google".to_owned(), "MY_GEMINI".to_owned())]),
        ..LlmConfig::default()
    };
    let all = [
        ("MY_GEMINI", "a"),
        ("GEMINI_API_KEY", "b"),
        ("GOOGLE_API_KEY", "c"),
        ("TEAM_KEY", "d"),
        ("OPENAI_API_KEY", "e"),
    ];
    let variable = |env: &[(&str, &str)], provider: &str| registry(config.clone(), env).key_variable(provider);
    assert_eq!(variable(&all, "gemini").as_deref(), Some("MY_GEMINI"));
    assert_eq!(variable(&all[1..], "gemini").as_deref(), Some("GEMINI_API_KEY"));
    assert_eq!(variable(&all[2..], "google").as_deref(), Some("GOOGLE_API_KEY"));
    assert_eq!(variable(&all, "openai").as_deref(), Some("TEAM_KEY"));
    assert_eq!(variable(&all[4..], "openai").as_deref(), Some("OPENAI_API_KEY"));
    assert_eq!(variable(&[], "openai"), None);
    assert_eq!(plain(&[("MY_LLM_API_KEY", "x")]).key_variable("my-llm").as_deref(), Some("MY_LLM_API_KEY"));
}

#[test]
fn auth_status_needs_no_call() {
    let urls = BTreeMap::from([("house".to_owned(), "http://10.0.0.5/v1".to_owned())]);
    let registry = registry(
        LlmConfig { provider_urls: urls, ..LlmConfig::default() },
        &[("OPENAI_API_KEY", "k"), ("STRAY_API_KEY", "k")],
    );
    for (provider, status) in [
        ("openai", AuthStatus::Configured),
        ("codex", AuthStatus::Configured),
        ("google", AuthStatus::Missing),
        ("ollama", AuthStatus::NotRequired),
        ("builtin", AuthStatus::NotRequired),
        ("claude-code", AuthStatus::Missing),
        ("house", AuthStatus::NotRequired),
        ("nobody", AuthStatus::Unknown),
        ("stray", AuthStatus::Unknown),
    ] {
        assert_eq!(registry.auth_status(provider), status, "{provider}");
    }
}

#[test]
fn addresses_come_from_configuration_environment_and_table() {
    let urls = BTreeMap::from([("openai".to_owned(), "https://proxy.example/v1/".to_owned())]);
    let env = [
        ("OLLAMA_HOST", "gpu-box:11434"),
        ("VLLM_BASE_URL", "https://vllm.example/api/"),
        ("LEMONADE_HOST", "lem:8888"),
    ];
    let registry = registry(LlmConfig { provider_urls: urls, ..LlmConfig::default() }, &env);
    for (provider, model, url, source) in [
        ("openai", "gpt-4o", "https://proxy.example/v1", UrlSource::Config),
        ("ollama", "x", "http://gpu-box:11434/v1", UrlSource::Env),
        ("vllm", "x", "https://vllm.example/api", UrlSource::Env),
        ("lemonade", "x", "http://lem:8888/api/v1", UrlSource::Env),
        ("lmstudio", "x", "http://localhost:1234/v1", UrlSource::Default),
        ("moonshot", "moonshot-v1-8k", "https://api.moonshot.ai/v1", UrlSource::Default),
        ("kimi", "kimi-k2", "https://api.moonshot.cn/v1", UrlSource::Default),
    ] {
        assert_eq!(registry.base_url(provider, model, None), Some((url.to_owned(), source)), "{provider}");
    }
    assert_eq!(registry.base_url("nobody", "x", None), None);
    let named = registry.base_url("nobody", "x", Some("http://a.example/v1/"));
    assert_eq!(named, Some(("http://a.example/v1".to_owned(), UrlSource::Manifest)));
}

#[test]
fn a_key_goes_only_to_its_own_provider() {
    let env = [
        ("OPENAI_API_KEY", "k"),
        ("GROQ_API_KEY", "k"),
        ("MY_KEY", "k"),
        ("HF_API_KEY", "k"),
        ("OPENFANG_MASTER_KEY", "m"),
    ];
    let plain = plain(&env);
    let choice = |provider: &str, url: Option<&str>, key: Option<&str>| ModelChoice {
        base_url: url.map(str::to_owned),
        api_key_env: key.map(str::to_owned),
        ..at(provider, "gpt-4o")
    };
    let problem =
        |provider: &str, url: Option<&str>, key: Option<&str>| plain.resolve(&choice(provider, url, key)).problem;
    let foreign = Some(ModelProblem::ForeignAddress);
    let evil = Some("https://evil.example/v1");
    assert_eq!(problem("openai", None, None), None);
    assert_eq!(problem("openai", Some("https://api.openai.com/v1/other"), None), None);
    assert_eq!(problem("openai", Some("http://api.openai.com/v1"), None), foreign, "not in the clear either");
    assert_eq!(problem("openai", evil, None), foreign);
    assert_eq!(problem("openai", evil, Some("GROQ_API_KEY")), foreign);
    assert_eq!(problem("openai", evil, Some("MY_KEY")), None, "a key of its own, named beside the address");
    assert_eq!(problem("groq", None, Some("OPENAI_API_KEY")), foreign);
    assert_eq!(problem("house", evil, Some("OPENAI_API_KEY")), foreign);
    let house = plain.resolve(&choice("house", evil, None));
    assert_eq!((house.ready, house.key_variable), (true, None), "an own server without a key");
    let named_like_a_key = plain.resolve(&choice("hf", evil, None));
    assert_eq!((named_like_a_key.ready, named_like_a_key.key_variable), (true, None), "HF_API_KEY stays here");
    assert_eq!(problem("house", evil, Some("UNSET")), Some(ModelProblem::NoCredential));
    assert_eq!(problem("house", evil, Some("OPENFANG_MASTER_KEY")), Some(ModelProblem::NoCredential));
    assert_eq!(problem("house", None, None), Some(ModelProblem::UnknownProvider));

    let urls = BTreeMap::from([("openai".to_owned(), "https://proxy.example/v1".to_owned())]);
    let trusting = registry(LlmConfig { provider_urls: urls, ..LlmConfig::default() }, &env);
    assert!(trusting.resolve(&at("openai", "gpt-4o")).ready, "the operator named the address");
}

#[test]
fn the_operators_fallbacks_are_choices_like_others() {
    let named = |provider: &str, model: &str| NamedModel {
        provider: provider.into(),
        model: model.into(),
        ..NamedModel::default()
    };
    let fallback_providers = vec![named("google", ""), named("groq", "llama")];
    let registry = registry(LlmConfig { fallback_providers, ..LlmConfig::default() }, &[("GROQ_API_KEY", "k")]);
    let resolved: Vec<_> = registry.default_fallbacks().iter().map(|choice| registry.resolve(choice)).collect();
    assert_eq!((resolved[0].model.as_str(), resolved[0].ready), ("gemini-2.5-flash", false));
    assert_eq!((resolved[1].model.as_str(), resolved[1].ready), ("llama-3.3-70b-versatile", true));
}

#[test]
fn metadata_and_odd_addresses_are_refused() {
    let registry = plain(&[]);
    for url in [
        "http://169.254.169.254/v1",
        "http://metadata.google.internal/",
        "http://[fd00:ec2::254]/v1",
        "ftp://example.com",
        "file:///etc/passwd",
        "no address",
    ] {
        let choice = ModelChoice { base_url: Some(url.to_owned()), ..at("house", "m") };
        assert_eq!(registry.resolve(&choice).problem, Some(ModelProblem::InvalidAddress), "{url}");
    }
}

#[test]
fn limits_follow_the_provider_and_the_configuration() {
    let second = Duration::from_secs(1);
    let set = TimeoutOverrides { first_event: Some(second), ..TimeoutOverrides::default() };
    let registry =
        registry(LlmConfig { timeouts: BTreeMap::from([("google".into(), set)]), ..LlmConfig::default() }, &[]);
    let seconds = |provider| {
        let l = registry.limits(provider);
        [l.connect, l.first_event, l.first_event_reasoning, l.silence, l.total].map(|d| d.as_secs())
    };
    assert_eq!(seconds("openai"), [10, 90, 180, 60, 600]);
    assert_eq!(seconds("ollama"), [10, 300, 300, 120, 600]);
    assert_eq!(seconds("gemini"), [10, 1, 1, 60, 600]);
}

#[tokio::test]
async fn a_model_that_is_not_ready_has_a_driver_that_says_why() {
    let registry = plain(&[]);
    let model = registry.resolve(&at("openai", "gpt-4o"));
    let error = registry.driver(&model).stream(ChatRequest::default()).await.err().unwrap();
    assert_eq!(error.class, ErrorClass::Auth);
    assert!(error.message.contains("OPENAI_API_KEY"));
    let unknown = registry.resolve(&ModelChoice::named("gpt-99"));
    let error = registry.driver(&unknown).stream(ChatRequest::default()).await.err().unwrap();
    assert_eq!(error.class, ErrorClass::ModelNotFound);
}
