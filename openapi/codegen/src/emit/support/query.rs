use percent_encoding::utf8_percent_encode;
use reqwest::Url;
use serde::Serialize;
use serde_json::Value;

use super::urls::UNRESERVED;

/// How the value of a parameter in the query, or of a field of a form, is written.
#[derive(Clone, Copy)]
pub(crate) enum Form {
    /// A pair for each value of a list, or for each property.
    Exploded,
    /// In one pair, with this between its parts.
    Separated(&'static str),
    /// A pair for each scalar, with the names of the properties that lead to it in brackets.
    Deep(Lists),
    /// As JSON.
    Json,
}

/// How the items of a list are named beside properties in brackets; OpenAPI leaves it open.
#[derive(Clone, Copy)]
pub(crate) enum Lists {
    /// By empty brackets, or by its index where the item is no scalar: empty brackets would not keep its parts together.
    Brackets,
    /// By its index in brackets.
    Indexed,
    /// As the list, unless the item is no scalar.
    Repeated,
}

impl Form {
    /// The encoded pairs, or none for a value that this form has no words for.
    ///
    /// Null, and a list or object without anything in it, is left out.
    pub(crate) fn pairs(self, name: &str, value: &Value) -> Option<Vec<(String, String)>> {
        match (self, value) {
            (_, Value::Null) => Some(Vec::new()),
            (Self::Json, value) => Some(vec![(encoded(name), encoded(&value.to_string()))]),
            (Self::Exploded, Value::Array(list)) => {
                list.iter().map(|value| Some((encoded(name), encoded(&text(value)?)))).collect()
            }
            (Self::Exploded, Value::Object(object)) => object
                .iter()
                .filter(|(_, value)| !value.is_null())
                .map(|(property, value)| Some((encoded(property), encoded(&text(value)?))))
                .collect(),
            (Self::Deep(lists), value) => {
                let mut pairs = Vec::new();
                lists.add(name.to_owned(), value, &mut pairs)?;
                Some(pairs)
            }
            (Self::Exploded, scalar) => Some(vec![(encoded(name), encoded(&text(scalar)?))]),
            (Self::Separated(separator), value) => {
                let parts = match value {
                    Value::Array(list) => list.iter().map(text).collect(),
                    Value::Object(object) => {
                        object.iter().flat_map(|(property, value)| [Some(property.clone()), text(value)]).collect()
                    }
                    scalar => text(scalar).map(|text| vec![text]),
                };
                let parts: Vec<_> = parts?.iter().map(|part| encoded(part)).collect();
                Some(match parts.is_empty() {
                    true => Vec::new(),
                    false => vec![(encoded(name), parts.join(separator))],
                })
            }
        }
    }
}

impl Lists {
    /// Adds the encoded pairs of a value and of all that it holds.
    fn add(self, name: String, value: &Value, pairs: &mut Vec<(String, String)>) -> Option<()> {
        match value {
            Value::Object(object) => {
                for (property, value) in object.iter().filter(|(_, value)| !value.is_null()) {
                    // The name of another property, or of the items of a list.
                    if property.is_empty() || property.contains(['[', ']']) {
                        return None;
                    }
                    self.add(format!("{name}[{property}]"), value, pairs)?;
                }
            }
            Value::Array(list) => {
                for (index, item) in list.iter().enumerate() {
                    let name = match self {
                        Self::Repeated if is_scalar(item) => name.clone(),
                        Self::Brackets if is_scalar(item) && name.ends_with("[]") => name.clone(),
                        Self::Brackets if is_scalar(item) => format!("{name}[]"),
                        _ => format!("{}[{index}]", name.strip_suffix("[]").unwrap_or(&name)),
                    };
                    self.add(name, item, pairs)?;
                }
            }
            scalar => pairs.push((encoded(&name), encoded(&text(scalar)?))),
        }
        Some(())
    }
}

fn is_scalar(value: &Value) -> bool {
    !value.is_array() && !value.is_object()
}

/// Adds a parameter to the query.
pub(crate) fn append_query<T: Serialize>(
    url: &mut Url,
    name: &str,
    value: &T,
    form: Form,
) -> Result<(), InvalidParameter> {
    let value = serde_json::to_value(value).ok();
    let pairs = value.and_then(|value| form.pairs(name, &value)).ok_or_else(|| InvalidParameter(name.to_owned()))?;
    let mut query = url.query().unwrap_or_default().to_owned();
    for (name, value) in pairs {
        let and = if query.is_empty() { "" } else { "&" };
        query.push_str(&format!("{and}{name}={value}"));
    }
    url.set_query((!query.is_empty()).then_some(query.as_str()));
    Ok(())
}

/// A body that is a form (OpenAPI 3.1.1, section 4.8.14.6), with how some of its fields are written.
pub(crate) fn form_body<T: Serialize>(body: &T, forms: &[(&str, Form)]) -> Result<String, InvalidParameter> {
    let Ok(Value::Object(fields)) = serde_json::to_value(body) else {
        return Err(InvalidParameter("body".to_owned()));
    };
    let mut pairs = Vec::new();
    for (name, value) in &fields {
        let written = match forms.iter().find(|(field, _)| field == name) {
            Some((_, form)) => form.pairs(name, value),
            None => by_value(name, value),
        };
        pairs.extend(written.ok_or_else(|| InvalidParameter(name.clone()))?);
    }
    let pairs: Vec<_> = pairs.iter().map(|(name, value)| format!("{name}={value}")).collect();
    Ok(pairs.join("&"))
}

/// A scalar is a text, an object is JSON, and a list is a pair for each of its values.
fn by_value(name: &str, value: &Value) -> Option<Vec<(String, String)>> {
    match value {
        Value::Object(_) => Form::Json.pairs(name, value),
        Value::Array(list) if list.iter().all(Value::is_object) => list
            .iter()
            .map(|value| Form::Json.pairs(name, value))
            .collect::<Option<Vec<_>>>()
            .map(|pairs| pairs.concat()),
        _ => Form::Exploded.pairs(name, value),
    }
}

/// How a scalar is written, which null is not.
pub(crate) fn text(value: &Value) -> Option<String> {
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

impl InvalidParameter {
    pub(crate) fn named(name: &str) -> Self {
        Self(name.to_owned())
    }
}

impl<E> From<InvalidParameter> for super::error::Error<E> {
    fn from(InvalidParameter(name): InvalidParameter) -> Self {
        Self::InvalidRequest(format!(
            "`{name}` cannot be written in the form that the document asks for: a list there is not empty, and no part of a \
             value is null, nested deeper than the form allows, or holds what separates the parts"
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
        check(json!({"a": [1]}), Form::Json, Some("d=1&p%5B%5D=%7B%22a%22%3A%5B1%5D%7D"));
        for value in [json!(null), json!([]), json!({})] {
            check(value, Form::Separated(","), Some("d=1"));
        }
        check(json!([[1]]), Form::Separated(","), None);
        check(json!([null]), Form::Separated(","), None);
        check(json!(["a", 1]), Form::Exploded, Some("d=1&p%5B%5D=a&p%5B%5D=1"));
        check(json!({"a": "b", "c": null}), Form::Exploded, Some("d=1&a=b"));
    }

    #[test]
    fn deep_objects() {
        let decoded = |name: &str, value: Value, lists: Lists| {
            let pairs = Form::Deep(lists).pairs(name, &value)?;
            let pairs: Vec<_> = pairs.iter().map(|(name, value)| format!("{name}={value}")).collect();
            Some(percent_encoding::percent_decode_str(&pairs.join(" ")).decode_utf8().unwrap().into_owned())
        };
        let value = || json!({"a": 1, "b": {"gt": "c d", "none": null}, "l": ["x", true], "o": [{"k": [2]}, [3]], "e": [], "f": {}});
        for (lists, expected) in [
            (Lists::Brackets, "p[a]=1 p[b][gt]=c d p[l][]=x p[l][]=true p[o][0][k][]=2 p[o][1][]=3"),
            (Lists::Indexed, "p[a]=1 p[b][gt]=c d p[l][0]=x p[l][1]=true p[o][0][k][0]=2 p[o][1][0]=3"),
            (Lists::Repeated, "p[a]=1 p[b][gt]=c d p[l]=x p[l]=true p[o][0][k]=2 p[o][1]=3"),
        ] {
            assert_eq!(decoded("p", value(), lists).as_deref(), Some(expected));
        }
        for (name, value, expected) in [
            ("p[]", json!(["a"]), Some("p[]=a")),
            ("p[]", json!([{"a": 1}]), Some("p[0][a]=1")),
            ("p", json!(1), Some("p=1")),
            ("p", json!({}), Some("")),
            ("p", json!([null]), None),
            ("p", json!({"": 1}), None),
            ("p", json!({"a][b": 1}), None),
        ] {
            assert_eq!(decoded(name, value, Lists::Brackets).as_deref(), expected);
        }
    }

    #[test]
    fn bodies() {
        let written = |body: Value, forms: &[(&str, Form)]| form_body(&body, forms).ok();
        let body = json!({"a b": "c&d", "e": [1, true], "f": {"g": 1}, "h": null, "i": [], "j": [{"k": 1}, {}]});
        assert_eq!(
            written(body, &[]).as_deref(),
            Some("a%20b=c%26d&e=1&e=true&f=%7B%22g%22%3A1%7D&j=%7B%22k%22%3A1%7D&j=%7B%7D")
        );
        let forms =
            [("a", Form::Separated(",")), ("b", Form::Deep(Lists::Brackets)), ("c", Form::Json), ("d", Form::Exploded)];
        assert_eq!(
            written(json!({"a": [1, 2], "b": {"x": 1}, "c": [1], "d": {"y": 2}}), &forms).as_deref(),
            Some("a=1,2&b%5Bx%5D=1&c=%5B1%5D&y=2")
        );
        for body in [json!([]), json!("a"), json!({"a": [[1]]}), json!({"a": [null]}), json!({"a": [{}, 1]})] {
            assert_eq!(written(body.clone(), &[]), None, "{body}");
        }
        assert_eq!(written(json!({}), &[]).as_deref(), Some(""));
    }
}
