//! A rejected construct costs the operations that reach it, and no others.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::model::grammar::METHODS;
use crate::model::pointer::Pointer;
use crate::report::Report;

/// Removes the operations that reach a construct rejected since the report had `since` entries.
///
/// A rejected component that no operation reaches any more costs nothing else.
pub(crate) fn remove_operations(document: &mut Value, report: &Report, since: usize) {
    let rejected: Vec<_> = report.entries[since..]
        .iter()
        .filter(|entry| entry.is_rejection())
        .map(|entry| entry.pointer.clone())
        .collect();
    if rejected.is_empty() {
        return;
    }
    let places: Vec<Vec<String>> = rejected.iter().map(Pointer::tokens).collect();
    let components: BTreeSet<_> = places
        .iter()
        .filter(|tokens| tokens.first().is_some_and(|first| first == "components"))
        .filter_map(|tokens| Some((tokens.get(1)?.clone(), tokens.get(2)?.clone())))
        .collect();
    let reaching = reaching(document, &components);
    let Some(Value::Object(paths)) = document.get_mut("paths") else {
        return;
    };
    for (path, item) in paths.iter_mut() {
        let Value::Object(item) = item else { continue };
        let here = |tokens: &&Vec<String>| tokens.first().is_some_and(|t| t == "paths") && tokens.get(1) == Some(path);
        let here: Vec<_> = places.iter().filter(here).collect();
        let whole = here.iter().any(|tokens| tokens.get(2).is_none_or(|token| !METHODS.contains(&token.as_str())));
        let shared = item.iter().any(|(field, value)| {
            !METHODS.contains(&field.as_str()) && references(value).iter().any(|to| reaching.contains(to))
        });
        item.retain(|method, operation| {
            if !METHODS.contains(&method.as_str()) {
                return true;
            }
            let rejected = whole || shared || here.iter().any(|tokens| tokens.get(2) == Some(method));
            !rejected && !references(operation).iter().any(|to| reaching.contains(to))
        });
    }
    paths.retain(|_, item| item.as_object().is_none_or(|item| item.keys().any(|key| METHODS.contains(&key.as_str()))));
    for (section, name) in &components {
        let section = document.get_mut("components").and_then(|components| components.get_mut(section));
        if let Some(Value::Object(section)) = section {
            section.shift_remove(name);
        }
    }
    drop_unresolved(document, &reaching);
}

type Component = (String, String);

/// The components that reach one of the given, and these themselves.
fn reaching(document: &Value, components: &BTreeSet<Component>) -> BTreeSet<Component> {
    let mut users: BTreeMap<Component, BTreeSet<Component>> = BTreeMap::new();
    for (section, named) in document["components"].as_object().into_iter().flatten() {
        for (name, component) in named.as_object().into_iter().flatten() {
            for to in references(component) {
                users.entry(to).or_default().insert((section.clone(), name.clone()));
            }
        }
    }
    let mut reaching = components.clone();
    let mut open: Vec<_> = components.iter().cloned().collect();
    while let Some(next) = open.pop() {
        for user in users.get(&next).into_iter().flatten() {
            if reaching.insert(user.clone()) {
                open.push(user.clone());
            }
        }
    }
    reaching
}

/// Components that reach a removed one would refer to nowhere.
fn drop_unresolved(document: &mut Value, reaching: &BTreeSet<Component>) {
    let Some(Value::Object(components)) = document.get_mut("components") else {
        return;
    };
    for (section, named) in components {
        if let Value::Object(named) = named {
            named.retain(|name, _| !reaching.contains(&(section.clone(), name.clone())));
        }
    }
}

/// The components that a part of a document refers to.
fn references(value: &Value) -> BTreeSet<Component> {
    let mut found = BTreeSet::new();
    let mut open = vec![value];
    while let Some(value) = open.pop() {
        match value {
            Value::Object(object) => {
                found.extend(object.get("$ref").and_then(Value::as_str).and_then(component));
                open.extend(object.values());
            }
            Value::Array(list) => open.extend(list),
            _ => {}
        }
    }
    found
}

fn component(reference: &str) -> Option<Component> {
    let (section, name) = reference.strip_prefix("#/components/")?.split_once('/')?;
    Some((section.to_owned(), name.replace("~1", "/").replace("~0", "~")))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::report::Code;

    #[test]
    fn only_what_reaches_the_construct_is_removed() {
        let reference = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
        let mut document = json!({
            "paths": {
                "/a": {"get": {"x": reference("A")}, "put": {"x": reference("B")}},
                "/b": {"get": {"x": reference("C")}, "post": {}},
                "/c": {"parameters": [{"schema": reference("A")}], "get": {}},
                "/d": {"get": {}},
            },
            "components": {"schemas": {"A": {"items": reference("B")}, "B": {}, "C": {}}},
        });
        let mut report = Report::default();
        report.add(Code::R002, &Pointer::component("schemas", "B").join("x"), "");
        let mut at = Pointer::default();
        ["paths", "/b", "post", "responses"].iter().for_each(|token| at.push(token));
        report.add(Code::R002, &at, "");
        remove_operations(&mut document, &report, 0);
        assert_eq!(
            document,
            json!({
                "paths": {"/b": {"get": {"x": reference("C")}}, "/d": {"get": {}}},
                "components": {"schemas": {"C": {}}},
            })
        );
    }
}
