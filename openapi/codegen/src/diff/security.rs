//! Security requirements and schemes.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::comparison::{Context, Findings};
use super::document::{Document, Located, same};
use super::fields::{self, Named};
use super::rule::Rule;
use crate::model::operations::operations;

/// The names of schemes that are required together.
type Schemes<'a> = BTreeSet<&'a str>;

/// The alternative requirements of an operation, with the scopes of each.
#[derive(Debug, Default)]
struct Requirements<'a> {
    alternatives: BTreeMap<Schemes<'a>, BTreeSet<(&'a str, &'a str)>>,
}

impl<'a> Requirements<'a> {
    /// The requirements of the operation, or else those of the document.
    fn of(document: Document<'a>, operation: &Located<'a>) -> Self {
        let Some(list) = operation.get("security").or_else(|| document.place().get("security")) else {
            return Self::default();
        };
        let mut alternatives = BTreeMap::new();
        for alternative in list.items() {
            let schemes = alternative.fields().map(|(name, _)| name).collect();
            let scopes = alternative.fields().flat_map(|(name, scopes)| {
                let texts: Vec<_> = scopes.items().filter_map(|scope| scope.value.as_str()).collect();
                texts.into_iter().map(move |scope| (name, scope))
            });
            alternatives.insert(schemes, scopes.collect());
        }
        Self { alternatives }
    }

    /// Whether a request without credentials is refused.
    fn is_required(&self) -> bool {
        !self.alternatives.is_empty() && !self.alternatives.contains_key(&Schemes::new())
    }
}

/// Compares the requirements of two operations, and the schemes they name.
pub(super) fn compare<'a>(
    old: Document<'a>,
    new: Document<'a>,
    before: &Located<'a>,
    after: &Located<'a>,
    found: &mut Findings<'a>,
) {
    let (was, is) = (Requirements::of(old, before), Requirements::of(new, after));
    // What both inherit changes at one place.
    let is_inherited = [before, after].iter().all(|operation| operation.get("security").is_none());
    let at = &if is_inherited { new.place().at } else { after.at.clone() }.join("security");
    match (was.is_required(), is.is_required()) {
        (false, true) => found.add(Rule::D132, at, format!("must be authenticated by {}", ways(&is))),
        (true, false) => found.add(Rule::D133, at, "a request may go without"),
        _ => {}
    }
    let unnamed = Schemes::new();
    let (mut come, mut gone) = (Vec::new(), Vec::new());
    for (schemes, scopes) in &is.alternatives {
        match was.alternatives.get(schemes) {
            None => come.push(schemes),
            Some(old_scopes) => {
                for (name, scope) in scopes.difference(old_scopes) {
                    found.add(Rule::D134, at, format!("`{name}` must have the scope `{scope}`"));
                }
                for (name, scope) in old_scopes.difference(scopes) {
                    found.add(Rule::D135, at, format!("`{name}` may lack the scope `{scope}`"));
                }
            }
        }
    }
    gone.extend(was.alternatives.keys().filter(|schemes| !is.alternatives.contains_key(*schemes)));
    // A requirement that appears or disappears as a whole is reported above.
    for schemes in come.into_iter().filter(|schemes| **schemes != unnamed && was.is_required()) {
        found.add(Rule::D130, at, format!("may be authenticated by {}", way(schemes)));
    }
    for schemes in gone.into_iter().filter(|schemes| **schemes != unnamed && is.is_required()) {
        found.add(Rule::D131, at, format!("may no longer be authenticated by {}", way(schemes)));
    }
    let named: BTreeSet<_> = was.alternatives.keys().chain(is.alternatives.keys()).flatten().copied().collect();
    for name in named {
        let is_required =
            |requirements: &Requirements<'_>| requirements.alternatives.keys().any(|all| all.contains(name));
        let (before, after) = (scheme_of(old, name), scheme_of(new, name));
        match (&before, &after) {
            (None, Some(after)) if is_required(&was) => found.add(Rule::D140, &after.at, "is defined"),
            (Some(before), None) if is_required(&is) => {
                found.add(Rule::D139, &before.at, "is no longer defined, and still required");
            }
            _ => scheme(before, after, found),
        }
    }
}

fn way(schemes: &Schemes<'_>) -> String {
    schemes.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" with ")
}

fn ways(requirements: &Requirements<'_>) -> String {
    requirements.alternatives.keys().map(way).collect::<Vec<_>>().join(" or ")
}

fn scheme_of<'a>(document: Document<'a>, name: &str) -> Option<Located<'a>> {
    let scheme = document.place().get("components")?.get("securitySchemes")?.get(name)?;
    Some(document.follow(&scheme))
}

fn scheme<'a>(before: Option<Located<'a>>, after: Option<Located<'a>>, found: &mut Findings<'a>) {
    match (before, after) {
        (Some(before), Some(after)) => {
            let sent = ["type", "name", "in", "scheme", "flows", "openIdConnectUrl"];
            for field in sent {
                if let Some((was, is)) =
                    fields::changed(&before, &after, field).filter(|(was, is)| !same(was.value, is.value))
                {
                    found.add(Rule::D136, &is.at, format!("`{field}`: {} becomes {}", was.value, is.value));
                }
            }
            fields::others(&before, &after, &sent, &["description", "bearerFormat", "deprecated"], found);
        }
        (None, Some(after)) => found.add(Rule::D137, &after.at, "is defined"),
        (Some(before), None) => found.add(Rule::D138, &before.at, "is no longer defined"),
        (None, None) => {}
    }
}

/// The names of the schemes that an operation or the document requires.
fn required(document: Document<'_>) -> BTreeSet<&str> {
    let of_operations = operations(document.root).filter_map(|operation| operation.fields.get("security"));
    let lists = of_operations.chain(document.root.get("security")).filter_map(Value::as_array);
    lists
        .flatten()
        .filter_map(Value::as_object)
        .flat_map(|requirement| requirement.keys().map(String::as_str))
        .collect()
}

/// Compares schemes that no operation names, and default requirements that every operation overrides.
pub(super) fn compare_unused<'a>(old: Document<'a>, new: Document<'a>, found: &mut Findings<'a>) {
    let context = std::mem::replace(&mut found.context, Context::UNUSED);
    let schemes = |document: Document<'a>| {
        let components = document.place().get("components");
        Named::of(components.and_then(|components| components.get("securitySchemes"))).fields
    };
    let names: BTreeSet<_> = schemes(old).into_keys().chain(schemes(new).into_keys()).collect();
    let (required_before, required_after) = (required(old), required(new));
    for name in names {
        match (scheme_of(old, name), scheme_of(new, name)) {
            // The comparison of what requires them reports these.
            (None, Some(_)) if required_before.contains(name) => {}
            (Some(_), None) if required_after.contains(name) => {}
            (before, after) => scheme(before, after, found),
        }
    }
    compare(old, new, &old.place(), &new.place(), found);
    found.context = context;
}
