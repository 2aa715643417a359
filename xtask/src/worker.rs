//! Runs the generator in a child process.
//!
//! On some documents typify overflows its stack, which aborts the process, takes all memory, or never ends. No error
//! value can report these. So this program starts itself again with a hidden command, which writes its answer to a file.
//! Nothing else in this program generates code.

mod answer;
mod ask;
mod exchange;
mod memory;
pub(crate) mod process;
mod work;

pub(crate) use answer::{Answer, Client, Refusal};
pub(crate) use ask::{ask, program};
pub(crate) use work::{COMMAND, work};
