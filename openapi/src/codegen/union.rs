//! Unions that a server sends are decided by property names, and keep a member nobody knows as JSON.

use std::collections::BTreeSet;

use quote::{format_ident, quote};
use syn::{File, Ident, Item, ItemEnum, parse_quote};

use super::attributes::{Serde, underive};
use super::plan::Plan;
use crate::prepare::unique_name;

pub(super) fn open(items: &mut Vec<Item>, plan: &Plan) -> syn::Result<()> {
    let mut impls = Vec::new();
    for item in items.iter_mut() {
        let Item::Enum(union) = item else { continue };
        if let Some(members) = plan.unions.get(&union.ident.to_string()) {
            impls.extend(open_union(union, members)?);
        }
    }
    items.extend(impls);
    Ok(())
}

fn open_union(union: &mut ItemEnum, members: &[Vec<String>]) -> syn::Result<Vec<Item>> {
    let variants: Vec<Ident> = union.variants.iter().map(|variant| variant.ident.clone()).collect();
    let mut taken: BTreeSet<_> = variants.iter().map(Ident::to_string).collect();
    let unknown = format_ident!("{}", unique_name("Unknown", &mut taken));
    let unknown_doc = "A member that this version does not know, or that does not decode, as it came.";
    union.variants.push(parse_quote!(#[doc = #unknown_doc] #unknown(::serde_json::Value)));
    underive(&mut union.attrs, "Deserialize")?;
    // Both are for deriving `Serialize` and `JsonSchema`: each member stands as itself.
    let mut serde = Serde::take(&mut union.attrs)?;
    serde.flag("untagged");
    serde.put(&mut union.attrs);
    union.attrs.push(parse_quote!(#[non_exhaustive]));

    let name = &union.ident;
    let indices = 0..variants.len();
    let tokens = quote! {
        impl<'de> ::serde::Deserialize<'de> for #name {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> ::std::result::Result<Self, D::Error> {
                const MEMBERS: &[&[&str]] = &[#(&[#(#members),*]),*];
                let value = <::serde_json::Value as ::serde::Deserialize>::deserialize(deserializer)?;
                let member = match super::support::member_by_names(&value, MEMBERS) {
                    #(Some(#indices) => ::serde::Deserialize::deserialize(&value).map(Self::#variants).ok(),)*
                    _ => None,
                };
                Ok(member.unwrap_or(Self::#unknown(value)))
            }
        }
    };
    syn::parse2::<File>(tokens).map(|file| file.items)
}
