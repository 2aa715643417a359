//! Which named schemas a client reads, and which it writes.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::model::grammar::{Kind, Shape};
use crate::model::pointer::{Pointer, component_name, resolve};
use crate::model::visitor::visit_value;

/// The named schemas that stand in replies and in requests; one may stand in both.
#[derive(Clone, Debug, Default)]
pub(crate) struct Directions {
    pub(crate) read: BTreeSet<String>,
    pub(crate) written: BTreeSet<String>,
}

pub(crate) fn directions(document: &Value) -> Directions {
    let mut read = BTreeSet::new();
    let mut written = BTreeSet::new();
    visit_value(&document["paths"], Shape::One(Kind::Paths), &mut Pointer::default(), &mut |_, at, object| {
        let in_reply = at.as_str().split('/').nth(3) == Some("responses");
        let reached = if in_reply { &mut read } else { &mut written };
        reached.extend(reference(object));
    });
    Directions { read: schemas_within(read, document), written: schemas_within(written, document) }
}

fn reference(object: &Map<String, Value>) -> Option<String> {
    object.get("$ref")?.as_str().map(str::to_owned)
}

/// The names of the schemas among the references and all that they refer to in turn.
fn schemas_within(mut reached: BTreeSet<String>, document: &Value) -> BTreeSet<String> {
    let mut open: Vec<_> = reached.iter().cloned().collect();
    while let Some(next) = open.pop() {
        let Some(component) = resolve(document, &next) else {
            continue;
        };
        let kind = match next.split('/').nth(2) {
            Some("parameters") => Kind::Parameter,
            Some("requestBodies") => Kind::RequestBody,
            Some("responses") => Kind::Response,
            _ => Kind::Schema,
        };
        visit_value(component, Shape::One(kind), &mut Pointer::default(), &mut |_, _, object| {
            if let Some(found) = reference(object)
                && reached.insert(found.clone())
            {
                open.push(found);
            }
        });
    }
    let names = reached.iter().filter_map(|reference| component_name(reference, "schemas"));
    names.collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn both_directions_reach_through_names() {
        let reference = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
        let content = |name: &str| json!({"content": {"application/json": {"schema": reference(name)}}});
        let document = json!({
            "paths": {"/responses/{a}": {"post": {
                "parameters": [{"$ref": "#/components/parameters/P"}],
                "requestBody": {"content": {"application/json": {"schema": {
                    "properties": {"responses": {"items": reference("Body")}},
                }}}},
                "responses": {"200": content("Reply")},
            }}},
            "components": {"parameters": {"P": {"schema": reference("Parameter")}}, "schemas": {
                "Parameter": {},
                "Body": {"properties": {"a": reference("Shared")}},
                "Reply": {"properties": {"a": {"items": reference("Shared")}, "b": reference("Reply")}},
                "Shared": {"properties": {"a": reference("Reply2")}},
                "Reply2": {}, "Unused": {},
            }},
        });
        let Directions { read, written } = directions(&document);
        assert_eq!(Vec::from_iter(read), ["Reply", "Reply2", "Shared"]);
        assert_eq!(Vec::from_iter(written), ["Body", "Parameter", "Reply2", "Shared"]);
    }
}
