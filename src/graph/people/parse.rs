//! The grammar: `expr = term {"or" term}`, `term = factor {"and" factor}`, `factor = "not" factor | "(" expr ")" | atom`.

use super::{By, DEPTH, Node, WORDS, Whom};
use crate::base::error::quoted;
use crate::graph::only::{Only, Test};

type Parsed<T> = Result<T, String>;

/// Longer ones first.
const SIGNS: [&str; 6] = [">=", "<=", "=", ",", "(", ")"];

#[derive(Debug, Clone, PartialEq)]
enum Token<'a> {
    Sign(&'static str),
    Word(&'a str),
    Quoted(String),
}

/// Whether this character stands outside of quotes only between words.
pub(super) fn ends_word(c: char) -> bool {
    c.is_whitespace() || "()\",=<>".contains(c)
}

/// Whether this is a word of the grammar.
pub(super) fn is_word(text: &str) -> bool {
    WORDS.iter().any(|word| word.eq_ignore_ascii_case(text))
}

/// A whole expression.
pub(super) fn expression(text: &str) -> Parsed<Node> {
    let mut parser = Parser { text, tokens: tokens(text)?, at: 0 };
    let node = parser.any(0)?;
    match parser.at == parser.tokens.len() {
        true => Ok(node),
        false => Err(parser.expected_joint("\"and\", \"or\" or the end")),
    }
}

/// A problem at a byte of the expression; people count characters, from 1.
fn wrong(text: &str, at: usize, problem: &str) -> String {
    format!("column {}: {problem}", text[..at].chars().count() + 1)
}

fn tokens(text: &str) -> Parsed<Vec<(usize, Token<'_>)>> {
    let (mut tokens, mut at) = (Vec::new(), 0);
    while let Some(first) = text[at..].chars().next() {
        let rest = &text[at..];
        if first.is_whitespace() {
            at += first.len_utf8();
            continue;
        }
        let (token, length) = if let Some(sign) = SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
            (Token::Sign(sign), sign.len())
        } else if first == '"' {
            let (name, length) = in_quotes(rest)
                .ok_or_else(|| wrong(text, at, "expected the quote that opens here to be closed, found the end"))?;
            (Token::Quoted(name), length)
        } else if ends_word(first) {
            let hint = "limits are themselves included: followers>=1000";
            return Err(wrong(text, at, &format!("expected \"{first}=\", found \"{first}\"\n  hint: {hint}")));
        } else {
            let length = rest.find(ends_word).unwrap_or(rest.len());
            (Token::Word(&rest[..length]), length)
        };
        tokens.push((at, token));
        at += length;
    }
    Ok(tokens)
}

/// What stands in the quotes that `text` begins with, and the bytes that it takes with them.
fn in_quotes(text: &str) -> Option<(String, usize)> {
    let (mut name, mut at) = (String::new(), 1);
    loop {
        let length = text[at..].find('"')?;
        name.push_str(&text[at..at + length]);
        at += length + 1;
        if !text[at..].starts_with('"') {
            return Some((name, at));
        }
        name.push('"');
        at += 1;
    }
}

struct Parser<'a> {
    text: &'a str,
    /// With the byte at which each begins.
    tokens: Vec<(usize, Token<'a>)>,
    at: usize,
}

