//! Reading a document from JSON, YAML or docs pages, and the lock file that records where a vendored document came from.

mod index;
mod lock;
mod markdown;
mod merge;

use std::thread;

use serde_json::Value;

use crate::document::{beyond_bounds, bounded, parse_json};
use crate::error::Error;

pub use crate::error::Conflict;
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
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    bounded(text)?;
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
        parse_yaml(text)?
    };
    // The rules refuse OpenAPI 2 with a better message.
    if !["openapi", "swagger"].iter().any(|field| document.get(field).is_some_and(Value::is_string)) {
        return Err(Error::Unreadable {
            format: "OpenAPI",
            message: "there is no `openapi` field with a version at the top".into(),
        });
    }
    Ok(document)
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
    let start = text.trim_start_matches('\u{feff}').trim_start();
    let is_document = start.starts_with('{') || text.lines().any(|line| line.starts_with("openapi:"));
    if !is_document && !is_html(start) && markdown::document_block(text)?.is_none() {
        return Ok(None);
    }
    read(text).map(Some)
}

/// Some servers send an HTML page instead of a 404.
fn is_html(text: &str) -> bool {
    text.trim_start().starts_with('<')
}

/// The stack that the YAML parser needs for the deepest document, with room to spare.
const STACK: usize = 64 * 1024 * 1024;

fn read_yaml(text: &str) -> Result<Value, serde_saphyr::Error> {
    // YAML 1.2: `no` is a string. The parser's default limits are for configuration files, which are smaller.
    let options = serde_saphyr::options! {
        strict_booleans: true,
        with_snippet: false,
        budget: serde_saphyr::budget! { max_depth: 128, max_nodes: 4_000_000, max_events: 8_000_000 },
    };
    serde_saphyr::from_str_with_options(text, options)
}

fn parse_yaml(text: &str) -> Result<Value, Error> {
    // The parser uses more stack per level than the caller's thread may have.
    let read = thread::scope(|scope| {
        let reader = thread::Builder::new().stack_size(STACK);
        let reader = reader.spawn_scoped(scope, || read_yaml(text));
        reader.map(|reader| reader.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    });
    let unreadable = |message| Error::Unreadable { format: "YAML", message };
    let read = read.map_err(|error| unreadable(format!("cannot start a thread to read it: {error}")))?;
    read.map_err(|error| match error.to_string() {
        // Too deep, or aliases of aliases that would exhaust memory.
        message if ["budget breached", "alias replay limit"].iter().any(|start| message.starts_with(start)) => {
            beyond_bounds(message)
        }
        message => unreadable(message),
    })
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
        for text in ["", "# A page\n", "# A page\n```sh\ncurl\n```\n", "# Cut\n```sh\ncurl"] {
            assert_eq!(read_page(text).unwrap(), None, "{text}");
        }
        for text in ["<html>", "{", "openapi: [", "# A page\n\n```yaml\nopenapi: 3.1.0\n"] {
            assert!(read_page(text).is_err(), "{text}");
        }
    }
}
