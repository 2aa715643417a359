//! From a prepared document to Rust: progenitor, and a pass over what it wrote.
//!
//! progenitor's types are closed: a new enum value or a new union member fails the whole reply. The pass opens them.

mod attributes;
mod client;
mod member;
mod named_types;
mod names;
mod objects;
mod open_enum;
mod operations;
mod plan;
mod server;
mod structs;
#[cfg(test)]
#[allow(dead_code, missing_debug_implementations, unreachable_pub)]
mod support;
mod timestamp;
mod union;
mod wire;

use std::any::Any;
use std::collections::BTreeMap;
use std::panic;

use proc_macro2::TokenStream;
use progenitor::{GenerationSettings, Generator, HooksMode, InterfaceStyle, TagStyle};
use serde_json::Value;
use syn::{File, Item, ItemMod};

use crate::error::Error;
use crate::lower::{lower_value, parse};
use crate::prepare::{Prepared, prepare_value};
use crate::report::Report;
use plan::Plan;

/// How to generate.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Settings {
    /// The path of a type that every client carries and for whose sake `ClientHooks` is implemented by hand.
    ///
    /// With it, the constructors of the client are private to the crate: the crate decides how a client is made.
    pub inner_type: Option<String>,
    /// Whether types derive `schemars::JsonSchema` (schemars 1) behind a feature named `schemars`.
    pub schemars: bool,
}

impl Settings {
    /// Sets [`Settings::inner_type`].
    pub fn with_inner_type(mut self, path: &str) -> Self {
        self.inner_type = Some(path.to_owned());
        self
    }

    /// Sets [`Settings::schemars`].
    pub fn with_schemars(mut self) -> Self {
        self.schemars = true;
        self
    }
}

/// A generated client and what became of the document on the way.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Generated {
    /// The Rust source of one module, formatted.
    pub rust: String,
    /// What became of every construct.
    pub report: Report,
    /// The prepared document: the operations in it are the generated ones.
    pub document: openapiv3::OpenAPI,
    /// The name of the Rust type, in the module `types`, of each component schema of the given document that has one.
    pub type_names: BTreeMap<String, String>,
}

impl Generated {
    /// Insists on a client for the whole document.
    ///
    /// # Errors
    ///
    /// [`Error::Rejected`] when a construct was refused, and its operations with it.
    pub fn without_rejections(self) -> Result<Self, Error> {
        Error::of_rejections(&self.report)?;
        Ok(self)
    }
}

/// Generates a client from an OpenAPI 3.1 document.
///
/// The source is one module to `include!`; it holds all that it needs but the crates progenitor-client, reqwest,
/// serde, serde_json, chrono, percent-encoding and, with [`Settings::schemars`], schemars. The same document and
/// settings give the same source, to the byte.
///
/// # Errors
///
/// [`Error::Rejected`] when the document as a whole is refused: an operation that cannot be generated is left out and
/// stands in the report (see [`Generated::without_rejections`]). The other variants for a document that is not valid
/// OpenAPI, and [`Error::Generator`] also when progenitor panics.
pub fn generate(document: &Value, settings: &Settings) -> Result<Generated, Error> {
    let given: Vec<_> = component_schemas(document).map(|names| names.keys().cloned().collect()).unwrap_or_default();
    let mut report = Report::default();
    let lowered = lower_value(document, &mut report)?;
    let Prepared { document, mut type_names } = prepare_value(lowered, &mut report);
    let document = parse(document, &mut report)?;
    let types = document.components.as_ref().map(|components| &components.schemas);
    type_names.retain(|name, ty| given.contains(name) && types.is_some_and(|types| types.contains_key(ty)));
    let plan = Plan::of(&document)?;
    let mut file: File = syn::parse2(run_progenitor(&document, &plan, settings)?)?;
    named_types::settle(&mut file);
    open_types(&mut file, &plan, settings)?;
    wire::restore(&mut file, &plan);
    operations::complete(&mut file, &plan);
    client::replace_path_encoding(&mut file);
    client::seal(&mut file, settings);
    file.items.extend(server::items(&document.servers)?);
    let rust = named_types::settle_texts(&prettyplease::unparse(&file));
    Ok(Generated { rust, report, document, type_names })
}

