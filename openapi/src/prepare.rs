//! What progenitor alone needs of a 3.0 document: replies and errors in a form it takes, every type named, and
//! replies read tolerantly.

mod component_names;
mod description;
mod direction;
mod inline_types;
mod responses;
mod tolerance;

use serde_json::Value;

use crate::error::Error;
use crate::lower::{Lowered, parse};
use crate::report::Report;

pub(crate) use component_names::{rust_name, unique_name};
pub(crate) use direction::directions;

/// Bends a lowered document to what progenitor turns into right code.
///
/// The entries it adds to the report stand after those of the lowering; their pointers are into the 3.0 document.
///
/// # Errors
///
/// [`Error::Rejected`] when a construct cannot be prepared, [`Error::NotOpenApi30`] when the result is not valid 3.0.
pub fn prepare(lowered: Lowered) -> Result<Lowered, Error> {
    let Lowered { document, mut report } = lowered;
    let document = serde_json::to_value(document).map_err(|source| Error::NotOpenApi30 { source })?;
    let document = prepare_value(document, &mut report);
    Error::of_rejections(&report)?;
    Ok(Lowered { document: parse(document)?, report })
}

fn prepare_value(mut document: Value, report: &mut Report) -> Value {
    component_names::rename(&mut document, report);
    responses::normalise(&mut document, report);
    inline_types::name(&mut document, report);
    tolerance::relax(&mut document, report);
    description::sanitise(&mut document, report);
    document
}
