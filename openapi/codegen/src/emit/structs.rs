//! Makes structs in replies tolerant: of absent nullable fields, new fields, and integers written as floats.

use std::collections::{BTreeMap, BTreeSet};

use quote::ToTokens as _;
use syn::visit_mut::VisitMut as _;
use syn::{Expr, Field, Fields, Ident, Item, Type, parse_quote};

use super::attributes::Serde;
use super::expressions::{EachExpr, set_fields};
use super::names::module_items_of;
use crate::plan::{Plan, ReadType};

pub(super) fn read_tolerantly(items: &mut [Item], plan: &Plan) -> syn::Result<()> {
    let mut may_be_left_out = BTreeMap::new();
    for item in items.iter_mut() {
        let Item::Struct(item) = item else { continue };
        let name = item.ident.to_string();
        for field in item.fields.iter_mut().filter(|field| is_boxed_option(field)) {
            let mut serde = Serde::take(&mut field.attrs)?;
            // If typify breaks a cycle outside an `Option`, it forgets to skip an absent value.
            if serde.has("default") && !serde.has("skip_serializing_if") {
                serde.set("skip_serializing_if", "::std::option::Option::is_none");
            }
            serde.put(&mut field.attrs);
        }
        if let Some(names) = plan.wire_names.get(&name) {
            for field in &mut item.fields {
                let mut serde = Serde::take(&mut field.attrs)?;
                let ident = field.ident.as_ref().map(ToString::to_string);
                let given = serde.text("rename").or(ident).unwrap_or_default();
                if let Some(wire) = names.get(&given) {
                    serde.set("rename", wire);
                }
                serde.put(&mut field.attrs);
            }
        }
        let mut optional = BTreeSet::new();
        for field in &mut item.fields {
            let serde = Serde::take(&mut field.attrs)?;
            let holds_others = serde.has("flatten");
            serde.put(&mut field.attrs);
            if holds_others {
                field.attrs.push(parse_quote!(#[doc = "The other properties, by their names."]));
                optional.extend(field.ident.clone());
            }
        }
        if let Some(read) = plan.read_types.get(&name) {
            if matches!(item.fields, Fields::Named(_)) {
                item.attrs.push(parse_quote!(#[non_exhaustive]));
            }
            for field in &mut item.fields {
                if tolerant(field, read)? && !read.written {
                    optional.extend(field.ident.clone());
                }
            }
        }
        if !optional.is_empty() {
            may_be_left_out.insert(item.ident.clone(), optional);
        }
    }
    for item in module_items_of(items, "builder").into_iter().flatten() {
        if let Some(optional) = default_of(item).and_then(|name| may_be_left_out.get(&name)) {
            EachExpr(&mut |expr| leave_out(expr, optional)).visit_item_mut(item);
        }
    }
    Ok(())
}

/// The type that an item implements `Default` for.
fn default_of(item: &Item) -> Option<Ident> {
    let Item::Impl(item) = item else { return None };
    let (path, _) = item.trait_.as_ref()?;
    let Type::Path(ty) = &*item.self_ty else { return None };
    (path.segments.last()?.ident == "Default").then(|| ty.path.get_ident().cloned())?
}

/// Makes fields optional in a builder: nullable properties, so that a new one of the document breaks no caller, and the
/// map of other properties.
fn leave_out(expr: &mut Expr, optional: &BTreeSet<Ident>) {
    set_fields(expr, |name| optional.contains(name).then(|| parse_quote!(Ok(Default::default()))));
}

/// Whether the field may be null.
fn tolerant(field: &mut Field, read: &ReadType) -> syn::Result<bool> {
    let mut serde = Serde::take(&mut field.attrs)?;
    let ident = field.ident.as_ref().map(ToString::to_string);
    let wire_name = serde.text("rename").or(ident).unwrap_or_default();
    let is_option = starts_with_option(field) || is_boxed_option(field);
    let nullable = read.nullable.contains(&wire_name) && is_option;
    if nullable {
        // Both absence and null read as `None`. `None` is written as null, since the document may not allow absence.
        serde.remove("deserialize_with");
        if !read.written {
            serde.remove("skip_serializing_if");
        }
    }
    if is_option && field.ident.is_some() {
        serde.flag("default");
    }
    if serde.has("flatten") {
        serde.put(&mut field.attrs);
        return Ok(nullable);
    }
    let is_numeric_text = read.numeric_texts.contains(if field.ident.is_some() { wire_name.as_str() } else { "" });
    if is_numeric_text {
        serde.set("deserialize_with", "super::support::number_or_text");
    } else if mentions_integer(&field.ty.to_token_stream().to_string()) {
        serde.set("deserialize_with", "super::support::lenient");
    }
    serde.put(&mut field.attrs);
    Ok(nullable)
}

pub(super) fn starts_with_option(field: &Field) -> bool {
    let text = field.ty.to_token_stream().to_string();
    text.starts_with(":: std :: option :: Option")
}

fn is_boxed_option(field: &Field) -> bool {
    field.ty.to_token_stream().to_string().starts_with(":: std :: boxed :: Box < :: std :: option :: Option")
}

/// Whether a type contains integers that it deserializes itself.
pub(super) fn mentions_integer(ty: &str) -> bool {
    let integers = ["i64", "u64", "i32", "u32", "i16", "u16", "i8", "u8"];
    ty.split(|character: char| !(character.is_alphanumeric() || character == '_')).any(|word| integers.contains(&word))
}
