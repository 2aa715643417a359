//! Makes structs refuse arrays, which serde's derived code reads as the fields in order.

use quote::ToTokens as _;
use syn::punctuated::Punctuated;
use syn::{Attribute, Fields, Item, ItemStruct, Path, Token, parse_quote};

/// Gives every struct a `Deserialize` that refuses an array.
pub(super) fn refuse_lists(items: &mut Vec<Item>) -> syn::Result<()> {
    let mut settled = Vec::with_capacity(items.len());
    for mut item in items.drain(..) {
        let reading = match &mut item {
            Item::Struct(item) if matches!(item.fields, Fields::Named(_)) => reading(item)?,
            _ => None,
        };
        settled.push(item);
        settled.extend(reading);
    }
    *items = settled;
    Ok(())
}

/// The derived implementation on a second struct with the same fields, which converts to this one and only gets objects.
fn reading(item: &mut ItemStruct) -> syn::Result<Option<Item>> {
    if !without_derive(&mut item.attrs)? {
        return Ok(None);
    }
    let name = &item.ident;
    let remote = name.to_string();
    let own = item.attrs.iter().filter(|attribute| attribute.path().is_ident("serde"));
    let mut fields = item.fields.clone();
    for field in &mut fields {
        field.attrs.retain(|attribute| attribute.path().is_ident("serde"));
    }
    Ok(Some(parse_quote! {
        impl<'de> ::serde::Deserialize<'de> for #name {
            fn deserialize<__D: ::serde::Deserializer<'de>>(deserializer: __D) -> ::std::result::Result<Self, __D::Error> {
                #[derive(::serde::Deserialize)]
                #(#own)*
                #[serde(remote = #remote)]
                #[allow(non_camel_case_types)]
                struct __Object #fields
                __Object::deserialize(super::support::OnlyObject(deserializer))
            }
        }
    }))
}

/// Removes `Deserialize` from the derives; returns whether it was there.
fn without_derive(attributes: &mut [Attribute]) -> syn::Result<bool> {
    let mut found = false;
    for attribute in attributes.iter_mut().filter(|attribute| attribute.path().is_ident("derive")) {
        let traits = attribute.parse_args_with(Punctuated::<Path, Token![,]>::parse_terminated)?;
        let is_it = |path: &Path| path.segments.last().is_some_and(|last| last.ident == "Deserialize");
        found |= traits.iter().any(is_it);
        let others = traits.into_iter().filter(|path| !is_it(path)).map(Path::into_token_stream);
        *attribute = parse_quote!(#[derive(#(#others),*)]);
    }
    Ok(found)
}
