//! The whole pipeline: from a document to the source of a client.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use syn::{File, Item};

use super::progenitor::run_progenitor;
use super::support_module::support_module;
use super::{
    aliases, attributes, boxed_types, builders, by_status, client, credentials, docs, file_part, formats, named_types,
    names, nullable, objects, open_enum, operations, server, structs, texts, timestamp, tuple, union, wire,
};
use crate::document::select;
use crate::error::Error;
use crate::lower::lower_value;
use crate::plan::{Format, Plan};
use crate::prepare::{Prepared, prepare_value};
use crate::report::Report;

/// How to generate.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Settings {
    /// The path of a type that every client carries, and for which the crate implements `ClientHooks`.
    ///
    /// With it, the constructors of the client are private to the crate, which decides how a client is made.
    pub inner_type: Option<String>,
    /// The `User-Agent` of a client that `Client::new` makes, such as `lamps/1.2`. A client that `Client::new_with_client`
    /// makes has that of the given HTTP client.
    pub user_agent: Option<String>,
    /// Whether types derive `schemars::JsonSchema` (schemars 1) behind a feature named `schemars`.
    pub schemars: bool,
    /// Whether types that are only received have builders, too, so that tests can make them. They double the client.
    pub reply_builders: bool,
    /// Whether the crate sends credentials itself, such as in its hooks or by the HTTP client that it makes. Without it, a
    /// client of a document with security schemes has `Client::with_credentials`.
    pub own_credentials: bool,
    /// The formats of texts that have types in Rust, such as `uuid::Uuid`. A text of another format is a `String`.
    pub formats: BTreeSet<Format>,
    /// Selectors of the operations to generate, as [`select`] takes them. An empty list selects all operations.
    pub operations: Vec<String>,
    /// The names of types, in the module `types`, whose values are boxed in optional fields of types that are only received.
    /// A reply is smaller, and cheaper to move, where a large part of it is rare.
    pub boxed_types: BTreeSet<String>,
    /// Leaves the module `support` empty, for a fuzzer: it is in every client, and takes nine tenths of the time.
    #[doc(hidden)]
    pub without_support: bool,
}

impl Settings {
    /// Sets [`Settings::inner_type`].
    pub fn with_inner_type(mut self, path: &str) -> Self {
        self.inner_type = Some(path.to_owned());
        self
    }

    /// Sets [`Settings::user_agent`].
    pub fn with_user_agent(mut self, user_agent: &str) -> Self {
        self.user_agent = Some(user_agent.to_owned());
        self
    }

    /// Sets [`Settings::schemars`].
    pub fn with_schemars(mut self) -> Self {
        self.schemars = true;
        self
    }

    /// Adds to [`Settings::operations`]; the types that only other operations need are left out.
    pub fn with_operations(mut self, selectors: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.operations.extend(selectors.into_iter().map(Into::into));
        self
    }

    /// Adds to [`Settings::formats`]; the README lists the crates that their types need.
    pub fn with_formats(mut self, formats: impl IntoIterator<Item = Format>) -> Self {
        self.formats.extend(formats);
        self
    }

    /// Adds to [`Settings::boxed_types`]; [`generate`] refuses a name that no such field has.
    pub fn with_boxed_types(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.boxed_types.extend(names.into_iter().map(Into::into));
        self
    }

    /// Sets [`Settings::own_credentials`].
    pub fn with_own_credentials(mut self) -> Self {
        self.own_credentials = true;
        self
    }

    /// Sets [`Settings::reply_builders`].
    pub fn with_reply_builders(mut self) -> Self {
        self.reply_builders = true;
        self
    }
}

/// A generated client, and the report on its document.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Generated {
    /// The Rust source of one module, formatted.
    pub rust: String,
    /// The disposition of every construct.
    pub report: Report,
    /// The prepared document, with the generated operations only.
    pub document: openapiv3::OpenAPI,
    /// The facts that the generated code needed beside the prepared document.
    pub plan: Plan,
    /// The names of Rust types in the module `types`, by the names of component schemas in the given document.
    pub type_names: BTreeMap<String, String>,
}

impl Generated {
    /// Insists on a client for the whole document.
    ///
    /// # Errors
    ///
    /// [`Error::Rejected`] when a construct was rejected.
    pub fn without_rejections(self) -> Result<Self, Error> {
        Error::of_rejections(&self.report)?;
        Ok(self)
    }
}

