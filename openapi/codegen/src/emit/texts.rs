//! Gives checked strings their implementations by a macro: typify writes all of them for each type.

use std::collections::BTreeSet;

use quote::ToTokens as _;
use syn::{Fields, Item, Type, parse_quote};

/// The implementations of a checked string that the macro has.
const SHARED: &[&str] = &["Deref", "From", "TryFrom", "Deserialize"];

pub(super) fn share_implementations(types: &mut Vec<Item>) {
    let deserialized: BTreeSet<_> = types.iter().filter_map(|item| implemented(item, "Deserialize")).collect();
    let checked: BTreeSet<_> = types.iter().filter_map(newtype_of_string).collect();
    let checked: BTreeSet<_> = checked.intersection(&deserialized).cloned().collect();
    types.retain(|item| {
        let subjects = SHARED.iter().find_map(|name| implemented(item, name));
        subjects.is_none_or(|subject| !checked.contains(&subject))
    });
    for index in (0..types.len()).rev() {
        if let Item::Struct(item) = &types[index]
            && checked.contains(&item.ident.to_string())
        {
            let name = &item.ident;
            let shared = parse_quote!(super::support::text! { #name });
            types.insert(index + 1, shared);
        }
    }
}

/// The type that has an implementation of a trait; of `From`, the type that it is made from.
fn implemented(item: &Item, name: &str) -> Option<String> {
    let Item::Impl(item) = item else { return None };
    let (path, _) = item.trait_.as_ref()?;
    let last = path.segments.last().filter(|last| last.ident == name)?;
    let subject = match (&last.arguments, name) {
        (syn::PathArguments::AngleBracketed(of), "From") => of.args.to_token_stream(),
        _ => item.self_ty.to_token_stream(),
    };
    Some(subject.to_string())
}

/// The name of a struct that holds a string and nothing else.
fn newtype_of_string(item: &Item) -> Option<String> {
    let Item::Struct(item) = item else { return None };
    let Fields::Unnamed(fields) = &item.fields else { return None };
    let only = fields.unnamed.first().filter(|_| fields.unnamed.len() == 1)?;
    let is_string = matches!(&only.ty, Type::Path(ty) if ty.path.segments.last()?.ident == "String");
    is_string.then(|| item.ident.to_string())
}
