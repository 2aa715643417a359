//! The command `mint` as a process, against the simulator.

mod broken;
mod decisions;
mod flow;
mod help;
mod keys;
mod killed;
mod simulator;
mod soak;
mod support {
    pub(crate) mod desk;
    pub(crate) mod server;
}
