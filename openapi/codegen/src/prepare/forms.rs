//! Bodies that are forms: each field is written as the document says (OpenAPI 3.1.1, section 4.8.14.6).

use serde_json::{Map, Value};

use crate::model::media_types::{essence, is_json};
use crate::prepare::parameters::Schemas;

/// The fields of a form that are written in another way than their values call for, and how.
pub(crate) const FIELDS: &str = "x-form-fields";

/// How the fields of a form are written, for those where the document says it.
///
/// Where it does not, a scalar is a text, an object is JSON, and a list is a pair for each of its values.
pub(super) fn fields(schema: &Value, media_type: &Value, schemas: Schemas<'_>) -> Result<Map<String, Value>, String> {
    let mut forms = Map::new();
    for object in objects(schema, schemas, 0)? {
        for (name, property) in object.get("properties").and_then(Value::as_object).into_iter().flatten() {
            let encoding = media_type.get("encoding").and_then(|encodings| encodings.get(name));
            let form = form(encoding, property, schemas).map_err(|what| format!("`{name}` of the form is {what}"))?;
            if let Some(form) = form {
                forms.insert(name.clone(), form.into());
            }
        }
    }
    Ok(forms)
}

/// The objects that a form may be.
fn objects(schema: &Value, schemas: Schemas<'_>, depth: usize) -> Result<Vec<Map<String, Value>>, String> {
    let resolved = schemas.resolved(schema);
    if let Some(Value::Array(members)) = resolved.get("oneOf").filter(|_| depth < 4) {
        let members = members.iter().map(|member| objects(member, schemas, depth + 1));
        return Ok(members.collect::<Result<Vec<_>, _>>()?.concat());
    }
    match resolved.get("type") {
        Some(name) if name != "object" => Err("a form that may be no object".into()),
        _ => Ok(vec![resolved]),
    }
}

/// How one field is written, where its value does not say it; or what it is that has no form.
fn form(encoding: Option<&Value>, schema: &Value, schemas: Schemas<'_>) -> Result<Option<&'static str>, String> {
    let items = schemas.resolved(schema).shift_remove("items");
    let is_list = items.is_some();
    if items.is_some_and(|items| schemas.resolved(&items).contains_key("items")) {
        return Err("a list of lists; how it is written is not settled".into());
    }
    let Some(encoding) = encoding else { return Ok(None) };
    let is_scalar = schemas.is_scalar(schema, 0);
    let style = encoding["style"].as_str();
    if style.is_none() && encoding["explode"].is_null() {
        return match encoding["contentType"].as_str() {
            None => Ok(None),
            Some(media_type) if is_json(media_type) => Ok(Some("json")),
            Some(media_type) if essence(media_type) == "text/plain" && (is_scalar || is_list) => Ok(None),
            Some(media_type) => Err(format!("in `{media_type}`; the generator writes texts and JSON")),
        };
    }
    if is_scalar {
        return Ok(None);
    }
    let style = style.unwrap_or("form");
    match (style, encoding["explode"].as_bool().unwrap_or(style == "form")) {
        ("form" | "pipeDelimited" | "spaceDelimited", true) => Ok(Some("exploded")),
        ("form", false) => Ok(Some("comma")),
        ("pipeDelimited", false) => Ok(Some("pipe")),
        ("spaceDelimited", false) => Ok(Some("space")),
        ("deepObject", _) => Ok(Some("deep")),
        (style, _) => Err(format!("of style `{style}`, which is none of a form")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(schema: Value, encoding: Value, expected: Result<Value, &str>) {
        let document = json!({"components": {"schemas": {
            "A": {"type": "object", "properties": {"a": {"type": "array", "items": {"type": "string"}}}},
        }}});
        let found = fields(&schema, &json!({"encoding": encoding}), Schemas(&document));
        assert_eq!(found.map(Value::from), expected.map_err(str::to_owned), "{schema}");
    }

    #[test]
    fn fields_of_a_form() {
        let a = || json!({"$ref": "#/components/schemas/A"});
        let object = |property: Value| json!({"type": "object", "properties": {"a": property}});
        let none = || json!({});
        check(a(), none(), Ok(none()));
        check(
            json!({"allOf": [a()]}),
            json!({"a": {"contentType": "text/plain", "explode": false}}),
            Ok(json!({"a": "comma"})),
        );
        check(
            json!({"oneOf": [a(), object(json!({"type": "object"}))]}),
            json!({"a": {"style": "deepObject"}}),
            Ok(json!({"a": "deep"})),
        );
        check(a(), json!({"a": {"style": "spaceDelimited"}, "b": {"style": "deepObject"}}), Ok(json!({"a": "space"})));
        check(a(), json!({"a": {"style": "form"}}), Ok(json!({"a": "exploded"})));
        check(a(), json!({"a": {"contentType": "application/json"}}), Ok(json!({"a": "json"})));
        check(a(), json!({"a": {"contentType": "text/plain"}}), Ok(none()));
        check(
            object(json!({"type": "string"})),
            json!({"a": {"contentType": "application/json"}}),
            Ok(json!({"a": "json"})),
        );
        // A scalar is a text in every style.
        check(object(json!({"type": "string"})), json!({"a": {"explode": false}}), Ok(none()));
        check(object(json!({})), none(), Ok(none()));
        check(json!({}), none(), Ok(none()));

        check(
            object(json!({"type": "string"})),
            json!({"a": {"contentType": "image/png"}}),
            Err("`a` of the form is in `image/png`; the generator writes texts and JSON"),
        );
        check(json!({"type": "string"}), none(), Err("a form that may be no object"));
        check(json!({"oneOf": [a(), {"type": "string"}]}), none(), Err("a form that may be no object"));
        check(
            a(),
            json!({"a": {"style": "simple"}}),
            Err("`a` of the form is of style `simple`, which is none of a form"),
        );
        check(
            a(),
            json!({"a": {"contentType": "image/png"}}),
            Err("`a` of the form is in `image/png`; the generator writes texts and JSON"),
        );
        let lists = json!({"type": "array", "items": {"type": "array", "items": {}}});
        check(object(lists), none(), Err("`a` of the form is a list of lists; how it is written is not settled"));
    }
}
