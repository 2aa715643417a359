//! Path encoding, errors and constructors of the generated client.

use proc_macro2::{Delimiter, Group, Punct, Spacing, TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::visit_mut::{VisitMut, visit_local_mut, visit_macro_mut};
use syn::{
    Attribute, Expr, ExprLit, File, ImplItem, Item, ItemUse, Lit, LitStr, Local, Macro, Meta, Pat, UseTree, parse_quote,
};

use super::expressions::{EachExpr, functions, set_fields};
use super::{Settings, credentials};
use crate::plan::Plan;

/// Replaces progenitor's path encoding, which leaves `..`, `\` and `:` unencoded.
///
/// Ours can refuse a value, so each call gets a `?`. The calls are inside `format!`, so this works on tokens.
pub(super) fn replace_path_encoding(file: &mut File) {
    import_instead(
        file,
        "encode_path",
        parse_quote!(
            use support::encode_path;
        ),
    );
    Encoding.visit_file_mut(file);
}

/// Replaces progenitor's error, which loses parts of a reply.
pub(super) fn replace_error(file: &mut File) {
    import_instead(
        file,
        "Error",
        parse_quote!(
            pub use support::{Error, ErrorResponse, RawResponse};
        ),
    );
}

/// Imports an item of ours in the place of the one of that name from progenitor's crate.
fn import_instead(file: &mut File, name: &str, import: ItemUse) {
    for item in &mut file.items {
        if let Item::Use(import) = item
            && let UseTree::Path(path) = &mut import.tree
            && path.ident == "progenitor_client"
            && let UseTree::Group(group) = &mut *path.tree
        {
            let kept = std::mem::take(&mut group.items).into_iter();
            group.items = kept.filter(|tree| !matches!(tree, UseTree::Name(given) if given.ident == name)).collect();
        }
    }
    file.items.insert(
        0,
        parse_quote!(
            #[allow(unused_imports)]
            #import
        ),
    );
}

struct Encoding;

impl VisitMut for Encoding {
    // A `#` in the template of a path would begin a fragment.
    fn visit_local_mut(&mut self, local: &mut Local) {
        // It is `_url` beside a parameter of that name.
        if matches!(&local.pat, Pat::Ident(name) if name.ident == "url" || name.ident == "_url")
            && let Some(init) = &mut local.init
            && let Expr::Macro(call) = &mut *init.expr
        {
            call.mac.tokens = with_encoded_hashes(std::mem::take(&mut call.mac.tokens));
        }
        visit_local_mut(self, local);
    }

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

fn with_encoded_hashes(tokens: TokenStream) -> TokenStream {
    let encoded = tokens.into_iter().map(|token| match syn::parse2::<LitStr>(token.to_token_stream()) {
        Ok(text) if text.value().contains('#') => {
            TokenTree::from(proc_macro2::Literal::string(&text.value().replace('#', "%23")))
        }
        _ => token,
    });
    encoded.collect()
}

fn with_question_marks(tokens: TokenStream) -> TokenStream {
    let mut out = Vec::new();
    let mut after_name = false;
    for token in tokens {
        let is_name = matches!(&token, TokenTree::Ident(ident) if ident == "encode_path" || ident == "path_value");
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

/// Makes the constructors take a base URL with a slash at its end, and names the user agent.
///
/// A stream may take longer than any other reply, so a client that reads some bounds the time between two pieces. A client
/// with credentials keeps them from other servers: a `Referer` has the query.
pub(super) fn complete_constructors(file: &mut File, plan: &Plan, settings: &Settings) {
    let has_streams = plan.operations.values().any(|operation| operation.stream.is_some());
    for item in &mut file.items {
        if let Item::Impl(item) = item {
            let has_credentials = credentials::are_needed(plan, settings);
            let has_own_header = has_credentials && credentials::has_own_header(plan);
            let user_agent = settings.user_agent.as_deref();
            let constructors = Constructors { user_agent, has_streams, has_credentials, has_own_header };
            EachExpr(&mut |expr| constructors.in_expr(expr)).visit_item_impl_mut(item);
        }
    }
}

struct Constructors<'a> {
    user_agent: Option<&'a str>,
    has_streams: bool,
    has_credentials: bool,
    /// Whether reqwest would send a key along with a redirect to another server.
    has_own_header: bool,
}

impl Constructors<'_> {
    fn in_expr(&self, expr: &mut Expr) {
        set_fields(expr, |name| (name == "baseurl").then(|| parse_quote!(baseurl.trim_end_matches('/').to_string())));
        if let Expr::MethodCall(call) = &mut *expr
            && call.method == "timeout"
        {
            if self.has_streams {
                call.method = parse_quote!(read_timeout);
            }
            if self.has_credentials {
                *expr = parse_quote!(#expr.referer(false));
            }
            if self.has_own_header {
                *expr = parse_quote!(#expr.redirect(support::within_origin()));
            }
        }
        if let Expr::Call(call) = &*expr
            && let Some(user_agent) = self.user_agent
            && call.func.to_token_stream().to_string().ends_with("ClientBuilder :: new")
        {
            *expr = parse_quote!(#expr.user_agent(#user_agent));
        }
    }
}

/// Removes the constructor that sets timeouts and can panic, and makes the other one private to the crate.
pub(super) fn seal(file: &mut File, settings: &Settings) {
    if settings.inner_type.is_some() {
        for item in &mut file.items {
            for function in functions(item).filter(|function| function.sig.ident == "new_with_client") {
                function.vis = parse_quote!(pub(crate));
            }
            if let Item::Impl(item) = item {
                item.items.retain(|item| !matches!(item, ImplItem::Fn(function) if function.sig.ident == "new"));
            }
        }
    }
}
