//! Unions, decided by what distinguishes their members; an unknown member is kept as JSON.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{File, Item};

use super::Settings;
use super::attributes::of_untagged_enum;
use super::formats::value_type;
use super::rust_type::rust_type;
use super::structs::mentions_integer;
use crate::model::pointer::component_name;
use crate::plan::{Member, Plan, Union};

/// The items of all unions, which were announced to typify.
pub(super) fn items(plan: &Plan, settings: &Settings) -> syn::Result<Vec<Item>> {
    let mut items = Vec::new();
    for (name, union) in &plan.unions {
        items.extend(union_items(name, union, plan, settings)?);
    }
    Ok(items)
}

fn union_items(name: &str, union: &Union, plan: &Plan, settings: &Settings) -> syn::Result<Vec<Item>> {
    let attributes = of_untagged_enum(name, union.description.as_deref(), union.open, settings);
    let name = format_ident!("{name}");
    let variants: Vec<_> = union.members.iter().map(|member| format_ident!("{}", member.variant)).collect();
    let plain_types: Vec<_> = union.members.iter().map(|member| rust_type(&member.schema)).collect();
    let types: Vec<_> = union
        .members
        .iter()
        .zip(&plain_types)
        .map(|(member, ty)| if member.recursive { quote!(::std::boxed::Box<#ty>) } else { quote!(#ty) })
        .collect();
    let (unknown, otherwise) = if union.open {
        (
            quote! {
                /// A member that this version does not know, or that does not decode, as it came.
                Unknown(::serde_json::Value),
            },
            quote!(Ok(Self::Unknown(json.into()))),
        )
    } else {
        let message = format!("no member of `{name}`");
        (quote!(), quote!(Err(::serde::de::Error::custom(#message))))
    };
    let members = union.members.iter().map(description);
    let names = holders(union.members.iter().map(Some));
    let item_names = holders(union.members.iter().map(|member| member.items.as_deref()));
    let tag = &union.tag;
    let decode = union.members.iter().enumerate().map(|(index, member)| {
        let variant = &variants[index];
        let ty = &plain_types[index];
        let wrapped = if member.recursive { quote!(::std::boxed::Box::new(member)) } else { quote!(member) };
        let is_numeric_text =
            member.is_numeric_text || member.items.as_ref().is_some_and(|items| items.is_numeric_text);
        if let Some(value) = member.format.map(value_type) {
            let read = quote!(super::support::of_format::<#value, #ty>(&json));
            return quote!(#index => if let Some(member) = #read { return Ok(Self::#variant(#wrapped)); },);
        }
        let read = match mentions_integer(&ty.to_string()) {
            _ if is_numeric_text && is_plain(member) => quote!(super::support::number_or_text::<#ty, _>),
            true => quote!(super::support::lenient::<#ty, _>),
            false => quote!(<#ty as ::serde::Deserialize>::deserialize),
        };
        let read = quote!(#read(super::support::JsonReader::new(&json)));
        // Any JSON is of an open tuple.
        let is_right = is_open_tuple(member, plan).then(|| quote!(&&!matches!(member, #ty::Unknown(_))));
        quote!(#index => if let Ok(member) = #read #is_right { return Ok(Self::#variant(#wrapped)); },)
    });
    let candidates = match union.exclusive {
        true => quote!(super::support::candidates(&json, #tag, UNION)),
        // A value may fit several members at once, so that no single one is right.
        false => quote! {
            super::support::candidates(&json, #tag, UNION)
                .into_iter()
                .filter(|member| super::support::has_all_names(&json, *member, UNION))
        },
    };
    let candidates = match any_text(union) {
        // A text of a format is any text, too.
        (formatted, any) if !formatted.is_empty() && !any.is_empty() => {
            quote!(super::support::formats_first(#candidates, &[#(#formatted),*], &[#(#any),*]))
        }
        _ => candidates,
    };
    let conversions = conversions(&name, union, &variants, &types);
    let tokens = quote! {
        #attributes
        pub enum #name {
            #(#variants(#types),)*
            #unknown
        }

        #conversions

        impl<'de> ::serde::Deserialize<'de> for #name {
            fn deserialize<__D: ::serde::Deserializer<'de>>(deserializer: __D) -> ::std::result::Result<Self, __D::Error> {
                const UNION: &super::support::Members = &super::support::Members {
                    members: &[#(#members),*],
                    holders: #names,
                    item_holders: #item_names,
                };
                let json = <super::support::Json as ::serde::Deserialize>::deserialize(deserializer)?;
                for member in #candidates {
                    match member {
                        #(#decode)*
                        _ => {}
                    }
                }
                #otherwise
            }
        }
    };
    syn::parse2::<File>(tokens).map(|file| file.items)
}

/// The members for texts of a format, and those for any text. Most texts are Base64 of some bytes, which says nothing.
fn any_text(union: &Union) -> (Vec<usize>, Vec<usize>) {
    let texts = union.members.iter().enumerate().filter(|(_, member)| member.types.contains("string"));
    let any = texts.clone().filter(|(_, member)| member.values.is_empty() && member.format.is_none());
    let formatted = texts.filter(|(_, member)| member.format.is_some_and(|format| !format.is_base64()));
    (formatted.map(|(index, _)| index).collect(), any.map(|(index, _)| index).collect())
}

/// Whether the type of a member has no name.
fn is_plain(member: &Member) -> bool {
    crate::prepare::reference(&member.schema).is_none()
}

/// Whether the type of a member is a tuple that may be other JSON.
fn is_open_tuple(member: &Member, plan: &Plan) -> bool {
    let name = crate::prepare::reference(&member.schema).and_then(|reference| component_name(reference, "schemas"));
    name.and_then(|name| plan.tuples.get(&name)).is_some_and(|tuple| tuple.open)
}

/// `From` for every type of exactly one member.
fn conversions(
    name: &proc_macro2::Ident,
    union: &Union,
    variants: &[proc_macro2::Ident],
    types: &[TokenStream],
) -> TokenStream {
    let mut count: BTreeMap<String, usize> = BTreeMap::new();
    // Types of one format are one type under several names.
    let key = |index: usize| match union.members[index].format {
        Some(format) => format.name().to_owned(),
        None => types[index].to_string(),
    };
    for index in 0..types.len() {
        *count.entry(key(index)).or_default() += 1;
    }
    let single = |index: &usize| count[&key(*index)] == 1;
    (0..union.members.len())
        .filter(single)
        .map(|index| {
            let (variant, ty) = (&variants[index], &types[index]);
            quote! {
                impl ::std::convert::From<#ty> for #name {
                    fn from(value: #ty) -> Self {
                        Self::#variant(value)
                    }
                }
            }
        })
        .collect()
}

fn description(member: &Member) -> TokenStream {
    let Member { types, values, tags, constants, names, required, any_name, items, .. } = member;
    let items = items.iter().map(|item| description(item));
    let types = types.iter();
    let names = names.len();
    let constants = constants.iter().map(|(name, values)| {
        let values = values.iter().map(ToString::to_string);
        quote!((#name, &[#(#values),*]))
    });
    quote! {
        super::support::Member {
            types: &[#(#types),*],
            values: &[#(#values),*],
            tags: &[#(#tags),*],
            constants: &[#(#constants),*],
            names: #names,
            required: &[#(#required),*],
            any_name: #any_name,
            items: &[#(#items),*],
        }
    }
}

/// The function that says which members have a property of a name.
fn holders<'a>(members: impl Iterator<Item = Option<&'a Member>>) -> TokenStream {
    let mut holders: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, member) in members.enumerate() {
        for name in member.into_iter().flat_map(|member| &member.names) {
            holders.entry(name).or_default().push(index);
        }
    }
    let mut names: BTreeMap<Vec<usize>, Vec<&str>> = BTreeMap::new();
    for (name, members) in holders {
        names.entry(members).or_default().push(name);
    }
    let arms = names.iter().map(|(members, names)| quote!(#(#names)|* => &[#(#members),*],));
    quote! {
        |name| match name {
            #(#arms)*
            _ => &[],
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::{Value, json};

    use super::*;
    use crate::plan::Format;

    fn member(variant: &str, schema: Value) -> Member {
        let types = ["string", "integer"].into_iter().filter(|name| schema["type"] == *name).collect();
        Member { variant: variant.into(), schema, types, ..Member::default() }
    }

    fn text(format: Format) -> Member {
        let schema = json!({"$ref": format!("#/components/schemas/{format:?}")});
        Member { format: Some(format), types: BTreeSet::from(["string"]), ..member(&format!("{format:?}"), schema) }
    }

    /// The code of one union of some members, without spaces.
    fn source(members: impl IntoIterator<Item = Member>) -> String {
        let union = Union { members: members.into_iter().collect(), exclusive: true, ..Union::default() };
        let plan = Plan { unions: [("A".to_owned(), union)].into(), ..Plan::default() };
        let items = items(&plan, &Settings::default()).unwrap();
        quote!(#(#items)*).to_string().replace(' ', "")
    }

    #[test]
    fn every_union_has_a_type_that_reads() {
        let union = || Union { members: vec![member("Text", json!({"type": "string"}))], ..Union::default() };
        let plan = Plan { unions: ["A", "B"].map(|name| (name.to_owned(), union())).into(), ..Plan::default() };
        let items = items(&plan, &Settings::default()).unwrap();
        let written = quote!(#(#items)*).to_string();
        for part in ["enum A", "Deserialize < 'de > for A", "enum B", "Deserialize < 'de > for B"] {
            assert!(written.contains(part), "{part} in {written}");
        }
    }

    #[test]
    fn the_reader_of_a_member() {
        let (integer, named) = (json!({"type": "integer"}), json!({"$ref": "#/components/schemas/B"}));
        let list = json!({"type": "array", "items": integer});
        let numeric = |schema| Member { is_numeric_text: true, ..member("A", schema) };
        let numeric_items = Member { items: Some(Box::new(numeric(integer.clone()))), ..member("A", list) };
        for (member, reader) in [
            (member("A", json!({"type": "string"})), "<::std::string::Stringas::serde::Deserialize>::deserialize("),
            (member("A", integer.clone()), "super::support::lenient::<i64,_>("),
            (member("A", named.clone()), "<Bas::serde::Deserialize>::deserialize("),
            (numeric(integer), "super::support::number_or_text::<i64,_>("),
            (numeric(named), "<Bas::serde::Deserialize>::deserialize("),
            (numeric_items, "super::support::number_or_text::<::std::vec::Vec<i64>,_>("),
            (text(Format::Uuid), "super::support::of_format::<::uuid::Uuid,Uuid>("),
        ] {
            let source = source([member]);
            assert!(source.contains(&format!("(member)={reader}")), "{reader} in {source}");
        }
    }

    #[test]
    fn texts_of_a_format_are_tried_before_any_text() {
        let any = || member("Any", json!({"type": "string"}));
        let values = || Member { values: vec!["a".into()], ..member("Values", json!({"type": "string"})) };
        let number = || member("Number", json!({"type": "integer"}));
        for (members, first) in [
            (vec![any(), text(Format::Uuid)], Some("&[1usize],&[0usize]")),
            (vec![number(), text(Format::Uuid), any(), text(Format::Date)], Some("&[1usize,3usize],&[2usize]")),
            (vec![any(), text(Format::Uuid), text(Format::Byte), values()], Some("&[1usize],&[0usize]")),
            // Most texts are Base64, so that it is no sign.
            (vec![any(), text(Format::Byte)], None),
            (vec![values(), text(Format::Uuid)], None),
            (vec![any(), number()], None),
            (vec![text(Format::Uuid), text(Format::Date)], None),
        ] {
            let source = source(members);
            let called = source.split_once("formats_first(super::support::candidates(&json,\"\",UNION),");
            assert_eq!(called.and_then(|(_, rest)| Some(rest.split_once("){")?.0)), first, "{source}");
        }
    }

    #[test]
    fn a_type_of_one_member_converts_to_the_union() {
        let (string, integer) = (json!({"type": "string"}), json!({"type": "integer"}));
        let other_name = |format| Member { schema: json!({"$ref": "#/components/schemas/Other"}), ..text(format) };
        for (members, expected) in [
            (vec![member("A", string.clone()), member("B", integer.clone())], "::std::string::String i64"),
            (vec![member("A", string.clone()), member("B", string), member("C", integer)], "i64"),
            (vec![text(Format::Uuid), text(Format::Date)], "Uuid Date"),
            (vec![text(Format::Uuid), other_name(Format::Uuid), text(Format::Date)], "Date"),
        ] {
            let source = source(members);
            let types = source.split("From<").skip(1).filter_map(|rest| Some(rest.split_once(">forA")?.0));
            assert_eq!(types.collect::<Vec<_>>().join(" "), expected);
        }
    }
}
