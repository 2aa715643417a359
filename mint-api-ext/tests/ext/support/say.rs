//! What a test tells a person.

use std::io::Write as _;

/// Writes a line that is seen also when the test passes, which the printing macros of a test are not.
pub(crate) fn say(line: &str) {
    // That nobody can read it is no failure.
    let _ = writeln!(std::io::stderr(), "{line}");
}
