//! Types of replies that the status decides.

use quote::{format_ident, quote};
use syn::{File, Item};

use super::rust_type::rust_type;
use crate::plan::{Plan, StatusVariant};

/// The enums of all replies whose type depends on the status. They were announced to typify.
pub(super) fn items(plan: &Plan) -> syn::Result<Vec<Item>> {
    let mut items = Vec::new();
    for (name, variants) in &plan.by_status {
        items.extend(enum_items(name, variants)?);
    }
    Ok(items)
}

fn enum_items(name: &str, variants: &[StatusVariant]) -> syn::Result<Vec<Item>> {
    let name = format_ident!("{name}");
    let variants = variants.iter().map(|StatusVariant { status, schema }| {
        let ty = rust_type(schema);
        let (variant, docs) = match status.as_str() {
            "DEFAULT" => (format_ident!("Default"), "A reply of any other status.".to_owned()),
            status => (format_ident!("Status{status}"), format!("A reply of status {status}.")),
        };
        let pattern = pattern(status);
        (quote!(#[doc = #docs] #variant(#ty)), quote!(#pattern => Some(body.read().map(Self::#variant))))
    });
    let (variants, mut arms): (Vec<_>, Vec<_>) = variants.unzip();
    arms.push(quote!(_ => None));
    let tokens = quote! {
        /// The body of a reply, by its status.
        #[derive(::serde::Serialize, Clone, Debug)]
        #[serde(untagged)]
        #[non_exhaustive]
        pub enum #name {
            #(#variants,)*
        }

        impl super::support::ByStatus for #name {
            #[allow(unreachable_patterns)]
            fn by_status(status: u16, body: super::support::Body<'_>) -> ::std::option::Option<::std::result::Result<Self, super::support::DecodeError>> {
                match status {
                    #(#arms,)*
                }
            }
        }
    };
    syn::parse2::<File>(tokens).map(|file| file.items)
}

/// The pattern of the statuses that a key of `responses` names: a status, a range such as `4XX`, or `default`.
fn pattern(key: &str) -> proc_macro2::TokenStream {
    match (key.parse::<u16>(), key.as_bytes().first()) {
        (Ok(status), _) => quote!(#status),
        (Err(_), Some(hundreds @ b'1'..=b'5')) => {
            let from = u16::from(hundreds - b'0') * 100;
            let to = from + 99;
            quote!(#from..=#to)
        }
        _ => quote!(_),
    }
}
