//! Headers of a request: `Accept` as documented, and none that no document asks for.

use quote::ToTokens as _;
use syn::visit_mut::{VisitMut, visit_expr_method_call_mut, visit_expr_mut};
use syn::{Expr, ExprMethodCall, ImplItemFn, Stmt, parse_quote};

use super::names_header;
use super::streams::SEND_STREAMING;

/// Sets the header `Accept`, and removes `api-version`, which progenitor adds.
pub(super) struct Headers<'a> {
    pub(super) accept: Option<&'a str>,
    /// The header of the method that returns a stream.
    pub(super) streaming: Option<&'a str>,
}

impl VisitMut for Headers<'_> {
    fn visit_impl_item_fn_mut(&mut self, function: &mut ImplItemFn) {
        let accept = match () {
            () if function.sig.ident == "send" => self.accept,
            () if function.sig.ident == SEND_STREAMING => self.streaming,
            () => return,
        };
        let statements = &mut function.block.stmts;
        statements.retain(|statement| !text(statement).contains(r#"from_static ("api-version")"#));
        let fills_map = |text: &str| text.contains("header_map . append") || text.contains("append_cookie");
        let is_used = statements.iter().any(|statement| fills_map(&text(statement)));
        if !is_used {
            statements.retain(|statement| !text(statement).starts_with("let mut header_map"));
        }
        let mut request = Request { accept, has_accept: false, keeps_map: is_used };
        request.visit_block_mut(&mut function.block);
        if let Some(accept) = accept.filter(|_| !request.has_accept) {
            AddAccept(accept).visit_block_mut(&mut function.block);
        }
    }
}

fn text(statement: &Stmt) -> String {
    statement.to_token_stream().to_string()
}

struct Request<'a> {
    accept: Option<&'a str>,
    has_accept: bool,
    keeps_map: bool,
}

impl VisitMut for Request<'_> {
    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        visit_expr_mut(self, expr);
        if let Expr::MethodCall(call) = expr
            && call.method == "headers"
            && !self.keeps_map
        {
            *expr = (*call.receiver).clone();
        }
    }

    fn visit_expr_method_call_mut(&mut self, call: &mut ExprMethodCall) {
        visit_expr_method_call_mut(self, call);
        if call.method == "header" && names_header(call, "ACCEPT") {
            self.has_accept = true;
            if let Some(accept) = self.accept {
                call.args[1] = parse_quote!(::reqwest::header::HeaderValue::from_static(#accept));
            }
        }
    }
}

/// Adds the header to a request that progenitor sends without one.
struct AddAccept<'a>(&'a str);

impl VisitMut for AddAccept<'_> {
    fn visit_expr_method_call_mut(&mut self, call: &mut ExprMethodCall) {
        visit_expr_method_call_mut(self, call);
        // The first call on the request, which begins with `client.client.get(url)`.
        if let Expr::MethodCall(start) = &*call.receiver
            && start.receiver.to_token_stream().to_string() == "client . client"
        {
            let (start, accept) = (&call.receiver, self.0);
            *call.receiver = parse_quote! {
                #start.header(::reqwest::header::ACCEPT, ::reqwest::header::HeaderValue::from_static(#accept))
            };
        }
    }
}
