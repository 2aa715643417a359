//! The types of texts that have a format.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{File, Item};

use super::Settings;
use crate::plan::{Format, FormattedText, Plan};

/// The types of all formats, under their names. They were announced to typify.
pub(super) fn items(plan: &Plan, settings: &Settings) -> syn::Result<Vec<Item>> {
    let mut tokens = TokenStream::new();
    for (name, FormattedText { format, description }) in &plan.formats {
        let docs = description.clone().unwrap_or_else(|| format!("A text of the format `{}`.", format.name()));
        let (name, value) = (format_ident!("{name}"), value_type(*format));
        tokens.extend(quote!(#[doc = #docs] pub type #name = super::support::Formatted<#value>;));
    }
    for format in used(plan) {
        let (name, value) = (format.name(), value_type(format));
        tokens.extend(quote! {
            impl super::support::Format for #value {
                const NAME: &'static str = #name;
            }
        });
    }
    if settings.schemars && !plan.formats.is_empty() {
        tokens.extend(quote! {
            #[cfg(feature = "schemars")]
            impl<T: super::support::Format> ::schemars::JsonSchema for super::support::Formatted<T> {
                fn inline_schema() -> bool {
                    true
                }

                fn schema_name() -> ::std::borrow::Cow<'static, str> {
                    T::NAME.into()
                }

                fn json_schema(_: &mut ::schemars::SchemaGenerator) -> ::schemars::Schema {
                    ::schemars::json_schema!({"type": "string", "format": T::NAME})
                }
            }
        });
    }
    syn::parse2::<File>(tokens).map(|file| file.items)
}

/// The formats that have a type in the client. Those of Base64 share a file, and come together.
pub(super) fn used(plan: &Plan) -> BTreeSet<Format> {
    let used: BTreeSet<_> = plan.formats.values().map(|text| text.format).collect();
    let both = Format::ALL.iter().copied().filter(|format| format.is_base64());
    let needs_both = used.iter().any(|format| format.is_base64());
    used.into_iter().chain(both.filter(|_| needs_both)).collect()
}

/// The type of the values of a format.
pub(super) fn value_type(format: Format) -> TokenStream {
    match format {
        Format::Base64Url => quote!(super::support::Base64Url),
        Format::Byte => quote!(super::support::Base64),
        Format::Date => quote!(::chrono::NaiveDate),
        Format::Ip => quote!(::std::net::IpAddr),
        Format::Ipv4 => quote!(::std::net::Ipv4Addr),
        Format::Ipv6 => quote!(::std::net::Ipv6Addr),
        Format::Uri => quote!(::url::Url),
        Format::Uuid => quote!(::uuid::Uuid),
    }
}
