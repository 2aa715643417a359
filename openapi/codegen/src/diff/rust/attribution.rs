//! Which public item follows from which change.
//!
//! Types are named after components and the places of inline schemas, fields after properties, methods after operations.
//! So an item belongs to the change that shares most of its name.

use std::collections::BTreeSet;

use super::PublicItem;
use crate::diff::ClientSource;
use crate::diff::change::Change;
use crate::diff::document::Document;
use crate::diff::rule::Rule;
use crate::model::grammar::shape_at;
use crate::model::graph::{Component, ReferenceGraph};
use crate::model::pointer::Pointer;
use crate::model::visitor::visit_value;

/// Changes of these rules have no effect on public items.
const SILENT: &[Rule] = &[Rule::D106, Rule::D107, Rule::D108, Rule::D110, Rule::D111, Rule::D112];

/// Gives each change its items; returns those that belong to none.
pub(super) fn attribute(
    old: Document<'_>,
    new: Document<'_>,
    sources: [&ClientSource; 2],
    changes: &mut [Change],
    items: Vec<PublicItem>,
) -> Vec<PublicItem> {
    let documents = [old, new].map(|document| (document, ReferenceGraph::of(document.root)));
    let names: Vec<_> = changes.iter().map(|change| Names::of(change, &documents, sources)).collect();
    let mut others = Vec::new();
    for item in items {
        let subject = ItemName::of(&item);
        let scores: Vec<_> = names.iter().map(|names| names.score(&subject)).collect();
        let best = scores.iter().copied().max().unwrap_or_default();
        if best == 0 {
            others.push(item);
            continue;
        }
        for (change, _) in changes.iter_mut().zip(&scores).filter(|(_, score)| **score == best) {
            change.rust = change.rust.max(Some(item.bump));
            change.items.push(item.clone());
        }
    }
    others
}

/// What an item is named after, in small letters.
struct ItemName<'a> {
    /// The type, or the method of the client.
    stem: String,
    member: String,
    /// How the item changes, with the types in its signature.
    detail: &'a str,
}

impl<'a> ItemName<'a> {
    fn of(item: &'a PublicItem) -> Self {
        let (path, detail) = (item.path.as_str(), item.detail.as_str());
        let (path, of_trait) = path.split_once(": ").unwrap_or((path, ""));
        let segments: Vec<_> = path.split("::").filter(|segment| !["types", "builder"].contains(segment)).collect();
        match segments.as_slice() {
            ["Client", method, ..] => Self { stem: plain(method), member: String::new(), detail },
            [stem, member, ..] => Self { stem: plain(stem), member: plain(member), detail },
            [stem] => Self { stem: plain(stem), member: plain(of_trait), detail },
            [] => Self { stem: String::new(), member: String::new(), detail },
        }
    }
}

/// What a change is named after, in small letters.
#[derive(Default)]
struct Names {
    /// Components and operations.
    stems: BTreeSet<String>,
    /// Properties and values on the way, and what the detail names.
    trail: BTreeSet<String>,
    /// Components that what changed leads to.
    within: BTreeSet<String>,
    /// The types of the components that changed.
    types: BTreeSet<String>,
    /// The operations that the change reaches.
    operations: BTreeSet<String>,
}

impl Names {
    fn of(change: &Change, documents: &[(Document<'_>, ReferenceGraph); 2], sources: [&ClientSource; 2]) -> Self {
        let mut names = Self::default();
        if SILENT.contains(&change.rule) {
            return names;
        }
        let tokens = change.pointer.tokens();
        let type_name = |name: &str| {
            let known = sources.iter().find_map(|source| source.type_names.get(name));
            known.map_or(name, String::as_str).to_owned()
        };
        let rust_name = |name: &str| plain(&type_name(name));
        let quoted = [&change.subject, &change.detail].into_iter().flat_map(|text| text.split('`').skip(1).step_by(2));
        let quoted: Vec<_> = quoted.collect();
        match tokens.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
            ["components", "schemas", name, ..] => {
                names.stems.insert(rust_name(name));
                names.types.insert(type_name(name));
            }
            ["paths", path, method, ..] => {
                let id = |document: Document<'_>| {
                    Some(plain(document.root.get("paths")?.get(path)?.get(method)?.get("operationId")?.as_str()?))
                };
                let made = plain(&format!("{method}{path}"));
                names.stems.extend(documents.iter().filter_map(|(document, _)| id(*document)).chain([made]));
            }
            ["servers", ..] => drop(names.stems.insert("server".into())),
            _ => {}
        }
        if matches!(change.rule, Rule::D103 | Rule::D401 | Rule::D404) {
            names.stems.extend(quoted.iter().map(|name| rust_name(name)));
            names.types.extend(quoted.iter().map(|name| type_name(name)));
        }
        names.trail.extend(tokens.iter().skip(3).map(|token| plain(token)).filter(|token| !token.is_empty()));
        names.trail.extend(quoted.iter().map(|name| plain(name)).filter(|name| !name.is_empty()));
        for (document, graph) in documents {
            names.operations.extend(change.operations.iter().filter_map(|operation| id_of(*document, operation)));
            let reached = graph.reached_from(schemas_at(&change.pointer, *document));
            names.within.extend(reached.iter().map(|component| rust_name(&component.name)));
        }
        names
    }

