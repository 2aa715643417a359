//! Multipart bodies, which progenitor cannot write.

use quote::quote;
use syn::visit_mut::VisitMut as _;
use syn::{Expr, Item, parse_quote};

use crate::emit::expressions::EachExpr;
use crate::plan::Multipart;

/// Writes a body as parts where progenitor writes JSON.
pub(super) fn send_parts(item: &mut Item, Multipart { media_type, content_types, .. }: &Multipart) {
    EachExpr(&mut |expr| {
        let Expr::MethodCall(call) = &*expr else { return };
        if call.method != "json" {
            return;
        }
        let (request, body) = (&call.receiver, &call.args);
        let content_types = content_types.iter().map(|(name, media_type)| quote!((#name, #media_type)));
        *expr = parse_quote!(super::support::multipart(#request, #body, #media_type, &[#(#content_types),*])?);
    })
    .visit_item_mut(item);
}
