//! Gives each operation an id of its own.

use std::collections::BTreeSet;

use crate::model::names::unique_name;
use crate::model::operations::{Operation, id, operations, operations_mut};
use crate::report::{Code, Pass};
use heck::ToLowerCamelCase as _;

/// Names operations without an id after their method and path, and numbers those that share one.
pub(super) fn name(pass: &mut Pass) {
    let Pass { document, log, .. } = pass;
    let mut taken: BTreeSet<_> =
        operations(document).map(|operation| id(operation.fields).to_owned()).filter(|id| !id.is_empty()).collect();
    let mut used = BTreeSet::new();
    for Operation { path, method, at, fields } in operations_mut(document) {
        let id = match id(fields) {
            "" => unique_name(&from_path(method, path), &mut taken),
            id if used.insert(id.to_owned()) => continue,
            id => unique_name(id, &mut taken),
        };
        log.add(Code::L016, &at.join("operationId"), format!("named `{id}`"));
        used.insert(id.clone());
        fields.insert("operationId".into(), id.into());
    }
}

/// `GET /worlds/{worldId}/assets` is `getWorldsByWorldIdAssets`.
pub(super) fn from_path(method: &str, path: &str) -> String {
    let words = path.replace('{', " by ").replace('}', " ");
    format!("{method} {words}").to_lower_camel_case()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn ids() {
        let mut document = json!({"paths": {
            "/a/{b}": {"get": {}, "put": {"operationId": "a"}, "post": {"operationId": "a"}},
            "/": {"get": {"operationId": "getAByB"}},
        }});
        Pass::of(&mut document, name);
        let id = |path: &str, method: &str| document["paths"][path][method]["operationId"].as_str().unwrap().to_owned();
        assert_eq!(id("/a/{b}", "get"), "getAByB2");
        assert_eq!(id("/a/{b}", "put"), "a");
        assert_eq!(id("/a/{b}", "post"), "a2");
    }
}
