//! Makes the builders of types small: they would be half of a client.

use std::collections::BTreeSet;

use syn::{Expr, ExprField, Ident, ImplItem, Item, ItemImpl, Member, Stmt, Type, parse_quote};

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

/// Calls one function in every setter, where typify writes a closure for each.
pub(super) fn shorten_setters(types: &mut [Item]) {
    for item in module_items_of(types, "builder").into_iter().flatten() {
        let Item::Impl(item) = item else { continue };
        for item in &mut item.items {
            if let ImplItem::Fn(setter) = item
                && let [Stmt::Expr(Expr::Assign(set), Some(_)), _] = &mut *setter.block.stmts
                && let Expr::Field(ExprField { member: Member::Named(field), .. }) = &*set.left
                && matches!(&*set.right, Expr::MethodCall(call) if call.method == "map_err")
            {
                let name = field.to_string();
                set.right = parse_quote!(super::super::support::converted(value, #name));
            }
        }
    }
}

/// Whether it is the `impl` that typify writes for `builder()` alone.
fn offers_builder(item: &ItemImpl) -> bool {
    matches!(&*item.items, [ImplItem::Fn(only)] if only.sig.ident == "builder")
}

/// The name of the type that has the implementation.
fn subject(item: &ItemImpl) -> Option<&Ident> {
    let Type::Path(ty) = &*item.self_ty else { return None };
    ty.path.segments.last().map(|last| &last.ident)
}
