//! Lowers OpenAPI 3.1 to 3.0.3, for any tool that reads 3.0.
//!
//! Each rule is a function in a file of this module. Rules on a single schema run on inner schemas first, so everything
//! below a schema is already lowered.

mod alias_cycles;
mod booleans;
mod bounds;
mod branches;
mod conditions;
mod document;
mod dynamic;
mod enum_texts;
mod hoisting;
mod methods;
mod null;
mod null_union;
mod operations;
mod references;
mod schema;
mod streams;
mod targets;
mod types;
mod well_formed;

use serde::Deserialize as _;
use serde_json::Value;

use crate::document::check_limits;
use crate::error::Error;
use crate::report::{Log, Pass, Report};

pub(crate) use enum_texts::EnumTexts;
pub(crate) use methods::Methods;

/// A 3.0.3 document, and the disposition of each construct of the document it was lowered from.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Lowered {
    /// The document, valid OpenAPI 3.0.3.
    pub document: openapiv3::OpenAPI,
    /// The disposition of every construct.
    pub report: Report,
    /// The descriptions and names of enum values, for which 3.0.3 has no field.
    pub(crate) enum_texts: EnumTexts,
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
    let mut pass = lower_value(document)?;
    conditions::without_tuples(&mut pass);
    let Pass { document, log, facts: LoweredFacts { enum_texts, methods } } = pass;
    let mut pass = Pass { document, log, facts: methods };
    methods::refuse(&mut pass);
    let Pass { document, log, .. } = pass;
    let (document, report) = parse(document, log)?;
    Ok(Lowered { document, report, enum_texts })
}

/// The passes until every reference leads to a component.
const ON_REFERENCES: &[fn(&mut Pass)] = &[
    document::sections,
    conditions::dependencies,
    well_formed::mend,
    document::security,
    dynamic::resolve,
    references::lower,
];

/// The passes after that, in order.
const ON_OBJECTS: &[fn(&mut Pass)] = &[
    streams::items,
    document::fields,
    document::required_parts,
    operations::name,
    booleans::lower,
    null::lower,
    schema::lower_all,
    branches::keep_properties,
    null_union::lower,
    Pass::remove_rejected,
];

/// What 3.0.3 has no field for.
#[derive(Debug, Default)]
pub(crate) struct LoweredFacts {
    pub(crate) enum_texts: EnumTexts,
    pub(crate) methods: Methods,
}

/// Lowers a document without parsing the result. Operations of other methods are in the fields that the facts name.
pub(crate) fn lower_value(document: &Value) -> Result<Pass<LoweredFacts>, Error> {
    let mut pass = checked(document)?;
    pass.run(ON_REFERENCES);
    let methods = methods::place(&mut pass.document, &mut pass.log);
    let enum_texts = EnumTexts::of(&pass.document, &mut pass.log);
    pass.run(ON_OBJECTS);
    Ok(Pass { document: pass.document, log: pass.log, facts: LoweredFacts { enum_texts, methods } })
}

/// Refuses a document that is not OpenAPI 3, or is too deep or too large.
#[cfg(feature = "diff")]
pub(crate) fn check(document: &Value) -> Result<(), Error> {
    checked(document).map(drop)
}

/// A copy of the document labelled as 3.0.3, if its version and size are supported.
fn checked(document: &Value) -> Result<Pass, Error> {
    let mut log = Log::default();
    check_limits(document, &mut log);
    Error::of_rejections(&log.report)?;
    let mut pass = Pass { document: document.clone(), log, facts: () };
    document::version(&mut pass);
    Error::of_rejections(&pass.log.report)?;
    Ok(pass)
}

/// Parses a 3.0 document, without its malformed operations.
pub(crate) fn parse(document: Value, log: Log) -> Result<(openapiv3::OpenAPI, Report), Error> {
    if let Ok(read) = openapiv3::OpenAPI::deserialize(&document) {
        return Ok((read, log.report));
    }
    let mut pass = Pass { document, log, facts: () };
    pass.run(&[well_formed::refuse, Pass::remove_rejected]);
    let document = openapiv3::OpenAPI::deserialize(&pass.document).map_err(|source| Error::NotOpenApi30 { source })?;
    Ok((document, pass.log.report))
}
