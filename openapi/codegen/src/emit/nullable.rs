//! Properties that may be absent and may be null, in types that a client sends.

use std::collections::{BTreeMap, BTreeSet};

use quote::{format_ident, quote};
use syn::{Fields, GenericArgument, Ident, Item, PathArguments, Type, parse_quote};

use super::Settings;
use super::attributes::Serde;
use super::names::module_items_of;
use crate::plan::Plan;

/// Gives these properties a type that tells absence from null, where typify has an `Option`.
pub(super) fn distinguish(types: &mut [Item], plan: &Plan, settings: &Settings) -> syn::Result<()> {
    let mut changed: BTreeMap<Ident, BTreeSet<Ident>> = BTreeMap::new();
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
    for item in module_items_of(types, "builder").into_iter().flatten() {
        let Item::Struct(item) = item else { continue };
        let (Some(names), Fields::Named(fields)) = (changed.get(&item.ident), &mut item.fields) else { continue };
        let is_changed = |name: Option<&Ident>| name.is_some_and(|name| names.contains(name));
        for field in fields.named.iter_mut().filter(|field| is_changed(field.ident.as_ref())) {
            if let Some(value) = argument(&field.ty, "Result").and_then(optional) {
                field.ty = parse_quote! {
                    ::std::result::Result<#up::#up::support::Nullable<#value>, ::std::string::String>
                };
            }
        }
    }
    Ok(())
}

/// The type of the value of an `Option`. Where typify boxes the `Option`, the value is boxed in its place.
fn optional(ty: &Type) -> Option<Type> {
    match argument(ty, "Box") {
        Some(inner) => argument(inner, "Option").map(|value| parse_quote!(::std::boxed::Box<#value>)),
        None => argument(ty, "Option").cloned(),
    }
}

/// The first type argument of a type with this name.
fn argument<'a>(ty: &'a Type, name: &str) -> Option<&'a Type> {
    let Type::Path(path) = ty else { return None };
    let last = path.path.segments.last().filter(|last| last.ident == name)?;
    let PathArguments::AngleBracketed(of) = &last.arguments else { return None };
    match of.args.first()? {
        GenericArgument::Type(value) => Some(value),
        _ => None,
    }
}
