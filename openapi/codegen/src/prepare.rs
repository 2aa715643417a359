//! Prepares a 3.0 document for progenitor: replies and errors in a form it takes, a name for every type, and tolerant
//! types for replies.

mod all_of;
mod base_classes;
mod bodies;
mod component_names;
mod cycles;
mod dereference;
mod description;
mod direction;
mod facts;
mod forms;
mod inline_types;
mod intersection;
mod members;
mod merged_types;
mod merging;
mod operation_names;
mod parameters;
mod properties;
mod responses;
mod tolerance;
mod union_cycles;
mod unions;
mod untyped;

use std::collections::BTreeMap;

use serde_json::Value;

use crate::error::Error;
use crate::lower::{Lowered, parse};
use crate::model::pointer::Pointer;
use crate::model::visitor::visit_mut;
use crate::plan::Plan;
use crate::report::rejection;
use crate::report::{Entry, Report};
use facts::Facts;

pub(crate) use description::left_to_right;
pub(crate) use direction::directions;
pub(crate) use members::reference;

/// Rewrites a lowered document so that progenitor generates correct code.
///
/// Its entries follow those of the lowering in the report. Their pointers are into the 3.0 document, except for components
/// that the preparation made.
///
/// # Errors
///
/// [`Error::NotOpenApi30`] when the result is not valid 3.0.
pub fn prepare(lowered: Lowered) -> Result<Prepared, Error> {
    let Lowered { document, report } = lowered;
    let document = serde_json::to_value(document).map_err(|source| Error::NotOpenApi30 { source })?;
    prepare_value(document, report)
}

/// A document from which progenitor generates correct code, and the plan for what it cannot carry.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Prepared {
    /// The document, valid OpenAPI 3.0.3.
    pub document: openapiv3::OpenAPI,
    /// The facts that progenitor cannot carry.
    pub plan: Plan,
    /// The Rust type name of each component schema, by its name in the lowered document.
    pub type_names: BTreeMap<String, String>,
    /// The disposition of every construct.
    pub report: Report,
}

pub(crate) fn prepare_value(mut document: Value, mut report: Report) -> Result<Prepared, Error> {
    let mut facts = Facts::default();
    let type_names = passes(&mut document, &mut facts, &mut report);
    let document = parse(document, &mut report)?;
    let plan = facts.plan(&document)?;
    Ok(Prepared { document, plan, type_names, report })
}

/// Runs all passes, and returns the names of types as [`Prepared::type_names`] holds them.
fn passes(document: &mut Value, facts: &mut Facts, report: &mut Report) -> BTreeMap<String, String> {
    remove_extensions(document);
    let since = report.entries.len();
    untyped::report(document, report);
    dereference::inline(document);
    base_classes::explicit_mappings(document);
    let type_names = component_names::rename(document, report);
    let renamed = report.entries.len();
    let hierarchy = base_classes::Hierarchy::of(document);
    let merged = all_of::merge(document, &hierarchy.bases(), report);
    hierarchy.become_unions(document, report);
    unions::normalise(document, report);
    union_cycles::resolve(document, report);
    // An operation rejected up to here needs no names.
    rejection::remove_operations(document, report, since);
    let since = report.entries.len();
    responses::normalise(document, facts, report);
    bodies::prepare(document, facts, report);
    parameters::prepare(document, facts, report);
    rejection::remove_operations(document, report, since);
    operation_names::rename(document, report);
    tolerance::relax(document, report);
    let mut origins = inline_types::name(document, report);
    origins.extend(merged);
    properties::relax_one_way(document, report);
    properties::unsent_nulls(document, report);
    properties::prepare(document, facts, report);
    facts.take_constants(document);
    description::sanitise(document, report);
    as_given(&mut report.entries[renamed..], &origins, &type_names);
    let schemas = document.pointer("/components/schemas");
    let has_type = |name: &String| schemas.is_some_and(|schemas| schemas.get(name).is_some());
    type_names.into_iter().filter(|(_, name)| has_type(name)).collect()
}

/// Removes `x-` keys: progenitor takes none, and schemas that differ in nothing else are the same type.
fn remove_extensions(document: &mut Value) {
    visit_mut(document, &mut |_, _, object| object.retain(|key, _| !key.starts_with("x-")));
}

/// Rewrites the pointers of entries to those of the given document, whose components have other names.
fn as_given(entries: &mut [Entry], origins: &BTreeMap<String, Pointer>, type_names: &BTreeMap<String, String>) {
    let given: BTreeMap<_, _> = type_names.iter().map(|(given, name)| (name.as_str(), given.as_str())).collect();
    for entry in entries {
        if let Some((name, inner)) = entry.pointer.in_component()
            && let Some(origin) = origins.get(name)
        {
            entry.pointer = Pointer::parse(&format!("{origin}{inner}"));
        }
        if let Some((name, inner)) = entry.pointer.in_component()
            && let Some(given) = given.get(name)
        {
            entry.pointer = Pointer::parse(&format!("{}{inner}", Pointer::component("schemas", given)));
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn entries_name_the_places_of_the_given_document() {
        let inner = json!({"type": "object", "properties": {"id": {}, "@id": {"type": "string", "maxLength": 3}}});
        let content = json!({"application/json": {"schema": {"$ref": "#/components/schemas/my-type"}}});
        let mut document = json!({
            "paths": {"/a": {"get": {"operationId": "a", "responses": {"200": {"description": "", "content": content}}}}},
            "components": {"schemas": {"my-type": {"type": "object", "properties": {"in": inner}}}},
        });
        let mut report = Report::default();
        passes(&mut document, &mut Facts::default(), &mut report);
        let entries: Vec<_> = report.entries.iter().map(|entry| format!("{} {}", entry.code, entry.pointer)).collect();
        assert_eq!(
            entries,
            [
                "L104 /components/schemas/my-type",
                "W101 /components/schemas/my-type/properties/in/properties/@id/maxLength",
                "L103 /components/schemas/my-type/properties/in",
                "L110 /components/schemas/my-type/properties/in/properties/@id",
            ]
        );
    }
}
