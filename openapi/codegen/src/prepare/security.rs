//! The credentials that operations need (OpenAPI 3.1.1, sections 4.8.27 and 4.8.30).

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::model::names::{is_token, snake_name, unique_name};
use crate::model::operations;
use crate::model::pointer::Pointer;
use crate::plan::{SchemeKind, SecurityScheme};
use crate::prepare::facts::Facts;
use crate::report::{Code, Log, Pass};

/// HTTP schemes whose credentials depend on what the server sent before (RFC 7616, RFC 7486, RFC 8120, RFC 7804).
const CHALLENGED: &[&str] = &["digest", "hoba", "mutual", "scram-sha-1", "scram-sha-256", "negotiate"];

/// Finds the schemes that operations need, and the alternatives of each operation.
pub(super) fn settle(pass: &mut Pass<Facts>) {
    let Pass { document, log, facts } = pass;
    let mut needed: BTreeMap<(String, String), Vec<Vec<String>>> = BTreeMap::new();
    for operation in operations::operations(document) {
        let own = operation.fields.get("security");
        let alternatives = own.or_else(|| document.get("security")).and_then(Value::as_array).into_iter().flatten();
        let alternatives = alternatives.filter_map(Value::as_object);
        let alternatives: Vec<Vec<_>> =
            alternatives.map(|schemes| schemes.keys().map(|key| name(key)).collect()).collect();
        needed.insert((operation.path.to_owned(), operation.method.to_owned()), alternatives);
    }
    let used: BTreeSet<_> = needed.values().flatten().flatten().cloned().collect();
    let schemes = schemes(document, &used, log);
    for ((path, method), alternatives) in needed {
        let at = Pointer::default().join("paths").join(&path).join(&method).join("security");
        let mut security = Vec::new();
        for alternative in alternatives {
            let methods = together(&alternative, &schemes, &at, log);
            if !security.contains(&methods) {
                security.push(methods);
            }
        }
        // Where all credentials are left to the caller, the client sends none.
        if security.iter().any(|methods| !methods.is_empty()) {
            facts.operation(&path, &method).security = security;
        }
    }
    facts.security_schemes = schemes;
}

/// The name of a scheme: 3.2 also allows a reference to it.
fn name(key: &str) -> String {
    key.strip_prefix("#/components/securitySchemes/").unwrap_or(key).to_owned()
}

/// The schemes among those used whose credentials a client can send.
fn schemes(document: &Value, used: &BTreeSet<String>, log: &mut Log) -> Vec<SecurityScheme> {
    let all = &document["components"]["securitySchemes"];
    // `Credentials` has these itself.
    let mut taken = ["new", "clone", "clone_from", "default", "fmt"].map(str::to_owned).into();
    let mut schemes = Vec::new();
    for (name, given) in all.as_object().into_iter().flatten().filter(|(name, _)| used.contains(*name)) {
        let scheme = followed(all, given);
        match kind(scheme) {
            Ok(kind) => schemes.push(SecurityScheme {
                method: unique_name(&snake_name(name), &mut taken),
                name: name.clone(),
                description: scheme["description"].as_str().map(str::to_owned),
                kind,
            }),
            Err(reason) => log.add(Code::W120, &Pointer::component("securitySchemes", name), reason),
        }
    }
    schemes
}

/// The scheme that a reference leads to; one that leads back to itself has no type.
fn followed<'a>(all: &'a Value, given: &'a Value) -> &'a Value {
    let mut scheme = given;
    for _ in 0..all.as_object().map_or(0, |all| all.len()) {
        let Some(reference) = scheme["$ref"].as_str() else { break };
        scheme = &all[name(reference)];
    }
    scheme
}

fn kind(scheme: &Value) -> Result<SchemeKind, String> {
    let text = |field: &str| scheme[field].as_str().unwrap_or_default();
    let key = text("name").to_owned();
    match (text("type"), text("in"), &*text("scheme").to_ascii_lowercase()) {
        ("apiKey", "query", _) => Ok(SchemeKind::KeyInQuery(key)),
        ("apiKey", "header" | "cookie", _) if !is_token(&key) => {
            Err(format!("`{key}` is no name of a header or a cookie (RFC 9110, section 5.1)"))
        }
        ("apiKey", "header", _) => Ok(SchemeKind::KeyInHeader(key)),
        ("apiKey", "cookie", _) => Ok(SchemeKind::KeyInCookie(key)),
        ("oauth2" | "openIdConnect", ..) | ("http", _, "bearer") => Ok(SchemeKind::Bearer),
        ("http", _, "basic") => Ok(SchemeKind::Basic),
        ("http", _, scheme) if CHALLENGED.contains(&scheme) => {
            Err(format!("`{scheme}` answers a challenge of the server"))
        }
        ("http", _, scheme) if is_token(scheme) => Ok(SchemeKind::Other(text("scheme").to_owned())),
        _ => Err("no specification defines this scheme".to_owned()),
    }
}

