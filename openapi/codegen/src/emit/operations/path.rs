//! Parameters in a path that are no plain scalars.

use std::collections::BTreeMap;

use proc_macro2::{Group, Ident, TokenStream, TokenTree};
use quote::{ToTokens as _, quote};
use syn::visit_mut::VisitMut as _;
use syn::{Expr, Item, parse_quote};

use crate::emit::expressions::EachExpr;
use crate::plan::{PathStyle, PathValue};

/// Writes these variables in their style. They are inside `format!`, so this works on tokens.
pub(super) fn write_values(item: &mut Item, values: &BTreeMap<String, PathValue>) {
    EachExpr(&mut |expr| {
        if let Expr::Macro(call) = expr
            && call.mac.path.is_ident("format")
        {
            call.mac.tokens = PathValues(values).in_style(std::mem::take(&mut call.mac.tokens));
        }
    })
    .visit_item_mut(item);
}

struct PathValues<'a>(&'a BTreeMap<String, PathValue>);

impl PathValues<'_> {
    fn in_style(&self, tokens: TokenStream) -> TokenStream {
        let mut out = TokenStream::new();
        let mut encode: Option<Ident> = None;
        for token in tokens {
            match (encode.take(), token) {
                (None, TokenTree::Ident(name)) if name == "encode_path" => encode = Some(name),
                (Some(name), TokenTree::Group(argument)) => match self.value(&argument) {
                    Some(call) => call.to_tokens(&mut out),
                    None => {
                        out.extend(name.to_token_stream());
                        out.extend([TokenTree::Group(argument)]);
                    }
                },
                (name, TokenTree::Group(group)) => {
                    out.extend(name.map(TokenTree::Ident));
                    out.extend([TokenTree::Group(Group::new(group.delimiter(), self.in_style(group.stream())))]);
                }
                (name, other) => {
                    out.extend(name.map(TokenTree::Ident));
                    out.extend([other]);
                }
            }
        }
        out
    }

    /// The call that writes the variable in `(&variable.to_string())`.
    fn value(&self, argument: &Group) -> Option<TokenStream> {
        let variables = argument.stream().into_iter().filter_map(|token| match token {
            TokenTree::Ident(name) => Some(name),
            _ => None,
        });
        let (variable, PathValue { name, style, explode }) =
            variables.into_iter().find_map(|variable| Some((variable.clone(), self.0.get(&variable.to_string())?)))?;
        let style: Expr = match style {
            PathStyle::Simple => parse_quote!(Simple),
            PathStyle::Label => parse_quote!(Label),
            PathStyle::Matrix => parse_quote!(Matrix),
        };
        let explode = explode_variant(*explode);
        Some(quote! {
            super::support::path_value(#name, &#variable, super::support::Style::#style, super::support::Explode::#explode)
        })
    }
}

/// The variant of `Explode` in `support/styles.rs`.
pub(in crate::emit) fn explode_variant(explode: bool) -> Expr {
    if explode { parse_quote!(Yes) } else { parse_quote!(No) }
}
