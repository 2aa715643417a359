//! Reads and writes structs as objects. serde's derived code would read a list as the fields in order, and takes several
//! times as long to compile.

use std::collections::BTreeMap;

use proc_macro2::{Literal, TokenStream};
use quote::{ToTokens as _, format_ident, quote};
use syn::punctuated::Punctuated;
use syn::visit_mut::VisitMut as _;
use syn::{Attribute, Expr, Field, Fields, Ident, Item, ItemStruct, Path, Token, parse_quote};

use super::Settings;
use super::attributes::Serde;
use super::builders::{implements, subject};
use super::expressions::EachExpr;
use super::structs::{mentions_integer, starts_with_option};
use crate::plan::{Plan, ReadType};

/// The field for properties of a reply that do not decode.
const UNDECODED: &str = "undecoded";

/// Gives every struct with named fields its own `Deserialize` and `Serialize`, and those in replies a field for what
/// does not decode. Returns the names of these fields, by the names of the structs.
pub(super) fn implement(
    types: &mut Vec<Item>,
    plan: &Plan,
    settings: &Settings,
) -> syn::Result<BTreeMap<Ident, Ident>> {
    let mut settled = Vec::with_capacity(types.len());
    let mut undecoded = BTreeMap::new();
    for mut item in types.drain(..) {
        let implementations = match &mut item {
            Item::Struct(item) if matches!(item.fields, Fields::Named(_)) => {
                let read = plan.read_types.get(&item.ident.to_string());
                let object = Object::take(item, read, settings)?;
                if let Some(Object { undecoded: Some(field), .. }) = &object {
                    undecoded.insert(item.ident.clone(), field.clone());
                }
                object.map(|object| object.implementations(&item.ident)).transpose()?
            }
            _ => None,
        };
        settled.push(item);
        settled.extend(implementations);
    }
    *types = settled;
    // Where typify makes a value.
    for item in types {
        if let Item::Impl(item) = item
            && implements(item, "Default")
            && let Some(field) = subject(item).and_then(|name| undecoded.get(name))
        {
            EachExpr(&mut |expr| complete(expr, field)).visit_item_impl_mut(item);
        }
    }
    Ok(undecoded)
}

/// What is said of a struct by its fields and attributes.
struct Object {
    properties: Vec<Property>,
    /// The field of the other properties, and how they are read.
    others: Option<(Ident, Ident)>,
    /// The field of what does not decode.
    undecoded: Option<Ident>,
    /// Whether an unknown property is an error.
    is_closed: bool,
}

struct Property {
    field: Ident,
    name: String,
    serde: Serde,
    is_option: bool,
}

