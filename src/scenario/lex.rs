//! A line into words: the lexical level, which knows no protocol.
//!
//! Words are parted by spaces. A `#` at the start of a word begins a comment (in `n1#17` it does
//! not stand at the start). A text in quotes is one word; `\"` and `\\` stand for themselves.

use std::borrow::Cow;

use super::limits::MAX_STRING;

/// A word or a quoted text, with its place in the line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token<'a> {
    /// Its contents; without the quotes, if it was quoted.
    pub text: Cow<'a, str>,
    /// Whether it was quoted.
    pub quoted: bool,
    /// Its first character, from 1.
    pub column: u32,
    /// How many characters of the line it takes.
    pub length: u32,
}

/// A line in its parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lexed<'a> {
    /// The words in order.
    pub tokens: Vec<Token<'a>>,
    /// The comment, from its `#` to the end of the line, without spaces at its end.
    pub comment: Option<&'a str>,
    /// The column behind the last character that is not a comment or a space.
    pub end: u32,
    /// What is wrong with the line as a row of characters: the first such thing.
    pub fault: Option<LexFault>,
}

/// What is wrong with a row of characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LexFault {
    /// Where, from 1.
    pub column: u32,
    /// How many characters.
    pub length: u32,
    /// What.
    pub message: &'static str,
}

/// Reads a line. Total: whatever it contains, there is an answer, in linear time.
pub fn lex(line: &str) -> Lexed<'_> {
    let mut lexer = Lexer { line, rest: line.char_indices().peekable(), column: 1, fault: None };
    let mut tokens: Vec<Token<'_>> = Vec::new();
    let mut comment = None;
    loop {
        lexer.skip_spaces();
        match lexer.peek() {
            None => break,
            Some('#') => {
                comment = Some(line[lexer.offset()..].trim_end());
                lexer.check_rest();
                break;
            }
            Some('"') => tokens.push(lexer.quoted()),
            Some(_) => tokens.push(lexer.word()),
        }
    }
    let end = tokens.last().map_or(1, |token| token.column + token.length);
    Lexed { tokens, comment, end, fault: lexer.fault }
}

/// Writes a text as the lexer reads it: in quotes.
pub fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for letter in text.chars() {
        if matches!(letter, '"' | '\\') {
            out.push('\\');
        }
        out.push(letter);
    }
    out.push('"');
    out
}

/// Writes a word as the lexer reads it: bare if that is possible.
pub fn bare_or_quoted(word: &str) -> Cow<'_, str> {
    let needs = word.is_empty() || word.starts_with(['#', '"']) || word.contains(is_space);
    if needs { Cow::Owned(quoted(word)) } else { Cow::Borrowed(word) }
}

fn is_space(letter: char) -> bool {
    matches!(letter, ' ' | '\t')
}

struct Lexer<'a> {
    line: &'a str,
    rest: std::iter::Peekable<std::str::CharIndices<'a>>,
    column: u32,
    fault: Option<LexFault>,
}

impl<'a> Lexer<'a> {
    fn peek(&mut self) -> Option<char> {
        self.rest.peek().map(|&(_, letter)| letter)
    }

    fn offset(&mut self) -> usize {
        self.rest.peek().map_or(self.line.len(), |&(offset, _)| offset)
    }

    fn take(&mut self) -> Option<char> {
        let (_, letter) = self.rest.next()?;
        if letter.is_control() && letter != '\t' {
            self.blame(self.column, 1, "a control character does not belong into a scenario");
        }
        self.column += 1;
        Some(letter)
    }

    fn blame(&mut self, column: u32, length: u32, message: &'static str) {
        self.fault.get_or_insert(LexFault { column, length, message });
    }

    fn skip_spaces(&mut self) {
        while self.peek().is_some_and(is_space) {
            self.take();
        }
    }

    fn check_rest(&mut self) {
        while self.take().is_some() {}
    }

    fn word(&mut self) -> Token<'a> {
        let (start, column) = (self.offset(), self.column);
        while self.peek().is_some_and(|letter| !is_space(letter)) {
            self.take();
        }
        let end = self.offset();
        let length = self.column - column;
        if length > MAX_STRING {
            self.blame(column, length, "this word has more than 200 characters");
        }
        Token { text: Cow::Borrowed(&self.line[start..end]), quoted: false, column, length }
    }

    fn quoted(&mut self) -> Token<'a> {
        let column = self.column;
        self.take();
        let mut text = String::new();
        let mut closed = false;
        while let Some(letter) = self.take() {
            match letter {
                '"' => {
                    closed = true;
                    break;
                }
                '\\' => match self.peek() {
                    Some(escaped @ ('"' | '\\')) => {
                        self.take();
                        text.push(escaped);
                    }
                    _ => {
                        let message = "in a text `\\` stands before `\"` or `\\` only";
                        self.blame(self.column - 1, 1, message);
                    }
                },
                letter => text.push(letter),
            }
        }
        let length = self.column - column;
        if !closed {
            self.blame(column, length, "this text has no closing `\"`");
        } else if self.peek().is_some_and(|letter| !is_space(letter)) {
            self.blame(self.column, 1, "a space must follow the closing `\"`");
        }
        if text.chars().count() > MAX_STRING as usize {
            self.blame(column, length, "this text has more than 200 characters");
        }
        Token { text: Cow::Owned(text), quoted: true, column, length }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<String> {
        lex(line).tokens.iter().map(|token| token.text.to_string()).collect()
    }

    #[test]
    fn words_texts_and_comments_are_told_apart() {
        assert_eq!(words("  drop\tn1#17  # the vote"), ["drop", "n1#17"]);
        assert_eq!(words(r#"say 1s "a \"b\" \\ # c" # d"#), ["say", "1s", r#"a "b" \ # c"#]);
        assert_eq!(lex("a # b ").comment, Some("# b"));
        assert_eq!(lex("   ").end, 1);
        assert_eq!(lex(" ab  c  # d").end, 7);
    }

    #[test]
    fn columns_count_characters() {
        let lexed = lex("say \"äö\" x");
        assert_eq!((lexed.tokens[1].column, lexed.tokens[1].length), (5, 4));
        assert_eq!(lexed.tokens[2].column, 10);
    }

    #[test]
    fn faults_have_a_place() {
        let fault = |line: &str| lex(line).fault.map(|fault| (fault.column, fault.length));
        assert_eq!(fault("say \"open"), Some((5, 5)));
        assert_eq!(fault("say \"a\"b"), Some((8, 1)));
        assert_eq!(fault("say \"a\\n\""), Some((7, 1)));
        assert_eq!(fault("a\u{7}b"), Some((2, 1)));
        assert_eq!(fault("a # \u{7}"), Some((5, 1)));
        assert_eq!(fault(&"x".repeat(201)), Some((1, 201)));
        assert_eq!(fault(&"x".repeat(200)), None);
    }

    #[test]
    fn what_is_quoted_reads_back() {
        for text in ["", "a b", "\"", "\\", "#x", "\\\"", "plain"] {
            let line = quoted(text);
            assert_eq!(words(&line), [text]);
            assert_eq!(words(&bare_or_quoted(text)), [text]);
        }
    }
}