/// The methods of the schemes that one request sends together.
fn together(alternative: &[String], schemes: &[SecurityScheme], at: &Pointer, log: &mut Log) -> Vec<String> {
    let mut places = BTreeMap::new();
    let mut methods = Vec::new();
    // A scheme that is not among them was reported.
    for scheme in alternative.iter().filter_map(|name| schemes.iter().find(|scheme| scheme.name == *name)) {
        match places.insert(place(&scheme.kind), &scheme.name) {
            Some(before) => {
                let reason = format!("`{before}` takes the place of `{}` in a request that needs both", scheme.name);
                log.add(Code::W120, at, reason);
                places.insert(place(&scheme.kind), before);
            }
            None => methods.push(scheme.method.clone()),
        }
    }
    methods
}

/// What can hold the credentials of one scheme only.
fn place(kind: &SchemeKind) -> (&'static str, String) {
    match kind {
        SchemeKind::KeyInHeader(name) => ("header", name.to_ascii_lowercase()),
        SchemeKind::KeyInQuery(name) => ("query", name.clone()),
        SchemeKind::KeyInCookie(name) => ("cookie", name.clone()),
        SchemeKind::Basic | SchemeKind::Bearer | SchemeKind::Other(_) => ("header", "authorization".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(shared: Value, own: Value, security: &[&[&str]], codes: &str) {
        let schemes = json!({
            "X-Key": {"type": "apiKey", "in": "header", "name": "X-Key"},
            "other": {"type": "apiKey", "in": "header", "name": "x-key"},
            "bad": {"type": "apiKey", "in": "header", "name": "a b"},
            "user": {"type": "http", "scheme": "Basic"},
            "token": {"$ref": "#/components/securitySchemes/flow"},
            "flow": {"type": "oauth2", "flows": {}},
            "circle": {"$ref": "#/components/securitySchemes/circle"},
            "digest": {"type": "http", "scheme": "Digest"},
        });
        let mut document = json!({
            "security": shared,
            "paths": {"/a": {"get": {"security": own}}},
            "components": {"securitySchemes": schemes},
        });
        if own.is_null() {
            document["paths"]["/a"]["get"] = json!({});
        }
        let (report, mut facts) = Pass::of(&mut document, settle);
        let codes_found: Vec<_> = report.entries.iter().map(|entry| entry.code.to_string()).collect();
        assert_eq!((&*facts.operation("/a", "get").security, &*codes_found.join(" ")), (&*owned(security), codes));
    }

    fn owned(security: &[&[&str]]) -> Vec<Vec<String>> {
        security.iter().map(|methods| methods.iter().map(|&method| method.to_owned()).collect()).collect()
    }

    #[test]
    fn alternatives_and_combinations() {
        let both = json!([{"X-Key": [], "token": ["a"]}, {"user": []}]);
        check(both.clone(), Value::Null, &[&["x_key", "token"], &["user"]], "");
        check(both.clone(), json!([]), &[], "");
        check(both, json!([{"token": []}, {}]), &[&["token"], &[]], "");
        check(Value::Null, json!([{"#/components/securitySchemes/user": []}]), &[&["user"]], "");
        check(Value::Null, Value::Null, &[], "");
    }

    #[test]
    fn what_is_left_to_the_caller() {
        check(Value::Null, json!([{"digest": []}]), &[], "W120");
        check(Value::Null, json!([{"bad": []}, {"user": []}]), &[&[], &["user"]], "W120");
        check(Value::Null, json!([{"circle": []}]), &[], "W120");
        check(Value::Null, json!([{"user": [], "token": []}]), &[&["user"]], "W120");
        check(Value::Null, json!([{"X-Key": [], "other": [], "user": []}]), &[&["x_key", "user"]], "W120");
        check(Value::Null, json!([{"gone": [], "user": []}]), &[&["user"]], "");
    }
}
