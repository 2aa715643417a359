//! Properties that may be absent and may be null, in types that a client sends.

use quote::{format_ident, quote};
use syn::{Item, Type, parse_quote};

use super::Settings;
use super::attributes::Serde;
use super::builders::{Changed, change_arguments};
use super::rust_type::argument;
use crate::plan::Plan;

/// Gives these properties a type that tells absence from null, where typify has an `Option`.
pub(super) fn distinguish(types: &mut [Item], plan: &Plan, settings: &Settings) -> syn::Result<()> {
    let mut changed = Changed::new();
    for item in types.iter_mut() {
        let Item::Struct(item) = item else { continue };
        let Some(names) = plan.optional_nulls.get(&item.ident.to_string()) else { continue };
        for field in &mut item.fields {
            let mut serde = Serde::take(&mut field.attrs)?;
            let ident = field.ident.clone();
            let name = serde.text("rename").or_else(|| ident.as_ref().map(ToString::to_string));
            if let Some(value) = optional(&field.ty).filter(|_| name.is_some_and(|name| names.contains(&name))) {
                field.ty = parse_quote!(super::support::Nullable<#value>);
                if settings.schemars {
                    let schema = quote!(::std::option::Option<#value>).to_string();
                    field.attrs.push(parse_quote!(#[cfg_attr(feature = "schemars", schemars(with = #schema))]));
                }
                serde.flag("default");
                serde.set("skip_serializing_if", "super::support::Nullable::is_absent");
                changed.entry(item.ident.clone()).or_default().extend(ident);
            }
            serde.put(&mut field.attrs);
        }
    }
    // Of the generated module, not of this one.
    let up = format_ident!("super");
    change_arguments(types, &changed, |ty| {
        let value = optional(ty)?;
        Some(parse_quote!(#up::#up::support::Nullable<#value>))
    });
    Ok(())
}

/// The type of the value of an `Option`. Where typify boxes the `Option`, the value is boxed in its place.
fn optional(ty: &Type) -> Option<Type> {
    match argument(ty, "Box") {
        Some(inner) => argument(inner, "Option").map(|value| parse_quote!(::std::boxed::Box<#value>)),
        None => argument(ty, "Option").cloned(),
    }
}
