//! Malformed parts: each costs as little as possible, and never the whole document.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use crate::model::grammar::{ObjectKind, Shape, is_method, shape};
use crate::model::operations::path_items;
use crate::model::pointer::Pointer;
use crate::model::visitor::visit_mut;
use crate::report::{Code, Log, Pass};

/// Fields that are strings in every object except schemas, whose keywords have their own rules.
const TEXTS: &[&str] = &["title", "summary", "description", "operationId", "name", "url", "version", "default"];

/// Fields that are booleans in every object except schemas.
const FLAGS: &[&str] = &["required", "deprecated", "allowEmptyValue", "explode", "allowReserved"];

/// Leaves out malformed parts, or repairs them where the intention is plain.
pub(super) fn mend(pass: &mut Pass) {
    let Pass { document, log, .. } = pass;
    let mut mending = Mending { log, schemes: Vec::new() };
    visit_mut(document, &mut |kind, at, object| mending.object(kind, at, object));
    let left_out = mending.schemes;
    visit_mut(document, &mut |kind, _, object| {
        if let (ObjectKind::Document | ObjectKind::Operation, Some(Value::Array(list))) =
            (kind, object.get_mut("security"))
        {
            for requirement in list.iter_mut().filter_map(Value::as_object_mut) {
                requirement.retain(|scheme, _| !left_out.contains(scheme));
            }
        }
    });
}

/// A pointer that is computed on demand: nearly every part is well-formed.
type LazyPointer<'a> = &'a dyn Fn() -> Pointer;

struct Mending<'a> {
    log: &'a mut Log,
    /// The security schemes that were left out, by name.
    schemes: Vec<String>,
}

impl Mending<'_> {
    fn object(&mut self, kind: ObjectKind, at: &Pointer, object: &mut Map<String, Value>) {
        self.complete(kind, at, object);
        if kind == ObjectKind::Schema {
            self.types(at, object);
        }
        object.retain(|field, value| {
            let here = || at.join(field);
            let fits = field.starts_with("x-") || self.field(kind, field, value, &here);
            if !fits {
                self.leave_out(&here);
            }
            fits
        });
    }

    /// Adds missing required fields of parts that no request depends on.
    fn complete(&mut self, kind: ObjectKind, at: &Pointer, object: &mut Map<String, Value>) {
        let (field, value) = match kind {
            ObjectKind::License => ("name", json!("")),
            ObjectKind::Server => ("url", json!("/")),
            ObjectKind::OauthFlow => ("scopes", json!({})),
            // What gives a client its tokens does not matter here.
            ObjectKind::SecurityScheme if object.get("type") == Some(&"oauth2".into()) => ("flows", json!({})),
            ObjectKind::SecurityScheme if object.get("type") == Some(&"openIdConnect".into()) => {
                ("openIdConnectUrl", json!(""))
            }
            ObjectKind::ServerVariable => ("default", object.get("enum").map_or(json!(""), |values| values[0].clone())),
            _ => return,
        };
        if object.get(field).is_none_or(Value::is_null) {
            self.log.add(Code::L015, &at.join(field), format!("{value} replaces the missing field"));
            object.insert(field.into(), value);
        }
    }

    /// Reads null in a list of types as the type of that name: in YAML, `null` without quotes is no string.
    fn types(&mut self, at: &Pointer, schema: &mut Map<String, Value>) {
        let Some(Value::Array(types)) = schema.get_mut("type") else { return };
        for (index, value) in types.iter_mut().enumerate().filter(|(_, value)| value.is_null()) {
            self.log.add(Code::L015, &at.join("type").join(&index.to_string()), "null is read as \"null\"");
            *value = "null".into();
        }
    }

    /// Whether a field is well-formed, or was repaired.
    fn field(&mut self, kind: ObjectKind, field: &str, value: &mut Value, at: LazyPointer<'_>) -> bool {
        // The bulk of a document: strings and numbers in schemas, which have their own rules.
        if kind == ObjectKind::Schema && !value.is_object() && !value.is_array() {
            return true;
        }
        match (shape(kind, field), value) {
            // In YAML, a name without a value is null.
            (Some(Shape::One(ObjectKind::Operation | ObjectKind::Response)), value @ Value::Null) => *value = json!({}),
            (Some(Shape::One(inner)), value) => return is_one(inner, value),
            (Some(Shape::List(inner)), Value::Array(list)) => {
                let mut index = 0..;
                list.retain_mut(|value| {
                    let index = index.next().unwrap_or_default();
                    self.element(inner, value, &|| at().join(&index.to_string()))
                });
            }
            (Some(Shape::Map(inner)), Value::Object(map)) => map.retain(|name, value| {
                if value.is_null() && inner != ObjectKind::Schema {
                    *value = json!({});
                }
                let fits = name.starts_with("x-") || self.element(inner, value, &|| at().join(name));
                if !fits && inner == ObjectKind::SecurityScheme {
                    self.schemes.push(name.clone());
                }
                fits
            }),
            (Some(Shape::List(_) | Shape::Map(_)), _) => return false,
            (Some(Shape::Leaf), value) if kind != ObjectKind::Schema => return self.leaf(field, value, at),
            (Some(Shape::Leaf) | None, _) => {}
        }
        true
    }

    /// Whether an element of a list or map is well-formed, or was repaired.
    fn element(&mut self, kind: ObjectKind, value: &mut Value, at: LazyPointer<'_>) -> bool {
        if is_one(kind, value) {
            return true;
        }
        match kind {
            ObjectKind::Schema => {
                self.log.add(Code::W007, &at(), "no schema; read as any value");
                *value = json!({});
            }
            ObjectKind::SecurityScheme if value["type"] == "mutualTLS" => {
                self.log.add(Code::O003, &at(), "a client certificate belongs to the connection");
            }
            _ => self.leave_out(at),
        }
        kind == ObjectKind::Schema
    }

    fn leaf(&mut self, field: &str, value: &mut Value, at: LazyPointer<'_>) -> bool {
        let meant = match (field, &*value) {
            ("security", value) => return Vec::<BTreeMap<String, Vec<String>>>::deserialize(value).is_ok(),
            ("tags" | "enum", Value::Array(list)) => list.iter().map(text).collect::<Option<Value>>(),
            ("tags" | "enum", _) => None,
            (flag, value) if FLAGS.contains(&flag) => match value {
                Value::String(flag) => flag.parse().ok().map(Value::Bool),
                value => value.as_bool().map(Value::Bool),
            },
            (name, value) if TEXTS.contains(&name) && !value.is_string() => text(value),
            _ => return true,
        };
        let Some(meant) = meant else { return false };
        if meant != *value {
            self.log.add(Code::L015, &at(), format!("{value} is read as {meant}"));
            *value = meant;
        }
        true
    }

    fn leave_out(&mut self, at: LazyPointer<'_>) {
        self.log.add(Code::W007, &at(), "the specification does not allow this value here; left out");
    }
}

