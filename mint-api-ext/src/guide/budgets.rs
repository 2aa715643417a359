//! The price of a request, and how to limit it.
//!
//! Mint charges credits. An operation *reserves* its estimated price when it starts. When it ends, Mint charges the real
//! cost, which is usually lower.
//!
//! # Ask for the price
//!
//! ```
//! # use mint_api_ext::simulator::Simulator;
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let simulator = Simulator::start().await?;
//! # let mint = simulator.mint()?;
//! let request = mint.generate_model("a brass lamp");
//! println!("about {} credits", request.estimate().await?.credits.estimated_total);
//! # Ok(())
//! # }
//! ```
//!
//! The server estimates the price of generating a model and of optimizing one. It estimates no other price.
//!
//! # Limit one request
//!
//! With [`Request::max_credits`](crate::Request::max_credits), sending first reads the price and the balance. If the price
//! exceeds the limit or the balance, it fails with [`ErrorKind::Credits`](crate::ErrorKind::Credits) and starts nothing.
//!
//! ```
//! use mint_api_ext::ErrorKind;
//! # use mint_api_ext::simulator::Simulator;
//!
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let simulator = Simulator::start().await?;
//! # let mint = simulator.mint()?;
//! match mint.generate_model("a brass lamp").max_credits(100).send().await {
//!     Err(error) if error.kind() == ErrorKind::Credits => println!("{error}"),
//!     result => println!("started {}", result?.id()),
//! }
//! assert_eq!(simulator.operations_started(), 0);
//! # Ok(())
//! # }
//! ```
//!
//! # Limit many requests
//!
//! Each of several requests at the same time sees the whole balance. Give them one [`Budget`](crate::request::Budget): it
//! holds the price of each request before the request is sent.
//!
//! ```
//! use mint_api_ext::ErrorKind;
//! # use mint_api_ext::simulator::Simulator;
//!
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let simulator = Simulator::start().await?;
//! # let mint = simulator.mint()?;
//! let budget = mint.budget(2_000);
//! for prompt in ["a lamp", "a chair", "a table"] {
//!     match mint.generate_model(prompt).budget(&budget).send().await {
//!         Ok(handle) => println!("{prompt}: {}", handle.id()),
//!         Err(error) if error.kind() == ErrorKind::Credits => println!("{prompt}: {error}"),
//!         Err(error) => return Err(error.into()),
//!     }
//! }
//! println!("{} credits are held, {} are spent", budget.held(), budget.spent());
//! # assert_eq!(simulator.operations_started(), 2);
//! # Ok(())
//! # }
//! ```
//!
//! If the server gives no estimate, state a price:
//!
//! ```
//! # use mint_api_ext::simulator::Simulator;
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let simulator = Simulator::start().await?;
//! # let mint = simulator.mint()?;
//! let budget = mint.budget(5_000);
//! let handle = mint.generate_world("a harbour at dawn").budget(&budget).assume_credits(1_650).send().await?;
//! assert_eq!(budget.held(), 1_650.0);
//! # drop(handle);
//! # Ok(())
//! # }
//! ```
//!
//! # When the account runs out of credits
//!
//! The operation stops, and its wait ends as [`Outcome::BillingRequired`](crate::Outcome::BillingRequired); see
//! [`reviewing`](super::reviewing#credits).
//!
//! # The credits that were spent
//!
//! `operation.credits` has the estimated, the `reserved` and the `finalized` credits. The finalized credits are final once
//! the reserved ones are 0, which can be after the operation has succeeded.
//! [`OperationHandle::cost`](crate::OperationHandle::cost) waits for that: ask it before you charge a user of your own.
//!
//! ```
//! # use mint_api_ext::simulator::Simulator;
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let simulator = Simulator::start().await?;
//! # let mint = simulator.mint()?;
//! let handle = mint.generate_model("a brass lamp").send().await?;
//! println!("{:?} credits, {} left", handle.cost().await?, mint.credits().await?.available);
//! # Ok(())
//! # }
//! ```
