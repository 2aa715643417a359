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
mod forms;
mod inline_types;
mod intersection;
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
use crate::report::rejection;
use crate::report::{Entry, Report};

pub(crate) use bodies::CONTENT_TYPE;
pub(crate) use description::left_to_right;
pub(crate) use direction::directions;
pub(crate) use forms::FIELDS;
pub(crate) use parameters::{FORM, WIRE_NAME};
pub(crate) use properties::ABSENT;
pub(crate) use responses::{ACCEPT, REPLIES};
pub(crate) use unions::{ANY_OF, CONSTANTS};

/// Rewrites a lowered document so that progenitor generates correct code.
///
/// Its entries follow those of the lowering in the report. Their pointers are into the 3.0 document, except for components
/// that the preparation made.
///
/// # Errors
///
/// [`Error::NotOpenApi30`] when the result is not valid 3.0.
pub fn prepare(lowered: Lowered) -> Result<Lowered, Error> {
    let Lowered { document, mut report } = lowered;
    let document = serde_json::to_value(document).map_err(|source| Error::NotOpenApi30 { source })?;
    let Prepared { document, .. } = prepare_value(document, &mut report);
    Ok(Lowered { document: parse(document, &mut report)?, report })
}

/// A prepared document.
pub(crate) struct Prepared {
    pub(crate) document: Value,
    /// The Rust type name of each component schema, by its name in the lowered document.
    pub(crate) type_names: BTreeMap<String, String>,
}

pub(crate) fn prepare_value(mut document: Value, report: &mut Report) -> Prepared {
    let since = report.entries.len();
    untyped::report(&mut document, report);
    dereference::inline(&mut document);
    base_classes::explicit_mappings(&mut document);
    let type_names = component_names::rename(&mut document, report);
    let renamed = report.entries.len();
    let hierarchy = base_classes::Hierarchy::of(&document);
    let merged = all_of::merge(&mut document, &hierarchy.bases(), report);
    hierarchy.become_unions(&mut document, report);
    unions::normalise(&mut document, report);
    union_cycles::resolve(&mut document, report);
    // An operation rejected up to here needs no names.
    rejection::remove_operations(&mut document, report, since);
    let since = report.entries.len();
    responses::normalise(&mut document, report);
    bodies::prepare(&mut document, report);
    parameters::prepare(&mut document, report);
    rejection::remove_operations(&mut document, report, since);
    operation_names::rename(&mut document, report);
    tolerance::relax(&mut document, report);
    let mut origins = inline_types::name(&mut document, report);
    origins.extend(merged);
    properties::relax_one_way(&mut document, report);
    properties::unsent_nulls(&document, report);
    properties::prepare(&mut document, report);
    description::sanitise(&mut document, report);
    as_given(&mut report.entries[renamed..], &origins, &type_names);
    let schemas = document.pointer("/components/schemas");
    let has_type = |name: &String| schemas.is_some_and(|schemas| schemas.get(name).is_some());
    let type_names = type_names.into_iter().filter(|(_, name)| has_type(name)).collect();
    Prepared { document, type_names }
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
        let document = json!({
            "paths": {"/a": {"get": {"operationId": "a", "responses": {"200": {"description": "", "content": content}}}}},
            "components": {"schemas": {"my-type": {"type": "object", "properties": {"in": inner}}}},
        });
        let mut report = Report::default();
        prepare_value(document, &mut report);
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
