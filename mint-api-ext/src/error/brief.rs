//! The short form of an operation in a text.

use std::fmt;

use mint_api::types::Operation;

/// Shows only the id and status of an operation; the rest may hold signed URLs.
pub(crate) struct Brief<'a>(pub(crate) &'a Operation);

impl fmt::Debug for Brief<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Operation")
            .field("id", &self.0.id)
            .field("status", &self.0.status.as_str())
            .finish_non_exhaustive()
    }
}
