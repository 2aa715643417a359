//! Multipart bodies, which progenitor cannot write.

use quote::quote;
use syn::visit_mut::{VisitMut, visit_expr_mut};
use syn::{Expr, parse_quote};

use crate::plan::Multipart;

/// Writes a body as parts where progenitor writes JSON.
pub(super) struct MultipartBody<'a>(pub(super) &'a Multipart);

impl VisitMut for MultipartBody<'_> {
    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        visit_expr_mut(self, expr);
        let Expr::MethodCall(call) = &*expr else { return };
        if call.method != "json" {
            return;
        }
        let (request, body) = (&call.receiver, &call.args);
        let media_type = &self.0.media_type;
        let content_types = self.0.content_types.iter().map(|(name, media_type)| quote!((#name, #media_type)));
        *expr = parse_quote!(super::support::multipart(#request, #body, #media_type, &[#(#content_types),*])?);
    }
}
