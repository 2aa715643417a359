//! Lists with a type for each place; in what a server sends, another list is kept as JSON.

use quote::{format_ident, quote};
use syn::{File, Item};

use super::Settings;
use super::attributes::of_untagged_enum;
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
    let attributes = of_untagged_enum(name, tuple.description.as_deref(), tuple.open, settings);
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
    let held = if tuple.recursive { quote!(::std::boxed::Box<#whole>) } else { whole.clone() };
    let hold = |items| if tuple.recursive { quote!(::std::boxed::Box::new(#items)) } else { items };
    let (value, from) = (hold(quote!((#(#places,)*))), hold(quote!(items)));
    let unknown = tuple.open.then(|| {
        quote! {
            /// A value with other items, or with more or fewer, as it came.
            Unknown(::serde_json::Value),
        }
    });
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
    let tokens = quote! {
        #attributes
        pub enum #name {
            /// The items.
            Tuple(#held),
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
