//! Makes the builders of types small: they would be half of a client.

use std::collections::{BTreeMap, BTreeSet};

use quote::{ToTokens as _, format_ident, quote};
use syn::visit_mut::VisitMut;
use syn::{
    ExprStruct, GenericArgument, Ident, ImplItem, Item, ItemImpl, ItemStruct, Member, PathArguments, Type, parse_quote,
};

use super::names::module_items_of;
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
pub(super) fn share_implementations(types: &mut [Item]) {
    let Some(builders) = module_items_of(types, "builder") else { return };
    let mut defaults = BTreeMap::new();
    let mut made = BTreeMap::new();
    for item in builders.iter() {
        if let Item::Impl(item) = item
            && let (Some(name), Some((path, _))) = (subject(item), &item.trait_)
            && let Some(literal) = self_literal(item)
        {
            match path.segments.last().map(|last| last.ident.to_string()).as_deref() {
                Some("Default") => defaults.insert(name.clone(), literal),
                Some("TryFrom") => made.insert(name.clone(), literal),
                _ => None,
            };
        }
    }
    let mut shared = Vec::new();
    for item in builders.drain(..) {
        match item {
            Item::Struct(item) => match (defaults.get(&item.ident), made.get(&item.ident)) {
                (Some(defaults), Some(made)) => shared.push(shared_builder(&item, defaults, made)),
                _ => shared.push(Item::Struct(item)),
            },
            Item::Impl(item) if subject(&item).is_some_and(|name| defaults.contains_key(name)) => {}
            other => shared.push(other),
        }
    }
    *builders = shared;
}

fn shared_builder(builder: &ItemStruct, defaults: &ExprStruct, made: &ExprStruct) -> Item {
    let name = &builder.ident;
    let fields = builder.fields.iter().filter_map(|field| {
        let name = field.ident.as_ref()?;
        let value = |literal: &ExprStruct| {
            let given = literal.fields.iter().find(|given| matches!(&given.member, Member::Named(own) if own == name));
            given.map(|given| given.expr.to_token_stream())
        };
        let ty = value_type(&field.ty)?;
        let default = value(defaults)?;
        let default = match default.to_string() {
            text if text.starts_with("Err (\"no value supplied") => quote!(unset),
            text if text == "Ok (Default :: default ())" => quote!(absent),
            _ => quote!(given(#default)),
        };
        Some(quote!(#name: #ty, #default;))
    });
    // What the type has and its builder has not.
    let others = made.fields.iter().filter_map(|field| match &field.member {
        Member::Named(name) if builder.fields.iter().all(|own| own.ident.as_ref() != Some(name)) => Some(name),
        _ => None,
    });
    let up = format_ident!("super");
    parse_quote!(#up::#up::support::builder! { #name #(#others)*; #(#fields)* })
}

/// The `Self { .. }` of an implementation.
fn self_literal(item: &ItemImpl) -> Option<ExprStruct> {
    struct Find(Option<ExprStruct>);
    impl VisitMut for Find {
        fn visit_expr_struct_mut(&mut self, literal: &mut ExprStruct) {
            self.0.get_or_insert_with(|| literal.clone());
        }
    }
    let mut find = Find(None);
    find.visit_item_impl_mut(&mut item.clone());
    find.0
}

/// The `T` of `Result<T, String>`.
fn value_type(ty: &Type) -> Option<&Type> {
    let Type::Path(ty) = ty else { return None };
    let PathArguments::AngleBracketed(of) = &ty.path.segments.last()?.arguments else { return None };
    match of.args.first()? {
        GenericArgument::Type(value) => Some(value),
        _ => None,
    }
}

/// Whether it is the `impl` that typify writes for `builder()` alone.
fn offers_builder(item: &ItemImpl) -> bool {
    matches!(&*item.items, [ImplItem::Fn(only)] if only.sig.ident == "builder")
}

/// The name of the type that has the implementation.
pub(super) fn subject(item: &ItemImpl) -> Option<&Ident> {
    let Type::Path(ty) = &*item.self_ty else { return None };
    ty.path.segments.last().map(|last| &last.ident)
}
