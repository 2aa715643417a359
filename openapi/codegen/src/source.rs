//! Reading a document from JSON, YAML or docs pages, and the lock file that records where a vendored document came from.

mod bundle;
mod index;
mod lock;
mod markdown;
mod merge;
mod yaml;

use std::borrow::Cow;

use serde_json::Value;

use crate::document::{bounded, parse_json};
use crate::error::Error;
use crate::model::line_ends::with_line_feeds;
use yaml::parse_yaml;

pub use crate::error::Conflict;
pub use bundle::{Bundle, Unresolved, bundle};
pub use index::reference_pages;
pub use lock::{Lock, Origin, OriginKind, sha256};
pub use merge::{Part, merge};

/// Reads a document from JSON, YAML, or a Markdown page with either of these in a fenced block.
///
/// Keys keep their order.
///
/// # Errors
///
/// [`Error::Unreadable`], with line and column where the parser gives them, and [`Error::Rejected`] for a document that is
/// too deep or too large.
///
/// # Examples
///
/// ```
/// let page = "# Get it\n\n```yaml\nopenapi: 3.1.0\n```\n";
/// assert_eq!(openapi_client_codegen::source::read(page)?["openapi"], "3.1.0");
/// # Ok::<(), openapi_client_codegen::Error>(())
/// ```
pub fn read(text: &str) -> Result<Value, Error> {
    bounded(text)?;
    read_plain(&plain(text))
}

fn read_plain(text: &str) -> Result<Value, Error> {
    let document = if text.trim_start().starts_with('{') {
        parse_json(text)?
    } else if is_html(text) {
        return Err(Error::Unreadable { format: "OpenAPI", message: "it is a page in HTML, or XML".into() });
    } else if let Some(block) = markdown::document_block(text)? {
        match block.trim_start().starts_with('{') {
            true => parse_json(&block)?,
            false => parse_yaml(&block)?,
        }
    } else {
        match parse_yaml(text) {
            // A page is no YAML, and its mistake is not where YAML ends.
            Err(Error::Unreadable { .. }) if markdown::has_blocks(text) && !is_yaml_document(text) => {
                let message = "no fenced block of the page starts with `openapi:` or is JSON with that field".into();
                return Err(Error::Unreadable { format: "Markdown", message });
            }
            document => document?,
        }
    };
    match wrong_version(&document) {
        Some(message) => Err(Error::Unreadable { format: "OpenAPI", message }),
        None => Ok(document),
    }
}

/// Reads a file that holds a part of a document, from JSON or YAML.
fn read_part(text: &str) -> Result<Value, Error> {
    bounded(text)?;
    let text = &*plain(text);
    match text.trim_start().starts_with(['{', '[']) {
        true => parse_json(text).or_else(|error| parse_yaml(text).map_err(|_| error)),
        false => parse_yaml(text),
    }
}

/// Why a document does not say of which version it is.
fn wrong_version(document: &Value) -> Option<String> {
    // The rules refuse OpenAPI 2 with a better message.
    let field = ["openapi", "swagger"].into_iter().find(|field| document.get(field).is_some());
    match (document, field.map(|field| (field, &document[field]))) {
        (_, Some((_, Value::String(_)))) => None,
        (_, Some((field, Value::Number(number)))) => Some(format!(
            "`{field}` is the number {number}, and a version is a string: put it in quotes, `{field}: \"{number}\"`"
        )),
        (_, Some((field, other))) => Some(format!("`{field}` is {other}, and a version is a string such as \"3.1.0\"")),
        (Value::Object(_), None) => {
            Some("it has no field `openapi` at the top, which names the version, such as \"3.1.0\"".into())
        }
        (_, None) => Some("it is no object with a field `openapi` at the top".into()),
    }
}

/// The text without a byte order mark and with a line feed at the end of each line; YAML and Markdown also take a carriage
/// return.
fn plain(text: &str) -> Cow<'_, str> {
    with_line_feeds(text.strip_prefix('\u{feff}').unwrap_or(text))
}

/// Whether a text names the version of a document as YAML does, where the keys of its outermost object begin.
fn is_yaml_document(text: &str) -> bool {
    let Some(first) = text.lines().find(is_content) else { return false };
    let indent = &first[..first.len() - first.trim_start_matches(' ').len()];
    // Parsers take tabs before the first key, where they are no indentation.
    names_version(first.trim_start()) || text.lines().filter_map(|line| line.strip_prefix(indent)).any(names_version)
}