impl Object {
    /// Takes over from serde's derives, if the struct has them.
    fn take(item: &mut ItemStruct, read: Option<&ReadType>, settings: &Settings) -> syn::Result<Option<Self>> {
        if !without_derives(&mut item.attrs)? {
            return Ok(None);
        }
        let of_struct = Serde::take(&mut item.attrs)?;
        let mut object = Self {
            properties: Vec::new(),
            others: None,
            undecoded: None,
            is_closed: of_struct.has("deny_unknown_fields"),
        };
        of_struct.put_for_schemars(&mut item.attrs, settings);
        for field in &mut item.fields {
            let serde = Serde::take(&mut field.attrs)?;
            let Some(ident) = field.ident.clone() else { continue };
            serde.clone().put_for_schemars(&mut field.attrs, settings);
            if serde.has("flatten") {
                let is_integer = mentions_integer(&field.ty.to_token_stream().to_string());
                let is_numeric_text = read.is_some_and(|read| read.numeric_texts.contains(""));
                let read = match is_numeric_text {
                    true => "number_or_text",
                    false if is_integer => "lenient",
                    false => "value",
                };
                object.others = Some((ident, format_ident!("{read}")));
            } else {
                let name = serde.text("rename").unwrap_or_else(|| ident.to_string());
                object.properties.push(Property { field: ident, name, is_option: starts_with_option(field), serde });
            }
        }
        if read.is_some()
            && let Fields::Named(fields) = &mut item.fields
        {
            let field = unused_name(&fields.named);
            let skipped = settings.schemars.then(|| quote!(#[cfg_attr(feature = "schemars", schemars(skip))]));
            fields.named.push(parse_quote! {
                #[doc = "The properties whose values are not of their types, as they came. Their fields are absent."]
                #skipped
                pub #field: super::support::Undecoded
            });
            object.undecoded = Some(field);
        }
        Ok(Some(object))
    }

    /// The arguments of the macro that implements all.
    fn implementations(&self, name: &Ident) -> syn::Result<Item> {
        let properties = self.properties.iter().enumerate().map(|(index, property)| property.tokens(index));
        let properties = properties.collect::<syn::Result<Vec<_>>>()?;
        let each = match (&self.others, self.is_closed) {
            (Some((others, read)), _) => quote!(each_or_other(#others #read)),
            (None, true) => quote!(each_known),
            (None, false) => quote!(each),
        };
        let undecoded = &self.undecoded;
        Ok(parse_quote!(super::support::object! { #name #each #undecoded; #(#properties)* }))
    }
}

impl Property {
    /// The position, the field, the name, how it is read, what the field gets if it is absent, and how it is written.
    fn tokens(&self, index: usize) -> syn::Result<TokenStream> {
        let Self { field, name, serde, is_option } = self;
        let index = Literal::usize_unsuffixed(index);
        let with = serde.text("deserialize_with").unwrap_or_default();
        let ours = with.strip_prefix("super::support::");
        let read = ours.filter(|read| matches!(*read, "lenient" | "number_or_text")).unwrap_or("value");
        // Of typify: a value that may be null and not absent.
        let must_be_present = with.starts_with("::std::option");
        let (read, absent) = match serde.text("default") {
            Some(default) => {
                let default: Path = syn::parse_str(&default)?;
                (read, quote!(or_default(#default)))
            }
            None if *is_option && !must_be_present && read == "value" => ("option", quote!(as_read)),
            None if serde.has("default") || *is_option && !must_be_present => (read, quote!(optional)),
            None => (read, quote!(required)),
        };
        let read = format_ident!("{read}");
        let write = match serde.text("skip_serializing_if").as_deref() {
            None => quote!(property),
            Some("::std::option::Option::is_none") => quote!(some),
            Some(skip) => {
                let skip: Path = syn::parse_str(skip)?;
                quote!(unless(#skip))
            }
        };
        Ok(quote!(#index #field #name #read #absent #write;))
    }
}

/// A name for the field of what does not decode that no property has.
fn unused_name(fields: &Punctuated<Field, Token![,]>) -> Ident {
    let taken = |name: &Ident| fields.iter().any(|field| field.ident.as_ref() == Some(name));
    let mut name = format_ident!("{UNDECODED}");
    while taken(&name) {
        name = format_ident!("{name}_properties");
    }
    name
}

/// Adds a field to `Self { .. }`.
fn complete(expr: &mut Expr, field: &Ident) {
    if let Expr::Struct(made) = expr
        && made.path.is_ident("Self")
    {
        made.fields.push(parse_quote!(#field: ::std::default::Default::default()));
    }
}

/// Removes `Serialize` and `Deserialize` from the derives; returns whether they were there.
fn without_derives(attributes: &mut [Attribute]) -> syn::Result<bool> {
    let mut found = false;
    for attribute in attributes.iter_mut().filter(|attribute| attribute.path().is_ident("derive")) {
        let traits = attribute.parse_args_with(Punctuated::<Path, Token![,]>::parse_terminated)?;
        let is_ours = |path: &Path| {
            path.segments.last().is_some_and(|last| last.ident == "Deserialize" || last.ident == "Serialize")
        };
        found |= traits.iter().any(is_ours);
        let others = traits.into_iter().filter(|path| !is_ours(path)).map(Path::into_token_stream);
        *attribute = parse_quote!(#[derive(#(#others),*)]);
    }
    Ok(found)
}
