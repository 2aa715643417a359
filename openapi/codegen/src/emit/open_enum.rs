//! Enums of strings; those in replies are open to unknown values.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{File, Ident, Item};

use super::Settings;
use crate::model::names::{pascal_name, unique_name};
use crate::plan::{Enum, Plan};

/// The items of all enums, which were announced to typify.
pub(super) fn items(plan: &Plan, settings: &Settings) -> syn::Result<Vec<Item>> {
    let mut items = Vec::new();
    for (name, of) in &plan.enums {
        items.extend(enum_items(name, of, settings)?);
    }
    Ok(items)
}

fn enum_items(name: &str, of: &Enum, settings: &Settings) -> syn::Result<Vec<Item>> {
    let docs = of.description.clone().unwrap_or_else(|| format!("`{name}`"));
    let name = &format_ident!("{name}");
    let values = &of.values;
    let mut taken = BTreeSet::new();
    let named = |value: &String| pascal_name(of.value_names.get(value).unwrap_or(value));
    let variants: Vec<_> =
        values.iter().map(|value| format_ident!("{}", unique_name(&named(value), &mut taken))).collect();
    let value_docs: Vec<_> = values.iter().map(|value| value_doc(of, value)).collect();
    let unknown = format_ident!("{}", unique_name("Unknown", &mut taken));
    let schemars = settings.schemars.then(|| json_schema(name, values));
    let (head, last, text) = if of.open {
        (
            quote! {
                ///
                /// Open: a value that this version does not know is read as the last variant and written back as it came.
                #[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
                #[non_exhaustive]
            },
            quote! {
                /// A value that this version does not know.
                #unknown(super::support::UnknownValue),
            },
            quote!(Self::#unknown(value) => value.as_str(),),
        )
    } else {
        (quote!(#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]), quote!(), quote!())
    };
    let unknown = of.open.then_some(&unknown);

    let tokens = quote! {
        #[doc = #docs]
        #head
        pub enum #name {
            #(#[doc = #value_docs] #variants,)*
            #last
        }

        impl #name {
            /// The values this version knows.
            pub const KNOWN: &'static [Self] = &[#(Self::#variants),*];

            /// The value as the API spells it.
            pub fn as_str(&self) -> &str {
                match self {
                    #(Self::#variants => #values,)*
                    #text
                }
            }

            fn known(value: &str) -> ::std::option::Option<Self> {
                match value {
                    #(#values => Some(Self::#variants),)*
                    _ => None,
                }
            }
        }

        super::support::text_enum! { #name #unknown }

        #schemars
    };
    syn::parse2::<File>(tokens).map(|file| file.items)
}

/// The documentation of a variant. A description comes first, since it may start with a list or code.
fn value_doc(of: &Enum, value: &str) -> String {
    match of.value_descriptions.get(value) {
        Some(text) => format!("{text}\n\nOn the wire: `{value}`."),
        None => format!("`{value}`"),
    }
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