    /// What speaks for an item of another type: it names one that changed, or is of an operation that is reached.
    fn weak_score(&self, subject: &ItemName<'_>) -> usize {
        let mut words = subject.detail.split(|c: char| !c.is_alphanumeric() && c != '_');
        let begins = |names: &BTreeSet<String>| names.iter().any(|name| subject.stem.starts_with(name.as_str()));
        if words.any(|word| self.types.contains(word)) {
            return 4;
        }
        if begins(&self.within) {
            return 3;
        }
        let of_operation = begins(&self.operations);
        usize::from(of_operation) + usize::from(of_operation && self.trail.contains(&subject.member))
    }

    /// How much of an item's name is the change's; nothing for an item of another type.
    fn score(&self, subject: &ItemName<'_>) -> usize {
        let stem = self.stems.iter().filter(|stem| subject.stem.starts_with(stem.as_str())).map(String::len).max();
        let Some(stem) = stem else {
            return self.weak_score(subject);
        };
        let rest = &subject.stem[stem..];
        let on_the_way: usize =
            self.trail.iter().filter(|word| !rest.is_empty() && rest.contains(word.as_str())).map(String::len).sum();
        let exactly = usize::from(self.trail.contains(&subject.member));
        let whole = usize::from(rest.is_empty());
        100 * (stem + on_the_way) + 50 * whole + 10 * exactly
    }
}

/// The id of an operation, from its method and path, in small letters.
fn id_of(document: Document<'_>, operation: &str) -> Option<String> {
    let (method, path) = operation.split_once(' ')?;
    let operation = document.root.get("paths")?.get(path)?.get(method.to_lowercase())?;
    Some(plain(operation.get("operationId")?.as_str()?))
}

/// The named schemas that a part of a document refers to.
fn schemas_at(at: &Pointer, document: Document<'_>) -> BTreeSet<Component> {
    let mut schemas = BTreeSet::new();
    if let (Some(shape), Some(value)) = (shape_at(at), document.root.pointer(at.as_str())) {
        visit_value(value, shape, &mut Pointer::default(), &mut |_, _, object| {
            schemas.extend(Component::referred_by(object).filter(|component| component.section == "schemas"));
        });
    }
    schemas
}

fn plain(name: &str) -> String {
    name.chars().filter(|character| character.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn changes_lead_to_schemas_and_literals_to_none() {
        let to = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
        let schema =
            json!({"properties": {"$ref": to("A"), "a": {"items": to("B"), "default": to("C"), "enum": [to("C")]}}});
        let root = json!({
            "paths": {"/a": {"get": {
                "parameters": [{"$ref": "#/components/parameters/P"}, {"schema": to("A"), "example": to("C")}],
                "responses": {"200": {"content": {"application/json": {"schema": schema, "example": to("C")}}}},
            }}},
            "components": {"schemas": {"A": schema, "B": {}, "C": {}}},
        });
        let within = "/paths/~1a/get/responses/200/content/application~1json";
        for (at, expected) in [
            ("/paths/~1a/get/parameters", "A"),
            ("/paths/~1a/get/parameters/1", "A"),
            ("/paths/~1a/get/parameters/1/example", ""),
            (&format!("{within}/example"), ""),
            (&format!("{within}/schema"), "A B"),
            (&format!("{within}/schema/properties"), "A B"),
            (&format!("{within}/schema/properties/a/enum/0"), ""),
            ("/components/schemas/A/properties/a/default", ""),
            ("/components/schemas/A", "A B"),
            ("", "A B"),
            ("/nowhere", ""),
        ] {
            let schemas = schemas_at(&Pointer::parse(at), Document { root: &root });
            let names: Vec<_> = schemas.into_iter().map(|component| component.name).collect();
            assert_eq!(names.join(" "), expected, "{at}");
        }
    }
}
