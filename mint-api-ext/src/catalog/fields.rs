//! Reads the fields of a TOML table and collects what is wrong with them.

use std::fmt::Display;
use std::ops::Range;
use std::path::Path;
use std::str::FromStr;

use toml_edit::{Item, TableLike, Value};

use crate::error::{Error, ErrorKind, quoted};

/// The mistakes in a text, each with its place.
#[derive(Debug)]
pub(super) struct Mistakes<'a> {
    text: &'a str,
    found: Vec<(usize, String)>,
}

impl<'a> Mistakes<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, found: Vec::new() }
    }

    /// Adds what is wrong at this place, and what to write.
    pub(super) fn add(&mut self, span: Option<Range<usize>>, what: impl Into<String>) {
        self.found.push((span.map_or(0, |span| span.start), what.into()));
    }

    /// The error that lists every mistake as `file:line:column: what`, in the order of the text.
    pub(super) fn into_error(mut self, path: &Path) -> Option<Error> {
        if self.found.is_empty() {
            return None;
        }
        self.found.sort();
        let lines = self.found.iter().map(|(at, what)| {
            let (line, column) = position(self.text, *at);
            format!("{}:{line}:{column}: {what}", path.display())
        });
        Some(Error::new(ErrorKind::InvalidArgument, lines.collect::<Vec<_>>().join("\n")))
    }
}

/// The line and the column of a byte, in characters from 1.
fn position(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
}

/// The fields of a table. Every field that is read is known; [`Fields::finish`] reports the others.
pub(super) struct Fields<'a, 'm, 't> {
    pub(super) mistakes: &'m mut Mistakes<'t>,
    table: &'a dyn TableLike,
    at: String,
    span: Option<Range<usize>>,
    known: Vec<&'static str>,
}

impl<'a, 'm, 't> Fields<'a, 'm, 't> {
    pub(super) fn new(
        mistakes: &'m mut Mistakes<'t>,
        table: &'a dyn TableLike,
        at: impl Into<String>,
        span: Option<Range<usize>>,
    ) -> Self {
        Self { mistakes, table, at: at.into(), span, known: Vec::new() }
    }

