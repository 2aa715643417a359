use percent_encoding::utf8_percent_encode;
use serde::Serialize;
use serde_json::Value;

use super::query::{InvalidParameter, text};
use super::urls::UNRESERVED;

/// How the value of a parameter is written in a path (OpenAPI 3.1.1, section 4.8.12.4).
#[derive(Clone, Copy)]
pub(crate) enum Style {
    Simple,
    Label,
    Matrix,
}

/// What is written between the parts of a value.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Explode {
    /// A comma, also between the name and the value of a property.
    No,
    /// That of the style, and `=` between the name and the value of a property.
    Yes,
}

/// Writes a value in a path as RFC 6570 expands it (sections 3.2.2, 3.2.5 and 3.2.7).
pub(crate) fn path_value<T: Serialize>(
    name: &str,
    value: &T,
    style: Style,
    explode: Explode,
) -> Result<String, InvalidParameter> {
    let (first, between) = match style {
        Style::Simple => ("", ","),
        Style::Label => (".", "."),
        Style::Matrix => (";", ";"),
    };
    let encoded = |text: &str| utf8_percent_encode(text, UNRESERVED).to_string();
    let pair = |name: &str, value: &str| match value {
        "" => encoded(name),
        value => format!("{}={}", encoded(name), value),
    };
    let written = serde_json::to_value(value).ok().and_then(|value| {
        Some(match (parts(&value, encoded)?, style, explode) {
            (Parts::Scalar(value), Style::Matrix, _) => pair(name, &value),
            (Parts::Scalar(value), ..) => value,
            (Parts::List(list), Style::Matrix, Explode::Yes) => {
                list.iter().map(|value| pair(name, value)).collect::<Vec<_>>().join(between)
            }
            (parts, _, Explode::Yes) => parts.joined(between, "="),
            (parts, Style::Matrix, Explode::No) => pair(name, &parts.joined(",", ",")),
            (parts, _, Explode::No) => parts.joined(",", ","),
        })
    });
    // These name another resource than the one that is meant (RFC 3986, section 5.2.4).
    let written = written.map(|value| format!("{first}{value}")).filter(|all| !matches!(&**all, "" | "." | ".." | ";"));
    written.ok_or_else(|| InvalidParameter::named(name))
}

/// Writes a list or an object in a header. Nothing is encoded there (OpenAPI 3.1.1, appendix D), so that no part can hold
/// what separates the parts.
pub(crate) fn header_text<T: Serialize>(name: &str, value: &T, explode: Explode) -> Result<String, InvalidParameter> {
    let written = serde_json::to_value(value).ok().and_then(|value| {
        let parts = parts(&value, str::to_owned)?;
        let separates = if explode == Explode::Yes { "=" } else { "," };
        let is_whole = match &parts {
            Parts::Scalar(_) => true,
            Parts::List(list) => !list.iter().any(|item| item.contains(',')),
            Parts::Object(pairs) => !pairs.iter().any(|(name, value)| name.contains([',', '=']) || value.contains(',')),
        };
        is_whole.then(|| parts.joined(",", separates))
    });
    written.ok_or_else(|| InvalidParameter::named(name))
}

enum Parts {
    Scalar(String),
    List(Vec<String>),
    Object(Vec<(String, String)>),
}

impl Parts {
    fn joined(&self, between: &str, after_name: &str) -> String {
        match self {
            Self::Scalar(value) => value.clone(),
            Self::List(list) => list.join(between),
            Self::Object(pairs) => {
                let pairs: Vec<_> = pairs.iter().map(|(name, value)| format!("{name}{after_name}{value}")).collect();
                pairs.join(between)
            }
        }
    }
}

