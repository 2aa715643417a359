//! An operation as text may show it.

use std::fmt;

use mint_api::types::Operation;

/// An operation as text may show it: by its id and status. The rest holds the URLs of its files, which may be signed.
pub(crate) struct Brief<'a>(pub(crate) &'a Operation);

impl fmt::Debug for Brief<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Operation")
            .field("id", &self.0.id)
            .field("status", &self.0.status.as_str())
            .finish_non_exhaustive()
    }
}
