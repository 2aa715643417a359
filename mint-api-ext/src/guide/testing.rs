//! Testing your own program with the simulator.
//!
//! The feature `simulator` has a Mint server that runs as tasks of your test. It serves every known route, keeps state,
//! charges credits and serves small but valid files.
//!
//! ```toml
//! [dev-dependencies]
//! mint-api-ext = { version = "0.1", features = ["simulator"] }
//! tokio = { version = "1", features = ["macros", "rt", "test-util"] }
//! ```
//!
//! # Pass the simulator's client to your code
//!
//! Write functions that take a `Mint`. A test passes the one of the simulator:
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
//! A test with a paused Tokio clock (`#[tokio::test(start_paused = true)]`) skips every delay: the clock jumps to the next
//! timer whenever all tasks are idle. [`Simulator::mint`](crate::simulator::Simulator::mint) and
//! [`Simulator::mint_builder`](crate::simulator::Simulator::mint_builder) make clients that reach the simulator in memory. Over
//! sockets, the clock may jump while bytes are on their way. For a program in real time,
//! [`SimulatorBuilder::speed`](crate::simulator::SimulatorBuilder::speed) makes every operation that many times faster. The client
//! still waits between two polls; [`Wait::policy`](crate::wait::Wait::policy) sets how long.
//!
//! # Failures
//!
//! ```
//! use mint_api_ext::simulator::{Reply, Route};
//! # use mint_api_ext::simulator::{Script, Simulator};
//!
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let simulator = Simulator::start().await?;
//! # let mint = simulator.mint()?;
//! simulator.lose_next_reply(Route::GenerateModel); // the operation starts, but the reply is lost
//! let handle = mint.generate_model("a brass lamp").send().await?; // the client retries with the same key
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
//! [`Script`](crate::simulator::Script) sets the replies of an operation, poll by poll. [`Fault`](crate::simulator::Fault)
//! breaks the download of a file. [`SimulatorBuilder::credits`](crate::simulator::SimulatorBuilder::credits) sets the balance.
