//! What a request costs, and how to limit it.
//!
//! # Ask for the price
//!
//! ```
//! use mint_api_ext::types::{GenerationPreset, ModelGenerationEstimateRequest};
//! # use mint_api_ext::simulator::{Script, Simulator};
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let simulator = Simulator::start().await?;
//! # let mint = simulator.mint()?;
//! let request = ModelGenerationEstimateRequest {
//!     operation: "model_generation".parse()?,
//!     generation_preset: GenerationPreset::Fast,
//!     generation_mode: None,
//! };
//! println!("about {} credits", mint.estimate(request).await?.credits.estimated_total);
//! # Ok(())
//! # }
//! ```
//!
//! # Limit one request
//!
//! [`Request::max_credits`](crate::Request::max_credits) asks for the price before it sends, and refuses with
//! [`ErrorKind::Credits`](crate::ErrorKind::Credits) if it is above the limit. Nothing was started then.
//!
//! ```
//! use mint_api_ext::ErrorKind;
//! # use mint_api_ext::simulator::{Script, Simulator};
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
//! # See what was spent
//!
//! ```
//! # use mint_api_ext::simulator::{Script, Simulator};
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let simulator = Simulator::start().await?;
//! # let mint = simulator.mint()?;
//! let usage = mint.usage().await?;
//! println!("{usage:?}");
//! # Ok(())
//! # }
//! ```
