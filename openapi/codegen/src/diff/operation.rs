//! Pairing operations, and comparing each pair.

mod bodies;
mod parameters;
mod replies;

use std::collections::{BTreeMap, BTreeSet};

use super::comparison::Findings;
use super::document::{Document, Located, same};
use super::fields::{self, Named};
use super::rule::Rule;
use super::{security, servers};
use crate::model::grammar::{METHODS, is_method};

/// A method of a path.
#[derive(Clone, Debug)]
pub(super) struct Operation<'a> {
    pub(super) path: &'a str,
    /// The path item: its parameters and servers hold for the operation, too.
    item: Located<'a>,
    pub(super) place: Located<'a>,
}

/// The operations of a document, by method and path; the names of path parameters do not count.
#[derive(Debug)]
pub(super) struct Operations<'a> {
    by_route: BTreeMap<(String, String), Operation<'a>>,
}

impl<'a> Operations<'a> {
    pub(super) fn of(document: Document<'a>) -> Self {
        let mut by_route = BTreeMap::new();
        for (path, item) in document.place().get("paths").iter().flat_map(Located::fields) {
            let item = document.follow(&item);
            let more = item.get("additionalOperations");
            let methods = item.fields().filter(|(method, _)| is_method(method) || *method == "query");
            for (method, place) in methods.chain(more.iter().flat_map(Located::fields)) {
                let operation = Operation { path, item: item.clone(), place };
                let route = (route(path), method.to_uppercase());
                // Two paths that differ only in these names keep them.
                let route = if by_route.contains_key(&route) { (path.to_owned(), route.1) } else { route };
                by_route.insert(route, operation);
            }
        }
        Self { by_route }
    }
}

/// A path with `{}` for each parameter.
fn route(path: &str) -> String {
    let mut route = String::new();
    let mut inside = false;
    for character in path.chars() {
        match character {
            '{' => inside = true,
            '}' => inside = false,
            _ if inside => continue,
            _ => {}
        }
        route.push(character);
    }
    route
}

/// The names in the braces of a path.
fn names_of(path: &str) -> Vec<&str> {
    path.split('{').skip(1).filter_map(|rest| rest.split_once('}').map(|(name, _)| name)).collect()
}

/// Pairs the operations of both documents, each with its name: method and path.
pub(super) fn paired<'o, 'a>(
    old: &'o Operations<'a>,
    new: &'o Operations<'a>,
) -> impl Iterator<Item = (String, Option<&'o Operation<'a>>, Option<&'o Operation<'a>>)> {
    let routes: BTreeSet<_> = old.by_route.keys().chain(new.by_route.keys()).collect();
    routes.into_iter().map(|route| {
        let (before, after) = (old.by_route.get(route), new.by_route.get(route));
        let path = after.or(before).map_or("", |operation| operation.path);
        (format!("{} {path}", route.1), before, after)
    })
}

/// Compares two operations and queues their schemas.
pub(super) fn compare<'a>(
    old: Document<'a>,
    new: Document<'a>,
    before: &Operation<'a>,
    after: &Operation<'a>,
    found: &mut Findings<'a>,
) {
    if let Some((was, is)) = fields::changed(&before.place, &after.place, "operationId") {
        let at = if is.value.is_null() { &was.at } else { &is.at };
        found.add(Rule::D103, at, format!("{} becomes {}", was.value, is.value));
    }
    deprecation(&before.place, &after.place, found);
    if let Some((_, is)) =
        fields::changed(&before.place, &after.place, "tags").filter(|(was, is)| !same(was.value, is.value))
    {
        found.add(Rule::D106, &is.at, "the tags change");
    }
    parameters::compare(old, new, before, after, found);
    bodies::request(old, new, &before.place, &after.place, found);
    replies::compare(old, new, &before.place, &after.place, found);
    security::compare(old, new, &before.place, &after.place, found);
    let servers_of = |operation: &Operation<'a>| {
        let places = [&operation.place, &operation.item];
        places.into_iter().find(|place| place.get("servers").is_some()).cloned()
    };
    match (servers_of(before), servers_of(after)) {
        (None, None) => {}
        (was, is) => {
            servers::compare(&was.unwrap_or_else(|| old.place()), &is.unwrap_or_else(|| new.place()), found);
        }
    }
    let callbacks = |operation: &Operation<'a>| operation.place.get("callbacks");
    fields::coarse(Rule::D109, "callback", callbacks(before), callbacks(after), found);
    let known = [
        "operationId",
        "deprecated",
        "tags",
        "parameters",
        "requestBody",
        "responses",
        "security",
        "servers",
        "callbacks",
    ];
    fields::others(&before.place, &after.place, &known, &["summary", "description", "externalDocs"], found);
}

/// Compares the fields of path items other than operations.
pub(super) fn items<'a>(old: Document<'a>, new: Document<'a>, found: &mut Findings<'a>) {
    let paths = |document: Document<'a>| Named::of(document.place().get("paths")).fields;
    let (before, after) = (paths(old), paths(new));
    let is_path = |name: &str| name.starts_with('/');
    let idle = |document: Document<'a>, item: &Located<'a>| {
        !document.follow(item).fields().any(|(field, _)| is_method(field) || field == "query")
    };
    let names: BTreeSet<_> = before.keys().chain(after.keys()).copied().collect();
    for name in names {
        match (before.get(name), after.get(name)) {
            (Some(was), Some(is)) if is_path(name) => {
                let (was, is) = (old.follow(was), new.follow(is));
                let known: Vec<_> = METHODS
                    .iter()
                    .copied()
                    .chain(["$ref", "query", "additionalOperations", "parameters", "servers"])
                    .collect();
                fields::others(&was, &is, &known, &["summary", "description"], found);
            }
            (Some(was), Some(is)) if !same(was.value, is.value) => {
                found.add(Rule::D108, &is.at, format!("`{name}` changes"))
            }
            (Some(_), Some(_)) => {}
            (Some(was), None) if !is_path(name) => found.add(Rule::D108, &was.at, format!("`{name}` is gone")),
            (None, Some(is)) if !is_path(name) => found.add(Rule::D108, &is.at, format!("`{name}` is new")),
            (Some(was), None) if idle(old, was) => found.add(Rule::D000, &was.at, "a path without operations is gone"),
            (None, Some(is)) if idle(new, is) => found.add(Rule::D000, &is.at, "a path without operations is new"),
            _ => {}
        }
    }
}

/// Reports whether something became deprecated, or ceased to be.
fn deprecation<'a>(before: &Located<'a>, after: &Located<'a>, found: &mut Findings<'a>) {
    match (before.flag("deprecated"), after.flag("deprecated")) {
        (false, true) => found.add(Rule::D104, &after.at, "is deprecated"),
        (true, false) => found.add(Rule::D105, &after.at, "is no longer deprecated"),
        _ => {}
    }
}
