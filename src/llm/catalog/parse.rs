//! Reads the tables that are compiled into the binary, once at start. A fault in them is ours; a test reads them too.

use std::collections::BTreeMap;

use super::{ApiFormat, Catalog, Model, ModelOrigin, Prices, Provider};

const PROVIDERS: &str = include_str!("providers.tsv");
const MODELS: &str = include_str!("models.tsv");
const ALIASES: &str = include_str!("aliases.tsv");

#[derive(Debug, thiserror::Error)]
#[error("{table}.tsv, row {row}: {reason}")]
pub struct CatalogError {
    table: &'static str,
    row: usize,
    reason: String,
}

impl Catalog {
    /// The tables of this release and the models of the built-in provider.
    pub fn bundled(builtin: Vec<Model>) -> Result<Self, CatalogError> {
        let mut models = rows("models", MODELS, model)?;
        models.extend(builtin);
        let mut aliases: BTreeMap<_, _> = rows("aliases", ALIASES, alias)?.into_iter().collect();
        aliases.insert("echo".to_owned(), "builtin/echo".to_owned());
        Ok(Self { providers: rows("providers", PROVIDERS, provider)?, models, aliases })
    }
}

/// Comment lines, one line of column names, then data.
fn rows<T>(
    table: &'static str,
    text: &str,
    read: impl Fn(&mut dyn Iterator<Item = &str>) -> Result<T, String>,
) -> Result<Vec<T>, CatalogError> {
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).skip(1);
    lines
        .enumerate()
        .map(|(i, line)| read(&mut line.split('\t')).map_err(|reason| CatalogError { table, row: i + 1, reason }))
        .collect()
}

type Cells<'a, 'b> = &'a mut dyn Iterator<Item = &'b str>;

fn provider(cells: Cells) -> Result<Provider, String> {
    let id = text(cells, "id")?;
    let display_name = text(cells, "display_name")?;
    let base_url = optional(cells);
    let api_key_env = optional(cells);
    let key_required = flag(cells, "key_required")?;
    let format = match next(cells, "api_format")? {
        "openai" => ApiFormat::OpenAi,
        "anthropic" => ApiFormat::Anthropic,
        "gemini" => ApiFormat::Gemini,
        "vertex" => ApiFormat::Vertex,
        "bedrock" => ApiFormat::Bedrock,
        "azure_openai" => ApiFormat::AzureOpenAi,
        "cli" => ApiFormat::Cli,
        "builtin" => ApiFormat::Builtin,
        other => return Err(format!("unknown format `{other}`")),
    };
    Ok(Provider { id, display_name, base_url, api_key_env, key_required, format, default_model: optional(cells) })
}

fn model(cells: Cells) -> Result<Model, String> {
    let provider = text(cells, "provider")?;
    let id = text(cells, "model_id")?;
    let display_name = text(cells, "display_name")?;
    let tier = next(cells, "tier")?.parse()?;
    let context_window = number(cells, "context_window")?;
    let max_output_tokens = number(cells, "max_output_tokens")?;
    let input = nano_usd(next(cells, "input_usd_per_1m")?)?;
    let output = nano_usd(next(cells, "output_usd_per_1m")?)?;
    Ok(Model {
        prices: Prices::new(&provider, &id, input, output),
        provider,
        id,
        display_name,
        tier,
        context_window,
        max_output_tokens,
        tools: flag(cells, "tools")?,
        vision: flag(cells, "vision")?,
        streaming: flag(cells, "streaming")?,
        origin: ModelOrigin::Builtin,
    })
}

fn alias(cells: Cells) -> Result<(String, String), String> {
    Ok((text(cells, "alias")?.to_ascii_lowercase(), text(cells, "model_id")?))
}

/// USD per million tokens as written, to nano-USD per token. Digits beyond the third are rounded half up.
pub(super) fn nano_usd(price: &str) -> Result<u64, String> {
    let bad = || format!("`{price}` is not a price");
    let (whole, fraction) = price.split_once('.').unwrap_or((price, ""));
    if !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return Err(bad());
    }
    let whole: u64 = whole.parse().map_err(|_| bad())?;
    let digit = |i: usize| fraction.as_bytes().get(i).map_or(0, |b| u64::from(b - b'0'));
    let nano = whole * 1_000 + digit(0) * 100 + digit(1) * 10 + digit(2);
    Ok(if digit(3) >= 5 { nano + 1 } else { nano })
}

fn next<'b>(cells: Cells<'_, 'b>, column: &str) -> Result<&'b str, String> {
    cells.next().filter(|cell| !cell.is_empty()).ok_or_else(|| format!("`{column}` is missing"))
}

fn text(cells: Cells, column: &str) -> Result<String, String> {
    next(cells, column).map(str::to_owned)
}

fn optional(cells: Cells) -> Option<String> {
    cells.next().filter(|cell| !cell.is_empty()).map(str::to_owned)
}

fn number(cells: Cells, column: &str) -> Result<u32, String> {
    next(cells, column)?.parse().map_err(|e| format!("`{column}`: {e}"))
}

fn flag(cells: Cells, column: &str) -> Result<bool, String> {
    next(cells, column)?.parse().map_err(|e| format!("`{column}`: {e}"))
}
