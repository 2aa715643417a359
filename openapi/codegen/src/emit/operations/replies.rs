//! Replies of several kinds; progenitor supports one.

use quote::{ToTokens as _, format_ident, quote};
use syn::parse::Parser as _;
use syn::visit_mut::{VisitMut, visit_expr_method_call_mut};
use syn::{Arm, Expr, ExprMethodCall, ImplItemFn, Pat, ReturnType, Stmt, parse_quote};

use super::{names_header, with_argument};
use crate::plan::{Operation, ReplyKind};

/// Makes an operation return `Reply`, which can hold every kind of reply.
pub(super) struct Replies<'a>(pub(super) &'a Operation);

impl VisitMut for Replies<'_> {
    fn visit_impl_item_fn_mut(&mut self, function: &mut ImplItemFn) {
        if function.sig.ident != "send" {
            return;
        }
        if let ReturnType::Type(_, ty) = &mut function.sig.output {
            **ty = with_argument(ty, |reply| with_argument(&reply, |ty| parse_quote!(super::support::Reply<#ty>)));
        }
        if let Some(accept) = &self.0.accept {
            Accept(accept).visit_block_mut(&mut function.block);
        }
        let Some(Stmt::Expr(Expr::Match(replies), _)) = function.block.stmts.last_mut() else { return };
        // Exact statuses come before ranges.
        let mut successes: Vec<_> = self.0.replies.iter().collect();
        successes.sort_by_key(|(status, _)| status.parse::<u16>().is_err());
        let successes = successes.into_iter().map(|(status, kind)| -> Arm {
            let status: Pat = match status.parse::<u16>() {
                Ok(code) => Pat::parse_single.parse2(quote!(#code)),
                Err(_) => Pat::parse_single.parse2(quote!(200u16..=299u16)),
            }
            .unwrap_or_else(|_| parse_quote!(_));
            let read = format_ident!("{}", reader(*kind));
            parse_quote!(#status => super::support::Reply::#read(response).await,)
        });
        let others = replies.arms.iter().filter(|arm| !arm.pat.to_token_stream().to_string().starts_with('2'));
        replies.arms = successes.chain(others.cloned()).collect();
    }
}

/// The function in `support/reply.rs` that reads a kind of reply.
fn reader(kind: ReplyKind) -> &'static str {
    match kind {
        ReplyKind::Json => "from_json",
        ReplyKind::JsonOrBytes => "from_json_or_bytes",
        ReplyKind::Bytes => "from_bytes",
        ReplyKind::Nothing => "from_nothing",
    }
}

/// Sets the header `Accept`.
struct Accept<'a>(&'a str);

impl VisitMut for Accept<'_> {
    fn visit_expr_method_call_mut(&mut self, call: &mut ExprMethodCall) {
        visit_expr_method_call_mut(self, call);
        if call.method == "header" && names_header(call, "ACCEPT") {
            let accept = self.0;
            call.args[1] = parse_quote!(::reqwest::header::HeaderValue::from_static(#accept));
        }
    }
}
