//! The type of a file in a multipart body.

use quote::format_ident;
use syn::{Item, parse_quote};

use super::Settings;
use crate::plan::Plan;

/// The type under the name that is free in the document, if a body has a file. It was announced to typify.
pub(super) fn items(plan: &Plan, settings: &Settings) -> Vec<Item> {
    let Some(name) = &plan.file_part else { return Vec::new() };
    let ident = format_ident!("{name}");
    let mut items = vec![parse_quote!(pub use super::support::FilePart as #ident;)];
    if settings.schemars {
        items.push(parse_quote! {
            #[cfg(feature = "schemars")]
            impl ::schemars::JsonSchema for super::support::FilePart {
                fn schema_name() -> ::std::borrow::Cow<'static, str> {
                    #name.into()
                }

                fn json_schema(_: &mut ::schemars::SchemaGenerator) -> ::schemars::Schema {
                    ::schemars::json_schema!({"type": "string", "format": "binary"})
                }
            }
        });
    }
    items
}
