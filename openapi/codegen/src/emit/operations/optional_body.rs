//! Optional bodies; progenitor makes every body required.

use quote::quote;
use syn::visit_mut::{VisitMut, visit_expr_method_call_mut, visit_expr_mut};
use syn::{Expr, ExprAssign, ExprMethodCall, Field, FieldValue, ImplItemFn, Local, Member, Pat, parse_quote};

use super::{names_header, with_argument};

/// Makes the body of a builder an `Option`.
pub(super) struct OptionalBody;

impl VisitMut for OptionalBody {
    fn visit_field_mut(&mut self, field: &mut Field) {
        if field.ident.as_ref().is_some_and(|name| name == "body") {
            field.ty = with_argument(&field.ty, |ty| parse_quote!(::std::option::Option<#ty>));
        }
    }

    fn visit_impl_item_fn_mut(&mut self, function: &mut ImplItemFn) {
        match function.sig.ident.to_string().as_str() {
            "new" => NoBody.visit_block_mut(&mut function.block),
            "body" => SomeBody.visit_block_mut(&mut function.block),
            "body_map" => {
                function.block = parse_quote!({
                    self.body = self.body.map(|body| Some(f(body.unwrap_or_default())));
                    self
                });
            }
            "send" => SendBody.visit_block_mut(&mut function.block),
            _ => {}
        }
    }
}

struct NoBody;

impl VisitMut for NoBody {
    fn visit_field_value_mut(&mut self, field: &mut FieldValue) {
        if matches!(&field.member, Member::Named(name) if name == "body") {
            field.expr = parse_quote!(Ok(None));
        }
    }
}

struct SomeBody;

impl VisitMut for SomeBody {
    fn visit_expr_assign_mut(&mut self, assign: &mut ExprAssign) {
        let value = &assign.right;
        assign.right = parse_quote!(#value.map(Some));
    }
}

struct SendBody;

impl VisitMut for SendBody {
    /// Builds the body only if the caller set one.
    fn visit_local_mut(&mut self, local: &mut Local) {
        if matches!(&local.pat, Pat::Ident(name) if name.ident == "body")
            && let Some(init) = &mut local.init
        {
            FinishBody.visit_expr_mut(&mut init.expr);
        } else if let Some(init) = &mut local.init {
            self.visit_expr_mut(&mut init.expr);
        }
    }

    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        visit_expr_mut(self, expr);
        let (receiver, sent): (&Expr, Expr) = match &*expr {
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
        let (before, sent): (&Expr, Expr) = match receiver {
            Expr::MethodCall(header) if header.method == "header" && names_header(header, "CONTENT_TYPE") => {
                let (name, value) = (&header.args[0], &header.args[1]);
                let mut sent = sent;
                SetHeader(parse_quote!(request.header(#name, #value))).visit_expr_mut(&mut sent);
                (&header.receiver, sent)
            }
            _ => (receiver, sent),
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
}

/// Replaces `request` by an expression.
struct SetHeader(Expr);

impl VisitMut for SetHeader {
    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        match expr {
            Expr::Path(path) if path.path.is_ident("request") => *expr = self.0.clone(),
            _ => visit_expr_mut(self, expr),
        }
    }
}

struct FinishBody;

impl VisitMut for FinishBody {
    fn visit_expr_method_call_mut(&mut self, call: &mut ExprMethodCall) {
        if call.method == "and_then"
            && let Some(Expr::Closure(closure)) = call.args.first_mut()
        {
            let finish = closure.clone();
            *closure = parse_quote!(|body| body.map(#finish).transpose());
        }
        visit_expr_method_call_mut(self, call);
    }
}
