//! A document with some of its operations only.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use crate::error::Error;
use crate::model::grammar::{ObjectKind, Shape, is_method, shape};
use crate::model::graph::{Component, ReferenceGraph, retain_components};
use crate::model::names::is_token;
use crate::model::operations::{additional, id, operations, path_items, path_items_mut, remove_empty_path_items};
use crate::model::pointer::{MAX_CHAIN, percent_decoded};
use crate::model::visitor::{visit, visit_value};

/// Keeps the operations that a selector names, and of the components those that these need.
///
/// A selector is an `operationId`, a method and a path (`GET /lamps/{id}`), or a tag (`tag:lamps`). Webhooks are removed.
///
/// # Errors
///
/// [`Error::Selection`] when a selector names no operation.
///
/// # Examples
///
/// ```
/// use openapi_client_codegen::{parse_json, select};
///
/// let document = parse_json(r#"{
///     "openapi": "3.1.0",
///     "info": {"title": "Lamps", "version": "1"},
///     "paths": {
///         "/lamps": {"get": {"operationId": "list_lamps", "responses": {"204": {"description": "none"}}}},
///         "/rooms": {"get": {"operationId": "list_rooms", "responses": {"204": {"description": "none"}}}}
///     }
/// }"#)?;
/// let selected = select(document, &["GET /lamps"])?;
/// assert!(selected.pointer("/paths/~1rooms").is_none());
/// # Ok::<(), openapi_client_codegen::Error>(())
/// ```
pub fn select(mut document: Value, selectors: &[impl AsRef<str>]) -> Result<Value, Error> {
    put_path_items_in_place(&mut document);
    let selectors: Vec<_> = selectors.iter().map(|selector| Selector::parse(selector.as_ref())).collect();
    let mut unused: BTreeSet<_> = (0..selectors.len()).collect();
    let mut kept = BTreeSet::new();
    let known = operations(&document).map(|operation| (operation.path, operation.method, operation.fields));
    let others = path_items(&document)
        .flat_map(|(path, item)| additional::of_item(item).map(move |(method, fields)| (path, method, fields)));
    for (path, method, fields) in known.chain(others) {
        for (index, selector) in selectors.iter().enumerate() {
            if selector.names(path, method, fields) {
                unused.remove(&index);
                kept.insert((path.to_owned(), method.to_owned()));
            }
        }
    }
    if !unused.is_empty() {
        let texts: Vec<_> = unused.into_iter().map(|index| format!("`{}`", selectors[index].text)).collect();
        return Err(Error::Selection(texts.join(", ")));
    }
    for (path, item) in path_items_mut(&mut document) {
        let is_kept = |method: &str| kept.contains(&(path.to_owned(), method.to_owned()));
        item.retain(|field, _| !is_method(field) || is_kept(field));
        additional::retain(item, is_kept);
    }
    remove_empty_path_items(&mut document);
    if let Some(fields) = document.as_object_mut() {
        fields.shift_remove("webhooks");
    }
    let needed = needed(&document);
    let is_known = |component: &Component| shape(ObjectKind::Components, &component.section).is_some();
    retain_components(&mut document, |component| {
        needed.contains(component) || component.section == "securitySchemes" || !is_known(component)
    });
    Ok(document)
}

/// Replaces references to path items by what they lead to; the fields beside a reference come first.
fn put_path_items_in_place(document: &mut Value) {
    if !path_items(document).any(|(_, item)| item.contains_key("$ref")) {
        return;
    }
    let whole = document.clone();
    let target = |item: &Map<String, Value>| {
        let pointer = percent_decoded(item.get("$ref")?.as_str()?.strip_prefix('#')?);
        whole.pointer(&pointer)?.as_object()
    };
    for (_, item) in path_items_mut(document) {
        for _ in 0..MAX_CHAIN {
            let Some(target) = target(item) else { break };
            item.shift_remove("$ref");
            for (field, value) in target {
                item.entry(field.clone()).or_insert_with(|| value.clone());
            }
        }
    }
}

struct Selector<'a> {
    text: &'a str,
    tag: Option<&'a str>,
    /// With the path.
    method: Option<(&'a str, &'a str)>,
}

impl<'a> Selector<'a> {
    fn parse(text: &'a str) -> Self {
        let method = text.split_once(' ').map(|(method, path)| (method, path.trim()));
        let method = method.filter(|(method, path)| is_token(method) && path.starts_with('/'));
        Self { text, tag: text.strip_prefix("tag:"), method }
    }

