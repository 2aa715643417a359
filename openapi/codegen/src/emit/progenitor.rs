//! Running progenitor on a prepared document.

use std::any::Any;
use std::panic;

use proc_macro2::TokenStream;
use progenitor::{GenerationSettings, Generator, HooksMode, InterfaceStyle, TagStyle};

use super::{Settings, named_types};
use crate::error::Error;
use crate::plan::Plan;

pub(super) fn run_progenitor(
    document: &openapiv3::OpenAPI,
    plan: &Plan,
    settings: &Settings,
) -> Result<TokenStream, Error> {
    let mut progenitor = GenerationSettings::new();
    progenitor
        .with_interface(InterfaceStyle::Builder)
        .with_tag(TagStyle::Merged)
        // An ordered map, so that equal values serialize equally.
        .with_map_type("::std::collections::BTreeMap");
    if let Some(inner_type) = &settings.inner_type {
        let inner_type: syn::Type = syn::parse_str(inner_type)?;
        progenitor.with_hooks(HooksMode::Expected).with_inner_type(quote::quote!(#inner_type));
    }
    named_types::announce(&mut progenitor, plan);
    // progenitor and typify panic on some documents.
    let generated = panic::catch_unwind(panic::AssertUnwindSafe(|| {
        Generator::new(&progenitor).generate_tokens(document).map_err(|error| error.to_string())
    }));
    generated.unwrap_or_else(|payload| Err(format!("it panicked: {}", text_of(&*payload)))).map_err(Error::Generator)
}

/// The message of a panic.
fn text_of(payload: &(dyn Any + Send)) -> &str {
    let text = payload.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| payload.downcast_ref::<&str>().copied()).unwrap_or("without a message")
}
