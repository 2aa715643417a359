//! Lists in a path, whose separating commas must not be encoded.

use std::collections::BTreeSet;

use proc_macro2::{Group, Ident, TokenStream, TokenTree};
use quote::quote;
use syn::Macro;
use syn::visit_mut::VisitMut;

/// Serializes these variables as lists. They are inside `format!`, so this works on tokens.
pub(super) struct Lists<'a>(pub(super) &'a BTreeSet<String>);

impl VisitMut for Lists<'_> {
    fn visit_macro_mut(&mut self, call: &mut Macro) {
        if call.path.is_ident("format") {
            call.tokens = self.with_lists(std::mem::take(&mut call.tokens));
        }
    }
}

impl Lists<'_> {
    fn with_lists(&self, tokens: TokenStream) -> TokenStream {
        let mut out = TokenStream::new();
        let mut encode: Option<Ident> = None;
        for token in tokens {
            match (encode.take(), token) {
                (None, TokenTree::Ident(name)) if name == "encode_path" => encode = Some(name),
                (Some(name), TokenTree::Group(argument)) => {
                    let list = argument.stream().into_iter().any(|token| self.is_list(&token));
                    out.extend(if list { quote!(super::support::encode_path_list) } else { quote!(#name) });
                    out.extend([TokenTree::Group(argument)]);
                }
                (name, TokenTree::Group(group)) => {
                    out.extend(name.map(TokenTree::Ident));
                    out.extend([TokenTree::Group(Group::new(group.delimiter(), self.with_lists(group.stream())))]);
                }
                (name, other) => {
                    out.extend(name.map(TokenTree::Ident));
                    out.extend([other]);
                }
            }
        }
        out
    }

    fn is_list(&self, token: &TokenTree) -> bool {
        matches!(token, TokenTree::Ident(name) if self.0.contains(&name.to_string()))
    }
}
