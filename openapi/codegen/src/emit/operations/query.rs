//! Query parameters in a form that progenitor does not support.

use std::collections::BTreeMap;

use syn::visit_mut::VisitMut as _;
use syn::{Expr, ExprCall, ExprLit, Item, Lit, Pat, Stmt, parse_quote};

use crate::emit::expressions::{EachExpr, functions};
use crate::plan::{Form, Lists, Separator};

/// Removes these parameters, given by their wire names, from progenitor's request, and adds them in their form.
pub(super) fn write_forms(item: &mut Item, forms: &BTreeMap<String, Form>) {
    for function in functions(item).filter(|function| function.sig.ident == "send") {
        let mut stmts = Vec::new();
        for mut stmt in std::mem::take(&mut function.block.stmts) {
            let taken = take(&mut stmt, forms);
            let request = match &stmt {
                Stmt::Local(local) => match &local.pat {
                    Pat::Ident(name) => Some(name.ident.clone()),
                    _ => None,
                },
                _ => None,
            };
            stmts.push(stmt);
            let Some(request) = request else { continue };
            for Taken { form, name, value } in taken {
                let form = variant(form);
                stmts.push(parse_quote! {
                    super::support::append_query(#request.url_mut(), #name, #value, super::support::Form::#form)?;
                });
            }
        }
        function.block.stmts = stmts;
    }
}

/// The variant of `Form` in `support/query.rs`.
pub(super) fn variant(form: Form) -> Expr {
    match form {
        Form::Exploded => parse_quote!(Exploded),
        Form::Separated(Separator::Comma) => parse_quote!(Separated(",")),
        Form::Separated(Separator::Pipe) => parse_quote!(Separated("%7C")),
        Form::Separated(Separator::Space) => parse_quote!(Separated("%20")),
        Form::Deep(Lists::Brackets) => parse_quote!(Deep(super::support::Lists::Brackets)),
        Form::Deep(Lists::Indexed) => parse_quote!(Deep(super::support::Lists::Indexed)),
        Form::Deep(Lists::Repeated) => parse_quote!(Deep(super::support::Lists::Repeated)),
        Form::Json => parse_quote!(Json),
    }
}

/// A parameter that is no longer in progenitor's request.
struct Taken {
    form: Form,
    name: Expr,
    value: Expr,
}

/// Removes the calls that add these parameters.
fn take(stmt: &mut Stmt, forms: &BTreeMap<String, Form>) -> Vec<Taken> {
    let mut taken = Vec::new();
    EachExpr(&mut |expr| {
        let Expr::MethodCall(call) = &*expr else { return };
        let Some((name, value)) = call.args.first().filter(|_| call.method == "query").and_then(parameter) else {
            return;
        };
        let Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) = name else { return };
        if let Some(form) = forms.get(&text.value()) {
            taken.push(Taken { form: *form, name: name.clone(), value: value.clone() });
            *expr = (*call.receiver).clone();
        }
    })
    .visit_stmt_mut(stmt);
    taken
}

/// The name and the value in `&QueryParam::new(name, value)`.
fn parameter(argument: &Expr) -> Option<(&Expr, &Expr)> {
    let Expr::Reference(reference) = argument else { return None };
    let Expr::Call(ExprCall { args, .. }) = &*reference.expr else { return None };
    Some((args.get(0)?, args.get(1)?))
}