fn text(value: &Value) -> Option<Value> {
    match value {
        Value::String(_) => Some(value.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string().into()),
        _ => None,
    }
}

/// Whether a value is an object of this kind; required fields are checked only outside requests.
fn is_one(kind: ObjectKind, value: &Value) -> bool {
    match kind {
        ObjectKind::Schema => value.is_object() || value.is_boolean(),
        ObjectKind::SecurityScheme => openapiv3::ReferenceOr::<openapiv3::SecurityScheme>::deserialize(value).is_ok(),
        ObjectKind::Server => openapiv3::Server::deserialize(value).is_ok(),
        ObjectKind::Tag => openapiv3::Tag::deserialize(value).is_ok(),
        ObjectKind::Contact => openapiv3::Contact::deserialize(value).is_ok(),
        ObjectKind::License => openapiv3::License::deserialize(value).is_ok(),
        _ => value.is_object(),
    }
}

/// Rejects the operations and components for which the 3.0 parser would refuse the whole document.
pub(super) fn refuse(pass: &mut Pass) {
    let Pass { document, log, .. } = pass;
    let mut check = |at: &Pointer, error: Option<serde_json::Error>| {
        if let Some(error) = error {
            log.add(Code::R004, at, error.to_string());
        }
    };
    for (path, item) in path_items(document) {
        let at = Pointer::default().join("paths").join(path);
        for (field, value) in item {
            let error = match field.as_str() {
                "parameters" => error::<Vec<openapiv3::ReferenceOr<openapiv3::Parameter>>>(value),
                field if is_method(field) => error::<openapiv3::Operation>(value),
                _ => None,
            };
            check(&at.join(field), error);
        }
    }
    for (section, named) in document["components"].as_object().into_iter().flatten() {
        let error_in: fn(&Value) -> Option<serde_json::Error> = match section.as_str() {
            "schemas" => error::<openapiv3::ReferenceOr<openapiv3::Schema>>,
            "responses" => error::<openapiv3::ReferenceOr<openapiv3::Response>>,
            "parameters" => error::<openapiv3::ReferenceOr<openapiv3::Parameter>>,
            "requestBodies" => error::<openapiv3::ReferenceOr<openapiv3::RequestBody>>,
            "securitySchemes" => error::<openapiv3::ReferenceOr<openapiv3::SecurityScheme>>,
            "headers" => error::<openapiv3::ReferenceOr<openapiv3::Header>>,
            _ => continue,
        };
        for (name, component) in named.as_object().into_iter().flatten() {
            check(&Pointer::component(section, name), error_in(component));
        }
    }
}