/// Whether a line of YAML holds more than a comment, a directive or a marker.
fn is_content(line: &&str) -> bool {
    let line = line.trim_start();
    !(line.is_empty() || line.starts_with(['#', '%']) || line.starts_with("---"))
}

/// Whether a line begins with the key that names the version, in any of the ways in which YAML writes a key.
fn names_version(line: &str) -> bool {
    let key = |quote: &str, name: &str| {
        let rest = line.strip_prefix(quote)?.strip_prefix(name)?.strip_prefix(quote)?.trim_start_matches(' ');
        rest.strip_prefix(':').filter(|rest| rest.is_empty() || rest.starts_with(char::is_whitespace))
    };
    ["openapi", "swagger"].iter().any(|name| ["", "\"", "'"].iter().any(|quote| key(quote, name).is_some()))
}

/// Reads a docs page; `None` when it is Markdown without a document.
///
/// # Errors
///
/// As [`read`].
///
/// # Examples
///
/// ```
/// assert_eq!(openapi_client_codegen::source::read_page("# Welcome\n\nText.\n")?, None);
/// # Ok::<(), openapi_client_codegen::Error>(())
/// ```
pub fn read_page(text: &str) -> Result<Option<Value>, Error> {
    bounded(text)?;
    let text = &*plain(text);
    match read_plain(text) {
        Err(_) if is_page_without_document(text) => Ok(None),
        document => document.map(Some),
    }
}

/// Whether an unreadable text is a page about something else. It does not look like a document, so its errors are not reported.
fn is_page_without_document(text: &str) -> bool {
    let is_document = text.trim_start().starts_with('{') || is_yaml_document(text);
    !is_document && !is_html(text) && matches!(markdown::document_block(text), Ok(None))
}

