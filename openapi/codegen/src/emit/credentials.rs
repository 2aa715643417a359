//! The credentials of a client: a method for each security scheme, and the call that adds them to a request.

use quote::{format_ident, quote};
use syn::visit_mut::VisitMut as _;
use syn::{Block, Expr, ExprMethodCall, Fields, File, Item, Member, Stmt, parse_quote};

use super::Settings;
use super::builders::subject;
use super::expressions::{EachExpr, functions_of};
use super::names::module_items;
use crate::error::Error;
use crate::plan::{Plan, SchemeKind, SecurityScheme};

/// Whether the client has credentials of its own.
pub(super) fn are_needed(plan: &Plan, settings: &Settings) -> bool {
    !plan.security_schemes.is_empty() && !settings.own_credentials
}

/// Whether a key goes in a header that HTTP clients do not know as secret.
pub(super) fn has_own_header(plan: &Plan) -> bool {
    let is_own = |name: &String| !["authorization", "cookie"].contains(&name.to_ascii_lowercase().as_str());
    plan.security_schemes.iter().any(|scheme| matches!(&scheme.kind, SchemeKind::KeyInHeader(name) if is_own(name)))
}

pub(super) fn add(file: &mut File, plan: &Plan, settings: &Settings) -> Result<(), Error> {
    if !are_needed(plan, settings) {
        return Ok(());
    }
    for item in &mut file.items {
        match item {
            Item::Struct(client) if client.ident == "Client" => {
                if let Fields::Named(fields) = &mut client.fields {
                    fields.named.push(parse_quote!(pub(crate) credentials: Credentials));
                }
            }
            Item::Impl(item) => EachExpr(&mut without_any).visit_item_impl_mut(item),
            _ => {}
        }
    }
    for item in module_items(file, "builder").into_iter().flatten() {
        let Item::Impl(item) = item else { continue };
        let operation = subject(item).and_then(|name| plan.operations.get(&name.to_string()));
        if let Some(operation) = operation.filter(|operation| !operation.security.is_empty()) {
            functions_of(item).for_each(|function| authorize(&mut function.block, &operation.security));
        }
    }
    file.items.extend(items(&plan.security_schemes)?);
    Ok(())
}

/// Makes a client without credentials.
fn without_any(expr: &mut Expr) {
    if let Expr::Struct(client) = expr
        && client.path.is_ident("Self")
        && client.fields.iter().any(|field| matches!(&field.member, Member::Named(name) if name == "baseurl"))
    {
        client.fields.push(parse_quote!(credentials: Credentials::new()));
    }
}

/// Adds credentials to the request before the hooks see it.
fn authorize(block: &mut Block, alternatives: &[Vec<String>]) {
    let Some((index, call)) =
        block.stmts.iter().enumerate().find_map(|(index, statement)| Some((index, pre(statement)?)))
    else {
        return;
    };
    let (client, request) = (&call.receiver, &call.args[0]);
    let alternatives = alternatives.iter().map(|methods| quote!(&[#(#methods),*]));
    let authorize = parse_quote!(#client.credentials.0.authorize(#request, &[#(#alternatives),*]).await?;);
    block.stmts.insert(index, authorize);
}

/// The call of the hook that sees a request before it is sent.
fn pre(statement: &Stmt) -> Option<&ExprMethodCall> {
    let Stmt::Expr(Expr::Try(attempt), _) = statement else { return None };
    let Expr::Await(call) = &*attempt.expr else { return None };
    match &*call.base {
        Expr::MethodCall(call) if call.method == "pre" && !call.args.is_empty() => Some(call),
        _ => None,
    }
}

fn items(schemes: &[SecurityScheme]) -> Result<Vec<Item>, Error> {
    let methods = schemes.iter().map(|SecurityScheme { method, name, description, kind }| {
        let ident = format_ident!("{method}");
        let with = |parameters, place, source| {
            quote! {
                pub fn #ident(self, #parameters) -> Self {
                    Self(self.0.with(#method, support::Place::#place, #source))
                }
            }
        };
        let key = || quote!(key: impl ::std::convert::Into<::std::string::String>);
        let token = || quote!(token: impl TokenSource + 'static);
        let (what, method) = match kind {
            SchemeKind::KeyInHeader(name) => {
                (format!("a key in the header `{name}`"), with(key(), quote!(Header(#name)), quote!(key.into())))
            }
            SchemeKind::KeyInQuery(name) => {
                (format!("a key in the query, as `{name}`"), with(key(), quote!(Query(#name)), quote!(key.into())))
            }
            SchemeKind::KeyInCookie(name) => {
                (format!("a key in the cookie `{name}`"), with(key(), quote!(Cookie(#name)), quote!(key.into())))
            }
            SchemeKind::Basic => {
                let parameters = quote!(user: &str, password: &str);
                let source = quote!(support::basic(user, password));
                ("a user name and a password".to_owned(), with(parameters, quote!(Authorization("Basic")), source))
            }
            SchemeKind::Bearer => {
                ("a bearer token".to_owned(), with(token(), quote!(Authorization("Bearer")), quote!(token)))
            }
            SchemeKind::Other(scheme) => {
                let what = format!("`{scheme}` credentials in the header `Authorization`");
                (what, with(token(), quote!(Authorization(#scheme)), quote!(token)))
            }
        };
        let docs = format!("Sets the credentials of `{name}`: {what}.");
        let description = description.iter().filter(|text| !text.is_empty()).flat_map(|text| ["", text.as_str()]);
        quote!(#[doc = #docs] #(#[doc = #description])* #method)
    });
    let tokens = quote! {
        pub use support::{TokenFuture, TokenSource};

        /// The credentials of a client: one method for each security scheme that its operations need.
        ///
        /// A request is sent with the first combination of credentials that its operation accepts and that is set here. If
        /// some are set and an operation accepts none of them, its call is [`Error::InvalidRequest`] and nothing is sent.
        /// What a parameter of the operation sets stays as it is. `Debug` shows no secret.
        #[derive(Clone, Debug, Default)]
        pub struct Credentials(support::Secrets);

        impl Credentials {
            /// No credentials: requests are sent without.
            pub fn new() -> Self {
                Self::default()
            }

            #(#methods)*
        }

        impl Client {
            /// Sets the credentials that requests are sent with, in the place of those set before.
            pub fn with_credentials(mut self, credentials: Credentials) -> Self {
                self.credentials = credentials;
                self
            }
        }
    };
    Ok(syn::parse2::<File>(tokens)?.items)
}
