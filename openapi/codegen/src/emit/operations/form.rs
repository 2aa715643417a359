//! Bodies that are forms; progenitor supports only scalar fields.

use std::collections::BTreeMap;

use quote::quote;
use syn::visit_mut::{VisitMut, visit_expr_mut};
use syn::{Expr, parse_quote};

use super::query::variant;
use crate::plan::Form;

const MEDIA_TYPE: &str = "application/x-www-form-urlencoded";

/// Serializes the body as a form; the encoding of the given fields is not implied by their types.
pub(super) struct FormBody<'a> {
    pub(super) fields: &'a BTreeMap<String, Form>,
    pub(super) media_type: Option<&'a str>,
}

impl VisitMut for FormBody<'_> {
    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        visit_expr_mut(self, expr);
        let Expr::Try(attempt) = &*expr else { return };
        let Expr::MethodCall(call) = &*attempt.expr else { return };
        if call.method != "form_urlencoded" {
            return;
        }
        let (request, body) = (&call.receiver, &call.args);
        let media_type = self.media_type.unwrap_or(MEDIA_TYPE);
        let fields = self.fields.iter().map(|(name, form)| {
            let form = variant(*form);
            quote!((#name, super::support::Form::#form))
        });
        *expr = parse_quote! {
            #request
                .header(::reqwest::header::CONTENT_TYPE, ::reqwest::header::HeaderValue::from_static(#media_type))
                .body(super::support::form_body(#body, &[#(#fields),*])?)
        };
    }
}
