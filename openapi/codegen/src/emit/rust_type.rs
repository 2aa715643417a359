//! Rust types of schemas.

use proc_macro2::TokenStream;
use quote::quote;
use serde_json::Value;
use syn::{GenericArgument, PathArguments, PathSegment, Type};

use crate::model::pointer::component_name;
use crate::prepare::reference;

/// The path, in the module `types`, of the type of a schema that is named or needs no name.
pub(super) fn rust_type(schema: &Value) -> TokenStream {
    let plain = plain_type(schema);
    if schema["nullable"] == true { quote!(::std::option::Option<#plain>) } else { plain }
}

fn plain_type(schema: &Value) -> TokenStream {
    if let Some(name) = reference(schema).and_then(|reference| component_name(reference, "schemas")) {
        let name = quote::format_ident!("{name}");
        return quote!(#name);
    }
    match (schema["type"].as_str(), schema["format"].as_str()) {
        (Some("string"), Some("date-time")) => quote!(super::support::Timestamp),
        (Some("string"), _) => quote!(::std::string::String),
        (Some("integer"), Some("uint64")) => quote!(u64),
        (Some("integer"), _) => quote!(i64),
        (Some("number"), _) => quote!(f64),
        (Some("boolean"), _) => quote!(bool),
        (Some("array"), _) => {
            let item = rust_type(&schema["items"]);
            quote!(::std::vec::Vec<#item>)
        }
        (Some("object"), _) if schema["additionalProperties"].is_object() => {
            let value = rust_type(&schema["additionalProperties"]);
            quote!(::std::collections::BTreeMap<::std::string::String, #value>)
        }
        (Some("object"), _) => quote!(::serde_json::Map<::std::string::String, ::serde_json::Value>),
        _ => quote!(::serde_json::Value),
    }
}

/// The first type argument of a type with this name.
pub(super) fn argument<'a>(ty: &'a Type, name: &str) -> Option<&'a Type> {
    last_segment(ty).filter(|last| last.ident == name)?;
    arguments(ty).next()
}

/// The type arguments of a type.
pub(super) fn arguments(ty: &Type) -> impl Iterator<Item = &Type> {
    let arguments = match last_segment(ty).map(|last| &last.arguments) {
        Some(PathArguments::AngleBracketed(arguments)) => Some(&arguments.args),
        _ => None,
    };
    arguments.into_iter().flatten().filter_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}

/// The last name in the path of a type, and its arguments.
pub(super) fn last_segment(ty: &Type) -> Option<&PathSegment> {
    match ty {
        Type::Path(path) => path.path.segments.last(),
        _ => None,
    }
}
