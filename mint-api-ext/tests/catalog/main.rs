//! The catalog against the simulator, in paused time.

mod decisions;
mod files;
mod killed;
mod lock;
mod mistakes;
mod money;
mod registry;
mod running;
mod soak;
mod support {
    #[path = "../../ext/support/clock.rs"]
    pub(crate) mod clock;
    pub(crate) mod shop;
}
