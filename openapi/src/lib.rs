//! The OpenAPI document of the Mint API, and the settings that turn it into Rust.
//!
//! Upstream publishes one route. [`OVERLAY_JSON`] adds what is known beyond it, each action with its source; the two give
//! the [`effective_document`], from which [`generate`] makes the source of the crate `mint-api`. Everything general
//! belongs to the crate [`openapi_client_codegen`].
//!
//! ```
//! let generated = mint_openapi::generate()?;
//! assert!(generated.rust.contains("pub struct Client"));
//! # Ok::<(), mint_openapi::Error>(())
//! ```

use openapi_client_codegen::overlay::{self, Misfit, Overlay, Verdict};
use openapi_client_codegen::{Generated, Settings, parse_json};
use serde_json::Value;

pub use openapi_client_codegen::Error;

/// The document of the Mint API as upstream publishes it: OpenAPI 3.1.
pub const OPENAPI_JSON: &str = include_str!("../openapi.json");

/// What is known of the Mint API beyond that document: an OpenAPI Overlay 1.1, each action with its source.
pub const OVERLAY_JSON: &str = include_str!("../overlay.json");

/// Parses [`OPENAPI_JSON`].
///
/// # Errors
///
/// [`Error::Unreadable`] when `openapi.json` was edited by hand and is no longer JSON.
pub fn document() -> Result<Value, Error> {
    parse_json(OPENAPI_JSON)
}

/// Applies the overlay to the published document: the client is generated from the result.
///
/// An action is skipped where upstream publishes the same by now, as [`overlay::apply`] says.
///
/// # Errors
///
/// [`Error::Unreadable`] or [`Error::Overlay`] when one of the two files was edited and is no longer valid, and
/// [`Error::Overlay`] when an action is dead or contradicts the document.
pub fn effective_document() -> Result<Value, Error> {
    let overlay = Overlay::parse(OVERLAY_JSON)?;
    overlay.provenances()?;
    let applied = overlay::apply(&document()?, &overlay);
    let broken = applied.unsettled().filter(|outcome| outcome.verdict != Verdict::Superseded);
    let broken: Vec<_> = Misfit::of(broken).iter().map(ToString::to_string).collect();
    if !broken.is_empty() {
        return Err(Error::Overlay(broken.join("\n")));
    }
    Ok(applied.document)
}

/// How `mint-api` is generated: its hooks live in `mint_api::seam` and send the credentials, its types can describe
/// themselves to `schemars`, and an operation, which is moved with each poll, does not make room for what few have.
pub fn settings() -> Settings {
    let settings = Settings::default().with_inner_type("crate::seam::Seam").with_own_credentials().with_schemars();
    settings.with_boxed_types(["OperationBilling", "OperationConversion"])
}

/// Generates the source of `mint-api` from the [`effective_document`], with [`settings`].
///
/// # Errors
///
/// As [`generate_with`].
pub fn generate() -> Result<Generated, Error> {
    generate_with(&settings())
}

/// Generates the source of a client from the [`effective_document`].
///
/// # Errors
///
/// Those of [`effective_document`], and [`Error::Rejected`] when any construct is rejected: the client covers the whole
/// document or is not built.
pub fn generate_with(settings: &Settings) -> Result<Generated, Error> {
    openapi_client_codegen::generate(&effective_document()?, settings)?.without_rejections()
}

#[cfg(test)]
mod tests {
    use openapi_client_codegen::canonical;

    use super::*;

    #[test]
    fn the_vendored_document_is_canonical() {
        assert_eq!(canonical(&document().unwrap()), OPENAPI_JSON);
    }
}
