//! Bodies that are forms, with the documented encoding of each field (OpenAPI 3.1.1, section 4.8.14.6).

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use crate::model::media_types::{essence, is_json};
use crate::plan::{Form, Lists, Separator};
use crate::prepare::parameters::Schemas;
use crate::prepare::unions::members_in;

/// The forms of the fields whose encoding is documented.
///
/// The type of any other field implies its form: a string for a scalar, JSON for an object, and a pair for each value of a
/// list. `Err` names the unsupported field.
pub(super) fn fields(
    schema: &Value,
    media_type: &Value,
    schemas: Schemas<'_>,
    lists: Lists,
) -> Result<BTreeMap<String, Form>, String> {
    let mut forms = BTreeMap::new();
    for object in objects(schema, schemas, &mut BTreeSet::new(), 0)? {
        for (name, property) in object.get("properties").and_then(Value::as_object).into_iter().flatten() {
            let encoding = media_type.get("encoding").and_then(|encodings| encodings.get(name));
            let form =
                form(encoding, property, schemas, lists).map_err(|what| format!("`{name}` of the form is {what}"))?;
            if let Some(form) = form {
                forms.insert(name.clone(), form);
            }
        }
    }
    Ok(forms)
}

/// The objects that a form may be, each once. `Err` for a schema that admits another type.
fn objects(
    schema: &Value,
    schemas: Schemas<'_>,
    seen: &mut BTreeSet<String>,
    depth: usize,
) -> Result<Vec<Map<String, Value>>, String> {
    if schema["$ref"].as_str().is_some_and(|reference| !seen.insert(reference.to_owned())) {
        return Ok(Vec::new());
    }
    let resolved = schemas.resolved(schema);
    if let Some(members) = members_in(&resolved).filter(|_| depth < 4) {
        let members = members.iter().map(|member| objects(member, schemas, seen, depth + 1));
        return Ok(members.collect::<Result<Vec<_>, _>>()?.concat());
    }
    match resolved.get("type") {
        Some(name) if name != "object" => Err("a form that may be no object".into()),
        _ => Ok(vec![resolved]),
    }
}

/// The encoding of a field whose type implies none. `Err` names the unsupported type.
fn form(encoding: Option<&Value>, schema: &Value, schemas: Schemas<'_>, lists: Lists) -> Result<Option<Form>, String> {
    let items = schemas.resolved(schema).shift_remove("items");
    let is_list = items.is_some();
    if items.is_some_and(|items| schemas.resolved(&items).contains_key("items")) {
        return Err("a list of lists; how it is written is not settled".into());
    }
    let Some(encoding) = encoding else { return Ok(None) };
    let is_scalar = schemas.is_scalar(schema);
    let style = encoding["style"].as_str();
    if style.is_none() && encoding["explode"].is_null() {
        return match encoding["contentType"].as_str() {
            None => Ok(None),
            Some(media_type) if is_json(media_type) => Ok(Some(Form::Json)),
            Some(media_type) if essence(media_type) == "text/plain" && (is_scalar || is_list) => Ok(None),
            Some(media_type) => Err(format!("in `{media_type}`; the generator writes texts and JSON")),
        };
    }
    if is_scalar {
        return Ok(None);
    }
    let style = style.unwrap_or("form");
    if style != "deepObject" && !schemas.holds_scalars(schema) {
        return Err(format!(
            "an object or list in another, of style `{style}`; style `deepObject` and JSON have a form for it"
        ));
    }
    match (style, encoding["explode"].as_bool().unwrap_or(style == "form")) {
        ("form" | "pipeDelimited" | "spaceDelimited", true) => Ok(Some(Form::Exploded)),
        ("form", false) => Ok(Some(Form::Separated(Separator::Comma))),
        ("pipeDelimited", false) => Ok(Some(Form::Separated(Separator::Pipe))),
        ("spaceDelimited", false) => Ok(Some(Form::Separated(Separator::Space))),
        ("deepObject", _) => Ok(Some(Form::Deep(lists))),
        (style, _) => Err(format!("of style `{style}`, which is none of a form")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(schema: Value, encoding: Value, expected: Result<&[(&str, Form)], &str>) {
        let document = json!({"components": {"schemas": {
            "A": {"type": "object", "properties": {"a": {"type": "array", "items": {"type": "string"}}}},
            // Following each of these would take 1000^4 steps.
            "Many": {"oneOf": vec![json!({"$ref": "#/components/schemas/Many"}); 1000]},
        }}});
        let found = fields(&schema, &json!({"encoding": encoding}), Schemas(&document), Lists::Brackets);
        let expected = expected.map(|forms| forms.iter().map(|(name, form)| ((*name).to_owned(), *form)).collect());
        assert_eq!(found, expected.map_err(str::to_owned), "{schema}");
    }

    #[test]
    fn fields_of_a_form() {
        let a = || json!({"$ref": "#/components/schemas/A"});
        let object = |property: Value| json!({"type": "object", "properties": {"a": property}});
        let none = || json!({});
        check(a(), none(), Ok(&[]));
        check(json!({"$ref": "#/components/schemas/Many"}), none(), Ok(&[]));
        check(
            json!({"allOf": [a()]}),
            json!({"a": {"contentType": "text/plain", "explode": false}}),
            Ok(&[("a", Form::Separated(Separator::Comma))]),
        );
        check(
            json!({"oneOf": [a(), object(json!({"type": "object"}))]}),
            json!({"a": {"style": "deepObject"}}),
            Ok(&[("a", Form::Deep(Lists::Brackets))]),
        );
        check(
            a(),
            json!({"a": {"style": "spaceDelimited"}, "b": {"style": "deepObject"}}),
            Ok(&[("a", Form::Separated(Separator::Space))]),
        );
        check(a(), json!({"a": {"style": "form"}}), Ok(&[("a", Form::Exploded)]));
        check(a(), json!({"a": {"contentType": "application/json"}}), Ok(&[("a", Form::Json)]));
        check(a(), json!({"a": {"contentType": "text/plain"}}), Ok(&[]));
        check(
            object(json!({"type": "string"})),
            json!({"a": {"contentType": "application/json"}}),
            Ok(&[("a", Form::Json)]),
        );
        // A scalar is a string in every style.
        check(object(json!({"type": "string"})), json!({"a": {"explode": false}}), Ok(&[]));
        check(object(json!({})), none(), Ok(&[]));
        check(json!({}), none(), Ok(&[]));
        let nested = || json!({"type": "array", "items": {"type": "object", "properties": {"b": {"type": "integer"}}}});
        check(object(nested()), json!({"a": {"style": "deepObject"}}), Ok(&[("a", Form::Deep(Lists::Brackets))]));
        let reason = "`a` of the form is an object or list in another, of style `form`; style `deepObject` and JSON have a form \
                      for it";
        check(object(nested()), json!({"a": {"style": "form"}}), Err(reason));

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
