//! Generates a Rust client from an OpenAPI 3.x document.
//!
//! progenitor reads OpenAPI 3.0 alone. So a document goes through two pure functions, [`lower`] (3.1 to a 3.0.3 document
//! that is right for any tool) and [`prepare`] (what progenitor alone needs), and then through [`generate`], which runs
//! progenitor and makes the generated types tolerant of a server that grows. An [`overlay`] adds to a document what its
//! publisher left out.
//!
//! ```
//! use openapi_client_codegen::{Settings, generate, parse_json};
//!
//! let document = parse_json(r#"{
//!     "openapi": "3.1.0",
//!     "info": {"title": "Lamps", "version": "1"},
//!     "paths": {"/lamps": {"get": {"operationId": "list_lamps", "responses": {"204": {"description": "none"}}}}}
//! }"#)?;
//! let generated = generate(&document, &Settings::default())?;
//! assert!(generated.rust.contains("pub struct Client"));
//! println!("{}", generated.report.to_markdown());
//! # Ok::<(), openapi_client_codegen::Error>(())
//! ```

#[cfg(feature = "diff")]
pub mod diff;
mod document;
mod emit;
mod error;
mod lower;
mod model;
pub mod overlay;
mod prepare;
mod report;
#[cfg(feature = "source")]
pub mod source;

pub use document::{canonical, parse_json};
pub use emit::{Generated, Settings, generate};
pub use error::Error;
pub use lower::{Lowered, lower};
pub use model::pointer::Pointer;
pub use prepare::prepare;
pub use report::{Code, Disposition, Entry, Explanation, Report, UnknownCode};