fn error<T: DeserializeOwned>(value: &Value) -> Option<serde_json::Error> {
    T::deserialize(value).err()
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    fn check(before: Value, after: Expect) {
        let mut document = before;
        let (report, ()) = Pass::of(&mut document, mend);
        let codes: Vec<_> = report.entries.iter().map(|entry| format!(" {}", entry.code)).collect();
        after.assert_eq(&format!("{document}{}", codes.concat()));
    }

    #[test]
    fn operations() {
        check(json!({"paths": {"/a": {"get": null, "put": 1}}}), expect![[r#"{"paths":{"/a":{"get":{}}}} W007"#]]);
        check(
            json!({"paths": {"/a": {"get": {"tags": [1], "servers": null, "deprecated": "true", "summary": {}}}}}),
            expect![[r#"{"paths":{"/a":{"get":{"tags":["1"],"deprecated":true}}}} L015 W007 L015 W007"#]],
        );
        check(
            json!({"paths": {"/a": {"get": {"responses": {"200": null, "204": null}}}}}),
            expect![[r#"{"paths":{"/a":{"get":{"responses":{"200":{},"204":{}}}}}}"#]],
        );
        check(
            json!({"paths": {"/a": {"get": {"parameters": [null, {"name": 1, "required": "yes"}, "b"]}}}}),
            expect![[r#"{"paths":{"/a":{"get":{"parameters":[{"name":"1"}]}}}} L015 W007 W007 W007"#]],
        );
    }

    #[test]
    fn schemas() {
        let schemas = |schemas: Value| json!({"components": {"schemas": schemas}});
        check(
            schemas(json!({"A": null, "B": {"properties": {"a": null, "b": "text", "c": true}}})),
            expect![[
                r#"{"components":{"schemas":{"A":{},"B":{"properties":{"a":{},"b":{},"c":true}}}}} W007 W007 W007"#
            ]],
        );
        check(
            schemas(json!({"A": {"anyOf": [null, {}], "items": 1, "allOf": null}})),
            expect![[r#"{"components":{"schemas":{"A":{"anyOf":[{},{}],"items":1,"allOf":null}}}} W007"#]],
        );
        check(
            schemas(json!({"A": {"type": ["string", null]}})),
            expect![[r#"{"components":{"schemas":{"A":{"type":["string","null"]}}}} L015"#]],
        );
        check(
            schemas(json!({"A": {"title": 1, "default": null}})),
            expect![[r#"{"components":{"schemas":{"A":{"title":1,"default":null}}}}"#]],
        );
    }

    #[test]
    fn what_no_request_depends_on() {
        check(
            json!({"tags": ["a", {"name": "b"}, {}], "info": {"license": {"url": "u"}, "contact": "me", "version": 1.5}}),
            expect![[
                r#"{"tags":[{"name":"b"}],"info":{"license":{"url":"u","name":""},"version":"1.5"}} L015 W007 L015 W007 W007"#
            ]],
        );
        check(
            json!({"servers": [
                "https://a.b",
                {"description": "d"},
                {"url": "https://{a}/{b}", "variables": {"a": {"default": 1}, "b": {"enum": [2, "c"]}}},
            ]}),
            expect![[
                r#"{"servers":[{"description":"d","url":"/"},{"url":"https://{a}/{b}","variables":{"a":{"default":"1"},"b":{"enum":["2","c"],"default":"2"}}}]} L015 L015 L015 L015 L015 W007"#
            ]],
        );
    }

    #[test]
    fn security() {
        check(
            json!({
                "security": [{"tls": []}, {"flow": ["a"], "tls": []}, {"none": []}],
                "components": {"securitySchemes": {
                    "tls": {"type": "mutualTLS"},
                    "flow": {"type": "oauth2", "flows": {"clientCredentials": {"tokenUrl": "t"}}},
                    "flows": {"type": "oauth2"},
                    "open": {"type": "openIdConnect"},
                    "none": null,
                }},
            }),
            expect![[
                r#"{"security":[{},{"flow":["a"]},{}],"components":{"securitySchemes":{"flow":{"type":"oauth2","flows":{"clientCredentials":{"tokenUrl":"t","scopes":{}}}},"flows":{"type":"oauth2","flows":{}},"open":{"type":"openIdConnect","openIdConnectUrl":""}}}} L015 L015 L015 O003 W007"#
            ]],
        );
        check(json!({"security": {"a": []}}), expect!["{} W007"]);
    }

    #[test]
    fn what_no_reader_takes_costs_its_operations_only() {
        let reply = |schema: &str| {
            let schema = json!({"$ref": format!("#/components/schemas/{schema}")});
            json!({"responses": {"200": {"description": "", "content": {"application/json": {"schema": schema}}}}})
        };
        let mut document = json!({
            "openapi": "3.0.3",
            "info": {"title": "t", "version": "1"},
            "paths": {
                "/a": {"get": reply("A"), "put": reply("B"), "post": {"responses": 1}},
                "/b": {"get": reply("B"), "parameters": [{"in": "query"}]},
            },
            "components": {"schemas": {"A": {"type": "string", "maxLength": "1"}, "B": {"type": "string"}}},
        });
        let (read, report) = crate::lower::parse(document.take(), Log::default()).unwrap();
        let refused: Vec<_> = report.rejections().map(|entry| format!("{} {}", entry.code, entry.pointer)).collect();
        assert_eq!(refused, ["R004 /paths/~1a/post", "R004 /paths/~1b/parameters", "R004 /components/schemas/A"]);
        let operations: Vec<_> = read.operations().map(|(path, method, _)| format!("{method} {path}")).collect();
        assert_eq!(operations, ["put /a"]);
    }
}
