//! Compares two documents, except for their schemas, which it queues.

use std::collections::{BTreeMap, BTreeSet};

use super::comparison::{Comparison, Context, Findings};
use super::document::{Document, Located, same};
use super::fields::{self, Named};
use super::operation::{self, Operations};
use super::rule::Rule;
use super::{security, servers};
use crate::model::pointer::Pointer;

/// Compares two documents; the schemas of requests and replies are queued.
pub(super) fn compare<'a>(old: Document<'a>, new: Document<'a>) -> Comparison<'a> {
    let mut walk = Comparison::new(old, new);
    operations(&mut walk);
    let mut found = Findings::new(Context::SENT);
    top(old, new, &mut found);
    servers::compare(&old.place(), &new.place(), &mut found);
    security::compare_unused(old, new, &mut found);
    walk.root(None, found);
    components(&mut walk);
    walk
}

/// The fields of the document itself.
fn top<'a>(old: Document<'a>, new: Document<'a>, found: &mut Findings<'a>) {
    let (before, after) = (old.place(), new.place());
    if let Some((was, is)) = fields::changed(&before, &after, "openapi") {
        found.add(Rule::D112, &is.at, format!("{} becomes {}", was.value, is.value));
    }
    let info = |place: &Located<'a>| place.get("info").unwrap_or_else(|| Located::unwritten(place.at.join("info")));
    let (info_before, info_after) = (info(&before), info(&after));
    if let Some((was, is)) = fields::changed(&info_before, &info_after, "version") {
        found.add(Rule::D111, &is.at, format!("{} becomes {}", was.value, is.value));
    }
    fields::others(
        &info_before,
        &info_after,
        &["version"],
        &["title", "summary", "description", "termsOfService", "contact", "license"],
        found,
    );
    tags(&before, &after, found);
    let hooks = |place: &Located<'a>| place.get("webhooks");
    fields::coarse(Rule::D109, "webhook", hooks(&before), hooks(&after), found);
    let known = ["openapi", "info", "servers", "paths", "components", "security", "tags", "webhooks"];
    fields::others(&before, &after, &known, &["externalDocs", "$self"], found);
}

fn tags<'a>(before: &Located<'a>, after: &Located<'a>, found: &mut Findings<'a>) {
    let named = |place: &Located<'a>| -> BTreeMap<&'a str, Located<'a>> {
        let tags = place.get("tags");
        tags.iter().flat_map(Located::items).filter_map(|tag| Some((tag.text("name")?, tag))).collect()
    };
    let (old, new) = (named(before), named(after));
    for (name, tag) in &new {
        match old.get(name) {
            None => found.add(Rule::D106, &tag.at, format!("the tag `{name}` is described")),
            Some(was) if !same(was.value, tag.value) => {
                found.add(Rule::D107, &tag.at, format!("the tag `{name}` is described otherwise"));
            }
            Some(_) => {}
        }
    }
    for (name, tag) in old.iter().filter(|(name, _)| !new.contains_key(*name)) {
        found.add(Rule::D106, &tag.at, format!("the tag `{name}` is no longer described"));
    }
}

fn operations(walk: &mut Comparison<'_>) {
    let (old, new) = (Operations::of(walk.old), Operations::of(walk.new));
    for (name, operation, other) in operation::paired(&old, &new) {
        let mut found = Findings::new(Context::SENT);
        match (operation, other) {
            (Some(operation), Some(other)) => operation::compare(walk.old, walk.new, operation, other, &mut found),
            (None, Some(other)) => found.add(Rule::D101, &other.place.at, "is new"),
            (Some(operation), None) => found.add(Rule::D102, &operation.place.at, "is gone"),
            (None, None) => {}
        }
        walk.root(Some(&name), found);
    }
    let mut found = Findings::new(Context::UNUSED);
    operation::items(walk.old, walk.new, &mut found);
    walk.root(None, found);
}

/// Compares components that no operation uses in one of the documents, or in both.
fn components(walk: &mut Comparison<'_>) {
    let (old, new) = (walk.old, walk.new);
    let (reached_before, reached_after) = (old.reached(), new.reached());
    let sections: BTreeSet<_> = [old, new]
        .iter()
        .filter_map(|document| document.root.get("components")?.as_object())
        .flat_map(|components| components.keys().map(String::as_str))
        .collect();
    for section in sections.into_iter().filter(|section| *section != "securitySchemes") {
        let mut found = Findings::new(Context::UNUSED);
        let before = Named::of(old.place().get("components").and_then(|components| components.get(section)));
        let after = Named::of(new.place().get("components").and_then(|components| components.get(section)));
        let used = |reached: &BTreeSet<String>, name: &str| {
            reached.contains(&format!("#{}", Pointer::component(section, name)))
        };
        if section.starts_with("x-") {
            fields::coarse(Rule::D108, "extension", before.whole.clone(), after.whole.clone(), &mut found);
            walk.root(None, found);
            continue;
        }
        for (name, place) in after.fields.iter().filter(|(name, _)| !before.fields.contains_key(*name)) {
            if !used(&reached_after, name) {
                found.add(Rule::D402, &place.at, "is new, and nothing uses it");
            }
        }
        for (name, place) in &before.fields {
            let Some(other) = after.fields.get(name) else {
                if !used(&reached_before, name) {
                    found.add(Rule::D403, &place.at, "is gone, and nothing used it");
                }
                continue;
            };
            let everywhere = used(&reached_before, name) && used(&reached_after, name);
            if section == "schemas" {
                if !everywhere {
                    found.pair(vec![place.clone()], vec![other.clone()], Context::UNUSED);
                }
            } else if !everywhere && !same(place.value, other.value) {
                let rule = if section == "examples" { Rule::D107 } else { Rule::D407 };
                found.add(rule, &other.at, "changes, and nothing uses it");
            }
        }
        walk.root(None, found);
    }
}