/// Some servers send an HTML page instead of a 404.
fn is_html(text: &str) -> bool {
    text.trim_start().starts_with('<')
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn yaml_means_what_json_means() {
        let yaml = "openapi: 3.1.0\nb: {'200': 1, 404: no}\na: [null, 'null', ~, 1e3, 0x1, 2020-01-01, \"é\", 'yes']\n";
        let document = read(yaml).unwrap();
        assert_eq!(read("swagger: '2.0'\n").unwrap(), json!({"swagger": "2.0"}));
        assert_eq!(
            document.to_string(),
            json!({
                "openapi": "3.1.0",
                "b": {"200": 1, "404": "no"},
                "a": [null, "null", null, 1000.0, 1, "2020-01-01", "é", "yes"],
            })
            .to_string()
        );
    }

    #[test]
    fn what_is_no_document() {
        for (text, message) in [
            ("{\"openapi\": ", "line 1 column 12"),
            ("a: [\n", "line 1, column 4"),
            ("# A comment\n{openapi: 3.1.0}\npaths: {}\n", "expected <document start> at line 3, column 1"),
            ("openapi: 3.1.0\na: 1\na: 2\n", "duplicate"),
            ("plain text", "`openapi`"),
            ("<html><body>", "a page in HTML"),
            ("\u{feff}\n<!DOCTYPE html>", "a page in HTML"),
            ("", "`openapi`"),
            ("# A page\n\n```yaml\nopenapi: 3.1.0\n```\n\n```yaml\nopenapi: 3.1.0\n```\n", "2 blocks"),
            ("# A page\n\n```yaml\nopenapi: [\n```\n", "line 4, column 10"),
            ("# A page\n\n```yaml\nopenapi: 3.1.0\n", "opens in line 3 is not closed"),
        ] {
            let error = read(text).unwrap_err().to_string();
            assert!(error.contains(message), "{text:?}: {error}");
        }
    }

    #[test]
    fn each_malformed_page_has_its_sentence() {
        let page = |block: &str| format!("# T\n\n```yaml\n{block}\n```\n");
        for (text, expected) in [
            (
                "openapi: 3.1\n".into(),
                "OpenAPI document: `openapi` is the number 3.1, and a version is a string: put it in quotes, `openapi: \"3.1\"`",
            ),
            (
                "swagger: 2.0\n".into(),
                "OpenAPI document: `swagger` is the number 2.0, and a version is a string: put it in quotes, `swagger: \"2.0\"`",
            ),
            (
                "{\"openapi\": 3}".into(),
                "OpenAPI document: `openapi` is the number 3, and a version is a string: put it in quotes, `openapi: \"3\"`",
            ),
            ("openapi:\n".into(), "OpenAPI document: `openapi` is null, and a version is a string such as \"3.1.0\""),
            (
                "openapi: [3]\n".into(),
                "OpenAPI document: `openapi` is [3], and a version is a string such as \"3.1.0\"",
            ),
            (
                "info: {}\n".into(),
                "OpenAPI document: it has no field `openapi` at the top, which names the version, such as \"3.1.0\"",
            ),
            (
                "{}".into(),
                "OpenAPI document: it has no field `openapi` at the top, which names the version, such as \"3.1.0\"",
            ),
            ("- openapi: 3.1.0\n".into(), "OpenAPI document: it is no object with a field `openapi` at the top"),
            ("some text".into(), "OpenAPI document: it is no object with a field `openapi` at the top"),
            ("".into(), "OpenAPI document: it is no object with a field `openapi` at the top"),
            ("<html>".into(), "OpenAPI document: it is a page in HTML, or XML"),
            (
                page("openapi: 3.1"),
                "OpenAPI document: `openapi` is the number 3.1, and a version is a string: put it in quotes, `openapi: \"3.1\"`",
            ),
            (
                page("info: {}\npaths: {}"),
                "Markdown document: no fenced block of the page starts with `openapi:` or is JSON with that field",
            ),
            (
                page("curl"),
                "Markdown document: no fenced block of the page starts with `openapi:` or is JSON with that field",
            ),
            (page("openapi: ["), "YAML document: "),
            (page("openapi: 3.1.0\na: 1\na: 2"), "YAML document: the duplicate key `a` at line 6, column 1"),
            (
                format!("{0}{0}", page("openapi: 3.1.0")),
                "Markdown document: 2 blocks of the page hold an OpenAPI document; there must be one",
            ),
            (
                "# T\r```yaml\ropenapi: 3.1.0\r".into(),
                "Markdown document: the block that opens in line 2 is not closed; the page seems to be cut off",
            ),
            ("openapi: 3.1.0\na: .inf\n".into(), "YAML document: `.inf` is no number in JSON at line 2, column 4"),
            ("openapi: 3.1.0\na: -.INF\n".into(), "YAML document: `-.INF` is no number in JSON at line 2, column 4"),
            ("openapi: 3.1.0\na: .nan\n".into(), "YAML document: `.nan` is no number in JSON at line 2, column 4"),
            ("openapi: 3.1.0\na: 1e999\n".into(), "YAML document: `1e999` is no number in JSON at line 2, column 4"),
            (
                "openapi: 3.1.0\n---\na: 1\n".into(),
                "YAML document: a second document begins, and there must be one at line 3, column 1",
            ),
            (
                "openapi: 3.1.0\na: 123456789012345678901\n".into(),
                "YAML document: the number `123456789012345678901` has more than 64 bits at line 2, column 4",
            ),
            (
                "openapi: 3.1.0\na: !!int b\n".into(),
                "YAML document: a value that does not fit its tag at line 2, column 10",
            ),
            ("openapi: 3.1.0\na: !!binary $\n".into(), "YAML document: a `!!binary` value that is no text"),
            ("openapi: 3.1.0\na: *b\n".into(), "YAML document: alias references unknown anchor at line 2, column 4"),
            ("openapi: 3.1.0\na: @b\n".into(), "YAML document: unexpected character: `@' at line 2, column 4"),
            (
                "{\"openapi\": \"3.1.0\", \"a\": 1, \"a\": 2}".into(),
                "JSON document: the key \"a\" is a duplicate at line 1 column 32",
            ),
            (
                "{\"openapi\": \"3.1.0\", \"a\": 123456789012345678901}".into(),
                "JSON document: the number `123456789012345678901` has more than 64 bits at line 1 column 27",
            ),
            ("{\"openapi\": \"3.1.0\", \"a\": 012}".into(), "JSON document: invalid number at line 1 column 28"),
            ("{\"openapi\": \"3.1.0\",}".into(), "JSON document: trailing comma at line 1 column"),
        ] {
            let error = read(&text).unwrap_err().to_string();
            assert!(error.starts_with(&format!("not a readable {expected}")), "{text:?}: {error}");
            for advice in ["Options", "policy", "from_", "reject_", "serde"] {
                assert!(!error.contains(advice), "{text:?}: {error}");
            }
        }
    }

    #[test]
    fn scalars_are_those_of_yaml_1_2() {
        for (written, expected) in [
            ("012", json!(12)),
            ("-012", json!(-12)),
            ("+5", json!(5)),
            ("0o17", json!(15)),
            ("0x1F", json!(31)),
            ("1_000", json!("1_000")),
            ("0b11", json!("0b11")),
            ("0X1F", json!("0X1F")),
            ("1_0.5", json!("1_0.5")),
            ("0xF_F", json!("0xF_F")),
            ("1:30", json!("1:30")),
            ("1.", json!(1.0)),
            (".5", json!(0.5)),
            ("-1.5e3", json!(-1500.0)),
            ("18446744073709551615", json!(u64::MAX)),
            ("-9223372036854775808", json!(i64::MIN)),
            ("9223372036854776000", json!(9_223_372_036_854_776_000_u64)),
            ("100000000000000000000", json!(1e20)),
            ("'012'", json!("012")),
            ("é: 1_000", json!({"é": "1_000"})),
            ("&a 1_000\nb: *a", json!("1_000")),
            ("3.1.0", json!("3.1.0")),
        ] {
            let text = format!("openapi: 3.1.0\na:\n  {}\n", written);
            assert_eq!(read(&text).unwrap()["a"], expected, "{written}");
        }
    }

    #[test]
    fn a_carriage_return_ends_a_line() {
        for text in [
            "openapi: 3.1.0\ra: 1\r",
            "# T\r\r```yaml\ropenapi: 3.1.0\ra: 1\r```\r",
            "{\"openapi\": \"3.1.0\",\r\"a\": 1}",
        ] {
            assert_eq!(read(text).unwrap(), json!({"openapi": "3.1.0", "a": 1}), "{text:?}");
            assert_eq!(read_page(text).unwrap(), Some(json!({"openapi": "3.1.0", "a": 1})), "{text:?}");
        }
        let swagger = "# T\n\n```yaml\nswagger: \"2.0\"\n```\n";
        assert_eq!(read(swagger).unwrap(), json!({"swagger": "2.0"}));
    }

    #[test]
    fn what_is_beyond_the_bounds_has_a_code() {
        let deep = format!("openapi: 3.1.0\na: {}{}\n", "[".repeat(200), "]".repeat(200));
        let twice = |of: char, by: char| format!("{by}: &{by} [{}]\n", vec![format!("*{of}"); 9].join(", "));
        let letters: Vec<char> = ('a'..'k').collect();
        let aliases: String = letters.windows(2).map(|pair| twice(pair[0], pair[1])).collect();
        for text in [deep, format!("openapi: 3.1.0\na: &a [x]\n{aliases}")] {
            assert!(matches!(read(&text), Err(Error::Rejected(_))), "{text}");
        }
    }

    #[test]
    fn a_page_may_hold_none() {
        let page = "# A page\n\n```yaml\nopenapi: 3.1.0\n```\n";
        for text in [page, "openapi: 3.1.0\n", "{\"openapi\": \"3.1.0\"}", "# Comment\nopenapi: 3.1.0\n"] {
            assert_eq!(read_page(text).unwrap(), Some(json!({"openapi": "3.1.0"})), "{text}");
        }
        // However YAML spells it, both readers agree.
        for text in [
            "\"openapi\": 3.1.0\n",
            "'openapi': 3.1.0\n",
            "openapi : 3.1.0\n",
            "  # Indented.\n  openapi: 3.1.0\n",
            "%YAML 1.2\n---\nopenapi: 3.1.0\n",
            "\u{feff}openapi: 3.1.0\n",
            "# A page\n\n```yaml\n\"openapi\": 3.1.0\n```\n",
            "# A page\n\n```yaml\n# A comment.\nopenapi: 3.1.0\n```\n",
        ] {
            assert_eq!(read(text).unwrap(), json!({"openapi": "3.1.0"}), "{text}");
            assert_eq!(read_page(text).unwrap(), Some(json!({"openapi": "3.1.0"})), "{text}");
        }
        assert_eq!(read_page("# A page\n\nIt shows:\n\n    openapi: 3.1.0\n").unwrap(), None);
        for text in ["", "# A page\n", "# A page\n```sh\ncurl\n```\n", "# Cut\n```sh\ncurl"] {
            assert_eq!(read_page(text).unwrap(), None, "{text}");
        }
        for text in ["<html>", "{", "openapi: [", "# A page\n\n```yaml\nopenapi: 3.1.0\n"] {
            assert!(read_page(text).is_err(), "{text}");
        }
    }
}
