//! Operation ids.

use std::collections::BTreeSet;

use heck::ToLowerCamelCase as _;
use serde_json::Value;

use crate::model::methods::METHODS;
use crate::model::names::unique_name;
use crate::model::pointer::Pointer;
use crate::report::{Code, Report};

/// Names operations without an id after their method and path, and numbers those with the same id.
pub(super) fn name(document: &mut Value, report: &mut Report) {
    let Some(Value::Object(paths)) = document.get_mut("paths") else {
        return;
    };
    let given = |operation: &Value| operation["operationId"].as_str().filter(|id| !id.is_empty()).map(str::to_owned);
    let operations = paths.values().filter_map(Value::as_object).flatten();
    let mut taken: BTreeSet<_> =
        operations.filter(|(method, _)| is_method(method)).filter_map(|(_, operation)| given(operation)).collect();
    let mut used = BTreeSet::new();
    for (path, item) in paths.iter_mut() {
        for (method, operation) in item.as_object_mut().into_iter().flatten() {
            if !is_method(method) || !operation.is_object() {
                continue;
            }
            let mut at = Pointer::default();
            ["paths", path, method, "operationId"].iter().for_each(|token| at.push(token));
            let id = match given(operation) {
                Some(id) if used.insert(id.clone()) => continue,
                Some(id) => unique_name(&id, &mut taken),
                None => unique_name(&from_path(method, path), &mut taken),
            };
            report.add(Code::L016, &at, format!("named `{id}`"));
            used.insert(id.clone());
            operation["operationId"] = id.into();
        }
    }
}

fn is_method(name: &str) -> bool {
    METHODS.contains(&name)
}

/// `GET /worlds/{worldId}/assets` is `getWorldsByWorldIdAssets`.
fn from_path(method: &str, path: &str) -> String {
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
        name(&mut document, &mut Report::default());
        let id = |path: &str, method: &str| document["paths"][path][method]["operationId"].as_str().unwrap().to_owned();
        assert_eq!(id("/a/{b}", "get"), "getAByB2");
        assert_eq!(id("/a/{b}", "put"), "a");
        assert_eq!(id("/a/{b}", "post"), "a2");
    }
}
