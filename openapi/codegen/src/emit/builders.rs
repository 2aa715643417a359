//! Makes the builders of types small: they would be half of a client.

use std::collections::{BTreeMap, BTreeSet};

use quote::{ToTokens as _, format_ident, quote};
use syn::visit_mut::VisitMut as _;
use syn::{Expr, ExprStruct, FieldValue, Ident, ImplItem, Item, ItemImpl, ItemStruct, Member, Type, parse_quote};

use super::expressions::EachExpr;
use super::names::module_items_of;
use super::rust_type::{argument, last_segment};
use crate::plan::Plan;

/// Removes the builders of what is only received: only tests make replies.
pub(super) fn remove_those_of_replies(types: &mut Vec<Item>, plan: &Plan) {
    let received = plan.read_types.iter().filter(|(_, read)| !read.written);
    let received: BTreeSet<_> = received.map(|(name, _)| name.as_str()).collect();
    let is_received = |name: Option<&Ident>| name.is_some_and(|name| received.contains(name.to_string().as_str()));
    types.retain(|item| !matches!(item, Item::Impl(item) if offers_builder(item) && is_received(subject(item))));
    if let Some(builders) = module_items_of(types, "builder") {
        builders.retain(|item| match item {
            Item::Struct(item) => !is_received(Some(&item.ident)),
            Item::Impl(item) => !is_received(subject(item)),
            _ => true,
        });
    }
}

/// Makes each builder by one macro, where typify writes a struct, four implementations and ten lines for each setter.
///
/// `undecoded` has the fields of structs that no builder has, by the names of the structs.
pub(super) fn share_implementations(types: &mut [Item], undecoded: &BTreeMap<Ident, Ident>) {
    let Some(builders) = module_items_of(types, "builder") else { return };
    let of_default = builders.iter().filter_map(|item| match item {
        Item::Impl(item) if implements(item, "Default") => Some((subject(item)?.clone(), self_literal(item)?)),
        _ => None,
    });
    let defaults: BTreeMap<_, _> = of_default.collect();
    let mut shared = Vec::new();
    for item in builders.drain(..) {
        match item {
            Item::Struct(item) => shared.push(match defaults.get(&item.ident) {
                Some(defaults) => shared_builder(&item, defaults, undecoded.get(&item.ident)),
                None => Item::Struct(item),
            }),
            Item::Impl(item) if subject(&item).is_some_and(|name| defaults.contains_key(name)) => {}
            other => shared.push(other),
        }
    }
    *builders = shared;
}

fn shared_builder(builder: &ItemStruct, defaults: &ExprStruct, undecoded: Option<&Ident>) -> Item {
    let name = &builder.ident;
    let fields = builder.fields.iter().filter_map(|field| {
        let name = field.ident.as_ref()?;
        let ty = argument(&field.ty, "Result")?;
        let is_own = |given: &&FieldValue| matches!(&given.member, Member::Named(own) if own == name);
        let default = defaults.fields.iter().find(is_own)?.expr.to_token_stream();
        let default = match default.to_string() {
            text if text.starts_with("Err (\"no value supplied") => quote!(unset),
            text if text == "Ok (Default :: default ())" => quote!(absent),
            _ => quote!(given(#default)),
        };
        Some(quote!(#name: #ty, #default;))
    });
    // Of the generated module, not of this one.
    let up = format_ident!("super");
    parse_quote!(#up::#up::support::builder! { #name #undecoded; #(#fields)* })
}

/// The fields whose types were changed, by the names of their structs.
pub(super) type Changed = BTreeMap<Ident, BTreeSet<Ident>>;

/// Changes the types that the builders take for these fields, where `change` knows a type.
pub(super) fn change_arguments(types: &mut [Item], changed: &Changed, change: impl Fn(&Type) -> Option<Type>) {
    for item in module_items_of(types, "builder").into_iter().flatten() {
        let Item::Struct(item) = item else { continue };
        let Some(names) = changed.get(&item.ident) else { continue };
        let is_changed = |name: Option<&Ident>| name.is_some_and(|name| names.contains(name));
        for field in item.fields.iter_mut().filter(|field| is_changed(field.ident.as_ref())) {
            if let Some(ty) = argument(&field.ty, "Result").and_then(&change) {
                field.ty = parse_quote!(::std::result::Result<#ty, ::std::string::String>);
            }
        }
    }
}

/// The `Self { .. }` of an implementation.
fn self_literal(item: &ItemImpl) -> Option<ExprStruct> {
    let mut found = None;
    EachExpr(&mut |expr| {
        if let Expr::Struct(literal) = expr
            && literal.path.is_ident("Self")
        {
            found.get_or_insert_with(|| literal.clone());
        }
    })
    .visit_item_impl_mut(&mut item.clone());
    found
}

/// Whether it is the `impl` that typify writes for `builder()` alone.
fn offers_builder(item: &ItemImpl) -> bool {
    matches!(&*item.items, [ImplItem::Fn(only)] if only.sig.ident == "builder")
}

/// Whether it implements a trait of this name.
pub(super) fn implements(item: &ItemImpl, name: &str) -> bool {
    item.trait_.as_ref().is_some_and(|(path, _)| path.segments.last().is_some_and(|last| last.ident == name))
}

/// The name of the type that has the implementation.
pub(super) fn subject(item: &ItemImpl) -> Option<&Ident> {
    last_segment(&item.self_ty).map(|last| &last.ident)
}
