//! Reports the parts of a document that a generated client leaves to its caller.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::model::grammar::ObjectKind;
use crate::model::visitor::visit_mut;
use crate::prepare::facts::Facts;
use crate::report::{Code, Pass};

pub(super) fn report(pass: &mut Pass<Facts>) {
    let Pass { document, log, .. } = pass;
    let everywhere = urls(document.get("servers"));
    visit_mut(document, &mut |kind, at, object| match kind {
        ObjectKind::PathItem | ObjectKind::Operation => {
            let own = object.shift_remove("servers");
            let others: Vec<_> = urls(own.as_ref()).difference(&everywhere).cloned().collect();
            if !others.is_empty() {
                let reason = format!("call it with a client whose base URL is {}", others.join(" or "));
                log.add(Code::W116, &at.join("servers"), reason);
            }
        }
        ObjectKind::Response if has_any(object, "headers") => {
            log.add(Code::O102, &at.join("headers"), "read them by name: `ResponseValue::headers`");
        }
        ObjectKind::Components if has_any(object, "securitySchemes") => {
            log.add(Code::O102, &at.join("securitySchemes"), "the caller's HTTP client or hooks set credentials");
        }
        ObjectKind::Parameter => {
            for field in ["allowReserved", "allowEmptyValue"] {
                if object.shift_remove(field) == Some(Value::Bool(true)) {
                    let reason = "a reserved character is sent encoded, and an empty value as an empty text";
                    log.add(Code::O102, &at.join(field), reason);
                }
            }
        }
        _ => {}
    });
}

fn has_any(object: &Map<String, Value>, field: &str) -> bool {
    object.get(field).and_then(Value::as_object).is_some_and(|named| !named.is_empty())
}

fn urls(servers: Option<&Value>) -> BTreeSet<String> {
    let servers = servers.and_then(Value::as_array).into_iter().flatten();
    servers.filter_map(|server| server["url"].as_str()).map(|url| url.trim_end_matches('/').to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_the_caller_reads_or_sets_is_told() {
        let at = |url: &str| json!([{"url": url}]);
        let parameter = json!({"name": "a", "in": "query", "allowReserved": true, "allowEmptyValue": false});
        let mut document = json!({
            "servers": at("https://a.b/"),
            "paths": {
                "/a": {"servers": at("https://a.b"), "get": {
                    "servers": at("https://files.a.b"),
                    "parameters": [parameter],
                    "responses": {"200": {"headers": {"X": {}}}, "204": {"headers": {}}},
                }},
            },
            "components": {"securitySchemes": {"key": {}}},
        });
        let (report, _) = Pass::of(&mut document, super::report);
        let entries: Vec<_> = report.entries.iter().map(|entry| format!("{} {}", entry.code, entry.pointer)).collect();
        assert_eq!(
            entries,
            [
                "O102 /paths/~1a/get/parameters/0/allowReserved",
                "O102 /paths/~1a/get/responses/200/headers",
                "W116 /paths/~1a/get/servers",
                "O102 /components/securitySchemes",
            ]
        );
    }
}
