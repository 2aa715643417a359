//! What a request costs, and how to limit it.
//!
//! Mint charges credits. An operation *reserves* its estimated price when it starts, and takes what it really cost when it
//! ends, which is usually less.
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
//! The server estimates models and optimizations. For everything else there is no figure to ask for.
//!
//! # Limit one request
//!
//! [`Request::max_credits`](crate::Request::max_credits) asks for the price and the balance before it sends, and refuses with
//! [`ErrorKind::Credits`](crate::ErrorKind::Credits). Nothing was started then.
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
//! Requests that are sent at the same time each see the whole balance. A [`Budget`](crate::request::Budget) is shared by them:
//! it holds the price of each before it is sent.
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
//! Where the server gives no estimate, state a price:
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
//! # See what was spent
//!
//! `operation.credits` has the estimate, what is reserved, and what was `finalized`. The last one counts once `reserved` is 0.
//! [`Mint::usage`](crate::Mint::usage) has the balance of the account.
