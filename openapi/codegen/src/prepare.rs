//! Prepares a 3.0 document for progenitor: replies and errors in a form it takes, a name for every type, and tolerant
//! types for replies.

mod accept;
mod aliases;
mod all_of;
mod base_classes;
mod bodies;
mod component_names;
mod cycles;
mod dereference;
mod description;
mod discriminators;
mod facts;
mod formats;
mod forms;
mod inline_types;
mod intersection;
mod members;
mod merged_types;
mod merging;
mod multipart;
mod null_flags;
mod nulls;
mod numeric_texts;
mod operation_names;
mod parameters;
mod patterns;
mod properties;
mod responses;
mod security;
mod shared_types;
mod streams;
mod titles;
mod tolerance;
mod tuples;
mod union_cycles;
mod unions;
mod untyped;
mod wildcards;

use std::collections::{BTreeMap, BTreeSet};

use crate::error::Error;
use crate::lower::{Lowered, LoweredFacts, Methods, parse};
use crate::model::visitor::visit_mut;
use crate::plan::{Format, Lists, Plan};
use crate::report::{Log, Pass, Report};
use facts::Facts;

pub(crate) use description::comment;
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
    let Lowered { document, report, enum_texts } = lowered;
    let facts = LoweredFacts { enum_texts, methods: Methods::new() };
    let document = serde_json::to_value(document).map_err(|source| Error::NotOpenApi30 { source })?;
    prepare_value(Pass { document, log: Log::continuing(report), facts }, &BTreeSet::new())
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

/// The passes in order.
const PASSES: &[fn(&mut Pass<Facts>)] = &[
    remove_extensions,
    null_flags::fold,
    numeric_texts::fold,
    untyped::report,
    shared_types::name,
    dereference::inline,
    wildcards::read_as_json,
    discriminators::explicit_mappings,
    component_names::rename,
    merge_inheritance,
    aliases::resolve,
    tuples::settle,
    unions::normalise,
    union_cycles::resolve,
    // An operation rejected up to here needs no names.
    Pass::remove_rejected,
    responses::normalise,
    bodies::prepare,
    parameters::prepare,
    Pass::remove_rejected,
    operation_names::rename,
    tolerance::relax,
    inline_types::name,
    formats::name,
    properties::declare_required,
    properties::keep_others,
    properties::relax_one_way,
    nulls::find,
    properties::prepare,
    tuples::take,
    facts::take_constants,
    numeric_texts::take,
    facts::take_items,
    description::sanitise,
    description::describe_values,
    security::settle,
];

/// Prepares a lowered document that was not parsed; texts of the formats get types.
pub(crate) fn prepare_value(lowered: Pass<LoweredFacts>, formats: &BTreeSet<Format>) -> Result<Prepared, Error> {
    let Pass { document, mut log, facts } = lowered;
    let mut facts = Facts::of(facts, &mut log);
    facts.typed_formats.clone_from(formats);
    let mut pass = Pass { document, log, facts };
    pass.run(PASSES);
    let Pass { document, log, facts } = pass;
    let (document, report) = parse(document, log)?;
    let (plan, type_names) = facts.plan(&document)?;
    Ok(Prepared { document, plan, type_names, report })
}

/// Merges every `allOf`, and makes each base class a union of its subtypes.
fn merge_inheritance(pass: &mut Pass<Facts>) {
    let hierarchy = base_classes::Hierarchy::of(&pass.document);
    all_of::merge(pass, &hierarchy.bases());
    hierarchy.become_unions(pass);
}

/// Removes `x-` keys: progenitor takes none, and schemas that differ only in them are the same type.
fn remove_extensions(pass: &mut Pass<Facts>) {
    // Of APIMatic; OpenAPI itself does not say it.
    pass.facts.lists = match pass.document["info"]["x-codegen-settings"]["ArraySerialization"].as_str() {
        Some("Indexed") => Lists::Indexed,
        Some("Plain") => Lists::Repeated,
        _ => Lists::Brackets,
    };
    visit_mut(&mut pass.document, &mut |_, _, object| object.retain(|key, _| !key.starts_with("x-")));
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_known_settings_say_how_lists_are_written() {
        for (settings, lists) in [
            (json!({"ArraySerialization": "Indexed"}), Lists::Indexed),
            (json!({"ArraySerialization": "Plain"}), Lists::Repeated),
            (json!({"ArraySerialization": "UnIndexed"}), Lists::Brackets),
            (json!({"arraySerialization": "Plain"}), Lists::Brackets),
            (json!(["ArraySerialization"]), Lists::Brackets),
            (json!(null), Lists::Brackets),
        ] {
            let parameter =
                json!({"name": "p", "in": "query", "style": "deepObject", "schema": {"type": "array", "items": {}}});
            let mut document = json!({
                "info": {"x-codegen-settings": settings},
                "paths": {"/a": {"get": {"operationId": "a", "parameters": [parameter], "responses": {}}}},
            });
            let (_, mut facts) = Pass::of(&mut document, |pass| pass.run(&[remove_extensions, parameters::prepare]));
            assert_eq!(facts.operation("/a", "get").forms["p"], crate::plan::Form::Deep(lists), "{settings}");
            assert_eq!(document["info"], json!({}));
        }
    }

    #[test]
    fn entries_name_the_places_of_the_given_document() {
        let inner = json!({"type": "object", "properties": {"id": {}, "@id": {"type": "string", "maxLength": 3}}});
        let content = json!({"application/json": {"schema": {"$ref": "#/components/schemas/my-type"}}});
        let mut document = json!({
            "paths": {"/a": {"get": {"operationId": "a", "responses": {"200": {"description": "", "content": content}}}}},
            "components": {"schemas": {"my-type": {"type": "object", "properties": {"in": inner}}}},
        });
        let (report, _) = Pass::of(&mut document, |pass| pass.run(PASSES));
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
