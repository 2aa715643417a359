//! Lists with a type for each place; in what a server sends, another list is kept as JSON.

use quote::{format_ident, quote};
use syn::{File, Item};

use super::Settings;
use super::rust_type::rust_type;
use super::structs::mentions_integer;
use crate::plan::{Place, Plan, Tuple};

/// The items of all tuples, which were announced to typify.
pub(super) fn items(plan: &Plan, settings: &Settings) -> syn::Result<Vec<Item>> {
    let mut items = Vec::new();
    for (name, tuple) in &plan.tuples {
        items.extend(tuple_items(name, tuple, settings)?);
    }
    Ok(items)
}

fn tuple_items(name: &str, tuple: &Tuple, settings: &Settings) -> syn::Result<Vec<Item>> {
    let docs = tuple.description.clone().unwrap_or_else(|| format!("`{name}`"));
    let name = format_ident!("{name}");
    let types: Vec<_> = tuple.places.iter().map(|place| rust_type(&place.schema)).collect();
    let places: Vec<_> = (1..=types.len()).map(|place| format_ident!("place_{place}")).collect();
    // How each place is read: a tuple of wrappers, of which only the values are kept.
    let (read_types, patterns): (Vec<_>, Vec<_>) = tuple
        .places
        .iter()
        .zip(types.iter().zip(&places))
        .map(|(Place { is_numeric_text, .. }, (ty, place))| match mentions_integer(&ty.to_string()) {
            _ if *is_numeric_text => {
                (quote!(super::support::NumberOrTextValue<#ty>), quote!(super::support::NumberOrTextValue(#place)))
            }
            true => (quote!(super::support::LenientValue<#ty>), quote!(super::support::LenientValue(#place))),
            false => (quote!(#ty), quote!(#place)),
        })
        .unzip();
    let whole = quote!((#(#types,)*));
    let (boxed, value) = match tuple.recursive {
        true => (quote!(::std::boxed::Box<#whole>), quote!(::std::boxed::Box::new((#(#places,)*)))),
        false => (whole.clone(), quote!((#(#places,)*))),
    };
    let from = match tuple.recursive {
        true => quote!(::std::boxed::Box::new(items)),
        false => quote!(items),
    };
    let (unknown, non_exhaustive) = match tuple.open {
        true => (
            Some(quote! {
                /// A value with other items, or with more or fewer, as it came.
                Unknown(::serde_json::Value),
            }),
            Some(quote!(#[non_exhaustive])),
        ),
        false => (None, None),
    };
    let read = quote!(<(#(#read_types,)*) as ::serde::Deserialize>::deserialize);
    let body = match tuple.open {
        true => quote! {
            let json = <super::support::Json as ::serde::Deserialize>::deserialize(deserializer)?;
            Ok(match #read(super::support::JsonReader::new(&json)) {
                Ok((#(#patterns,)*)) => Self::Tuple(#value),
                Err(_) => Self::Unknown(json.into()),
            })
        },
        false => quote!(#read(deserializer).map(|(#(#patterns,)*)| Self::Tuple(#value))),
    };
    let derive_schemars =
        settings.schemars.then(|| quote!(#[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]));
    let tokens = quote! {
        #[doc = #docs]
        #[derive(::serde::Serialize, Clone, Debug)]
        #[serde(untagged)]
        #non_exhaustive
        #derive_schemars
        pub enum #name {
            /// The items.
            Tuple(#boxed),
            #unknown
        }

        impl ::std::convert::From<#whole> for #name {
            fn from(items: #whole) -> Self {
                Self::Tuple(#from)
            }
        }

        impl<'de> ::serde::Deserialize<'de> for #name {
            fn deserialize<__D: ::serde::Deserializer<'de>>(deserializer: __D) -> ::std::result::Result<Self, __D::Error> {
                #body
            }
        }
    };
    syn::parse2::<File>(tokens).map(|file| file.items)
}
