//! The methods that OpenAPI 3.2 adds, for which 3.0 has no field.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::lower::operations::from_path;
use crate::model::names::is_token;
use crate::model::operations::{additional, id, path_items_mut};
use crate::model::pointer::Pointer;
use crate::report::{Code, Log, Pass};

/// The fields that may hold an operation of another method, in the order in which they are taken.
const FIELDS: &[&str] = &["trace", "options", "patch", "put", "delete", "post"];

/// The methods of the operations that are in the field of another method, by their paths and these fields.
pub(crate) type Methods = BTreeMap<(String, String), String>;

/// Moves operations that 3.0 has no field for to a free field of their path item.
pub(super) fn place(document: &mut Value, log: &mut Log) -> Methods {
    let mut methods = Methods::new();
    for (path, item) in path_items_mut(document) {
        let at = Pointer::default().join("paths").join(path);
        let mut moved: Vec<_> = Vec::new();
        if let Some(operation) = item.shift_remove("query") {
            moved.push(("QUERY".to_owned(), at.join("query"), operation));
        }
        if let Some(Value::Object(more)) = item.shift_remove(additional::BY_METHOD) {
            let at = at.join(additional::BY_METHOD);
            let more = more.into_iter().filter(|(method, _)| !method.starts_with("x-"));
            moved.extend(more.map(|(method, operation)| (method.clone(), at.join(&method), operation)));
        }
        for (method, from, mut operation) in moved {
            let Some(field) = field(item, &method, &from, log) else { continue };
            if let Some(fields) = operation.as_object_mut().filter(|fields| id(fields).is_empty()) {
                let id = from_path(&method.to_lowercase(), path);
                log.add(Code::L016, &from.join("operationId"), format!("named `{id}`"));
                fields.insert("operationId".into(), id.into());
            }
            item.insert(field.to_owned(), operation);
            log.moved_operation(at.join(field), from);
            methods.insert((path.to_owned(), field.to_owned()), method);
        }
    }
    methods
}

/// The free field for an operation; `None` if it is rejected.
fn field(item: &Map<String, Value>, method: &str, at: &Pointer, log: &mut Log) -> Option<&'static str> {
    if !is_token(method) {
        log.add(Code::R004, at, format!("`{method}` is no name of a method (RFC 9110, section 9.1)"));
        return None;
    }
    let free = FIELDS.iter().copied().find(|field| !item.contains_key(*field));
    if free.is_none() {
        log.add(Code::R005, at, "the path has too many methods; call this one with another client");
    }
    free
}

/// Rejects these operations: in another field than its own, no other tool would send an operation as it is meant.
pub(super) fn refuse(pass: &mut Pass<Methods>) {
    let Pass { log, facts, .. } = pass;
    for ((path, field), method) in std::mem::take(facts) {
        let at = Pointer::default().join("paths").join(&path).join(&field);
        log.add(Code::R005, &at, format!("3.0 has no field for `{method}`; call it with another client"));
    }
    pass.remove_rejected();
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn operations_take_free_fields() {
        let operation = |id: &str| json!({"operationId": id});
        let mut document = json!({"paths": {"/a": {
            "get": operation("a"),
            "trace": operation("b"),
            "query": operation("c"),
            "additionalOperations": {"COPY": operation("d"), "a b": operation("e"), "x-y": operation("f")},
        }}});
        let mut log = Log::default();
        let methods = place(&mut document, &mut log);
        assert_eq!(
            document["paths"]["/a"],
            json!({"get": operation("a"), "trace": operation("b"), "options": operation("c"), "patch": operation("d")})
        );
        let found: Vec<_> = methods.iter().map(|((path, field), method)| format!("{path} {field} {method}")).collect();
        assert_eq!(found, ["/a options QUERY", "/a patch COPY"]);
        log.add(Code::L016, &Pointer::parse("/paths/~1a/patch/operationId"), "");
        let found: Vec<_> =
            log.report.entries.iter().map(|entry| format!("{} {}", entry.code, entry.pointer)).collect();
        assert_eq!(
            found,
            ["R004 /paths/~1a/additionalOperations/a b", "L016 /paths/~1a/additionalOperations/COPY/operationId"]
        );
    }

    #[test]
    fn a_path_has_room_for_as_many_methods_as_3_0_has() {
        let more: Map<_, _> = (0..9).map(|index| (format!("M{index}"), json!({}))).collect();
        let mut document = json!({"paths": {"/a": {"additionalOperations": more}}});
        let mut log = Log::default();
        assert_eq!(place(&mut document, &mut log).len(), 6);
        let codes: Vec<_> = log.report.entries.iter().map(|entry| entry.code).collect();
        assert_eq!(codes, [[Code::L016; 6].as_slice(), &[Code::R005; 3]].concat());
    }
}
