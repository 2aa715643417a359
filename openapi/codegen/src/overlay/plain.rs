//! The queries that most overlays are content with, without the crate that reads all.

use serde_json::Value;

use crate::model::pointer::Pointer;

/// What RFC 9535 takes for blank space.
const BLANK: [char; 4] = [' ', '\t', '\n', '\r'];

/// A query that names one node (a singular query, RFC 9535, section 2.3.5.1), or the elements of a list that are or are not
/// these texts, such as `$.required[?@ != 'id' && @ != 'kind']`. Its texts have no escapes.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Plain {
    steps: Vec<Step>,
    filter: Option<Filter>,
}

#[derive(Clone, Debug, PartialEq)]
enum Step {
    Name(String),
    Index(i64),
}

#[derive(Clone, Debug, PartialEq)]
struct Filter {
    texts: Vec<String>,
    is_among: bool,
}

impl Plain {
    /// Parses a plain query. Returns `None` for another query and for invalid text.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut text = text.strip_prefix('$')?;
        let mut steps = Vec::new();
        while !text.is_empty() {
            text = text.trim_start_matches(BLANK);
            if let Some(filter) = text.strip_prefix('[').and_then(|inner| skip(inner).strip_prefix('?')) {
                return Some(Self { steps, filter: Some(Filter::parse(filter)?) });
            }
            let step;
            (step, text) = Step::parse(text)?;
            steps.push(step);
        }
        Some(Self { steps, filter: None })
    }

    /// The pointers of the nodes it selects, in order.
    pub(super) fn locate(&self, document: &Value) -> Vec<Pointer> {
        let mut pointer = Pointer::default();
        let Some(node) = self.steps.iter().try_fold(document, |node, step| step.take(node, &mut pointer)) else {
            return Vec::new();
        };
        let Some(filter) = &self.filter else { return vec![pointer] };
        let children: Vec<(String, &Value)> = match node {
            Value::Array(items) => items.iter().enumerate().map(|(index, item)| (index.to_string(), item)).collect(),
            Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), value)).collect(),
            _ => Vec::new(),
        };
        let selected = children.iter().filter(|(_, value)| filter.admits(value));
        selected.map(|(token, _)| pointer.join(token)).collect()
    }
}

impl Step {
    /// The first step, and what follows it.
    fn parse(text: &str) -> Option<(Self, &str)> {
        if let Some(name) = text.strip_prefix('.') {
            let is_name =
                |character: char| character.is_ascii_alphanumeric() || character == '_' || !character.is_ascii();
            let (name, rest) = name.split_at(name.find(|character| !is_name(character)).unwrap_or(name.len()));
            let is_number = name.starts_with(|first: char| first.is_ascii_digit());
            return (!name.is_empty() && !is_number).then(|| (Self::Name(name.to_owned()), rest));
        }
        let selector = skip(text.strip_prefix('[')?);
        let (step, rest) = match literal(selector) {
            Some((name, rest)) => (Self::Name(name), rest),
            None => {
                let is_digit = |character: char| character.is_ascii_digit() || character == '-';
                let (digits, rest) = selector.split_at(selector.find(|character| !is_digit(character))?);
                let index: i64 = digits.parse().ok()?;
                // `01` and `-0` are no indexes, nor are integers that a float cannot hold.
                (index.to_string() == digits && index.unsigned_abs() < 1 << 53).then_some((Self::Index(index), rest))?
            }
        };
        Some((step, skip(rest).strip_prefix(']')?))
    }

    fn take<'a>(&self, node: &'a Value, pointer: &mut Pointer) -> Option<&'a Value> {
        match self {
            Self::Name(name) => {
                pointer.push(name);
                node.as_object()?.get(name)
            }
            Self::Index(index) => {
                let items = node.as_array()?;
                let size = usize::try_from(index.unsigned_abs()).ok()?;
                // -1 is the last one.
                let index = if *index < 0 { items.len().checked_sub(size)? } else { size };
                pointer.push(&index.to_string());
                items.get(index)
            }
        }
    }
}

impl Filter {
    /// What follows `[?`, to the end of the query.
    fn parse(mut text: &str) -> Option<Self> {
        let (mut texts, mut first) = (Vec::new(), None);
        loop {
            let comparison = skip(skip(text).strip_prefix('@')?);
            let is_among = comparison.starts_with("==");
            let value = comparison.strip_prefix(if is_among { "==" } else { "!=" })?;
            if *first.get_or_insert(is_among) != is_among {
                return None;
            }
            let (value, rest) = literal(skip(value))?;
            texts.push(value);
            let rest = skip(rest);
            if rest == "]" {
                return Some(Self { texts, is_among });
            }
            text = rest.strip_prefix(if is_among { "||" } else { "&&" })?;
        }
    }

    fn admits(&self, value: &Value) -> bool {
        let is_among = value.as_str().is_some_and(|value| self.texts.iter().any(|text| text == value));
        is_among == self.is_among
    }
}