fn component_schemas(document: &Value) -> Option<&serde_json::Map<String, Value>> {
    document.pointer("/components/schemas")?.as_object()
}

fn run_progenitor(document: &openapiv3::OpenAPI, plan: &Plan, settings: &Settings) -> Result<TokenStream, Error> {
    let mut progenitor = GenerationSettings::new();
    progenitor
        .with_interface(InterfaceStyle::Builder)
        .with_tag(TagStyle::Merged)
        // A map with an order, so that the same value is always written the same way.
        .with_map_type("::std::collections::BTreeMap");
    if let Some(inner_type) = &settings.inner_type {
        let inner_type: syn::Type = syn::parse_str(inner_type)?;
        progenitor.with_hooks(HooksMode::Expected).with_inner_type(quote::quote!(#inner_type));
    }
    named_types::announce(&mut progenitor, plan);
    // progenitor and typify panic on some documents they do not take.
    let generated = panic::catch_unwind(panic::AssertUnwindSafe(|| {
        Generator::new(&progenitor).generate_tokens(document).map_err(|error| error.to_string())
    }));
    generated.unwrap_or_else(|payload| Err(format!("it panicked: {}", text_of(&*payload)))).map_err(Error::Generator)
}

/// What a panic said.
fn text_of(payload: &(dyn Any + Send)) -> &str {
    let text = payload.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| payload.downcast_ref::<&str>().copied()).unwrap_or("without a message")
}

fn open_types(file: &mut File, plan: &Plan, settings: &Settings) -> Result<(), Error> {
    timestamp::keep_text(file);
    file.items.push(Item::Mod(support_module(settings)?));
    if let Some(types) = names::module_items(file, "types") {
        structs::read_tolerantly(types, plan)?;
        if settings.schemars {
            attributes::derive_schemars(types);
        }
        objects::refuse_lists(types)?;
        types.extend(open_enum::items(plan, settings)?);
        types.extend(union::items(plan, settings)?);
    }
    Ok(())
}

/// What the generated types stand on, in files of one concern each.
const SUPPORT: &[(&str, &str)] = &[
    ("integers", include_str!("codegen/support/integers.rs")),
    ("json", include_str!("codegen/support/json.rs")),
    ("members", include_str!("codegen/support/members.rs")),
    ("only_object", include_str!("codegen/support/only_object.rs")),
    ("query", include_str!("codegen/support/query.rs")),
    ("reply", include_str!("codegen/support/reply.rs")),
    ("timestamp", include_str!("codegen/support/timestamp.rs")),
    ("unknown_value", include_str!("codegen/support/unknown_value.rs")),
    ("urls", include_str!("codegen/support/urls.rs")),
];

fn support_module(settings: &Settings) -> Result<ItemMod, Error> {
    let mut files = Vec::new();
    for (name, text) in SUPPORT {
        let mut items = syn::parse_str::<File>(text)?.items;
        items.retain(|item| !matches!(item, Item::Mod(tests) if tests.ident == "tests"));
        if settings.schemars {
            attributes::derive_schemars(&mut items);
        }
        files.extend(names::flattened(name, items));
    }
    Ok(names::module("support", files))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_document_gives_the_same_source() {
        let document = crate::document().unwrap();
        let source = || generate(&document, &Settings::default()).unwrap().rust;
        assert_eq!(source(), source());
    }

    #[test]
    fn docs_hold_no_schema_dumps_and_no_doctests() {
        let rust = generate(&crate::document().unwrap(), &Settings::default()).unwrap().rust;
        assert!(!rust.contains("JSON schema"));
        let fences: Vec<_> = rust.lines().map(str::trim).filter(|line| line.starts_with("```")).collect();
        assert!(!fences.is_empty());
        for pair in fences.chunks(2) {
            assert_eq!(pair[0], "```text");
        }
    }
}