/// The encoded parts of a value. `None` for one with nothing in it, or with null, a list or an object in it.
fn parts(value: &Value, encoded: impl Fn(&str) -> String) -> Option<Parts> {
    let encoded_text = |value: &Value| Some(encoded(&text(value)?));
    match value {
        Value::Array(list) if !list.is_empty() => {
            Some(Parts::List(list.iter().map(encoded_text).collect::<Option<_>>()?))
        }
        Value::Object(object) => {
            let set = object.iter().filter(|(_, value)| !value.is_null());
            let pairs: Vec<_> =
                set.map(|(name, value)| Some((encoded(name), encoded_text(value)?))).collect::<Option<_>>()?;
            (!pairs.is_empty()).then_some(Parts::Object(pairs))
        }
        scalar => encoded_text(scalar).map(Parts::Scalar),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// The expansions of RFC 6570 for `{var}`, `{.var}` and `{;var}`, with and without `*`.
    #[test]
    fn values_in_a_path_are_those_of_rfc_6570() {
        use Explode::{No, Yes};
        use Style::{Label, Matrix, Simple};
        let (list, keys) = (json!(["red", "green", "blue"]), json!({"semi": ";", "dot": ".", "comma": ","}));
        for (name, value, style, explode, expected) in [
            ("hello", json!("Hello World!"), Simple, No, "Hello%20World%21"),
            ("list", list.clone(), Simple, No, "red,green,blue"),
            ("list", list.clone(), Simple, Yes, "red,green,blue"),
            ("keys", keys.clone(), Simple, No, "semi,%3B,dot,.,comma,%2C"),
            ("keys", keys.clone(), Simple, Yes, "semi=%3B,dot=.,comma=%2C"),
            ("who", json!("fred"), Label, No, ".fred"),
            ("half", json!("50%"), Label, No, ".50%25"),
            ("list", list.clone(), Label, No, ".red,green,blue"),
            ("list", list.clone(), Label, Yes, ".red.green.blue"),
            ("keys", keys.clone(), Label, No, ".semi,%3B,dot,.,comma,%2C"),
            ("keys", keys.clone(), Label, Yes, ".semi=%3B.dot=..comma=%2C"),
            ("who", json!("fred"), Matrix, No, ";who=fred"),
            ("empty", json!(""), Matrix, No, ";empty"),
            ("list", list.clone(), Matrix, No, ";list=red,green,blue"),
            ("list", list, Matrix, Yes, ";list=red;list=green;list=blue"),
            ("keys", keys.clone(), Matrix, No, ";keys=semi,%3B,dot,.,comma,%2C"),
            ("keys", keys, Matrix, Yes, ";semi=%3B;dot=.;comma=%2C"),
            ("a", json!(7), Matrix, Yes, ";a=7"),
            ("a", json!(["/", ""]), Simple, No, "%2F,"),
        ] {
            assert_eq!(path_value(name, &value, style, explode).unwrap(), expected);
        }
        for (value, style) in [
            (json!([]), Simple),
            (json!({}), Matrix),
            (json!({"a": null}), Label),
            (json!([null]), Simple),
            (json!({"a": [1]}), Matrix),
            (json!([""]), Simple),
            (json!(["."]), Simple),
            (json!(".."), Simple),
            (json!(""), Label),
            (json!("."), Label),
            (json!(null), Matrix),
        ] {
            assert!(path_value("p", &value, style, Explode::No).is_err(), "{value}");
        }
    }

    #[test]
    fn values_in_a_header_are_not_encoded() {
        for (value, explode, expected) in [
            (json!(["a b", 1, "é"]), Explode::No, Some("a b,1,é")),
            (json!({"a": 1, "b": "c=d"}), Explode::No, Some("a,1,b,c=d")),
            (json!({"a": 1, "b": "c=d", "e": null}), Explode::Yes, Some("a=1,b=c=d")),
            (json!(["a,b"]), Explode::No, None),
            (json!({"a=": 1}), Explode::Yes, None),
            (json!({"a": "b,c"}), Explode::Yes, None),
            (json!([]), Explode::No, None),
            (json!([[1]]), Explode::No, None),
        ] {
            assert_eq!(header_text("h", &value, explode).ok().as_deref(), expected, "{value}");
        }
    }
}
