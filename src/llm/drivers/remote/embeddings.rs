//! `POST {base}/embeddings` in the OpenAI dialect: texts to vectors.

use std::collections::BTreeMap;

use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use secrecy::ExposeSecret;
use serde::Deserialize;
use serde_json::json;
use tokio::time::timeout;

use super::{
    HttpClient, Target,
    failure::{self, Mask},
    openai,
};
use crate::llm::{ErrorClass, LlmError, catalog::ApiFormat};

/// An embedding model of a provider, ready to be called.
pub struct Embeddings {
    target: Target,
    client: HttpClient,
    /// As sent to the provider.
    model: String,
    /// Length to ask for; models have one of their own.
    dimensions: Option<usize>,
}

/// Vectors in the order of the texts.
#[derive(Debug)]
pub struct Embedded {
    pub vectors: Vec<Vec<f32>>,
    /// As reported; none when the provider does not say.
    pub input_tokens: Option<u32>,
}

#[derive(Deserialize)]
struct Answer {
    data: Vec<Item>,
    #[serde(default)]
    usage: Option<Usage>,
}

#[derive(Deserialize)]
struct Item {
    index: usize,
    embedding: Vec<f32>,
}

#[derive(Deserialize)]
struct Usage {
    prompt_tokens: u32,
}

impl Embeddings {
    pub fn new(target: Target, client: HttpClient, model: String, dimensions: Option<usize>) -> Result<Self, LlmError> {
        match target.format {
            ApiFormat::OpenAi => Ok(Self { target, client, model, dimensions }),
            other => {
                let message = format!("Providers of the API format {other:?} make no vectors for this server.");
                Err(failure::plain(ErrorClass::BadRequest, &message))
            }
        }
    }

    pub async fn embed(&self, texts: &[String]) -> Result<Embedded, LlmError> {
        let mask = Mask::new(self.target.key.clone());
        let mut body = json!({"model": self.model, "input": texts, "encoding_format": "float"});
        if let Some(dimensions) = self.dimensions {
            body["dimensions"] = dimensions.into();
        }
        let url = format!("{}/embeddings", openai::base_url(&self.target));
        let request = self.client.get()?.post(url).headers(self.headers()?).json(&body);
        let limit = self.target.limits.total;
        let call = async {
            let response = request.send().await.map_err(|e| failure::of_transport(e, &mask))?;
            let (status, headers) = (response.status(), response.headers().clone());
            let text = response.text().await.map_err(|e| failure::of_transport(e, &mask))?;
            match status.is_success() {
                true => Ok(text),
                false => Err(failure::of_response(status.as_u16(), &headers, &text, &mask)),
            }
        };
        let text = timeout(limit, call).await.map_err(|_| failure::too_late("No answer came", limit))??;
        read(&text, texts.len())
    }

    fn headers(&self) -> Result<HeaderMap, LlmError> {
        let bad = |name: &str| failure::plain(ErrorClass::BadRequest, &format!("The header {name} cannot be sent."));
        let secret = |text: &str, name: &str| {
            let mut value = HeaderValue::try_from(text).map_err(|_| bad(name))?;
            value.set_sensitive(true);
            Ok::<_, LlmError>(value)
        };
        let mut headers = HeaderMap::new();
        for (name, value) in &self.target.headers {
            let name = HeaderName::try_from(name).map_err(|_| bad(name))?;
            headers.insert(name.clone(), secret(value, name.as_str())?);
        }
        if let Some(key) = &self.target.key {
            headers.insert(AUTHORIZATION, secret(&format!("Bearer {}", key.expose_secret()), "authorization")?);
        }
        Ok(headers)
    }
}

/// One vector for each text, whatever the order of the answer.
fn read(text: &str, count: usize) -> Result<Embedded, LlmError> {
    let answer: Answer =
        serde_json::from_str(text).map_err(|_| failure::malformed("The answer holds no list of vectors."))?;
    let given = answer.data.len();
    let by_index: BTreeMap<usize, Vec<f32>> = answer.data.into_iter().map(|i| (i.index, i.embedding)).collect();
    let is_whole = given == count && by_index.len() == count && by_index.keys().all(|index| *index < count);
    let alike = by_index.values().all(|v| !v.is_empty() && v.iter().all(|x| x.is_finite()));
    if !is_whole || !alike {
        return Err(failure::malformed("The answer does not hold one vector for each text."));
    }
    let input_tokens = answer.usage.map(|usage| usage.prompt_tokens);
    Ok(Embedded { vectors: by_index.into_values().collect(), input_tokens })
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn vectors_come_in_the_order_of_the_texts() {
        let text =
            r#"{"data":[{"index":1,"embedding":[2.0]},{"index":0,"embedding":[1.0]}],"usage":{"prompt_tokens":3}}"#;
        let embedded = read(text, 2).unwrap();
        assert_eq!((embedded.vectors, embedded.input_tokens), (vec![vec![1.0], vec![2.0]], Some(3)));
    }

    #[test]
    fn an_answer_that_lacks_a_vector_is_none() {
        for text in [
            "",
            "{}",
            r#"{"data":[]}"#,
            r#"{"data":[{"index":0,"embedding":[]}]}"#,
            r#"{"data":[{"index":1,"embedding":[1]}]}"#,
            r#"{"data":[{"index":0,"embedding":[1]},{"index":0,"embedding":[1]}]}"#,
        ] {
            assert!(read(text, 1).is_err(), "{text}");
        }
    }
}
