//! Requests that start or change something. Most cost credits.
//!
//! A method of [`Mint`](crate::Mint) or of an [`Outcome`](crate::Outcome) describes the call and returns a [`Request`]. A
//! request does nothing until it is sent.
//!
//! | Request | Starts |
//! |---|---|
//! | [`generate_model`](crate::Mint::generate_model), [`generate_world`](crate::Mint::generate_world) | a model or a world from a prompt |
//! | [`generate_asset_pack`](crate::Mint::generate_asset_pack), [`generate_audio`](crate::Mint::generate_audio) | a pack of models, a sound |
//! | [`animate_model`](crate::Mint::animate_model), [`convert_model`](crate::Mint::convert_model), [`optimize_model`](crate::Mint::optimize_model) | work on a model |
//! | [`retry_model`](crate::Mint::retry_model), [`FailedOperation::retry`](crate::wait::FailedOperation::retry) | a model once more |
//! | [`Preview::approve`](crate::wait::Preview::approve), [`Preview::revise`](crate::wait::Preview::revise), [`Unpaid::resume`](crate::wait::Unpaid::resume) | the rest of an operation that stopped |
//! | [`upload_image`](crate::Mint::upload_image) | no operation: it uploads a picture, to use as the [`Reference`] of a model or a world |
//! | [`request`](crate::Mint::request) | what its route does: a [`RouteRequest`] of any route |
//!
//! # From a prompt
//!
//! ```
//! use mint_api_ext::types::GenerationPreset;
//! # use mint_api_ext::simulator::{Script, Simulator};
//!
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let simulator = Simulator::start().await?;
//! # let mint = simulator.mint()?;
//! let request = mint.generate_model("a brass lamp").generation_preset(GenerationPreset::Fast).name("lamp");
//! let outcome = request.send_and_wait().await?;
//! # assert!(outcome.is_success());
//! # Ok(())
//! # }
//! ```
//!
//! # From a picture
//!
//! ```
//! use mint_api_ext::request::Reference;
//! # use mint_api_ext::simulator::{Script, Simulator};
//!
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let simulator = Simulator::start().await?;
//! # let mint = simulator.mint()?;
//! # let picture = b"\x89PNG\r\n\x1a\n".to_vec();
//! let image = mint.upload_image(picture).send().await?;
//! let handle = mint.generate_model("this lamp").reference(Reference::Image(image.url)).send().await?;
//! println!("{}", handle.id());
//! # Ok(())
//! # }
//! ```
//!
//! # Exactly once
//!
//! A request has an `Idempotency-Key` from the moment it is made. The server does the request with a given key once. If you
//! set the key yourself, a program that runs again does not make the same thing twice; see
//! [`guide::restarting`](crate::guide::restarting).
//!
//! ```
//! # use mint_api_ext::simulator::{Script, Simulator};
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let simulator = Simulator::start().await?;
//! # let mint = simulator.mint()?;
//! let request = mint.generate_model("a brass lamp").with_idempotency_key("prop/lamp/v1");
//! let (first, again) = (request.send().await?, request.send().await?);
//! assert_eq!(first.id(), again.id());
//! # Ok(())
//! # }
//! ```
//!
//! [`Request::save`] returns a [`SavedRequest`] to store before you send, and [`Mint::restore`](crate::Mint::restore) takes
//! it up. [`Request::idempotency_key_from`] derives the key from content.
//!
//! # Within a limit
//!
//! [`Request::max_credits`] limits one request. [`Request::budget`] limits all requests that share a [`Budget`]. See
//! [`guide::budgets`](crate::guide::budgets).
//!
//! # On failure
//!
//! The client sends a request again after a retryable failure, with the same key and body, under its
//! [`RetryPolicy`](crate::retry::RetryPolicy). [`Error::may_have_been_done`](crate::Error::may_have_been_done) says whether
//! the server may have done one of the attempts in spite of the error. If so, send the same request with the same
//! [`idempotency_key`](crate::Error::idempotency_key); another key could pay twice.

mod asset_pack;
mod audio;
mod budget;
mod call;
mod credits;
mod found;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzzing;
mod gate;
mod generation;
mod image_source;
mod media_type;
mod model;
mod mutation;
mod optimization;
mod optimized_generation;
mod prepared;
mod reference;
mod reference_image;
mod request;
mod review;
mod route_request;
mod saved_request;
mod start;
mod storable;
mod submission;

pub use asset_pack::GenerateAssetPack;
pub use audio::GenerateAudio;
pub use budget::Budget;
pub use call::{Call, Estimated, Start};
pub use gate::{Approve, Resume, Revise};
pub use generation::{GenerateModel, GenerateWorld};
pub use image_source::ImageSource;
pub use model::{AnimateModel, ConvertModel, RetryModel};
pub use optimization::{Optimization, OptimizeModel};
pub use optimized_generation::OptimizedGeneration;
pub use reference::Reference;
pub use reference_image::{ReferenceImage, UploadImage};
pub use request::Request;
pub use review::{Decision, Review};
pub use route_request::RouteRequest;
pub use saved_request::SavedRequest;