/// A text in quotes, and what follows it.
fn literal(text: &str) -> Option<(String, &str)> {
    let quote = text.chars().next().filter(|quote| matches!(quote, '\'' | '"'))?;
    let (inner, rest) = text[1..].split_once(quote)?;
    let is_plain = |character: char| character != '\\' && character >= ' ';
    inner.chars().all(is_plain).then(|| (inner.to_owned(), rest))
}

fn skip(text: &str) -> &str {
    text.trim_start_matches(BLANK)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn document() -> Value {
        json!({
            "a": {"b.c": {"list": ["x", "y", 1, "z"], "[": 1, "": 2}},
            "_ü": 3,
            "p": {"/v1/a[0]": {}, "it's": 4, "~/": "x"},
        })
    }

    #[test]
    fn what_it_selects() {
        for (query, expected) in [
            ("$", &[""][..]),
            ("$.a", &["/a"]),
            ("$ \n.a ['b.c']\t[ \"list\" ] [ -1 ]", &["/a/b.c/list/3"]),
            ("$.a['b.c'].list[0]", &["/a/b.c/list/0"]),
            ("$.a['b.c'].list[4]", &[]),
            ("$.a['b.c'].list[-5]", &[]),
            ("$.a['b.c'].list.x", &[]),
            ("$.a['b.c']['[']", &["/a/b.c/["]),
            ("$.a['b.c']['']", &["/a/b.c/"]),
            ("$._ü", &["/_ü"]),
            ("$[\"p\"][\"/v1/a[0]\"]", &["/p/~1v1~1a[0]"]),
            ("$.p[\"it's\"]", &["/p/it's"]),
            ("$.p['~/']", &["/p/~0~1"]),
            ("$.a[0]", &[]),
            ("$.gone", &[]),
            ("$.a['b.c'].list[?@ == 'y']", &["/a/b.c/list/1"]),
            ("$.a['b.c'].list[?@=='z'||@==\"x\"]", &["/a/b.c/list/0", "/a/b.c/list/3"]),
            ("$.a['b.c'].list[ ? @ != 'x' && @ != 'y' ]", &["/a/b.c/list/2", "/a/b.c/list/3"]),
            ("$.p[?@ == 'x']", &["/p/~0~1"]),
            ("$._ü[?@ != 'x']", &[]),
            ("$.gone[?@ != 'x']", &[]),
        ] {
            let plain = Plain::parse(query).unwrap_or_else(|| panic!("{query}"));
            let pointers = plain.locate(&document());
            assert_eq!(pointers.iter().map(Pointer::as_str).collect::<Vec<_>>(), expected, "{query}");
        }
    }

    #[test]
    fn what_is_for_the_crate_or_nothing() {
        for query in [
            "",
            "a",
            "$.",
            "$a",
            "$..a",
            "$.*",
            "$[*]",
            "$[0,1]",
            "$[0:1]",
            "$[?@.a]",
            "$.a ",
            "$ ",
            "$[01]",
            "$[-0]",
            "$[-]",
            "$[--1]",
            "$[9007199254740992]",
            "$.0a",
            "$.a-b",
            "$. a",
            "$['a'",
            "$['a]",
            "$['it\\'s']",
            "$['\n']",
            "$[0",
            "$[ ]",
            "$[a]",
            "$['a' 'b']",
            "$[?@ == 'a'].b",
            "$[?@ == 'a' && @ == 'b']",
            "$[?@ == 'a' || @ != 'b']",
            "$[?@ != 'a' || @ != 'b']",
            "$[?@ == 1]",
            "$[?@.b == 'a']",
            "$[?@ == 'a'",
            "$[?@ == 'a'] ",
            "$[?]",
            "$[?@ == ]",
        ] {
            assert_eq!(Plain::parse(query), None, "{query}");
        }
    }

    /// The crate that reads all queries agrees with each of ours.
    #[cfg(feature = "jsonpath")]
    #[test]
    fn as_any_query() {
        let document = document();
        let parts = [
            ".a",
            "['b.c']",
            "[\"list\"]",
            "[0]",
            "[-1]",
            "[ 1 ]",
            ".gone",
            "['[']",
            " ",
            "[-0]",
            "[01]",
            ".*",
            ". a",
            ".p",
            "[?@ == 'x']",
            "[?@!='x'&&@!='y']",
            "[ ? @ == 'x' || @ == 'y' ]",
        ];
        let mut ours = 0;
        for first in parts {
            for (second, third, fourth) in parts
                .iter()
                .flat_map(|second| parts.iter().flat_map(move |third| parts.map(|last| (second, third, last))))
            {
                let query = format!("${first}{second}{third}{fourth}");
                let Some(plain) = Plain::parse(&query) else { continue };
                let any = serde_json_path::JsonPath::parse(&query).unwrap_or_else(|error| panic!("{query}: {error}"));
                let nodes = any.query_located(&document);
                let expected: Vec<_> = nodes.locations().map(|location| location.to_json_pointer()).collect();
                let found = plain.locate(&document);
                assert_eq!(found.iter().map(Pointer::as_str).collect::<Vec<_>>(), expected, "{query}");
                ours += 1;
            }
        }
        assert!(ours > 10_000, "{ours}");
    }
}
