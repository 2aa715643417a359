//! The OpenAPI document of the Mint API, and what turns it into Rust.
//!
//! The published document is not all that is known of the API: an [`overlay`] adds the rest, each part with its source.
//! The [`effective_document`] is OpenAPI 3.1; progenitor reads 3.0. So it goes through two pure functions,
//! [`lower`] (3.1 to a 3.0.3 document that is right for any tool) and [`prepare`] (what progenitor alone needs),
//! and then through [`generate`], which runs progenitor and makes what it wrote tolerant of a server that grows.
//!
//! ```
//! use mint_openapi::{Settings, effective_document, generate};
//!
//! let generated = generate(&effective_document()?, &Settings::default())?;
//! assert!(generated.rust.contains("pub struct Client"));
//! println!("{}", generated.report.to_markdown());
//! # Ok::<(), mint_openapi::Error>(())
//! ```

mod code;
mod codegen;
#[cfg(feature = "diff")]
pub mod diff;
mod document;
mod error;
mod explanation;
mod grammar;
mod lower;
pub mod overlay;
mod pointer;
mod prepare;
mod rejection;
mod report;
#[cfg(feature = "source")]
pub mod source;

pub use code::{Code, Explanation, UnknownCode};
pub use codegen::{Generated, Settings, generate};
pub use document::{OPENAPI_JSON, OVERLAY_JSON, canonical, document, effective_document, parse_json};
pub use error::Error;
pub use lower::{Lowered, lower};
pub use pointer::Pointer;
pub use prepare::prepare;
pub use report::{Disposition, Entry, Report};
