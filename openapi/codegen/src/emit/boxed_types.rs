//! Boxes objects that a reply rarely has, so that it is small to move without them.

use std::collections::BTreeSet;

use quote::ToTokens as _;
use syn::{Fields, Item, Type, parse_quote};

use super::Settings;
use super::builders::{Changed, change_arguments};
use super::rust_type::argument;
use crate::error::Error;
use crate::plan::Plan;

/// Boxes the values of [`Settings::boxed_types`] in optional fields of types that are only received.
pub(super) fn apply(types: &mut [Item], plan: &Plan, settings: &Settings) -> Result<(), Error> {
    let mut changed = Changed::new();
    let mut unused: BTreeSet<_> = settings.boxed_types.iter().map(String::as_str).collect();
    for item in types.iter_mut() {
        let Item::Struct(item) = item else { continue };
        let is_received = plan.read_types.get(&item.ident.to_string()).is_some_and(|read| !read.written);
        let Fields::Named(fields) = &mut item.fields else { continue };
        for field in fields.named.iter_mut().filter(|_| is_received) {
            let Some(value) = argument(&field.ty, "Option") else { continue };
            let Some(name) = settings.boxed_types.get(&value.to_token_stream().to_string()) else { continue };
            unused.remove(name.as_str());
            field.ty = boxed(value);
            changed.entry(item.ident.clone()).or_default().extend(field.ident.clone());
        }
    }
    change_arguments(types, &changed, |ty| argument(ty, "Option").map(boxed));
    match unused.first() {
        Some(name) => Err(Error::BoxedType((*name).to_owned())),
        None => Ok(()),
    }
}

fn boxed(value: &Type) -> Type {
    parse_quote!(::std::option::Option<::std::boxed::Box<#value>>)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::generate;

    fn document() -> Value {
        let to = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
        let body = |name: &str| json!({"application/json": {"schema": to(name)}});
        json!({
            "openapi": "3.1.0",
            "info": {"title": "Lamps", "version": "1"},
            "paths": {"/lamps": {"post": {
                "operationId": "add_lamp",
                "requestBody": {"content": body("Wanted")},
                "responses": {"200": {"description": "made", "content": body("Made")}},
            }}},
            "components": {"schemas": {
                "Maker": {"type": "object", "properties": {"name": {"type": "string"}}},
                "Wanted": {"type": "object", "properties": {"maker": to("Maker")}},
                "Made": {
                    "type": "object",
                    "required": ["by"],
                    "properties": {"by": to("Maker"), "maker": to("Maker"), "makers": {"type": "array", "items": to("Maker")}},
                },
            }},
        })
    }

    fn made(settings: Settings) -> Result<String, Error> {
        generate(&document(), &settings.with_boxed_types(["Maker"])).map(|generated| generated.rust)
    }

    #[test]
    fn optional_fields_of_replies_are_boxed() {
        let rust = made(Settings::default()).unwrap();
        let fields = ["pub by: Maker,", "pub maker: ::std::option::Option<::std::boxed::Box<Maker>>,"];
        let others =
            ["pub makers: ::std::option::Option<::std::vec::Vec<Maker>>,", "pub maker: ::std::option::Option<Maker>,"];
        for field in fields.into_iter().chain(others) {
            assert_eq!(rust.matches(field).count(), 1, "{field} in {rust}");
        }
    }

    #[test]
    fn builders_take_what_the_fields_hold() {
        let boxed = "maker: ::std::option::Option<::std::boxed::Box<super::Maker>>";
        let unspaced = |rust: String| rust.replace([' ', '\n'], "");
        for (settings, count) in [(Settings::default(), 0), (Settings::default().with_reply_builders(), 1)] {
            assert_eq!(unspaced(made(settings).unwrap()).matches(&unspaced(boxed.into())).count(), count);
        }
    }

    #[test]
    fn a_name_that_changes_nothing_is_an_error() {
        for name in ["Wanted", "maker", "Made"] {
            let error = generate(&document(), &Settings::default().with_boxed_types([name])).unwrap_err();
            assert!(matches!(&error, Error::BoxedType(wrong) if wrong == name), "{error}");
        }
    }
}