    fn names(&self, path: &str, method: &str, fields: &Map<String, Value>) -> bool {
        let has_tag = |tag: &str| {
            fields.get("tags").and_then(Value::as_array).is_some_and(|tags| tags.iter().any(|own| own == tag))
        };
        self.method.is_some_and(|(own, at)| own.eq_ignore_ascii_case(method) && at == path)
            || self.tag.is_some_and(has_tag)
            || !self.text.is_empty() && id(fields) == self.text
    }
}

/// The components that the operations need.
fn needed(document: &Value) -> BTreeSet<Component> {
    let mut of_paths = BTreeSet::new();
    if let Some(paths) = document.get("paths") {
        visit_value(paths, Shape::One(ObjectKind::Paths), &mut Default::default(), &mut |kind, _, object| {
            of_paths.extend(referred(kind, object));
        });
    }
    let mut edges = Vec::new();
    let mut subtypes: BTreeMap<Component, Vec<Component>> = BTreeMap::new();
    let mut bases = BTreeSet::new();
    visit(document, &mut |kind, at, object| {
        let tokens = at.tokens();
        let [components, section, name, inner @ ..] = &tokens[..] else { return };
        if components != "components" {
            return;
        }
        let own = Component::new(section, name);
        if object.contains_key("discriminator") {
            bases.insert(own.clone());
        }
        // What a document calls by an `$id` or an anchor is not followed, but kept.
        if ["$id", "$anchor", "$dynamicAnchor"].iter().any(|name| object.contains_key(*name))
            && kind == ObjectKind::Schema
        {
            of_paths.insert(own.clone());
        }
        for target in referred(kind, object) {
            if let [all_of, _] = inner
                && all_of == "allOf"
            {
                subtypes.entry(target.clone()).or_default().push(own.clone());
            }
            edges.push((own.clone(), target));
        }
    });
    // A base class with a discriminator may be any of its subtypes.
    for base in &bases {
        edges.extend(subtypes.get(base).into_iter().flatten().map(|subtype| (base.clone(), subtype.clone())));
    }
    ReferenceGraph::of_edges(edges).reached_from(of_paths)
}

