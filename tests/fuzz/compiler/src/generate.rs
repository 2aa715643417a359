//! Any document gives a client or an error.

use std::collections::BTreeSet;

use openapi_client_codegen::{Format, Report, Settings, generate, parse_json};
use serde_json::{Map, Value};
use syn::{Fields, Ident, ImplItem, Item, ItemImpl, PathArguments, Type};

/// Methods that every version of OpenAPI has.
const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// The input is a document; returns whether there is a client. It is Rust, the same one each time, no two things in it have
/// one name, and no operation is missing that reaches nothing rejected.
///
/// Without the helpers that are in every client: those are parsed and formatted for seeds only, in `cargo test`.
pub fn check(data: &[u8]) -> bool {
    let Some(document) = std::str::from_utf8(data).ok().and_then(|text| parse_json(text).ok()) else { return false };
    let mut settings = Settings::default().with_formats(Format::ALL.iter().copied());
    settings.without_support = cfg!(fuzzing);
    let Ok(generated) = generate(&document, &settings) else { return false };
    match syn::parse_file(&generated.rust) {
        Ok(file) => check_names(&file.items),
        Err(error) => panic!("the client is no Rust: {error}"),
    }
    let found = generated.document.operations().count();
    let expected = expected(&document, &generated.report);
    assert!(found >= expected, "of {expected} operations that reach nothing rejected, {found} are left");
    let again = generate(&document, &settings).map(|again| again.rust);
    assert!(again.is_ok_and(|again| again == generated.rust), "the same document gives another client");
    true
}

/// How many operations a document describes in place that reach nothing rejected. After a rejection, only those count that
/// refer to nothing, in path items without one.
fn expected(document: &Value, report: &Report) -> usize {
    let rejected: Vec<_> = report.rejections().map(|entry| entry.pointer.as_str()).collect();
    let is_of_place = |at: &&str| at.starts_with("/paths/") || at.starts_with("/components/schemas/");
    if !rejected.iter().all(is_of_place) {
        return 0;
    }
    let count = |item: &Map<String, Value>| {
        METHODS.iter().filter(|name| item.get(**name).is_some_and(Value::is_object)).count()
    };
    let is_intact = |path: &str, item: &Map<String, Value>| {
        let at = format!("/paths/{}", path.replace('~', "~0").replace('/', "~1"));
        let refers = Value::from(item.clone()).to_string().contains("\"$");
        rejected.is_empty() || !refers && !rejected.iter().any(|rejected| rejected.starts_with(&at))
    };
    let paths = document["paths"].as_object().into_iter().flatten().filter(|(path, _)| path.starts_with('/'));
    let items = paths.filter_map(|(path, item)| Some((path, item.as_object()?)));
    items.filter(|(path, item)| is_intact(path, item)).map(|(_, item)| count(item)).sum()
}

/// Two items, fields, variants or methods of one name are Rust for a parser only.
fn check_names(items: &[Item]) {
    let (mut types, mut functions, mut methods) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for item in items {
        match item {
            Item::Struct(item) => {
                assert!(types.insert(&item.ident), "two types {}", item.ident);
                check_fields(&item.ident, &item.fields);
            }
            Item::Enum(item) => {
                assert!(types.insert(&item.ident), "two types {}", item.ident);
                let mut variants = BTreeSet::new();
                for variant in &item.variants {
                    assert!(variants.insert(&variant.ident), "two variants {}::{}", item.ident, variant.ident);
                    check_fields(&variant.ident, &variant.fields);
                }
            }
            Item::Type(item) => assert!(types.insert(&item.ident), "two types {}", item.ident),
            Item::Fn(item) => assert!(functions.insert(&item.sig.ident), "two functions {}", item.sig.ident),
            Item::Mod(item) => {
                assert!(types.insert(&item.ident), "two modules {}", item.ident);
                check_names(item.content.as_ref().map_or(&[], |(_, items)| items));
            }
            Item::Impl(item) => {
                let Some(name) = plain_subject(item) else { continue };
                for method in &item.items {
                    let ImplItem::Fn(method) = method else { continue };
                    let method = &method.sig.ident;
                    assert!(methods.insert((name, method)), "two methods {name}::{method}");
                }
            }
            _ => {}
        }
    }
}

fn check_fields(of: &Ident, fields: &Fields) {
    let mut names = BTreeSet::new();
    for name in fields.iter().filter_map(|field| field.ident.as_ref()) {
        assert!(names.insert(name), "two fields {of}.{name}");
    }
}

/// The type of an implementation of its own methods; none of one with arguments, which may have several.
fn plain_subject(item: &ItemImpl) -> Option<&Ident> {
    let (None, Type::Path(ty)) = (&item.trait_, &*item.self_ty) else { return None };
    let last = ty.path.segments.last()?;
    matches!(last.arguments, PathArguments::None).then_some(&last.ident)
}
