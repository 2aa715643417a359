//! One typed success and one typed error for each operation, which is what progenitor can generate.

use serde_json::{Map, Value, json};

use crate::code::Code;
use crate::grammar::{Kind, visit};
use crate::pointer::{Pointer, resolve};
use crate::report::Report;

pub(super) fn normalise(document: &mut Value, report: &mut Report) {
    let whole = document.clone();
    let everywhere = error_schemas(&whole);
    visit(document, &mut |kind, at, object| match kind {
        Kind::Responses => {
            json_media_types(object, &whole, at, report);
            errors(object, &everywhere, at, report);
        }
        Kind::Components => {
            object.shift_remove("responses");
        }
        _ => {}
    });
}

/// Puts each response in the place of its reference, and any JSON media type under the one name progenitor reads.
fn json_media_types(responses: &mut Map<String, Value>, document: &Value, at: &Pointer, report: &mut Report) {
    for (status, response) in responses.iter_mut() {
        *response = dereferenced(response, document);
        let Some(Value::Object(content)) = response.get_mut("content") else {
            continue;
        };
        let other = content.keys().find(|name| is_json(name)).cloned();
        if let Some(name) = other.filter(|name| name != JSON) {
            let media_type = content.shift_remove(&name).unwrap_or_default();
            content.insert(JSON.into(), media_type);
            report.add(Code::L101, &at.join(status), format!("was `{name}`"));
        }
    }
}

/// Replaces all error replies by `4XX` and `5XX` of one type.
///
/// An operation that documents none gets the one error the document uses everywhere else, if there is one.
fn errors(responses: &mut Map<String, Value>, everywhere: &[Value], at: &Pointer, report: &mut Report) {
    let (errors, others): (Map<_, _>, Map<_, _>) =
        std::mem::take(responses).into_iter().partition(|(status, _)| is_error(status));
    *responses = others;
    let mut schemas = distinct(errors.values().filter_map(json_schema));
    if schemas.is_empty() {
        schemas = everywhere.to_vec();
    }
    let schema = match schemas.as_slice() {
        [] => return,
        [only] => only.clone(),
        several => {
            let reason = format!("{} different error bodies", several.len());
            report.add(Code::W102, at, reason);
            json!({})
        }
    };
    let statuses: Vec<_> = errors.keys().map(String::as_str).collect();
    let reason = format!("documented: {}", statuses.join(", "));
    report.add(Code::L102, at, reason);
    for (status, description) in [("4XX", "The request was refused."), ("5XX", "The server failed.")] {
        let response = json!({"description": description, "content": {JSON: {"schema": schema}}});
        responses.insert(status.into(), response);
    }
}

/// The schemas of all JSON error replies of the document.
fn error_schemas(document: &Value) -> Vec<Value> {
    let mut schemas = Vec::new();
    visit(&mut document.clone(), &mut |kind, _, responses| {
        if kind == Kind::Responses {
            let errors = responses.iter().filter(|(status, _)| is_error(status));
            schemas.extend(errors.filter_map(|(_, error)| json_schema(&dereferenced(error, document))));
        }
    });
    distinct(schemas.into_iter())
}

const JSON: &str = "application/json";

/// Whether a media type is JSON (RFC 6839, section 3.1).
fn is_json(media_type: &str) -> bool {
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    essence == JSON || essence.ends_with("+json")
}

fn is_error(status: &str) -> bool {
    status.starts_with(['4', '5']) || status == "default"
}

fn dereferenced(response: &Value, document: &Value) -> Value {
    let reference = response.get("$ref").and_then(Value::as_str);
    let target = reference.and_then(|reference| resolve(document, reference));
    target.unwrap_or(response).clone()
}

fn json_schema(response: &Value) -> Option<Value> {
    let content = response.get("content")?.as_object()?;
    let (_, media_type) = content.iter().find(|(name, _)| is_json(name))?;
    media_type.get("schema").cloned()
}

fn distinct(schemas: impl Iterator<Item = Value>) -> Vec<Value> {
    let mut distinct = Vec::new();
    for schema in schemas {
        if !distinct.contains(&schema) {
            distinct.push(schema);
        }
    }
    distinct
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(responses: Value, after: Value) {
        let problem = json!({"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}});
        let mut document = json!({
            "paths": {
                "/a": {"get": {"responses": responses}},
                "/b": {"get": {"responses": {"404": {"$ref": "#/components/responses/NotFound"}}}},
            },
            "components": {"responses": {"NotFound": {"description": "d", "content": problem}}},
        });
        normalise(&mut document, &mut Report::default());
        assert_eq!(document["paths"]["/a"]["get"]["responses"], after);
    }

    fn error(description: &str) -> Value {
        let schema = json!({"$ref": "#/components/schemas/Problem"});
        json!({"description": description, "content": {JSON: {"schema": schema}}})
    }

    #[test]
    fn documented_and_undocumented_errors_are_of_one_type() {
        let after = json!({
            "204": {"description": "d"},
            "4XX": error("The request was refused."),
            "5XX": error("The server failed."),
        });
        check(json!({"204": {"description": "d"}}), after.clone());
        let not_found = json!({"$ref": "#/components/responses/NotFound"});
        check(json!({"404": not_found, "204": {"description": "d"}, "503": not_found}), after);
    }

    #[test]
    fn differing_errors_are_any_json() {
        let typed = |name: &str| json!({"description": "d", "content": {JSON: {"schema": {"type": name}}}});
        let any = |description: &str| json!({"description": description, "content": {JSON: {"schema": {}}}});
        check(
            json!({"404": typed("string"), "default": typed("integer")}),
            json!({"4XX": any("The request was refused."), "5XX": any("The server failed.")}),
        );
    }
}
