//! Headers of a request: `Accept` as documented, and none that no document asks for.

use quote::ToTokens as _;
use syn::visit_mut::VisitMut as _;
use syn::{Block, Expr, Item, Stmt, parse_quote};

use super::names_header;
use super::streams::SEND_STREAMING;
use crate::emit::expressions::{EachExpr, functions};

/// Sets the header `Accept`, and removes `api-version`, which progenitor adds. The method that returns a stream has an
/// `Accept` of its own.
pub(super) fn settle(item: &mut Item, accept: Option<&str>, streaming: Option<&str>) {
    for function in functions(item) {
        let accept = match () {
            () if function.sig.ident == "send" => accept,
            () if function.sig.ident == SEND_STREAMING => streaming,
            () => continue,
        };
        let statements = &mut function.block.stmts;
        statements.retain(|statement| !text(statement).contains(r#"from_static ("api-version")"#));
        let fills_map = |text: &str| text.contains("header_map . append") || text.contains("append_cookie");
        if !statements.iter().any(|statement| fills_map(&text(statement))) {
            statements.retain(|statement| !text(statement).starts_with("let mut header_map"));
            send_without_map(&mut function.block);
        }
        if let Some(accept) = accept
            && !change_accept(&mut function.block, accept)
        {
            add_accept(&mut function.block, accept);
        }
    }
}

fn text(statement: &Stmt) -> String {
    statement.to_token_stream().to_string()
}

/// Removes the call that takes the map of headers.
fn send_without_map(block: &mut Block) {
    EachExpr(&mut |expr| {
        if let Expr::MethodCall(call) = expr
            && call.method == "headers"
        {
            *expr = (*call.receiver).clone();
        }
    })
    .visit_block_mut(block);
}

/// Changes the header of a request; returns whether it has one.
fn change_accept(block: &mut Block, accept: &str) -> bool {
    let mut has_accept = false;
    EachExpr(&mut |expr| {
        if let Expr::MethodCall(call) = expr
            && call.method == "header"
            && names_header(call, "ACCEPT")
        {
            has_accept = true;
            call.args[1] = parse_quote!(::reqwest::header::HeaderValue::from_static(#accept));
        }
    })
    .visit_block_mut(block);
    has_accept
}

/// Adds the header to a request that progenitor sends without one.
fn add_accept(block: &mut Block, accept: &str) {
    EachExpr(&mut |expr| {
        // The first call on the request, which begins with `client.client.get(url)`.
        if let Expr::MethodCall(call) = expr
            && let Expr::MethodCall(start) = &*call.receiver
            && start.receiver.to_token_stream().to_string() == "client . client"
        {
            let start = &call.receiver;
            *call.receiver = parse_quote! {
                #start.header(::reqwest::header::ACCEPT, ::reqwest::header::HeaderValue::from_static(#accept))
            };
        }
    })
    .visit_block_mut(block);
}
