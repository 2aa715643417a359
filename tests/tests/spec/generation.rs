//! Runs the generator on the effective document.

use std::collections::BTreeSet;

use mint_openapi::effective_document;
use openapi_client_codegen::{Settings, generate};
use quote::ToTokens as _;
use syn::Item;

use crate::document::operations;

#[test]
fn the_same_document_gives_the_same_source_with_every_operation() {
    let settings = Settings::default().with_inner_type("crate::Inner").with_schemars();
    let source = || generate(&effective_document().unwrap(), &settings).unwrap().without_rejections().unwrap();
    let (first, second) = (source(), source());
    assert_eq!(first.rust, second.rust);
    let documented: BTreeSet<_> =
        operations().into_iter().map(|operation| (operation.method, operation.path)).collect();
    let methods = first.document.operations().map(|(path, method, _)| (method.to_uppercase(), path));
    assert_eq!(methods.collect::<BTreeSet<_>>(), documented);
}

#[test]
fn every_type_has_a_json_schema() {
    let settings = Settings::default().with_schemars();
    let generated = generate(&effective_document().unwrap(), &settings).unwrap().without_rejections().unwrap();
    let file = syn::parse_file(&generated.rust).unwrap();
    let types = file.items.into_iter().find_map(|item| match item {
        Item::Mod(module) if module.ident == "types" => module.content,
        _ => None,
    });
    let mut with_schema = BTreeSet::new();
    let mut all = BTreeSet::new();
    for item in types.unwrap().1 {
        let (name, attributes) = match item {
            Item::Struct(item) => (item.ident.to_string(), item.attrs),
            Item::Enum(item) => (item.ident.to_string(), item.attrs),
            Item::Impl(item) => {
                if item.trait_.is_some_and(|(path, _)| path.segments.last().unwrap().ident == "JsonSchema") {
                    with_schema.insert(item.self_ty.to_token_stream().to_string());
                }
                continue;
            }
            _ => continue,
        };
        if attributes.iter().any(|attribute| attribute.to_token_stream().to_string().contains("JsonSchema")) {
            with_schema.insert(name.clone());
        }
        all.insert(name);
    }
    assert!(all.len() > 60, "{all:?}");
    assert_eq!(all.difference(&with_schema).collect::<Vec<_>>(), [""; 0]);
}