    /// The item of a key that is a field of this table.
    pub(super) fn item(&mut self, key: &'static str) -> Option<&'a Item> {
        self.known.push(key);
        self.table.get(key).filter(|item| !item.is_none())
    }

    pub(super) fn text(&mut self, key: &'static str) -> Option<String> {
        let item = self.item(key)?;
        match item.as_str() {
            Some("") => self.wrong(item, format!("`{key}` is empty; write a text")),
            Some(text) => Some(text.to_owned()),
            None => self.wrong(item, format!("`{key}` is {}; write a text in quotes", kind(item))),
        }
    }

    /// As [`text`](Self::text), for a field that must be there.
    pub(super) fn required(&mut self, key: &'static str, example: &str) -> Option<String> {
        if self.table.get(key).is_none() {
            self.known.push(key);
            let what = format!("{} has no `{key}`; write `{key} = {example}`", self.at);
            self.mistakes.add(self.span.clone(), what);
            return None;
        }
        self.text(key)
    }

    pub(super) fn flag(&mut self, key: &'static str) -> Option<bool> {
        let item = self.item(key)?;
        item.as_bool().or_else(|| self.wrong(item, format!("`{key}` is {}; write true or false", kind(item))))
    }

    /// A number from 0, or above 0 where `lowest` says so.
    pub(super) fn number(&mut self, key: &'static str, lowest: Lowest) -> Option<f64> {
        let item = self.item(key)?;
        let number = item.as_float().or_else(|| item.as_integer().map(|integer| integer as f64));
        let range = match lowest {
            Lowest::Zero => "a number from 0",
            Lowest::AboveZero => "a number above 0",
        };
        match number {
            Some(number) if number.is_finite() && lowest.admits(number) => Some(number),
            Some(number) => self.wrong(item, format!("`{key}` is {number}; write {range}")),
            None => self.wrong(item, format!("`{key}` is {}; write {range}", kind(item))),
        }
    }

    /// A word of a list.
    pub(super) fn word<T: FromStr>(&mut self, key: &'static str, words: &[&str]) -> Option<T> {
        let item = self.item(key)?;
        self.one(key, item.as_value(), words)
    }

    /// A word, or a list of words.
    pub(super) fn words<T: FromStr>(&mut self, key: &'static str, words: &[&str]) -> Option<Vec<T>> {
        let item = self.item(key)?;
        match item.as_value() {
            Some(Value::Array(array)) if array.is_empty() => {
                self.wrong(item, format!("`{key}` is empty; name at least one, or leave it out"))
            }
            Some(Value::Array(array)) => {
                Some(array.iter().filter_map(|value| self.one(key, Some(value), words)).collect())
            }
            value => Some(self.one(key, value, words).into_iter().collect()),
        }
    }

    fn one<T: FromStr>(&mut self, key: &str, value: Option<&Value>, words: &[&str]) -> Option<T> {
        let listed = listed(words);
        let span = value.and_then(Value::span).or_else(|| self.span.clone());
        let what = match value.and_then(Value::as_str) {
            Some(text) => match text.parse() {
                Ok(word) => return Some(word),
                Err(_) => match nearest(text, words) {
                    Some(near) => format!("`{key}` is \"{}\"; did you mean \"{near}\"?", quoted(text)),
                    None => format!("`{key}` is \"{}\"; write one of {listed}", quoted(text)),
                },
            },
            None => format!("`{key}` is {}; write one of {listed}", value.map_or("a table", Value::type_name)),
        };
        self.mistakes.add(span, what);
        None
    }

    /// Reports a mistake at an item.
    pub(super) fn wrong<T>(&mut self, item: &Item, what: impl Into<String>) -> Option<T> {
        self.mistakes.add(item.span().or_else(|| self.span.clone()), what);
        None
    }

    /// Reports every field that was not read.
    pub(super) fn finish(self) {
        for (key, item) in self.table.iter() {
            if self.known.contains(&key) {
                continue;
            }
            let shown = quoted(key);
            let what = match nearest(key, &self.known) {
                Some(near) => format!("{} has no field `{shown}`; did you mean `{near}`?", self.at),
                None => format!("{} has no field `{shown}`; it has {}", self.at, listed_plain(&self.known)),
            };
            let span = self.table.key(key).and_then(|key| key.span()).or_else(|| item.span());
            self.mistakes.add(span.or_else(|| self.span.clone()), what);
        }
    }
}

/// The lowest value of a number.
#[derive(Clone, Copy, Debug)]
pub(super) enum Lowest {
    Zero,
    AboveZero,
}

impl Lowest {
    fn admits(self, number: f64) -> bool {
        match self {
            Self::Zero => number >= 0.0,
            Self::AboveZero => number > 0.0,
        }
    }
}

/// The type of an item, with its article.
pub(super) fn kind(item: &Item) -> String {
    let name = item.type_name();
    let article = if name.starts_with(['a', 'i']) { "an" } else { "a" };
    format!("{article} {name}")
}

fn listed(words: &[impl Display]) -> String {
    words.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(", ")
}

fn listed_plain(words: &[impl Display]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

/// The word that a person probably meant.
pub(super) fn nearest<'w>(text: &str, words: &[&'w str]) -> Option<&'w str> {
    let longest = if text.chars().count() < 4 { 1 } else { 2 };
    let near = words.iter().map(|word| (distance(text, word), *word)).filter(|(distance, _)| *distance <= longest);
    near.min().map(|(_, word)| word)
}

/// How many characters must be added, removed or replaced (Levenshtein).
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (line, a) in one.chars().enumerate() {
        let mut diagonal = line;
        row[0] = line + 1;
        for (column, b) in other.iter().enumerate() {
            let replaced = diagonal + usize::from(a != *b);
            diagonal = row[column + 1];
            row[column + 1] = replaced.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[other.len()]
}
