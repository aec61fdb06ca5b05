//! Reads a command line by the quoting rules of POSIX (X2), and remembers what a shell would do to it besides.

use super::super::ToolError;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Token {
    Word(Word),
    /// `|`, `&&`, `;`, `>`, `(`, …
    Operator(String),
}

/// One argument as a program would get it, if no shell changes it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Word {
    pub text: String,
    /// Only a shell gives it its value: `$NAME`, `${…}`, `$(…)`.
    pub dynamic: bool,
    /// Texts of `$(…)` and of backticks.
    pub substitutions: Vec<String>,
    /// Of `{` and `}` outside quotes.
    pub braces: bool,
    /// A `$` or backtick inside double quotes, or one of the above.
    pub needs_shell: bool,
    /// The number of a stream in front of `<` or `>`.
    pub stream: bool,
    /// What is not read any further, such as `$((1))`.
    pub unread: Option<&'static str>,
}

impl From<&str> for Word {
    fn from(text: &str) -> Self {
        Self { text: text.to_owned(), ..Self::default() }
    }
}

pub fn lex(line: &str) -> Result<Vec<Token>, ToolError> {
    if line.contains('\0') {
        return Err(ToolError::rule("X2", "A command line has no NUL"));
    }
    let mut lexer = Lexer { rest: line.chars().collect(), at: 0, word: None, tokens: vec![] };
    lexer.run()?;
    Ok(lexer.tokens)
}

struct Lexer {
    rest: Vec<char>,
    at: usize,
    word: Option<Word>,
    tokens: Vec<Token>,
}

impl Lexer {
    fn peek(&self) -> Option<char> {
        self.rest.get(self.at).copied()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += 1;
        Some(c)
    }

    fn word(&mut self) -> &mut Word {
        self.word.get_or_insert_default()
    }

    fn push(&mut self, c: char) {
        self.word().text.push(c);
    }

    fn end_word(&mut self) {
        self.tokens.extend(self.word.take().map(Token::Word));
    }

    fn run(&mut self) -> Result<(), ToolError> {
        while let Some(c) = self.next() {
            match c {
                '\n' | '\r' => return Err(ToolError::rule("X2", "A command line has no line break outside quotes")),
                ' ' | '\t' => self.end_word(),
                '\'' => self.single_quoted()?,
                '"' => self.double_quoted()?,
                '\\' => match self.next() {
                    // A line that goes on.
                    Some('\n') => {}
                    Some(c) => self.push(c),
                    None => return Err(ToolError::rule("X2", "The line ends in the middle: \\ escapes nothing")),
                },
                '|' | '&' | ';' | '<' | '>' | '(' | ')' => self.operator(c),
                '{' | '}' => {
                    self.push(c);
                    self.word().braces = true;
                    self.word().needs_shell = true;
                }
                '`' => self.backticks()?,
                '$' => self.dollar(false)?,
                '#' if self.word.is_none() => {
                    self.push(c);
                    self.word().unread = Some("a comment");
                }
                c => self.push(c),
            }
        }
        self.end_word();
        Ok(())
    }

    fn operator(&mut self, first: char) {
        if let (Some(word), '<' | '>') = (&mut self.word, first) {
            word.stream = !word.text.is_empty() && word.text.chars().all(|c| c.is_ascii_digit());
        }
        self.end_word();
        let mut operator = first.to_string();
        let joins = |a: char, b: char| {
            matches!(
                (a, b),
                ('|', '|' | '&') | ('&', '&' | '>') | (';', ';') | ('<', '<' | '&' | '>') | ('>', '>' | '&' | '|')
            )
        };
        if let Some(second) = self.peek().filter(|second| joins(first, *second)) {
            operator.push(second);
            self.at += 1;
        }
        self.tokens.push(Token::Operator(operator));
    }

    fn single_quoted(&mut self) -> Result<(), ToolError> {
        self.word();
        loop {
            match self.next() {
                Some('\'') => return Ok(()),
                Some(c) => self.push(c),
                None => return Err(unbalanced()),
            }
        }
    }

    fn double_quoted(&mut self) -> Result<(), ToolError> {
        self.word();
        loop {
            match self.next() {
                Some('"') => return Ok(()),
                Some('\\') => match self.next() {
                    Some('\n') => {}
                    Some(c @ ('"' | '\\' | '$' | '`')) => self.push(c),
                    Some(c) => {
                        self.push('\\');
                        self.push(c);
                    }
                    None => return Err(unbalanced()),
                },
                Some('`') => self.backticks()?,
                Some('$') => self.dollar(true)?,
                Some(c) => self.push(c),
                None => return Err(unbalanced()),
            }
        }
    }

    fn backticks(&mut self) -> Result<(), ToolError> {
        let mut inner = String::new();
        loop {
            match self.next() {
                Some('`') => break,
                Some('\\') => match self.next() {
                    Some(c @ ('`' | '\\' | '$')) => inner.push(c),
                    Some(c) => inner.extend(['\\', c]),
                    None => return Err(unbalanced()),
                },
                Some(c) => inner.push(c),
                None => return Err(unbalanced()),
            }
        }
        self.substituted(inner);
        Ok(())
    }

    fn substituted(&mut self, inner: String) {
        let word = self.word();
        word.dynamic = true;
        word.needs_shell = true;
        word.substitutions.push(inner);
    }

    fn dollar(&mut self, quoted: bool) -> Result<(), ToolError> {
        match self.peek() {
            Some('(') => {
                self.at += 1;
                if self.peek() == Some('(') {
                    self.word().unread = Some("arithmetic");
                }
                let inner = self.until_closed('(', ')')?;
                self.substituted(inner);
            }
            Some('{') => {
                self.at += 1;
                let inner = self.until_closed('{', '}')?;
                let word = self.word();
                if inner.contains(['$', '`']) {
                    word.unread = Some("an expansion inside another one");
                }
                word.dynamic = true;
                word.needs_shell = true;
            }
            Some(c) if c.is_ascii_alphanumeric() || "_?!#*@$-".contains(c) => {
                self.at += 1;
                while self.peek().is_some_and(|c| c.is_ascii_alphanumeric() || c == '_') {
                    self.at += 1;
                }
                let word = self.word();
                word.dynamic = true;
                word.needs_shell = true;
            }
            Some('\'' | '"') if !quoted => {
                self.word().unread = Some("a quote with $");
                self.word().needs_shell = true;
            }
            _ => {
                self.push('$');
                self.word().needs_shell |= quoted;
            }
        }
        Ok(())
    }

    /// The text up to the bracket that closes the one just read; quotes inside are respected.
    fn until_closed(&mut self, open: char, close: char) -> Result<String, ToolError> {
        let mut depth = 1;
        let mut quote = None;
        let mut inner = String::new();
        while let Some(c) = self.next() {
            match (quote, c) {
                (None, c) if c == close => {
                    depth -= 1;
                    if depth == 0 {
                        return Ok(inner);
                    }
                }
                (None, c) if c == open => depth += 1,
                (None, '\'' | '"') => quote = Some(c),
                (Some(q), c) if c == q => quote = None,
                (None | Some('"'), '\\') => {
                    inner.push(c);
                    let Some(escaped) = self.next() else { return Err(unbalanced()) };
                    inner.push(escaped);
                    continue;
                }
                _ => {}
            }
            inner.push(c);
        }
        Err(unbalanced())
    }
}

fn unbalanced() -> ToolError {
    ToolError::rule("X2", "A quote or bracket is not closed")
}
