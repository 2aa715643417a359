//! Optional bodies; progenitor makes every body required.

use quote::quote;
use syn::visit_mut::VisitMut as _;
use syn::{Expr, Item, Pat, Stmt, parse_quote};

use super::{names_header, with_argument};
use crate::emit::expressions::{EachExpr, functions, set_fields};

/// Makes the body of a builder an `Option`.
pub(super) fn allow_none(item: &mut Item) {
    if let Item::Struct(builder) = item {
        for field in &mut builder.fields {
            if field.ident.as_ref().is_some_and(|name| name == "body") {
                field.ty = with_argument(&field.ty, |ty| parse_quote!(::std::option::Option<#ty>));
            }
        }
    }
    for function in functions(item) {
        let block = &mut function.block;
        match function.sig.ident.to_string().as_str() {
            "new" => EachExpr(&mut |expr| set_fields(expr, none_for_body)).visit_block_mut(block),
            "body" => EachExpr(&mut set_some).visit_block_mut(block),
            "body_map" => {
                *block = parse_quote!({
                    self.body = self.body.map(|body| Some(f(body.unwrap_or_default())));
                    self
                });
            }
            "send" => block.stmts.iter_mut().for_each(send_some),
            _ => {}
        }
    }
}

fn none_for_body(field: &syn::Ident) -> Option<Expr> {
    (field == "body").then(|| parse_quote!(Ok(None)))
}

fn set_some(expr: &mut Expr) {
    if let Expr::Assign(assign) = expr {
        let value = &assign.right;
        assign.right = parse_quote!(#value.map(Some));
    }
}

/// Builds and sends the body only if the caller set one.
fn send_some(statement: &mut Stmt) {
    match statement {
        Stmt::Local(local) if matches!(&local.pat, Pat::Ident(name) if name.ident == "body") => {
            EachExpr(&mut build_some).visit_local_mut(local);
        }
        _ => EachExpr(&mut send_in_match).visit_stmt_mut(statement),
    }
}

fn build_some(expr: &mut Expr) {
    if let Expr::MethodCall(call) = expr
        && call.method == "and_then"
        && let Some(Expr::Closure(closure)) = call.args.first_mut()
    {
        let finish = closure.clone();
        *closure = parse_quote!(|body| body.map(#finish).transpose());
    }
}

fn send_in_match(expr: &mut Expr) {
    let (receiver, mut sent): (&Expr, Expr) = match &*expr {
        Expr::Try(attempt) => match &*attempt.expr {
            Expr::MethodCall(call) if call.method == "form_urlencoded" => {
                (&call.receiver, parse_quote!(request.form_urlencoded(body)?))
            }
            _ => return,
        },
        Expr::MethodCall(call) if call.method == "json" => (&call.receiver, parse_quote!(request.json(body))),
        Expr::MethodCall(call) if call.method == "body" => (&call.receiver, parse_quote!(request.body(body))),
        _ => return,
    };
    // Without a body there is no media type.
    let before: &Expr = match receiver {
        Expr::MethodCall(header) if header.method == "header" && names_header(header, "CONTENT_TYPE") => {
            let (name, value) = (&header.args[0], &header.args[1]);
            let request = parse_quote!(request.header(#name, #value));
            EachExpr(&mut |expr| replace_request(expr, &request)).visit_expr_mut(&mut sent);
            &header.receiver
        }
        _ => receiver,
    };
    let borrowed = match &*expr {
        Expr::MethodCall(call) if call.method == "body" => quote!(body),
        _ => quote!(&body),
    };
    *expr = parse_quote!({
        let request = #before;
        match #borrowed {
            Some(body) => #sent,
            None => request,
        }
    });
}

/// Replaces the variable `request` by an expression.
fn replace_request(expr: &mut Expr, by: &Expr) {
    if matches!(expr, Expr::Path(path) if path.path.is_ident("request")) {
        *expr = by.clone();
    }
}
