//! Which components a client reads, and which it writes.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::model::grammar::{ObjectKind, Shape};
use crate::model::graph::{Component, ReferenceGraph};
use crate::model::pointer::Pointer;
use crate::model::visitor::visit_value;

/// The named schemas of replies and those of requests; a schema may belong to both.
#[derive(Clone, Debug, Default)]
pub(crate) struct Directions {
    pub(crate) read: BTreeSet<String>,
    pub(crate) written: BTreeSet<String>,
}

impl Directions {
    /// Adds schemas that are read, and what they refer to.
    pub(crate) fn reads<'a>(&mut self, document: &Value, schemas: impl Iterator<Item = &'a Value>) {
        let mut referred = BTreeSet::new();
        for schema in schemas {
            let shape = Shape::One(ObjectKind::Schema);
            visit_value(schema, shape, &mut Pointer::default(), &mut |_, _, object| {
                referred.extend(Component::referred_by(object));
            });
        }
        if !referred.is_empty() {
            self.read.extend(reached_schemas(&ReferenceGraph::of(document), referred));
        }
    }
}

pub(crate) fn directions(document: &Value) -> Directions {
    let (read, written) = referred(document);
    let graph = ReferenceGraph::of(document);
    Directions { read: reached_schemas(&graph, read), written: reached_schemas(&graph, written) }
}

/// The components that requests reach, of all sections.
pub(crate) fn written_components(document: &Value) -> BTreeSet<Component> {
    let (_, written) = referred(document);
    ReferenceGraph::of(document).reached_from(written)
}

/// The components that replies refer to, and those that requests do.
fn referred(document: &Value) -> (BTreeSet<Component>, BTreeSet<Component>) {
    let mut read = BTreeSet::new();
    let mut written = BTreeSet::new();
    visit_value(&document["paths"], Shape::One(ObjectKind::Paths), &mut Pointer::default(), &mut |_, at, object| {
        // `/{path}/{method}/responses/...`
        let in_reply = at.as_str().split('/').nth(3) == Some("responses");
        let direction = if in_reply { &mut read } else { &mut written };
        direction.extend(Component::referred_by(object));
    });
    (read, written)
}

pub(crate) fn reached_schemas(graph: &ReferenceGraph, referred: BTreeSet<Component>) -> BTreeSet<String> {
    let reached = graph.reached_from(referred).into_iter();
    reached.filter(|component| component.section == "schemas").map(|component| component.name).collect()
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

    #[test]
    fn literals_that_look_like_references_are_neither_read_nor_written() {
        let to = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
        for keyword in ["default", "example", "const", "enum", "examples", "x-a"] {
            let literal = json!([to("A")]);
            let content = json!({"application/json": {"schema": to("B"), "example": literal}});
            let document = json!({
                "paths": {"/a": {"post": {
                    "requestBody": {"content": content},
                    "responses": {"200": {"content": content}},
                    "x-a": literal,
                }}},
                "components": {"schemas": {"A": {}, "B": {"properties": {"b": {keyword: literal}}}}},
            });
            let Directions { read, written } = directions(&document);
            assert_eq!((Vec::from_iter(read), Vec::from_iter(written)), (vec!["B".into()], vec!["B".into()]));
        }
    }
}
