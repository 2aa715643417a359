//! Bodies that are forms; progenitor supports only scalar fields.

use std::collections::BTreeMap;

use quote::quote;
use syn::visit_mut::VisitMut as _;
use syn::{Expr, Item, parse_quote};

use super::query::variant;
use crate::emit::expressions::EachExpr;
use crate::plan::Form;

const MEDIA_TYPE: &str = "application/x-www-form-urlencoded";

/// Serializes the body as a form; the encoding of the given fields is not implied by their types.
pub(super) fn send_form(item: &mut Item, fields: &BTreeMap<String, Form>, media_type: Option<&str>) {
    let media_type = media_type.unwrap_or(MEDIA_TYPE);
    EachExpr(&mut |expr| {
        let Expr::Try(attempt) = &*expr else { return };
        let Expr::MethodCall(call) = &*attempt.expr else { return };
        if call.method != "form_urlencoded" {
            return;
        }
        let (request, body) = (&call.receiver, &call.args);
        let fields = fields.iter().map(|(name, form)| {
            let form = variant(*form);
            quote!((#name, super::support::Form::#form))
        });
        *expr = parse_quote! {
            #request
                .header(::reqwest::header::CONTENT_TYPE, ::reqwest::header::HeaderValue::from_static(#media_type))
                .body(super::support::form_body(#body, &[#(#fields),*])?)
        };
    })
    .visit_item_mut(item);
}
