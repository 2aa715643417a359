//! Pictures in the terminal.

use std::env;
use std::path::Path;

/// The width of a picture, in characters.
const WIDTH: u32 = 60;

/// Prints a picture: by the protocol of the terminal if it has one (kitty, iTerm2), else by colored half blocks.
///
/// # Errors
///
/// A text that says why it was not shown.
pub(crate) fn print(path: &Path) -> Result<(), String> {
    let picture = image::open(path).map_err(|error| error.to_string())?;
    // Asking any other terminal for kitty's protocol waits for an answer, and takes what a person types for it.
    let use_kitty = env::var("TERM").is_ok_and(|terminal| terminal.contains("kitty") || terminal.contains("ghostty"));
    let config = viuer::Config { absolute_offset: false, width: Some(WIDTH), use_kitty, ..viuer::Config::default() };
    viuer::print(&picture, &config).map(|_| ()).map_err(|error| error.to_string())
}