impl Parser<'_> {
    fn any(&mut self, depth: usize) -> Parsed<Node> {
        let mut parts = vec![self.all(depth)?];
        while self.word("or") {
            parts.push(self.all(depth)?);
        }
        Ok(Node::joined(By::Or, parts))
    }

    fn all(&mut self, depth: usize) -> Parsed<Node> {
        let mut parts = vec![self.one(depth)?];
        while self.word("and") {
            parts.push(self.one(depth)?);
        }
        Ok(Node::joined(By::And, parts))
    }

    fn one(&mut self, depth: usize) -> Parsed<Node> {
        if depth > DEPTH {
            let problem = format!("expected at most {DEPTH} parentheses and \"not\" inside each other, found more");
            return Err(wrong(self.text, self.place(), &problem));
        }
        if self.word("not") {
            return Ok(Node::Not(Box::new(self.one(depth + 1)?)));
        }
        if self.sign("(") {
            let inside = self.any(depth + 1)?;
            return if self.sign(")") { Ok(inside) } else { Err(self.expected_joint("\"and\", \"or\" or \")\"")) };
        }
        if self.word("follow") || self.word("follows") {
            return self.followed().map(Node::Follow);
        }
        let column = self.name("\"follow\", \"not\", \"(\" or a condition such as country=VN")?;
        match self.condition(&column)? {
            Some(only) => Ok(Node::Meet(only)),
            None => {
                let after = quoted(column.as_bytes());
                let hint = format!("\n  hint: who follows {after}: follow {}", super::Name(&column));
                Err(self.expected(&format!("\"=\", \">=\" or \"<=\" after {after}")) + &hint)
            }
        }
    }

    /// What stands after `follow`.
    fn followed(&mut self) -> Parsed<Whom> {
        const NAME: &str = "a name after \"follow\"";
        let first = self.name(NAME)?;
        if let Some(only) = self.condition(&first)? {
            return Ok(Whom::Meeting(only));
        }
        let mut names = vec![first];
        while self.sign(",") {
            names.push(self.name("a name after \",\"")?);
        }
        Ok(Whom::Named(names))
    }

    /// What is asked of a column, if anything is.
    fn condition(&mut self, column: &str) -> Parsed<Option<Only>> {
        let test = if self.sign("=") {
            let mut values = vec![self.name("a value after \"=\"")?];
            while self.sign(",") {
                values.push(self.name("a value after \",\"")?);
            }
            Test::OneOf(values)
        } else if self.sign(">=") {
            Test::AtLeast(self.number("a number after \">=\"")?)
        } else if self.sign("<=") {
            Test::AtMost(self.number("a number after \"<=\"")?)
        } else {
            return Ok(None);
        };
        Ok(Some(Only { column: column.to_owned(), test }))
    }

    fn number(&mut self, what: &str) -> Parsed<f64> {
        let number = match self.tokens.get(self.at) {
            Some((_, Token::Word(word))) => word.parse().ok().filter(|number: &f64| number.is_finite()),
            _ => None,
        };
        let number = number.ok_or_else(|| self.expected(what))?;
        self.at += 1;
        Ok(number)
    }

    /// A name; words of the grammar are none.
    fn name(&mut self, what: &str) -> Parsed<String> {
        let name = match self.tokens.get(self.at) {
            Some((_, Token::Word(word))) if is_word(word) => {
                return Err(self.expected(what) + "\n  hint: if it is a name, put it in double quotes");
            }
            Some((_, Token::Word(word))) => (*word).to_owned(),
            Some((_, Token::Quoted(name))) => name.clone(),
            _ => return Err(self.expected(what)),
        };
        self.at += 1;
        Ok(name)
    }

    /// Goes on if this word comes next.
    fn word(&mut self, wanted: &str) -> bool {
        let found =
            matches!(self.tokens.get(self.at), Some((_, Token::Word(word))) if word.eq_ignore_ascii_case(wanted));
        self.at += usize::from(found);
        found
    }

    /// Goes on if this sign comes next.
    fn sign(&mut self, wanted: &str) -> bool {
        let found = matches!(self.tokens.get(self.at), Some((_, Token::Sign(sign))) if *sign == wanted);
        self.at += usize::from(found);
        found
    }

    /// The byte at which the next token begins.
    fn place(&self) -> usize {
        self.tokens.get(self.at).map_or(self.text.len(), |(at, _)| *at)
    }

    fn expected(&self, what: &str) -> String {
        let found = match self.tokens.get(self.at) {
            None => "the end".into(),
            Some((_, Token::Sign(sign))) => quoted(sign.as_bytes()),
            Some((_, Token::Word(word))) => quoted(word.as_bytes()),
            Some((_, Token::Quoted(name))) => quoted(name.as_bytes()),
        };
        wrong(self.text, self.place(), &format!("expected {what}, found {found}"))
    }

    /// The same where a part is complete: a further word was cut off a name, or one that joins is missing.
    fn expected_joint(&self, what: &str) -> String {
        let cut = matches!(self.tokens.get(self.at), Some((_, Token::Word(word))) if !is_word(word));
        let hint = if cut { "\n  hint: names with blanks stand in double quotes" } else { "" };
        self.expected(what) + hint
    }
}
