//! Objects that a server sends may lack what is nullable, gain fields, and write integers as floats.

use quote::ToTokens as _;
use syn::{Field, Item, parse_quote};

use super::attributes::Serde;
use super::plan::{Plan, ReadStruct};

pub(super) fn read_tolerantly(items: &mut [Item], plan: &Plan) -> syn::Result<()> {
    for item in items {
        let Item::Struct(item) = item else { continue };
        let Some(read) = plan.read_structs.get(&item.ident.to_string()) else {
            continue;
        };
        item.attrs.push(parse_quote!(#[non_exhaustive]));
        for field in &mut item.fields {
            tolerant(field, read)?;
        }
    }
    Ok(())
}

fn tolerant(field: &mut Field, read: &ReadStruct) -> syn::Result<()> {
    let mut serde = Serde::take(&mut field.attrs)?;
    let ident = field.ident.as_ref().map(ToString::to_string);
    let wire_name = serde.text("rename").or(ident).unwrap_or_default();
    let is_option = starts_with_option(field);
    if read.nullable.contains(&wire_name) && is_option {
        // Absent or null, it is `None`; `None` is written as null, which the document allows where absence may not be.
        serde.remove("deserialize_with");
        if !read.written {
            serde.remove("skip_serializing_if");
        }
    }
    if is_option {
        serde.flag("default");
    }
    if mentions_integer(field) {
        serde.set("deserialize_with", "super::support::lenient");
    }
    serde.put(&mut field.attrs);
    Ok(())
}

fn starts_with_option(field: &Field) -> bool {
    let text = field.ty.to_token_stream().to_string();
    text.starts_with(":: std :: option :: Option")
}

fn mentions_integer(field: &Field) -> bool {
    let integers = ["i64", "u64", "i32", "u32", "i16", "u16", "i8", "u8"];
    let text = field.ty.to_token_stream().to_string();
    text.split(|character: char| !character.is_alphanumeric()).any(|word| integers.contains(&word))
}
