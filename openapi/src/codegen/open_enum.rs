//! Enums that a server sends take values nobody knows yet.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{File, Ident, Item, ItemEnum};

use super::Settings;
use super::attributes::{Serde, docs};
use super::names::is_impl_for;
use super::plan::Plan;
use crate::prepare::unique_name;

pub(super) fn open(items: &mut Vec<Item>, plan: &Plan, settings: &Settings) -> syn::Result<()> {
    let is_open = |item: &Item| matches!(item, Item::Enum(item) if plan.open_enums.contains(&item.ident.to_string()));
    for item in items.extract_if(.., |item| is_open(item)).collect::<Vec<_>>() {
        let Item::Enum(closed) = item else { continue };
        items.retain(|item| !is_impl_for(item, &closed.ident));
        items.extend(open_items(closed, settings)?);
    }
    Ok(())
}

fn open_items(mut closed: ItemEnum, settings: &Settings) -> syn::Result<Vec<Item>> {
    let name = &closed.ident;
    let docs = docs(&closed.attrs);
    let mut variants: Vec<Ident> = Vec::new();
    let mut values: Vec<String> = Vec::new();
    for variant in &mut closed.variants {
        let value = Serde::take(&mut variant.attrs)?.text("rename");
        values.push(value.unwrap_or_else(|| variant.ident.to_string()));
        variants.push(variant.ident.clone());
    }
    let value_docs: Vec<_> = values.iter().map(|value| format!("`{value}`")).collect();
    let mut taken: BTreeSet<_> = variants.iter().map(Ident::to_string).collect();
    let unknown = format_ident!("{}", unique_name("Unknown", &mut taken));
    let schemars = settings.schemars.then(|| json_schema(name, &values));

    let tokens = quote! {
        #docs
        ///
        /// Open: a value that this version does not know is read as the last variant and written back as it came.
        #[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
        #[non_exhaustive]
        pub enum #name {
            #(#[doc = #value_docs] #variants,)*
            /// A value that this version does not know.
            #unknown(super::support::UnknownValue),
        }

        impl #name {
            /// The values this version knows.
            pub const KNOWN: &'static [Self] = &[#(Self::#variants),*];

            /// The value as the API spells it.
            pub fn as_str(&self) -> &str {
                match self {
                    #(Self::#variants => #values,)*
                    Self::#unknown(value) => value.as_str(),
                }
            }

            fn from_wire(value: &str) -> Self {
                match value {
                    #(#values => Self::#variants,)*
                    _ => Self::#unknown(super::support::UnknownValue::new(value)),
                }
            }
        }

        impl ::std::fmt::Display for #name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        /// Strict: a value that this version does not know is an error, so that a typo is one, too.
        impl ::std::str::FromStr for #name {
            type Err = self::error::ConversionError;

            fn from_str(value: &str) -> ::std::result::Result<Self, self::error::ConversionError> {
                match Self::from_wire(value) {
                    Self::#unknown(_) => Err("invalid value".into()),
                    known => Ok(known),
                }
            }
        }

        impl ::std::convert::TryFrom<&str> for #name {
            type Error = self::error::ConversionError;

            fn try_from(value: &str) -> ::std::result::Result<Self, self::error::ConversionError> {
                value.parse()
            }
        }

        impl ::std::convert::TryFrom<::std::string::String> for #name {
            type Error = self::error::ConversionError;

            fn try_from(value: ::std::string::String) -> ::std::result::Result<Self, self::error::ConversionError> {
                value.parse()
            }
        }

        impl ::serde::Serialize for #name {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> ::std::result::Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> ::serde::Deserialize<'de> for #name {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> ::std::result::Result<Self, D::Error> {
                super::support::deserialize_text(deserializer, Self::from_wire)
            }
        }

        #schemars
    };
    syn::parse2::<File>(tokens).map(|file| file.items)
}

fn json_schema(name: &Ident, values: &[String]) -> TokenStream {
    let text = name.to_string();
    quote! {
        #[cfg(feature = "schemars")]
        impl ::schemars::JsonSchema for #name {
            fn schema_name() -> ::std::borrow::Cow<'static, str> {
                #text.into()
            }

            fn json_schema(_: &mut ::schemars::SchemaGenerator) -> ::schemars::Schema {
                ::schemars::json_schema!({"type": "string", "examples": [#(#values),*]})
            }
        }
    }
}
