//! Naming a place in a document for a reader.

use super::document::Document;
use crate::model::grammar::is_method;
use crate::model::pointer::Pointer;

/// A readable name of a pointer's target, in the new document if it is there, else in the old one.
pub(super) fn location_name(new: Document<'_>, old: Document<'_>, pointer: &Pointer) -> String {
    let document = if new.root.pointer(pointer.as_str()).is_some() { new } else { old };
    let tokens = pointer.tokens();
    let tokens: Vec<_> = tokens.iter().map(String::as_str).collect();
    match tokens.as_slice() {
        ["components", "schemas", name, rest @ ..] => format!("`{name}{}`", trail(rest)),
        ["components", section, name, rest @ ..] => part(&format!("`{name}` of `{section}`"), rest),
        ["paths", path, method, rest @ ..] if is_method(method) => {
            let base = Pointer::parse(pointer.as_str().rsplitn(rest.len() + 1, '/').last().unwrap_or_default());
            operation(document, &base, &format!("{} {path}", method.to_uppercase()), rest)
        }
        ["paths", path, "parameters", index, rest @ ..] => {
            let mut base = Pointer::default();
            ["paths", path].iter().for_each(|token| base.push(token));
            parameter(document, &base, path, index, rest)
        }
        ["paths", path, rest @ ..] => part(path, rest),
        ["info", ..] | [] => "the document".into(),
        [section, ..] => format!("`{section}`"),
    }
}

fn operation(document: Document<'_>, base: &Pointer, name: &str, rest: &[&str]) -> String {
    match rest {
        ["parameters", index, rest @ ..] => parameter(document, base, name, index, rest),
        ["requestBody", "content", _, "schema", rest @ ..] => part(&format!("{name}, body"), rest),
        ["requestBody", ..] => format!("{name}, body"),
        ["responses", status, "content", _, "schema", rest @ ..] => part(&format!("{name}, {status}"), rest),
        ["responses", status, "headers", header, ..] => format!("{name}, {status}, header `{header}`"),
        ["responses", status, ..] => format!("{name}, {status}"),
        _ => name.to_owned(),
    }
}

fn parameter(document: Document<'_>, base: &Pointer, name: &str, index: &str, rest: &[&str]) -> String {
    let place = document.root.pointer(base.join("parameters").join(index).as_str());
    let parameter = place.and_then(|place| place.get("name")?.as_str()).unwrap_or(index);
    part(&format!("{name}, parameter `{parameter}`"), rest)
}

fn part(name: &str, rest: &[&str]) -> String {
    match trail(rest) {
        trail if trail.is_empty() => name.to_owned(),
        trail => format!("{name}, `{}`", trail.trim_start_matches('.')),
    }
}

/// The path of properties into a schema: `.a[].b`.
fn trail(tokens: &[&str]) -> String {
    let mut trail = String::new();
    let mut tokens = tokens.iter();
    while let Some(token) = tokens.next() {
        match *token {
            "properties" | "patternProperties" => {
                trail.extend(tokens.next().map(|name| format!(".{name}")));
            }
            "items" | "prefixItems" => trail.push_str("[]"),
            "additionalProperties" => trail.push_str(".*"),
            "default" | "enum" | "const" | "examples" | "example" => break,
            _ => {}
        }
    }
    trail
}
