use percent_encoding::utf8_percent_encode;
use reqwest::Url;
use serde::Serialize;
use serde_json::Value;

use super::urls::UNRESERVED;

/// How the value of a parameter is written in the query.
pub(crate) enum Form {
    /// In one pair, with this between its parts.
    Separated(&'static str),
    /// A pair for each property, its name in brackets.
    Deep,
    /// As JSON.
    Json,
}

/// Adds a parameter to the query; `None`, and a list or object without anything in it, is left out.
pub(crate) fn append_query<T: Serialize>(
    url: &mut Url,
    name: &str,
    value: &T,
    form: Form,
) -> Result<(), InvalidParameter> {
    let invalid = || InvalidParameter(name.to_owned());
    let value = serde_json::to_value(value).map_err(|_| invalid())?;
    let pairs = match (form, value) {
        (_, Value::Null) => return Ok(()),
        (Form::Json, value) => vec![(encoded(name), encoded(&value.to_string()))],
        (Form::Deep, Value::Object(object)) => {
            let pair = |(property, value): (&String, &Value)| {
                Some((encoded(&format!("{name}[{property}]")), encoded(&text(value)?)))
            };
            object.iter().map(pair).collect::<Option<_>>().ok_or_else(invalid)?
        }
        (Form::Separated(separator), value) => {
            let parts = match &value {
                Value::Array(list) => list.iter().map(text).collect(),
                Value::Object(object) => {
                    object.iter().flat_map(|(property, value)| [Some(property.clone()), text(value)]).collect()
                }
                scalar => text(scalar).map(|text| vec![text]),
            };
            let parts: Vec<_> = parts.ok_or_else(invalid)?.iter().map(|part| encoded(part)).collect();
            match parts.is_empty() {
                true => Vec::new(),
                false => vec![(encoded(name), parts.join(separator))],
            }
        }
        (Form::Deep, _) => return Err(invalid()),
    };
    let mut query = url.query().unwrap_or_default().to_owned();
    for (name, value) in pairs {
        let and = if query.is_empty() { "" } else { "&" };
        query.push_str(&format!("{and}{name}={value}"));
    }
    url.set_query((!query.is_empty()).then_some(query.as_str()));
    Ok(())
}

/// How a scalar is written, which null is not.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, UNRESERVED).to_string()
}

/// A value that the form of its parameter has no words for.
#[derive(Debug)]
pub(crate) struct InvalidParameter(String);

impl<E> From<InvalidParameter> for progenitor_client::Error<E> {
    fn from(InvalidParameter(name): InvalidParameter) -> Self {
        Self::InvalidRequest(format!(
            "the parameter `{name}` cannot be written: pass scalars, or a list or object of them"
        ))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(value: Value, form: Form, expected: Option<&str>) {
        let mut url: Url = "https://a.b/c?d=1".parse().unwrap();
        let written = append_query(&mut url, "p[]", &value, form).ok().map(|()| url.query().unwrap().to_owned());
        assert_eq!(written.as_deref(), expected, "{value}");
    }

    #[test]
    fn forms() {
        check(json!(["a,b", 1, true]), Form::Separated(","), Some("d=1&p%5B%5D=a%2Cb,1,true"));
        check(json!(["a b", "c|d"]), Form::Separated("%7C"), Some("d=1&p%5B%5D=a%20b%7Cc%7Cd"));
        check(json!({"a": 1, "b": "é"}), Form::Separated(","), Some("d=1&p%5B%5D=a,1,b,%C3%A9"));
        check(json!("a&b"), Form::Separated(","), Some("d=1&p%5B%5D=a%26b"));
        check(json!({"a": 1, "b": "c d"}), Form::Deep, Some("d=1&p%5B%5D%5Ba%5D=1&p%5B%5D%5Bb%5D=c%20d"));
        check(json!({"a": [1]}), Form::Json, Some("d=1&p%5B%5D=%7B%22a%22%3A%5B1%5D%7D"));
        for value in [json!(null), json!([]), json!({})] {
            check(value, Form::Separated(","), Some("d=1"));
        }
        check(json!([[1]]), Form::Separated(","), None);
        check(json!([null]), Form::Separated(","), None);
        check(json!({"a": {"b": 1}}), Form::Deep, None);
        check(json!(1), Form::Deep, None);
    }
}
