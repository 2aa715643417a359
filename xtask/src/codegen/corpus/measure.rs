//! Counts of a document and of its generated Rust.

use serde_json::Value;
use syn::visit::{self, Visit};
use syn::{Fields, File, Item, ItemEnum, ItemMod, Path, Variant};

/// Counts of generated Rust.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Measures {
    /// Methods that send a request.
    pub(crate) operations: usize,
    /// Structs, enums and aliases in `types`.
    pub(crate) types: usize,
    /// Places in fields and variants that hold any JSON.
    pub(crate) values: usize,
    /// Fields that typify makes of an `anyOf`; a member other than an object never decodes through them.
    pub(crate) subtype_fields: usize,
    /// Enums without a variant: nothing decodes into them.
    pub(crate) empty_enums: usize,
    /// The types with such fields, and such enums, for people.
    pub(crate) oddities: Vec<String>,
}

/// Counts generated Rust; zero for text that is not Rust, which the compiler reports.
pub(crate) fn measure(rust: &str) -> Measures {
    let mut measures = Measures::default();
    let Ok(file) = syn::parse_file(rust) else {
        return measures;
    };
    measures.operations = module(&file, "builder").map_or(0, |builder| {
        builder.content.iter().flat_map(|(_, items)| items).filter(|item| matches!(item, Item::Struct(_))).count()
    });
    for item in module(&file, "types").and_then(|types| types.content.as_ref()).iter().flat_map(|(_, items)| items) {
        measures.count(item);
    }
    measures
}

fn module<'a>(file: &'a File, name: &str) -> Option<&'a ItemMod> {
    file.items.iter().find_map(|item| match item {
        Item::Mod(module) if module.ident == name => Some(module),
        _ => None,
    })
}

impl Measures {
    fn count(&mut self, item: &Item) {
        match item {
            Item::Struct(item) => {
                self.types += 1;
                self.visit_fields(&item.fields);
                let before = self.subtype_fields;
                let names = item.fields.iter().filter_map(|field| field.ident.as_ref());
                self.subtype_fields += names.filter(|name| name.to_string().starts_with("subtype_")).count();
                if self.subtype_fields > before {
                    self.oddities.push(format!("`{}` has `subtype_N` fields", item.ident));
                }
            }
            Item::Enum(item) => {
                self.types += 1;
                self.visit_item_enum(item);
                if item.variants.is_empty() {
                    self.empty_enums += 1;
                    self.oddities.push(format!("`{}` has no variants", item.ident));
                }
            }
            Item::Type(item) => {
                self.types += 1;
                self.visit_type(&item.ty);
            }
            _ => (),
        }
    }
}

impl<'ast> Visit<'ast> for Measures {
    fn visit_item_enum(&mut self, item: &'ast ItemEnum) {
        item.variants.iter().for_each(|variant| self.visit_variant(variant));
    }

    fn visit_variant(&mut self, variant: &'ast Variant) {
        // The member for unknown values exists on purpose.
        if variant.ident != "Unknown" {
            self.visit_fields(&variant.fields);
        }
    }

    fn visit_fields(&mut self, fields: &'ast Fields) {
        fields.iter().for_each(|field| self.visit_type(&field.ty));
    }

    fn visit_path(&mut self, path: &'ast Path) {
        let names: Vec<_> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        if names.ends_with(&["serde_json".into(), "Value".into()]) {
            self.values += 1;
        }
        visit::visit_path(self, path);
    }
}

/// How many operations a document describes.
pub(crate) fn operations(document: &Value) -> usize {
    let items = document["paths"].as_object().into_iter().flatten().filter(|(path, _)| !path.starts_with("x-"));
    items.map(|(_, item)| operations_of(resolve(document, item))).sum()
}

fn operations_of(item: &Value) -> usize {
    const METHODS: [&str; 9] = ["get", "put", "post", "delete", "options", "head", "patch", "trace", "query"];
    let additional = item["additionalOperations"].as_object().map_or(0, serde_json::Map::len);
    METHODS.iter().filter(|method| item[**method].is_object()).count() + additional
}

/// The target of a reference within the document, or the value itself. Long chains are cut.
pub(crate) fn resolve<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    let mut value = value;
    for _ in 0..8 {
        let Some(pointer) = value["$ref"].as_str().and_then(|reference| reference.strip_prefix('#')) else {
            return value;
        };
        let Some(target) = document.pointer(pointer) else {
            return value;
        };
        value = target;
    }
    value
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_any_json_and_what_never_decodes_is_counted() {
        let measures = measure(
            "pub mod types {
                pub struct A { pub a: Option<::serde_json::Value>, pub b: Vec<String> }
                pub struct B { pub extra: ::serde_json::Map<String, ::serde_json::Value>, subtype_0: Option<A>, subtype_1: Option<A> }
                pub enum C {}
                pub enum D { A(A), Unknown(::serde_json::Value), Other(::serde_json::Value) }
                pub type E = ::serde_json::Value;
                pub mod builder { pub struct A { a: Result<::serde_json::Value, String> } }
            }
            pub mod builder { pub struct GetThing { body: ::serde_json::Value } impl GetThing {} }",
        );
        let oddities = vec!["`B` has `subtype_N` fields".to_owned(), "`C` has no variants".to_owned()];
        let expected = Measures { operations: 1, types: 5, values: 4, subtype_fields: 2, empty_enums: 1, oddities };
        assert_eq!(measures, expected);
    }

    #[test]
    fn operations_behind_a_reference_count() {
        let document = json!({
            "paths": {
                "/a": {"get": {}, "post": {}, "parameters": [], "summary": "s"},
                "/b": {"$ref": "#/components/pathItems/b"},
                "x-c": {"get": {}},
            },
            "components": {"pathItems": {"b": {"trace": {}}}},
            "webhooks": {"hook": {"post": {}}},
        });
        assert_eq!(operations(&document), 3);
        assert_eq!(operations(&Value::Null), 0);
    }
}
