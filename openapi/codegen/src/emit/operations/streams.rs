//! Methods that return a stream of items.

use syn::visit_mut::{VisitMut, visit_type_path_mut};
use syn::{Expr, Ident, ImplItem, ItemImpl, Type, TypePath, parse_quote};

use crate::emit::expressions::functions_of;
use crate::emit::rust_type::rust_type;
use crate::plan::Items;

/// The method that returns the stream where `send` returns other replies.
pub(super) const SEND_STREAMING: &str = "send_streaming";

/// Adds the method as a copy of `send`; later passes change what each accepts and reads.
pub(super) fn add_method(builder: &mut ItemImpl) {
    let Some(mut send) = functions_of(builder).find(|function| function.sig.ident == "send").cloned() else { return };
    send.sig.ident = Ident::new(SEND_STREAMING, send.sig.ident.span());
    send.attrs.push(parse_quote!(#[doc = ""]));
    send.attrs.push(parse_quote!(#[doc = "Returns the items of the reply as they come. Some servers send a stream"]));
    send.attrs.push(parse_quote!(#[doc = "only if the request asks for one, such as by a field `stream`."]));
    builder.items.push(ImplItem::Fn(send));
}

/// The type of a stream of such items.
pub(super) fn stream_type(items: Items, item: &Type) -> Type {
    match items {
        Items::EventsOfJson | Items::EventsOfText | Items::WholeEvents => {
            parse_quote!(super::support::EventStream<#item>)
        }
        Items::Lines | Items::Records => parse_quote!(super::support::JsonStream<#item>),
    }
}

/// What reads a stream of such items.
pub(super) fn reader(items: Items, response: &Ident) -> Expr {
    let read: Ident = match items {
        Items::EventsOfJson => parse_quote!(event_of_json),
        Items::EventsOfText => parse_quote!(event_of_text),
        Items::WholeEvents => parse_quote!(whole_event),
        Items::Lines => return parse_quote!(super::support::json_lines(#response).await),
        Items::Records => return parse_quote!(super::support::json_records(#response).await),
    };
    parse_quote!(super::support::events(#response, super::support::#read).await)
}

/// The type of an item, as the builders of operations name it.
pub(super) fn item_type(schema: &serde_json::Value) -> Type {
    let mut ty = parse_quote!(::serde_json::Value);
    if let Ok(found) = syn::parse2(rust_type(schema)) {
        ty = found;
    }
    FromBuilders.visit_type_mut(&mut ty);
    ty
}

struct FromBuilders;

impl VisitMut for FromBuilders {
    fn visit_type_path_mut(&mut self, ty: &mut TypePath) {
        visit_type_path_mut(self, ty);
        if let Some(name) = ty.path.get_ident()
            && !["bool", "f64", "i64", "u64"].iter().any(|primitive| name == primitive)
        {
            ty.path = parse_quote!(types::#name);
        }
    }
}
