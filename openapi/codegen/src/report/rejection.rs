//! Removes the operations that reach a rejected construct, and no others.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::model::grammar::{ObjectKind, is_method};
use crate::model::graph::{Component, ReferenceGraph, retain_components};
use crate::model::operations::{path_items_mut, remove_empty_path_items};
use crate::model::pointer::Pointer;
use crate::model::visitor::visit_object;

/// Removes the operations and components that reach a rejected construct.
pub(super) fn remove_operations(document: &mut Value, rejected: &BTreeSet<Pointer>) {
    let rejected: Vec<Vec<String>> = rejected.iter().map(Pointer::tokens).collect();
    if rejected.is_empty() {
        return;
    }
    let components = rejected.iter().filter_map(|tokens| match tokens.as_slice() {
        [first, section, name, ..] if first == "components" => Some(Component::new(section, name)),
        _ => None,
    });
    let reaching = ReferenceGraph::of(document).reaching(components.collect());
    for (path, item) in path_items_mut(document) {
        let of_path =
            |tokens: &&Vec<String>| matches!(tokens.as_slice(), [paths, of, ..] if paths == "paths" && of == path);
        // The fields of the path item that are rejected or reach what is; an empty text is the item itself.
        let mut fields = fields_reaching(item, &reaching);
        fields.extend(rejected.iter().filter(of_path).map(|tokens| tokens.get(2).cloned().unwrap_or_default()));
        let whole = fields.iter().any(|field| !is_method(field));
        item.retain(|field, _| !is_method(field) || !whole && !fields.contains(field));
    }
    remove_empty_path_items(document);
    retain_components(document, |component| !reaching.contains(component));
}

/// The fields of a path item that refer to one of the components; an empty text is the item itself.
fn fields_reaching(item: &Map<String, Value>, components: &BTreeSet<Component>) -> BTreeSet<String> {
    let mut fields = BTreeSet::new();
    visit_object(item, ObjectKind::PathItem, &mut Pointer::default(), &mut |_, at, object| {
        if Component::referred_by(object).is_some_and(|component| components.contains(&component)) {
            fields.extend(at.tokens().into_iter().next().or(Some(String::new())));
        }
    });
    fields
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_what_reaches_the_construct_is_removed() {
        let reference = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
        let mut document = json!({
            "paths": {
                "/a": {"get": {"requestBody": reference("A")}, "put": {"requestBody": reference("B")}},
                "/b": {"get": {"requestBody": reference("C")}, "post": {}},
                "/c": {"parameters": [{"schema": reference("A")}], "get": {}},
                "/d": {"get": {}},
            },
            "components": {"schemas": {"A": {"items": reference("B")}, "B": {}, "C": {}}},
        });
        let mut at = Pointer::default();
        ["paths", "/b", "post", "responses"].iter().for_each(|token| at.push(token));
        remove_operations(&mut document, &BTreeSet::from([Pointer::component("schemas", "B").join("x"), at]));
        assert_eq!(
            document,
            json!({
                "paths": {"/b": {"get": {"requestBody": reference("C")}}, "/d": {"get": {}}},
                "components": {"schemas": {"C": {}}},
            })
        );
    }

    #[test]
    fn literals_that_look_like_references_reach_nothing() {
        let literal = json!({"$ref": "#/components/schemas/Bad"});
        for schema in [
            json!({"default": literal}),
            json!({"example": literal}),
            json!({"examples": [literal]}),
            json!({"enum": [literal]}),
            json!({"const": literal}),
            json!({"x-a": literal}),
            json!({"properties": {"default": {"items": {"default": {"a": [literal]}}}}}),
        ] {
            let named = json!({"$ref": "#/components/schemas/Good"});
            let content = json!({"application/json": {
                "schema": schema, "example": literal, "examples": {"a": {"value": literal}},
            }});
            let paths = json!({
                "/a": {"get": {"responses": {"200": {"description": "", "content": content}}, "x-a": literal}},
                "/b": {"x-a": literal, "get": {"requestBody": {"content": {"application/json": {"schema": named}}}}},
            });
            let mut document = json!({
                "paths": paths,
                "components": {"schemas": {"Bad": {}, "Good": schema}},
            });
            remove_operations(&mut document, &BTreeSet::from([Pointer::component("schemas", "Bad")]));
            assert_eq!(document, json!({"paths": paths, "components": {"schemas": {"Good": schema}}}), "{schema}");
        }
    }
}
