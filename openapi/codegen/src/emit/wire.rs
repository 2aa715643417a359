//! Restores the wire names of parameters, cookies, and the media types of bodies that progenitor would change.

use syn::visit_mut::VisitMut as _;
use syn::{Expr, ExprLit, ExprMethodCall, File, Item, Lit, LitStr, parse_quote};

use super::builders::subject;
use super::expressions::EachExpr;
use super::names::module_items;
use super::operations::path::explode_variant;
use crate::plan::{Operation, Plan};

pub(super) fn restore(file: &mut File, plan: &Plan) {
    for item in module_items(file, "builder").into_iter().flatten() {
        let Item::Impl(item) = item else { continue };
        if let Some(operation) = subject(item).and_then(|name| plan.operations.get(&name.to_string())) {
            EachExpr(&mut |expr| Restore(operation).in_expr(expr)).visit_item_impl_mut(item);
        }
    }
}

struct Restore<'a>(&'a Operation);

impl Restore<'_> {
    fn name(&self, argument: &mut Expr) {
        if let Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) = argument
            && let Some(wire) = self.0.wire_names.get(&text.value())
        {
            *text = LitStr::new(wire, text.span());
        }
    }
}

impl Restore<'_> {
    /// The call that adds a cookie, in the place of the one that appends a header: `headers.append(name, text.try_into()?)`.
    fn cookie(&self, append: &ExprMethodCall) -> Option<Expr> {
        let [Expr::Lit(ExprLit { lit: Lit::Str(name), .. }), Expr::Try(value)] =
            append.args.iter().collect::<Vec<_>>()[..]
        else {
            return None;
        };
        let Expr::MethodCall(converted) = &*value.expr else { return None };
        let cookie = self.0.cookies.get(&name.value())?;
        let (headers, text) = (&append.receiver, &converted.receiver);
        Some(parse_quote!(super::support::append_cookie(&mut #headers, #cookie, &#text)?))
    }
}

impl Restore<'_> {
    /// Writes a list or an object where progenitor writes a scalar: `headers.append(name, value.to_string().try_into()?)`.
    fn header(&self, append: &mut ExprMethodCall) {
        let Some(Expr::Lit(ExprLit { lit: Lit::Str(name), .. })) = append.args.first() else { return };
        let wire = self.0.wire_names.get(&name.value()).cloned().unwrap_or_else(|| name.value());
        let Some(explode) = self.0.headers.get(&wire).map(|explode| explode_variant(*explode)) else { return };
        if let Some(Expr::Try(value)) = append.args.last_mut()
            && let Expr::MethodCall(converted) = &mut *value.expr
            && let Expr::MethodCall(text) = &*converted.receiver
        {
            let value = &text.receiver;
            *converted.receiver =
                parse_quote!(super::support::header_text(#wire, &#value, super::support::Explode::#explode)?);
        }
    }
}

impl Restore<'_> {
    fn in_expr(&self, expr: &mut Expr) {
        match expr {
            Expr::Call(call) => {
                let is_parameter = matches!(&*call.func, Expr::Path(path)
                    if path.path.segments.iter().rev().nth(1).is_some_and(|name| name.ident == "QueryParam"));
                if let Some(argument) = call.args.first_mut().filter(|_| is_parameter) {
                    self.name(argument);
                }
            }
            Expr::MethodCall(call) if call.method == "append" => {
                if let Some(cookie) = self.cookie(call) {
                    *expr = cookie;
                    return;
                }
                self.header(call);
                if let Some(argument) = call.args.first_mut() {
                    self.name(argument);
                }
            }
            Expr::MethodCall(call) if call.method == "json" || call.method == "body" => {
                // reqwest keeps a media type that is already set; the last one set is sent.
                if let Some(media_type) = &self.0.content_type {
                    let before = &call.receiver;
                    let media_type: Expr = parse_quote!(::reqwest::header::HeaderValue::from_static(#media_type));
                    let header = match &**before {
                        Expr::MethodCall(header) if header.method == "header" && call.method == "body" => {
                            header.receiver.clone()
                        }
                        _ => before.clone(),
                    };
                    *call.receiver = parse_quote!(#header.header(::reqwest::header::CONTENT_TYPE, #media_type));
                }
            }
            _ => {}
        }
    }
}
