//! Progress of waits and downloads: bars in a terminal, lines elsewhere.
//!
//! [`Progress::show`] takes the [events](crate::download::Event) of a download, [`Progress::show_update`] the
//! [updates](crate::wait::Update) of a wait.

mod bars;
mod lines;
mod progress;
#[cfg(test)]
mod tests;
mod totals;

pub use progress::Progress;
