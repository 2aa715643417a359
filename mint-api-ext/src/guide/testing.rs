//! Testing your own program against the simulator.
//!
//! The feature `simulator` has a Mint server that runs as tasks of your test. It serves every route, keeps state, charges
//! credits and has a CDN with real files.
//!
//! ```toml
//! [dev-dependencies]
//! mint-api-ext = { version = "0.1", features = ["simulator"] }
//! tokio = { version = "1", features = ["macros", "rt", "test-util"] }
//! ```
//!
//! # Take a `Mint`, and give it the simulator's
//!
//! ```
//! use mint_api_ext::Mint;
//! # use mint_api_ext::simulator::{Script, Simulator};
//!
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let simulator = Simulator::start().await?;
//! # let mint = simulator.mint()?;
//! async fn lamp(mint: &Mint) -> Result<usize, Box<dyn std::error::Error>> {
//!     let operation = mint.generate_model("a brass lamp").send_and_wait().await?.into_succeeded()?.operation;
//!     Ok(mint.assets_of(&operation).await?.len())
//! }
//! assert!(lamp(&mint).await? > 0);
//! assert_eq!(simulator.operations_started(), 1);
//! # Ok(())
//! # }
//! ```
//!
//! # Minutes in milliseconds
//!
//! Tests with Tokio's clock paused (`#[tokio::test(start_paused = true)]`) skip every wait: the clock jumps to the next timer
//! whenever the test has nothing else to do.
//!
//! # What went wrong in production, in a test
//!
//! ```
//! use mint_api_ext::simulator::{Reply, Route};
//! # use mint_api_ext::simulator::{Script, Simulator};
//!
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let simulator = Simulator::start().await?;
//! # let mint = simulator.mint()?;
//! simulator.lose_next_reply(Route::GenerateModel); // started, but the reply is lost
//! let handle = mint.generate_model("a brass lamp").send().await?; // sent again, with the same key
//! assert_eq!(simulator.operations_started(), 1);
//!
//! simulator.reply_next(Route::GetOperation, Reply::problem(503));
//! assert!(handle.wait().await?.is_success());
//!
//! simulator.fail_next("generation_failed", "The prompt was too vague.");
//! let outcome = mint.generate_model("a thing").send_and_wait().await?;
//! assert!(outcome.is_failed());
//! # Ok(())
//! # }
//! ```
//!
//! [`Script`](crate::simulator::Script) sets what one operation does, poll by poll; [`Fault`](crate::simulator::Fault) breaks a
//! file; [`SimulatorBuilder::credits`](crate::simulator::SimulatorBuilder::credits) sets the balance.
