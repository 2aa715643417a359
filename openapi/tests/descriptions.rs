//! Every generated type, field and enum value has a description of its own.

use mint_openapi::generate;
use syn::{Attribute, Expr, ExprLit, Fields, Item, Lit, Meta, Visibility};

#[test]
fn every_type_field_and_value_is_described() {
    let undescribed = undescribed(&generate().unwrap().rust);
    assert!(undescribed.is_empty(), "describe these in `overlay.json`:\n{}", undescribed.join("\n"));
}

#[test]
fn a_description_that_only_repeats_the_name_counts_as_none() {
    let rust = r#"
        pub mod types {
            pub mod error {}
            /// `OperationKind`
            ///
            /// Open: a value that this version does not know is read as the last variant and written back as it came.
            pub enum OperationKind {
                /// `a_b`
                Ab,
                #[doc = "A b.\n\nOn the wire: `a_b`."]
                AB,
                /// The third.
                C,
                /// A value that this version does not know.
                Unknown(UnknownValue),
            }
            /// The operation kind.
            pub struct OperationKindList {
                /// Kinds
                pub kinds: Vec<OperationKind>,
                /// How many kinds there are.
                pub count: u64,
                #[serde(default)]
                pub total: u64,
            }
            /// Operation error
            pub struct OperationError(String);
        }
    "#;
    let expected = [
        "OperationKind",
        "OperationKind::Ab",
        "OperationKind::AB",
        "OperationKindList::kinds",
        "OperationKindList::total",
        "OperationError",
    ];
    assert_eq!(undescribed(rust), expected);
}

/// The public types of the module `types`, and their fields and variants, that lack a description.
fn undescribed(rust: &str) -> Vec<String> {
    let file = syn::parse_file(rust).unwrap();
    let types = file.items.into_iter().find_map(|item| match item {
        Item::Mod(module) if module.ident == "types" => module.content,
        _ => None,
    });
    let mut found = Vec::new();
    for item in types.unwrap().1 {
        match item {
            Item::Struct(item) => {
                let name = item.ident.to_string();
                note(&mut found, &name, "", &item.attrs);
                if let Fields::Named(fields) = item.fields {
                    for field in fields.named.iter().filter(|field| matches!(field.vis, Visibility::Public(_))) {
                        note(&mut found, &name, &field.ident.as_ref().unwrap().to_string(), &field.attrs);
                    }
                }
            }
            Item::Enum(item) => {
                let name = item.ident.to_string();
                note(&mut found, &name, "", &item.attrs);
                // A member of a union is described by its type.
                for variant in item.variants.iter().filter(|variant| variant.fields.is_empty()) {
                    note(&mut found, &name, &variant.ident.to_string(), &variant.attrs);
                }
            }
            _ => {}
        }
    }
    found
}

fn note(found: &mut Vec<String>, of: &str, inner: &str, attributes: &[Attribute]) {
    let description = letters(&first_paragraph(attributes));
    let name = letters(if inner.is_empty() { of } else { inner });
    if description.is_empty() || description == name {
        found.push(if inner.is_empty() { of.to_owned() } else { format!("{of}::{inner}") });
    }
}

fn first_paragraph(attributes: &[Attribute]) -> String {
    let lines = attributes.iter().filter_map(|attribute| match &attribute.meta {
        Meta::NameValue(pair) if pair.path.is_ident("doc") => match &pair.value {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value()),
            _ => None,
        },
        _ => None,
    });
    let text = lines.collect::<Vec<_>>().join("\n");
    text.split("\n\n").next().unwrap_or_default().to_owned()
}

/// The letters and digits of a text in lower case, so that `a_b`, `Ab` and "A b." are equal.
fn letters(text: &str) -> String {
    text.chars().filter(|character| character.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
