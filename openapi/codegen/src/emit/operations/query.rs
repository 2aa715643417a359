//! Query parameters in a form that progenitor does not support.

use std::collections::BTreeMap;

use syn::visit_mut::{VisitMut, visit_expr_mut};
use syn::{Expr, ExprCall, ExprLit, ImplItemFn, Lit, Pat, Stmt, parse_quote};

use crate::plan::{Form, Lists, Separator};

/// Removes these parameters, given by their wire names, from progenitor's request, and adds them in their form.
pub(super) struct Forms<'a>(pub(super) &'a BTreeMap<String, Form>);

impl VisitMut for Forms<'_> {
    fn visit_impl_item_fn_mut(&mut self, function: &mut ImplItemFn) {
        if function.sig.ident != "send" {
            return;
        }
        let mut stmts = Vec::new();
        for mut stmt in std::mem::take(&mut function.block.stmts) {
            let mut take = Take { forms: self.0, taken: Vec::new() };
            take.visit_stmt_mut(&mut stmt);
            let request = match &stmt {
                Stmt::Local(local) => match &local.pat {
                    Pat::Ident(name) => Some(name.ident.clone()),
                    _ => None,
                },
                _ => None,
            };
            stmts.push(stmt);
            let Some(request) = request else { continue };
            for (form, name, value) in take.taken {
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

struct Take<'a> {
    forms: &'a BTreeMap<String, Form>,
    /// The form, the name and the value of each.
    taken: Vec<(Form, Expr, Expr)>,
}

impl VisitMut for Take<'_> {
    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        visit_expr_mut(self, expr);
        let Expr::MethodCall(call) = &*expr else { return };
        let Some((name, value)) = call.args.first().filter(|_| call.method == "query").and_then(parameter) else {
            return;
        };
        let Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) = name else { return };
        if let Some(form) = self.forms.get(&text.value()) {
            self.taken.push((*form, name.clone(), value.clone()));
            *expr = (*call.receiver).clone();
        }
    }
}

/// The name and the value in `&QueryParam::new(name, value)`.
fn parameter(argument: &Expr) -> Option<(&Expr, &Expr)> {
    let Expr::Reference(reference) = argument else { return None };
    let Expr::Call(ExprCall { args, .. }) = &*reference.expr else { return None };
    Some((args.get(0)?, args.get(1)?))
}
