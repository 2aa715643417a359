//! Reading YAML 1.2 as JSON values.

use std::fmt;
use std::thread;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use serde_saphyr::granit_parser::Parser;
use serde_saphyr::{Location, Spanned};

use crate::document::{beyond_bounds, exact_integer};
use crate::error::Error;

/// The stack that the YAML parser needs for the deepest document, with room to spare.
const STACK: usize = 64 * 1024 * 1024;

/// Parses a text as YAML 1.2 (the core schema, section 10.3).
///
/// # Errors
///
/// [`Error::Unreadable`] with line and column, and [`Error::Rejected`] for a document that is too deep or too large.
pub(super) fn parse_yaml(text: &str) -> Result<Value, Error> {
    // The parser uses more stack per level than the caller's thread may have.
    let read = thread::scope(|scope| {
        let reader = thread::Builder::new().stack_size(STACK);
        let reader = reader.spawn_scoped(scope, || read(text));
        reader.map(|reader| reader.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    });
    read.map_err(|error| unreadable(format!("cannot start a thread to read it: {error}")))?
}

fn read(text: &str) -> Result<Value, Error> {
    // YAML 1.2: `no` is a string. The parser's default limits are for configuration files, which are smaller.
    let options = serde_saphyr::options! {
        strict_booleans: true,
        with_snippet: false,
        budget: serde_saphyr::budget! { max_depth: 128, max_nodes: 4_000_000, max_events: 8_000_000 },
    };
    let node: Node = serde_saphyr::from_str_with_options(text, options).map_err(|error| refusal(&error))?;
    // The parser of values ignores malformed text after the document.
    if let Some(error) = Parser::new_from_str(text).find_map(Result::err) {
        let place = place_of(error.marker().line(), error.marker().col() + 1);
        return Err(unreadable(format!("{} at {place}", error.info())));
    }
    node.into_value(text)
}

fn unreadable(message: String) -> Error {
    Error::Unreadable { format: "YAML", message }
}

/// The error of the parser, in words for the author of the document.
fn refusal(error: &serde_saphyr::Error) -> Error {
    use serde_saphyr::Error as Yaml;
    let message = match error {
        Yaml::DuplicateMappingKey { key: Some(key), .. } => format!("the duplicate key `{key}`"),
        Yaml::DuplicateMappingKey { key: None, .. } => "a duplicate key".into(),
        Yaml::NonFiniteFloat { value, .. } => format!("`{value}` is no number in JSON"),
        Yaml::MultipleDocuments { .. } => "a second document begins, and there must be one".into(),
        Yaml::InvalidBinaryBase64 { .. } | Yaml::BinaryNotUtf8 { .. } => "a `!!binary` value that is no text".into(),
        Yaml::TaggedScalarCannotDeserializeIntoString { .. } => "a value that does not fit its tag".into(),
        other => {
            let message = other.to_string();
            // Too deep, or aliases of aliases that would exhaust memory.
            return match ["budget breached", "alias replay limit"].iter().any(|start| message.starts_with(start)) {
                true => beyond_bounds(message),
                false => unreadable(message),
            };
        }
    };
    unreadable(match error.location() {
        Some(location) => format!("{message} at {}", place(location)),
        None => message,
    })
}

fn place(location: Location) -> String {
    place_of(location.line(), location.column())
}

fn place_of(line: impl fmt::Display, column: impl fmt::Display) -> String {
    format!("line {line}, column {column}")
}

/// A value, and numbers with their places.
#[derive(Debug)]
enum Node {
    Scalar(Value),
    Number(Value, Location),
    List(Vec<Self>),
    Object(Vec<(String, Self)>),
}

impl Node {
    /// The value in JSON; the parser reads more texts as numbers than YAML 1.2 does.
    fn into_value(self, text: &str) -> Result<Value, Error> {
        Ok(match self {
            Self::Scalar(value) => value,
            Self::Number(value, location) => number(value, location, text)?,
            Self::List(items) => items.into_iter().map(|item| item.into_value(text)).collect::<Result<_, _>>()?,
            Self::Object(fields) => {
                let fields = fields.into_iter().map(|(name, node)| Ok((name, node.into_value(text)?)));
                Value::Object(fields.collect::<Result<Map<_, _>, Error>>()?)
            }
        })
    }
}

/// The value of a plain scalar that the parser takes for a number.
fn number(value: Value, location: Location, text: &str) -> Result<Value, Error> {
    let span = location.span();
    let written = span.byte_offset().zip(span.byte_len()).and_then(|(start, length)| {
        let (start, length) = (usize::try_from(start).ok()?, usize::try_from(length).ok()?);
        text.get(start..start + length)
    });
    let Some(written) = written.map(str::trim).filter(|written| !written.is_empty()) else { return Ok(value) };
    let digits = written.strip_prefix(['+', '-']).unwrap_or(written);
    if digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return exact_integer(written)
            .ok_or_else(|| unreadable(format!("the number `{written}` has more than 64 bits at {}", place(location))));
    }
    let is_of = |prefix: &str, radix: u32| {
        let digits = written.strip_prefix(prefix);
        digits.is_some_and(|digits| !digits.is_empty() && digits.chars().all(|char| char.is_digit(radix)))
    };
    let is_float = digits.bytes().all(|byte| byte.is_ascii_digit() || b".eE+-".contains(&byte));
    Ok(if is_float || is_of("0o", 8) || is_of("0x", 16) { value } else { written.into() })
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Spanned { value, defined, .. } = Spanned::<Inner>::deserialize(deserializer)?;
        Ok(match value.0 {
            Self::Scalar(number @ Value::Number(_)) => Self::Number(number, defined),
            other => other,
        })
    }
}

/// A node without its place.
struct Inner(Node);

impl<'de> Deserialize<'de> for Inner {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NodeVisitor).map(Self)
    }
}

struct NodeVisitor;

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value of JSON")
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Scalar(Value::Null))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Node, E> {
        Ok(Node::Scalar(value.into()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Node, E> {
        Ok(Node::Scalar(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Node, E> {
        Ok(Node::Scalar(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Node, E> {
        Ok(Node::Scalar(value.into()))
    }

    fn visit_str<E>(self, value: &str) -> Result<Node, E> {
        Ok(Node::Scalar(value.into()))
    }

    fn visit_string<E>(self, value: String) -> Result<Node, E> {
        Ok(Node::Scalar(value.into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Node, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Node::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Node, A::Error> {
        let mut object = Vec::new();
        while let Some(field) = fields.next_entry()? {
            object.push(field);
        }
        Ok(Node::Object(object))
    }
}
