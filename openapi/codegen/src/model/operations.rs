//! The operations of a document.

pub(crate) mod additional;

use serde_json::{Map, Value, json};

use crate::model::grammar::is_method;
use crate::model::pointer::Pointer;

/// An operation and its place; `F` refers to its fields.
#[derive(Debug)]
pub(crate) struct Operation<'a, F> {
    pub(crate) path: &'a str,
    pub(crate) method: &'a str,
    pub(crate) at: Pointer,
    pub(crate) fields: F,
}

/// The path items of a document, without extensions of `paths`.
pub(crate) fn path_items(document: &Value) -> impl Iterator<Item = (&str, &Map<String, Value>)> {
    let items = document.get("paths").and_then(Value::as_object).into_iter().flatten();
    items.filter(|(path, _)| is_path(path)).filter_map(|(path, item)| Some((path.as_str(), item.as_object()?)))
}

/// The same, to change them.
pub(crate) fn path_items_mut(document: &mut Value) -> impl Iterator<Item = (&str, &mut Map<String, Value>)> {
    let items = document.get_mut("paths").and_then(Value::as_object_mut).into_iter().flatten();
    items.filter(|(path, _)| is_path(path)).filter_map(|(path, item)| Some((path.as_str(), item.as_object_mut()?)))
}

/// The operations of a document, in its order.
pub(crate) fn operations(document: &Value) -> impl Iterator<Item = Operation<'_, &Map<String, Value>>> {
    path_items(document).flat_map(|(path, item)| {
        item.iter().filter(|(field, _)| is_method(field)).filter_map(move |(method, operation)| {
            let fields = operation.as_object()?;
            Some(Operation { path, method, at: place(path, method), fields })
        })
    })
}

/// The same, to change them.
pub(crate) fn operations_mut(document: &mut Value) -> impl Iterator<Item = Operation<'_, &mut Map<String, Value>>> {
    path_items_mut(document).flat_map(|(path, item)| {
        operations_of_mut(item).map(move |(method, fields)| {
            let at = place(path, method);
            Operation { path, method, at, fields }
        })
    })
}

/// The operations of a path item by method.
pub(crate) fn operations_of_mut(
    item: &mut Map<String, Value>,
) -> impl Iterator<Item = (&str, &mut Map<String, Value>)> {
    let methods = item.iter_mut().filter(|(field, _)| is_method(field));
    methods.filter_map(|(method, operation)| Some((method.as_str(), operation.as_object_mut()?)))
}

/// Removes the path items without operations.
pub(crate) fn remove_empty_path_items(document: &mut Value) {
    if let Some(Value::Object(paths)) = document.get_mut("paths") {
        let has_operations = |item: &Map<String, Value>| {
            item.keys().any(|field| is_method(field) || additional::FIELDS.contains(&field.as_str()))
        };
        paths.retain(|_, item| item.as_object().is_none_or(has_operations));
    }
}

/// Moves each operation to the path that `path_of` returns; paths keep their order.
pub(crate) fn relocate(
    document: &mut Value,
    mut path_of: impl FnMut(Operation<'_, &mut Map<String, Value>>) -> String,
) {
    let Some(Value::Object(paths)) = document.get_mut("paths") else {
        return;
    };
    let mut relocated = Map::new();
    for (path, item) in std::mem::take(paths) {
        let Value::Object(item) = item else { continue };
        for (field, mut value) in item {
            let to = match &mut value {
                Value::Object(fields) if is_method(&field) && is_path(&path) => {
                    path_of(Operation { path: &path, method: &field, at: place(&path, &field), fields })
                }
                _ => path.clone(),
            };
            relocated.entry(to).or_insert_with(|| json!({}))[field] = value;
        }
    }
    *paths = relocated;
}

/// The `operationId`, or an empty text.
pub(crate) fn id(operation: &Map<String, Value>) -> &str {
    operation.get("operationId").and_then(Value::as_str).unwrap_or_default()
}

/// `x-` keys under `paths` are extensions.
fn is_path(key: &str) -> bool {
    !key.starts_with("x-")
}

fn place(path: &str, method: &str) -> Pointer {
    Pointer::default().join("paths").join(path).join(method)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document() -> Value {
        json!({"paths": {
            "/b": {"summary": "s", "put": {}, "get": {"operationId": "b"}, "parameters": [], "x-get": {}},
            "x-paths": {"get": {"operationId": "extension"}},
            "/a~": {"get": null, "post": {}},
            "/none": [],
        }})
    }

    #[test]
    fn both_forms_give_the_operations_in_document_order() {
        let mut document = document();
        let expected = ["put /b /paths/~1b/put", "get /b /paths/~1b/get b", "post /a~ /paths/~1a~0/post"];
        let line = |method: &str, path: &str, at: &Pointer, id: &str| {
            format!("{method} {path} {at} {id}").trim_end().to_owned()
        };
        let shared: Vec<_> = operations(&document).map(|o| line(o.method, o.path, &o.at, id(o.fields))).collect();
        assert_eq!(shared, expected);
        let changed: Vec<_> =
            operations_mut(&mut document).map(|o| line(o.method, o.path, &o.at, id(o.fields))).collect();
        assert_eq!(changed, expected);
        assert_eq!(operations(&json!({"paths": 1})).count(), 0);
    }

    #[test]
    fn operations_move_and_paths_keep_their_order() {
        let mut document = document();
        relocate(&mut document, |operation| match operation.method {
            "put" => "/c".to_owned(),
            _ => operation.path.to_owned(),
        });
        let paths: Vec<_> = document["paths"].as_object().unwrap().keys().cloned().collect();
        assert_eq!(paths, ["/b", "/c", "x-paths", "/a~"]);
        assert_eq!(document["paths"]["/c"], json!({"put": {}}));
        assert_eq!(document["paths"]["/b"]["get"], json!({"operationId": "b"}));
    }
}
