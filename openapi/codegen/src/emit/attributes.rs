//! Reading and writing the attributes of generated types.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::{ToTokens as _, quote};
use syn::punctuated::Punctuated;
use syn::{Attribute, Item, Lit, Meta, Token, parse_quote};

use super::Settings;

/// The arguments of `#[serde(...)]`: a name and, for some, a value.
#[derive(Clone, Default)]
pub(super) struct Serde(BTreeMap<String, Option<Lit>>);

impl Serde {
    /// Takes the serde attributes out of a list of attributes.
    pub(super) fn take(attributes: &mut Vec<Attribute>) -> syn::Result<Self> {
        let mut serde = BTreeMap::new();
        for attribute in attributes.extract_if(.., |attribute| attribute.path().is_ident("serde")) {
            let arguments = attribute.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated)?;
            for argument in arguments {
                let name = argument.path().require_ident()?.to_string();
                let value = match argument {
                    Meta::NameValue(pair) => Some(syn::parse2(pair.value.to_token_stream())?),
                    _ => None,
                };
                serde.insert(name, value);
            }
        }
        Ok(Self(serde))
    }

    /// The text of an argument such as `rename = "..."`.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        match self.0.get(name)? {
            Some(Lit::Str(text)) => Some(text.value()),
            _ => None,
        }
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    pub(super) fn remove(&mut self, name: &str) {
        self.0.remove(name);
    }

    pub(super) fn flag(&mut self, name: &str) {
        self.0.entry(name.to_owned()).or_default();
    }

    pub(super) fn set(&mut self, name: &str, value: &str) {
        self.0.insert(name.to_owned(), Some(parse_quote!(#value)));
    }

    /// Puts the attribute back unless it is empty.
    pub(super) fn put(self, attributes: &mut Vec<Attribute>) {
        if let Some(arguments) = self.arguments() {
            attributes.push(parse_quote!(#[serde(#arguments)]));
        }
    }

    /// Puts the attribute where only `schemars` reads it, unless it is empty.
    pub(super) fn put_for_schemars(self, attributes: &mut Vec<Attribute>, settings: &Settings) {
        if let Some(arguments) = self.arguments().filter(|_| settings.schemars) {
            attributes.push(parse_quote!(#[cfg_attr(feature = "schemars", serde(#arguments))]));
        }
    }

    fn arguments(self) -> Option<TokenStream> {
        if self.0.is_empty() {
            return None;
        }
        let arguments = self.0.into_iter().map(|(name, value)| {
            let name = proc_macro2::Ident::new(&name, proc_macro2::Span::call_site());
            match value {
                Some(value) => quote!(#name = #value),
                None => quote!(#name),
            }
        });
        Some(quote!(#(#arguments),*))
    }
}

/// Derives `JsonSchema` on every type that derives `Serialize`.
pub(super) fn derive_schemars(items: &mut [Item]) {
    for item in items {
        let attributes = match item {
            Item::Struct(item) => &mut item.attrs,
            Item::Enum(item) => &mut item.attrs,
            _ => continue,
        };
        let serializes = attributes.iter().any(|attribute| {
            attribute.path().is_ident("derive") && attribute.to_token_stream().to_string().contains("Serialize")
        });
        if serializes {
            attributes.push(parse_quote!(#[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]));
        }
    }
}

/// The description and the attributes of an enum whose variants are written as what they hold.
pub(super) fn of_untagged_enum(
    name: &str,
    description: Option<&str>,
    is_open: bool,
    settings: &Settings,
) -> TokenStream {
    let docs = description.map_or_else(|| format!("`{name}`"), str::to_owned);
    let non_exhaustive = is_open.then(|| quote!(#[non_exhaustive]));
    let derive_schemars =
        settings.schemars.then(|| quote!(#[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]));
    quote! {
        #[doc = #docs]
        #[derive(::serde::Serialize, Clone, Debug)]
        #[serde(untagged)]
        #non_exhaustive
        #derive_schemars
    }
}