/// Generates a client from an OpenAPI 3.x document.
///
/// The source is one module to `include!`. It needs the crates progenitor-client, reqwest, serde, serde_json, chrono,
/// percent-encoding and, with [`Settings::schemars`], schemars; the README lists their features, and what some documents
/// need beside them. The same document and
/// settings give the same source, to the byte.
///
/// # Errors
///
/// [`Error::Rejected`] when the whole document is refused. An operation that cannot be generated is left out, and the
/// report says why (see [`Generated::without_rejections`]). [`Error::Selection`] when one of [`Settings::operations`] names
/// none, and [`Error::BoxedType`] when one of [`Settings::boxed_types`] changes nothing. The other variants are for a document
/// that is not valid OpenAPI; [`Error::Generator`] is also returned when progenitor panics.
///
/// # Examples
///
/// ```
/// use openapi_client_codegen::{Settings, generate, parse_json};
///
/// let document = parse_json(r#"{
///     "openapi": "3.1.0",
///     "info": {"title": "Lamps", "version": "1"},
///     "paths": {"/lamps": {"get": {"operationId": "list_lamps", "responses": {"204": {"description": "none"}}}}}
/// }"#)?;
/// let generated = generate(&document, &Settings::default())?;
/// assert!(generated.rust.contains("pub struct Client"));
/// println!("{}", generated.report.to_markdown());
/// # Ok::<(), openapi_client_codegen::Error>(())
/// ```
pub fn generate(document: &Value, settings: &Settings) -> Result<Generated, Error> {
    let selected = match &*settings.operations {
        [] => None,
        selectors => Some(select(document.clone(), selectors)?),
    };
    let document = selected.as_ref().unwrap_or(document);
    let given: Vec<_> = component_schemas(document).map(|names| names.keys().cloned().collect()).unwrap_or_default();
    let Prepared { document, plan, mut type_names, report } = prepare_value(lower_value(document)?, &settings.formats)?;
    type_names.retain(|name, _| given.contains(name));
    let mut file: File = syn::parse2(run_progenitor(&document, &plan, settings)?)?;
    named_types::settle(&mut file);
    open_types(&mut file, &plan, settings)?;
    wire::restore(&mut file, &plan);
    operations::complete(&mut file, &plan);
    client::replace_path_encoding(&mut file);
    client::replace_error(&mut file);
    client::complete_constructors(&mut file, &plan, settings);
    client::seal(&mut file, settings);
    credentials::add(&mut file, &plan, settings)?;
    file.items.extend(server::items(&document.servers)?);
    docs::settle(&mut file);
    let rust = named_types::settle_texts(&prettyplease::unparse(&file));
    Ok(Generated { rust, report, document, plan, type_names })
}

fn component_schemas(document: &Value) -> Option<&serde_json::Map<String, Value>> {
    document.pointer("/components/schemas")?.as_object()
}

fn open_types(file: &mut File, plan: &Plan, settings: &Settings) -> Result<(), Error> {
    timestamp::keep_text(file);
    file.items.push(Item::Mod(support_module(plan, settings)?));
    if let Some(types) = names::module_items(file, "types") {
        structs::read_tolerantly(types, plan)?;
        nullable::distinguish(types, plan, settings)?;
        boxed_types::apply(types, plan, settings)?;
        if !settings.reply_builders {
            builders::remove_those_of_replies(types, plan);
        }
        texts::share_implementations(types);
        if settings.schemars {
            attributes::derive_schemars(types);
        }
        let undecoded = objects::implement(types, plan, settings)?;
        builders::share_implementations(types, &undecoded);
        types.extend(open_enum::items(plan, settings)?);
        types.extend(union::items(plan, settings)?);
        types.extend(tuple::items(plan, settings)?);
        types.extend(by_status::items(plan)?);
        types.extend(file_part::items(plan, settings));
        types.extend(formats::items(plan, settings)?);
        types.extend(aliases::items(plan));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document() -> Value {
        serde_json::from_str(include_str!("../../tests/diff/base.json")).unwrap()
    }

    #[test]
    fn the_same_document_gives_the_same_source() {
        let document = document();
        let source = || generate(&document, &Settings::default()).unwrap().rust;
        assert_eq!(source(), source());
    }

    #[test]
    fn docs_hold_no_schema_dumps_and_no_doctests() {
        let rust = generate(&document(), &Settings::default()).unwrap().rust;
        assert!(!rust.contains("JSON schema"));
        let fences: Vec<_> = rust.lines().map(str::trim).filter(|line| line.starts_with("```")).collect();
        assert!(!fences.is_empty());
        for pair in fences.chunks(2) {
            assert_eq!(pair[0], "```text");
        }
    }
}
