//! Lowers OpenAPI 3.1 to 3.0.3, for any tool that reads 3.0.
//!
//! Each rule is a function in a file of this module. Rules on a single schema run on inner schemas first, so everything
//! below a schema is already lowered.

mod alias_cycles;
mod booleans;
mod bounds;
mod conditions;
mod document;
mod null;
mod operations;
mod references;
mod schema;
mod targets;
mod types;
mod well_formed;

use serde::Deserialize as _;
use serde_json::Value;

use crate::document::check_limits;
use crate::error::Error;
use crate::report::Report;
use crate::report::rejection;

/// A 3.0.3 document, and the disposition of each construct of the document it was lowered from.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Lowered {
    /// The document, valid OpenAPI 3.0.3.
    pub document: openapiv3::OpenAPI,
    /// The disposition of every construct.
    pub report: Report,
}

/// Lowers an OpenAPI 3.1 document to 3.0.3 (OpenAPI 3.1.1, and JSON Schema 2020-12).
///
/// The same document gives the same result, to the byte. An operation that reaches a rejected construct is left out, and
/// the report says why. Documents of 3.0 and 3.2 go through the same rules.
///
/// # Errors
///
/// [`Error::Rejected`] when the whole document is refused, and [`Error::NotOpenApi30`] when the result is not valid
/// OpenAPI 3.0, because of an invalid document.
///
/// # Examples
///
/// ```
/// let document = openapi_client_codegen::parse_json(
///     r#"{"openapi": "3.1.0", "info": {"title": "Lamps", "version": "1"}, "paths": {}}"#,
/// )?;
/// let lowered = openapi_client_codegen::lower(&document)?;
/// assert_eq!(lowered.document.openapi, "3.0.3");
/// # Ok::<(), openapi_client_codegen::Error>(())
/// ```
pub fn lower(document: &Value) -> Result<Lowered, Error> {
    let mut report = Report::default();
    let document = lower_value(document, &mut report)?;
    Ok(Lowered { document: parse(document, &mut report)?, report })
}

pub(crate) fn lower_value(document: &Value, report: &mut Report) -> Result<Value, Error> {
    check_limits(document, report);
    Error::of_rejections(report)?;
    let mut lowered = document.clone();
    document::version(&mut lowered, report);
    Error::of_rejections(report)?;
    document::sections(&mut lowered, report);
    well_formed::mend(&mut lowered, report);
    references::lower(&mut lowered, report);
    document::fields(&mut lowered, report);
    document::required_parts(&mut lowered, report);
    operations::name(&mut lowered, report);
    schemas(&mut lowered, report);
    rejection::remove_operations(&mut lowered, report, 0);
    Ok(lowered)
}

/// Refuses a document that is not OpenAPI 3, or is too deep or too large.
#[cfg(feature = "diff")]
pub(crate) fn check(document: &Value) -> Result<(), Error> {
    let mut report = Report::default();
    check_limits(document, &mut report);
    Error::of_rejections(&report)?;
    document::version(&mut document.clone(), &mut report);
    Error::of_rejections(&report)
}

/// Applies the rules on schemas; every reference already leads to a component.
fn schemas(document: &mut Value, report: &mut Report) {
    booleans::lower(document, report);
    null::lower(document, report);
    schema::lower_all(document, report);
}

/// Parses a 3.0 document, without its malformed operations.
pub(crate) fn parse(mut document: Value, report: &mut Report) -> Result<openapiv3::OpenAPI, Error> {
    if let Ok(read) = openapiv3::OpenAPI::deserialize(&document) {
        return Ok(read);
    }
    let since = report.entries.len();
    well_formed::refuse(&document, report);
    rejection::remove_operations(&mut document, report, since);
    serde_json::from_value(document).map_err(|source| Error::NotOpenApi30 { source })
}
