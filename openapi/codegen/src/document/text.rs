//! Parsing a document written as JSON, and its canonical text.

use std::fmt;

use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::limits::MAX_BYTES;
use crate::error::Error;
use crate::model::pointer::Pointer;
use crate::report::{Code, Log};

/// Parses a document written as JSON; keys keep their order.
///
/// # Errors
///
/// [`Error::Unreadable`] with line and column, and [`Error::Rejected`] for a document that is too deep or too large.
pub fn parse_json(text: &str) -> Result<Value, Error> {
    bounded(text)?;
    let Unique(document) = serde_json::from_str(text).map_err(|error| match error.to_string() {
        message if message.starts_with("recursion limit exceeded") => beyond_bounds(message),
        message => Error::Unreadable { format: "JSON", message },
    })?;
    match inexact_integer(text) {
        Some((number, line, column)) => {
            let message = format!("the number `{number}` has more than 64 bits at line {line} column {column}");
            Err(Error::Unreadable { format: "JSON", message })
        }
        None => Ok(document),
    }
}

/// The first integer that no number of 64 bits is equal to, with its line and column.
fn inexact_integer(text: &str) -> Option<(&str, usize, usize)> {
    let is_part = |byte: &u8| byte.is_ascii_digit() || b"+-.eE".contains(byte);
    let (mut at, bytes) = (0, text.as_bytes());
    while at < bytes.len() {
        match bytes[at] {
            b'"' => {
                let mut escaped = false;
                let end = bytes[at + 1..].iter().position(|byte| {
                    let ends = *byte == b'"' && !escaped;
                    escaped = *byte == b'\\' && !escaped;
                    ends
                })?;
                at += end + 2;
            }
            b'-' | b'0'..=b'9' => {
                let length = bytes[at..].iter().take_while(|byte| is_part(byte)).count();
                let number = &text[at..at + length];
                if !number.contains(['.', 'e', 'E']) && exact_integer(number).is_none() {
                    let line = text[..at].matches('\n').count() + 1;
                    let start = text[..at].rfind('\n').map_or(0, |end| end + 1);
                    return Some((number, line, at - start + 1));
                }
                at += length;
            }
            _ => at += 1,
        }
    }
    None
}

/// An integer as a number of 64 bits; `None` when none is equal to it.
pub(crate) fn exact_integer(text: &str) -> Option<Value> {
    let text = text.strip_prefix('+').unwrap_or(text);
    let whole = text.parse::<u64>().map(Value::from).or_else(|_| text.parse::<i64>().map(Value::from));
    whole.ok().or_else(|| {
        let float: f64 = text.parse().ok()?;
        // The shortest text of a float is the one that it is written as.
        let digits = text.trim_start_matches('-').trim_start_matches('0');
        (float.abs().to_string() == digits).then(|| float.into())
    })
}

/// A value whose objects have no key twice.
struct Unique(Value);

impl<'de> Deserialize<'de> for Unique {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(UniqueVisitor).map(Self)
    }
}

struct UniqueVisitor;

impl<'de> Visitor<'de> for UniqueVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value of JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(Unique(item)) = items.next_element()? {
            list.push(item);
        }
        Ok(list.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(name) = fields.next_key::<String>()? {
            if object.contains_key(&name) {
                return Err(de::Error::custom(format!("the key {name:?} is a duplicate")));
            }
            let Unique(value) = fields.next_value()?;
            object.insert(name, value);
        }
        Ok(number(&object).unwrap_or_else(|| object.into()))
    }
}

/// The number that an object stands for: where a build script turns on serde_json's `arbitrary_precision`, it gives numbers
/// as objects with one name, which only it knows what to make of.
fn number(object: &Map<String, Value>) -> Option<Value> {
    let mut fields = object.iter();
    let (Some((name, Value::String(text))), None) = (fields.next(), fields.next()) else { return None };
    let float = || text.parse::<f64>().ok().map(Value::from);
    name.starts_with("$serde_json::private::").then(|| exact_integer(text).or_else(float)).flatten()
}

/// Refuses a text that is too large to parse in bounded memory.
pub(crate) fn bounded(text: &str) -> Result<(), Error> {
    if text.len() > MAX_BYTES {
        return Err(beyond_bounds(format!("it has {} bytes, and {MAX_BYTES} is the most", text.len())));
    }
    Ok(())
}

/// The error for a document that is too deep or too large for its parser.
pub(crate) fn beyond_bounds(reason: String) -> Error {
    let mut log = Log::default();
    log.add(Code::R009, &Pointer::default(), reason);
    Error::Rejected(log.report.entries)
}

/// The canonical text of a document: keys in their order, indented by two spaces, LF, with a final newline.
pub fn canonical(document: &Value) -> String {
    format!("{document:#}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_arbitrary_precision_are_numbers() {
        for (text, number) in
            [("1", Value::from(1)), ("-1", Value::from(-1)), ("0.5", Value::from(0.5)), ("1e3", Value::from(1e3))]
        {
            let private = format!(r#"{{"$serde_json::private::Number": "{text}"}}"#);
            assert_eq!(parse_json(&private).unwrap(), number, "{text}");
        }
        for other in [r#"{"$serde_json::private::Number": "x"}"#, r#"{"number": "1"}"#] {
            assert!(parse_json(other).unwrap().is_object(), "{other}");
        }
    }

    #[test]
    fn what_is_too_deep_or_too_large_has_a_code() {
        let deep = format!("{{\"a\": {}{}}}", "[".repeat(200), "]".repeat(200));
        for text in [deep, format!("\"{}\"", "a".repeat(MAX_BYTES))] {
            let Err(Error::Rejected(entries)) = parse_json(&text) else { panic!("it is taken, or has no code") };
            assert_eq!(entries[0].code, Code::R009);
        }
    }
}
