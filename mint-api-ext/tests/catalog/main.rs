//! The catalog against the simulator, in paused time.

mod mistakes;
