//! Rejects cycles of components that are bare references.

use serde_json::{Value, json};

use crate::lower::references::Refused;
use crate::model::graph::{Component, ReferenceGraph};
use crate::model::pointer::Pointer;
use crate::report::Code;

const SECTIONS: [&str; 6] = ["schemas", "parameters", "responses", "requestBodies", "headers", "securitySchemes"];

/// Replaces each component of such a cycle by an empty one.
pub(super) fn cut(document: &mut Value, refused: &mut Vec<Refused>) {
    let aliases = SECTIONS.iter().flat_map(|section| {
        let components = document["components"][section].as_object().into_iter().flatten();
        components.filter_map(|(name, component)| {
            let target = target(component).filter(|target| target.section == *section)?;
            Some((Component::new(section, name), target))
        })
    });
    let cyclic = ReferenceGraph::of_edges(aliases).cyclic();
    for section in SECTIONS {
        for Component { name, .. } in cyclic.iter().filter(|component| component.section == section) {
            let at = Pointer::component(section, name);
            refused.push(Refused::new(Code::R007, &at, "it is nothing but a reference to itself; say what it is"));
            document["components"][section][name] = json!({});
        }
    }
}

/// The component that an alias refers to.
fn target(component: &Value) -> Option<Component> {
    let alias = match component.get("allOf").and_then(Value::as_array).map(Vec::as_slice) {
        Some([only]) => only,
        _ => component,
    };
    Component::referred_by(alias.as_object()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cycles_are_cut_and_aliases_of_them_stay() {
        let to = |section: &str, name: &str| json!({"$ref": format!("#/components/{section}/{name}")});
        let mut document = json!({"components": {
            "schemas": {
                "C": {"description": "d", "allOf": [to("schemas", "A")]}, "A": to("schemas", "B"), "B": to("schemas", "C"),
                "Into": to("schemas", "A"), "Not": {"allOf": [to("schemas", "Not"), {}]}, "End": to("schemas", "Missing"),
            },
            "responses": {"R": to("responses", "R"), "S": to("schemas", "S")},
        }});
        let mut refused = Vec::new();
        cut(&mut document, &mut refused);
        let refused: Vec<_> = refused.iter().map(|refused| format!("{} {}", refused.code, refused.at)).collect();
        assert_eq!(
            refused,
            [
                "R007 /components/schemas/A",
                "R007 /components/schemas/B",
                "R007 /components/schemas/C",
                "R007 /components/responses/R",
            ]
        );
        assert_eq!(
            document["components"],
            json!({
                "schemas": {
                    "C": {}, "A": {}, "B": {}, "Into": to("schemas", "A"),
                    "Not": {"allOf": [to("schemas", "Not"), {}]}, "End": to("schemas", "Missing"),
                },
                "responses": {"R": {}, "S": to("schemas", "S")},
            })
        );
    }
}
