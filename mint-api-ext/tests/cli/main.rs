//! The command `mint` as a process, against the simulator.

mod api;
mod broken;
mod decisions;
mod flow;
mod gallery;
mod gates;
mod generate;
mod help;
mod journal;
mod keys;
mod killed;
mod owned;
mod read;
mod simulator;
mod soak;
mod terminal;
mod support {
    pub(crate) mod desk;
    pub(crate) mod server;
}
