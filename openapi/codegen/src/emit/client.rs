//! Path encoding and constructors of the generated client.

use proc_macro2::{Delimiter, Group, Punct, Spacing, TokenStream, TokenTree};
use syn::visit_mut::{VisitMut, visit_impl_item_fn_mut, visit_macro_mut};
use syn::{Attribute, Expr, ExprLit, File, ImplItem, Item, Lit, Macro, Meta, UseTree, parse_quote};

use super::Settings;

/// Replaces progenitor's path encoding, which leaves `..`, `\` and `:` unencoded.
///
/// Ours can refuse a value, so each call gets a `?`. The calls are inside `format!`, so this works on tokens.
pub(super) fn replace_path_encoding(file: &mut File) {
    for item in &mut file.items {
        if let Item::Use(import) = item
            && let UseTree::Path(path) = &mut import.tree
            && path.ident == "progenitor_client"
            && let UseTree::Group(group) = &mut *path.tree
        {
            let kept = std::mem::take(&mut group.items).into_iter();
            group.items =
                kept.filter(|tree| !matches!(tree, UseTree::Name(name) if name.ident == "encode_path")).collect();
        }
    }
    file.items.insert(
        0,
        parse_quote!(
            #[allow(unused_imports)]
            use support::encode_path;
        ),
    );
    Encoding.visit_file_mut(file);
}

struct Encoding;

impl VisitMut for Encoding {
    fn visit_macro_mut(&mut self, call: &mut Macro) {
        if call.path.is_ident("format") {
            call.tokens = with_question_marks(std::mem::take(&mut call.tokens));
        }
        visit_macro_mut(self, call);
    }

    // progenitor marks its examples `ignore`; rustdoc would list each as a test that did not run.
    fn visit_attribute_mut(&mut self, attribute: &mut Attribute) {
        if let Meta::NameValue(pair) = &mut attribute.meta
            && pair.path.is_ident("doc")
            && let Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) = &mut pair.value
        {
            let safe = text.value().replace("```ignore", "```text");
            *text = syn::LitStr::new(&safe, text.span());
        }
    }
}

fn with_question_marks(tokens: TokenStream) -> TokenStream {
    let mut out = Vec::new();
    let mut after_name = false;
    for token in tokens {
        let is_name =
            matches!(&token, TokenTree::Ident(ident) if ident == "encode_path" || ident == "encode_path_list");
        let is_call =
            after_name && matches!(&token, TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis);
        out.push(match token {
            TokenTree::Group(group) => {
                TokenTree::Group(Group::new(group.delimiter(), with_question_marks(group.stream())))
            }
            other => other,
        });
        if is_call {
            out.push(TokenTree::Punct(Punct::new('?', Spacing::Alone)));
        }
        after_name = is_name;
    }
    out.into_iter().collect()
}

/// Removes the constructor that sets timeouts and can panic, and makes the other one private to the crate.
pub(super) fn seal(file: &mut File, settings: &Settings) {
    if settings.inner_type.is_some() {
        Seal.visit_file_mut(file);
        for item in &mut file.items {
            if let Item::Impl(item) = item {
                item.items.retain(|item| !matches!(item, ImplItem::Fn(function) if function.sig.ident == "new"));
            }
        }
    }
}

struct Seal;

impl VisitMut for Seal {
    fn visit_impl_item_fn_mut(&mut self, function: &mut syn::ImplItemFn) {
        if function.sig.ident == "new_with_client" {
            function.vis = parse_quote!(pub(crate));
        }
        visit_impl_item_fn_mut(self, function);
    }
}
