//! Changing expressions in generated code.

use syn::visit_mut::{VisitMut, visit_expr_mut};
use syn::{Expr, FieldValue, ImplItem, ImplItemFn, Item, ItemImpl, Member};

/// Calls a function with each expression of what it visits, the inner ones first.
///
/// One visitor for every change: each implementation of `VisitMut` is some hundred functions for a user to compile.
pub(super) struct EachExpr<'a>(pub(super) &'a mut dyn FnMut(&mut Expr));

impl VisitMut for EachExpr<'_> {
    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        visit_expr_mut(self, expr);
        (self.0)(expr);
    }
}

/// The functions of an implementation; of another item, none.
pub(super) fn functions(item: &mut Item) -> impl Iterator<Item = &mut ImplItemFn> {
    let implementation = if let Item::Impl(item) = item { Some(item) } else { None };
    implementation.into_iter().flat_map(functions_of)
}

/// The functions of an implementation.
pub(super) fn functions_of(item: &mut ItemImpl) -> impl Iterator<Item = &mut ImplItemFn> {
    item.items.iter_mut().filter_map(|item| match item {
        ImplItem::Fn(function) => Some(function),
        _ => None,
    })
}

/// Sets the fields to which `value` gives an expression, if this makes a struct.
pub(super) fn set_fields(expr: &mut Expr, value: impl Fn(&syn::Ident) -> Option<Expr>) {
    let Expr::Struct(literal) = expr else { return };
    for FieldValue { member, expr, .. } in &mut literal.fields {
        if let Member::Named(name) = member
            && let Some(value) = value(name)
        {
            *expr = value;
        }
    }
}