/// The components that an object refers to or into, and those that a discriminator maps to.
fn referred(kind: ObjectKind, object: &Map<String, Value>) -> Vec<Component> {
    let into = |reference: &str| {
        let mut tokens = reference.strip_prefix("#/components/")?.split('/');
        Component::parse(&format!("#/components/{}/{}", tokens.next()?, tokens.next()?))
    };
    let texts = |name: &str| object.get(name).and_then(Value::as_str);
    let mut found: Vec<_> = texts("$ref").or(texts("$dynamicRef")).and_then(into).into_iter().collect();
    if kind == ObjectKind::Schema {
        let mapping = object.get("discriminator").and_then(|value| value.get("mapping")).and_then(Value::as_object);
        let targets = mapping.into_iter().flat_map(Map::values).filter_map(Value::as_str);
        found.extend(targets.map(|target| into(target).unwrap_or_else(|| Component::schema(target))));
    }
    found
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn document() -> Value {
        let reply = |name: &str| {
            let schema = json!({"$ref": format!("#/components/schemas/{name}")});
            json!({"200": {"description": "", "content": {"application/json": {"schema": schema}}}})
        };
        json!({
            "openapi": "3.1.0",
            "info": {"title": "t", "version": "1"},
            "paths": {
                "/a": {
                    "parameters": [{"$ref": "#/components/parameters/P"}],
                    "get": {"operationId": "getA", "tags": ["x", "y"], "responses": reply("A")},
                    "put": {"operationId": "putA", "tags": ["y"], "responses": reply("Base")},
                },
                "/b": {"get": {"operationId": "getB", "responses": reply("Mapped")}},
                "/c": {
                    "get": {"responses": reply("Deep")},
                    "query": {"responses": reply("InP")},
                    "additionalOperations": {"COPY": {"operationId": "copyC", "responses": reply("A")}},
                },
            },
            "webhooks": {"w": {"post": {"responses": reply("Spare")}}},
            "components": {
                "parameters": {"P": {"name": "p", "in": "query", "schema": {"$ref": "#/components/schemas/InP"}}},
                "schemas": {
                    "A": {"properties": {"b": {"items": {"$ref": "#/components/schemas/B"}}}},
                    "B": {"properties": {"a": {"$ref": "#/components/schemas/A"}}},
                    "InP": {"type": "string"},
                    "Base": {"type": "object", "discriminator": {"propertyName": "kind"}},
                    "Sub": {"allOf": [{"$ref": "#/components/schemas/Base"}, {"type": "object"}]},
                    "Mapped": {"type": "object", "discriminator": {"propertyName": "k", "mapping": {"1": "One"}}},
                    "One": {"type": "object"},
                    "Deep": {"properties": {"x": {"$ref": "#/components/schemas/Outer/properties/y"}}},
                    "Outer": {"properties": {"y": {"type": "string"}, "z": {"$ref": "#/components/schemas/Spare"}}},
                    "Anchored": {"$anchor": "a"},
                    "Spare": {"default": {"$ref": "#/components/schemas/A"}},
                },
                "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
            },
        })
    }

    /// The operations and the schemas that are kept.
    fn kept(selectors: &[&str]) -> (String, String) {
        let selected = select(document(), selectors).unwrap();
        let operations = operations(&selected).map(|operation| format!("{} {}", operation.method, operation.path));
        let others = path_items(&selected)
            .flat_map(|(path, item)| additional::of_item(item).map(move |(method, _)| format!("{method} {path}")));
        let operations = operations.chain(others).collect::<Vec<_>>().join(", ");
        let schemas = selected["components"]["schemas"].as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        assert!(selected.get("webhooks").is_none() && selected.pointer("/components/securitySchemes/key").is_some());
        (operations, schemas.join(" "))
    }

    #[test]
    fn operations_are_kept_with_what_they_need() {
        for (selectors, operations, schemas) in [
            (&["getA"][..], "get /a", "A B InP Anchored"),
            (&["GET /a"], "get /a", "A B InP Anchored"),
            (&["put /a"], "put /a", "InP Base Sub Anchored"),
            (&["tag:x"], "get /a", "A B InP Anchored"),
            (&["tag:y"], "get /a, put /a", "A B InP Base Sub Anchored"),
            (&["getB"], "get /b", "Mapped One Anchored"),
            (&["GET /c"], "get /c", "Deep Outer Anchored Spare"),
            (&["QUERY /c"], "query /c", "InP Anchored"),
            (&["copyC"], "COPY /c", "A B Anchored"),
            (&["copy /c"], "COPY /c", "A B Anchored"),
            (&["getB", "GET /c", "getB"], "get /b, get /c", "Mapped One Deep Outer Anchored Spare"),
        ] {
            assert_eq!(kept(selectors), (operations.to_owned(), schemas.to_owned()), "{selectors:?}");
        }
    }

    #[test]
    fn operations_of_shared_path_items_are_kept() {
        let mut document = document();
        let item = |id: &str| {
            let method = json!({"operationId": format!("{id}Copy"), "tags": [id], "responses": {}});
            json!({"get": {"operationId": id, "tags": [id]}, "additionalOperations": {"COPY": method}})
        };
        document["components"]["pathItems"] = json!({"D ~": item("d"), "Alias": {"$ref": "#/components/pathItems/D%20~0"}, "Loop": {"$ref": "#/paths/~1loop"}});
        document["paths"] = json!({
            "/d": {"$ref": "#/components/pathItems/Alias", "get": {"operationId": "own"}, "summary": "s"},
            "/e": {"$ref": "#/paths/~1d"},
            "/loop": {"$ref": "#/components/pathItems/Loop"},
            "/gone": {"$ref": "#/components/pathItems/Gone"},
        });
        for (selector, paths) in [
            (
                "own",
                json!({"/d": {"get": {"operationId": "own"}, "summary": "s"}, "/e": {"get": {"operationId": "own"}, "summary": "s"}}),
            ),
            ("COPY /e", json!({"/e": {"summary": "s", "additionalOperations": item("d")["additionalOperations"]}})),
        ] {
            let selected = select(document.clone(), &[selector]).unwrap();
            assert_eq!(selected["paths"], paths, "{selector}");
            assert_eq!(selected["components"]["pathItems"], json!({}), "{selector}");
        }
        for selector in ["d", "GET /loop", "GET /gone"] {
            assert!(select(document.clone(), &[selector]).is_err(), "{selector}");
        }
    }

    #[test]
    fn a_selector_that_names_nothing_is_an_error() {
        for wrong in ["", "geta", "GET /", "get/a", "/a", "POST /a", "tag:z", "tag:", "GET  "] {
            let error = select(document(), &["getB", wrong]).unwrap_err().to_string();
            assert!(error.contains(&format!("`{wrong}`")) && !error.contains("getB"), "{error}");
        }
    }
}
