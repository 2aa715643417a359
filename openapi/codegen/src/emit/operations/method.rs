//! Methods that reqwest has no function for, or that progenitor does not know.

use syn::visit_mut::VisitMut as _;
use syn::{Expr, ImplItemFn, Item, ItemImpl, LitStr, Member, ReturnType, parse_quote};

use crate::emit::expressions::{EachExpr, functions, functions_of};
use crate::emit::rust_type::last_segment;
use crate::plan::Plan;

/// Sends this method in the place of the one by which progenitor knows the operation.
pub(super) fn send_by(item: &mut Item, method: &str) {
    for function in functions(item) {
        rename_in_docs(function, method);
    }
    EachExpr(&mut |expr| {
        let Expr::MethodCall(call) = &*expr else { return };
        // `client.client.trace(url)`
        let Expr::Field(field) = &*call.receiver else { return };
        if !matches!(&field.member, Member::Named(name) if name == "client") || call.args.len() != 1 {
            return;
        }
        let (client, url) = (&call.receiver, &call.args[0]);
        let method: Expr = match method {
            "OPTIONS" => parse_quote!(::reqwest::Method::OPTIONS),
            "TRACE" => parse_quote!(::reqwest::Method::TRACE),
            other => parse_quote! {
                ::reqwest::Method::from_bytes(#other.as_bytes()).map_err(|error| Error::InvalidRequest(error.to_string()))?
            },
        };
        *expr = parse_quote!(#client.request(#method, #url));
    })
    .visit_item_mut(item);
}

/// Names the method in the docs of the client's methods.
pub(super) fn describe(client: &mut ItemImpl, plan: &Plan) {
    for function in functions_of(client) {
        let ReturnType::Type(_, ty) = &function.sig.output else { continue };
        let name = last_segment(ty).map(|last| last.ident.to_string());
        if let Some(method) = name.and_then(|name| plan.operations.get(&name)?.method.clone()) {
            rename_in_docs(function, &method);
        }
    }
}

/// progenitor writes: "Sends a `TRACE` request to `/lamps`".
fn rename_in_docs(function: &mut ImplItemFn, method: &str) {
    const START: &str = "Sends a `";
    const END: &str = "` request to `";
    for attribute in &mut function.attrs {
        let syn::Meta::NameValue(pair) = &mut attribute.meta else { continue };
        let Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) = &mut pair.value else { continue };
        let docs = text.value();
        let Some((before, after)) = docs.split_once(END) else { continue };
        let Some((before, _)) = before.rsplit_once(START) else { continue };
        *text = LitStr::new(&format!("{before}{START}{method}{END}{after}"), text.span());
    }
}
