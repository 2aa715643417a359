//! The route and the body of a call.

use std::fmt;

use super::found::Found;
use crate::error::{Error, id};

/// The route and the body of a call. Every attempt sends the same.
#[derive(Clone)]
pub struct Prepared<B> {
    pub(super) endpoint: Endpoint,
    /// The body, or why the call cannot be sent.
    pub(super) body: Result<B, String>,
    /// The operation that the call acts on.
    pub(super) found: Option<Found>,
}

impl<B> Prepared<B> {
    pub(super) fn new(endpoint: Endpoint, body: Result<B, String>) -> Self {
        Self { endpoint, body, found: None }
    }

    pub(super) fn acting_on(self, found: Found) -> Self {
        Self { found: Some(found), ..self }
    }

    /// Changes the body. The first error is kept; later changes are ignored.
    pub(super) fn set(&mut self, set: impl FnOnce(&mut B) -> Result<(), String>) {
        if let Ok(body) = &mut self.body
            && let Err(why) = set(body)
        {
            self.body = Err(why);
        }
    }
}

/// Omits the body, which may hold signed URLs.
impl<B> fmt::Debug for Prepared<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Prepared").field("endpoint", &self.endpoint).finish_non_exhaustive()
    }
}

/// What a call does, and to which resource. Its text completes "could not ...".
#[derive(Clone, Debug)]
pub struct Endpoint {
    verb: &'static str,
    /// The kind and the id of the resource in the path.
    resource: Option<(&'static str, String)>,
}

impl Endpoint {
    /// A route without an id in its path.
    pub(super) fn collection(verb: &'static str) -> Self {
        Self { verb, resource: None }
    }

    pub(super) fn model(verb: &'static str, id: String) -> Self {
        Self { verb, resource: Some(("model", id)) }
    }

    pub(super) fn operation(verb: &'static str, id: &str) -> Self {
        Self { verb, resource: Some(("operation", id.to_owned())) }
    }

    /// The id in the path; empty for a route without one.
    pub(super) fn id(&self) -> &str {
        self.resource.as_ref().map_or("", |(_, id)| id)
    }

    /// Checks the id in the path.
    pub(super) fn check(&self) -> Result<(), Error> {
        self.resource.as_ref().map_or(Ok(()), |(kind, id)| id::check(kind, id))
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.resource {
            Some((kind, id)) if self.check().is_ok() => write!(f, "{} {kind} {id}", self.verb),
            Some((kind, _)) => write!(f, "{} a {kind}", self.verb),
            None => f.write_str(self.verb),
        }
    }
}

/// Checks a text of a body against the bounds of its type.
pub(super) fn text<'a, T>(field: &str, value: &'a str) -> Result<T, String>
where
    T: TryFrom<&'a str, Error = mint_api::types::error::ConversionError>,
{
    if value.is_empty() {
        return Err(format!("`{field}` is empty; give it at least one character"));
    }
    T::try_from(value).map_err(|error| format!("`{field}` is {error}; shorten it"))
}

/// Checks that a number is finite and above zero. JSON cannot express infinity and NaN.
pub(super) fn positive(field: &str, number: f64) -> Result<f64, String> {
    match number.is_finite() && number > 0.0 {
        true => Ok(number),
        false => Err(format!("`{field}` is {number}; it must be above 0")),
    }
}
