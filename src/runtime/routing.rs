//! Which of an agent's three models a message deserves. Pure; the server's estimate, not the model's opinion.

use crate::{agents::manifest::ManifestRouting, llm::estimate};

const PER_TOOL: u64 = 20;
const PER_CODE_MARK: u64 = 30;
const PER_MESSAGE: u64 = 15;
const FREE_MESSAGES: u64 = 10;
const FREE_PROMPT: usize = 500;
const PROMPT_CHARS_PER_POINT: usize = 10;
const CODE_WORDS: [&str; 11] =
    ["async ", "await ", "class ", "def ", "fn ", "function ", "impl ", "import ", "return ", "struct ", "```"];

/// What a message looks like before any model has seen it.
#[derive(Clone, Copy, Debug)]
pub struct Message<'a> {
    pub text: &'a str,
    pub tools: usize,
    /// Earlier messages of the session.
    pub history: i64,
    pub system_prompt: &'a str,
}

/// The model that the routing names for this message; None: the agent's own.
pub fn choose<'a>(routing: &'a ManifestRouting, message: Message<'_>) -> Option<&'a str> {
    let score = score(message);
    let model = if score < u64::from(routing.simple_threshold) {
        &routing.simple_model
    } else if score >= u64::from(routing.complex_threshold) {
        &routing.complex_model
    } else {
        &routing.medium_model
    };
    model.as_deref()
}

fn score(message: Message<'_>) -> u64 {
    let marks = CODE_WORDS.iter().filter(|word| message.text.contains(*word)).count();
    let prompt = message.system_prompt.chars().count().saturating_sub(FREE_PROMPT) / PROMPT_CHARS_PER_POINT;
    let count = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
    u64::from(estimate::text(message.text))
        .saturating_add(PER_TOOL * count(message.tools))
        .saturating_add(PER_CODE_MARK * count(marks))
        .saturating_add(PER_MESSAGE * u64::try_from(message.history).unwrap_or(0).saturating_sub(FREE_MESSAGES))
        .saturating_add(count(prompt))
}

#[cfg(test)]
mod tests {
    use super::{Message, choose, score};
    use crate::agents::manifest::ManifestRouting;

    fn message(text: &str) -> Message<'_> {
        Message { text, tools: 0, history: 0, system_prompt: "" }
    }

    #[test]
    fn the_score_is_a_sum() {
        assert_eq!(score(message("abcd")), 1);
        assert_eq!(score(Message { tools: 3, ..message("abcd") }), 61);
        assert_eq!(score(Message { history: 12, ..message("abcd") }), 31);
        assert_eq!(score(Message { system_prompt: &"x".repeat(520), ..message("abcd") }), 3);
        assert_eq!(score(message("fn fn x")), 2 + 30, "each mark counts once");
    }

    #[test]
    fn thresholds_part_the_models() {
        let routing = ManifestRouting {
            simple_model: Some("s".into()),
            medium_model: None,
            complex_model: Some("c".into()),
            simple_threshold: 10,
            complex_threshold: 20,
        };
        let of = |tokens: usize| {
            let text = "x".repeat(tokens * 4);
            choose(&routing, message(&text)).map(str::to_owned)
        };
        assert_eq!(of(9).as_deref(), Some("s"));
        assert_eq!(of(10), None);
        assert_eq!(of(19), None);
        assert_eq!(of(20).as_deref(), Some("c"));
    }
}
