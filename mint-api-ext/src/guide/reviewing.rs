//! Previews that a person approves or revises.
//!
//! With [`GenerationMode::Review`](crate::types::GenerationMode), an operation stops at its preview, and the wait ends as
//! [`Outcome::AwaitingReview`](crate::Outcome::AwaitingReview). Mint makes the rest only after the approval.
//!
//! # A reviewer in the same program
//!
//! ```
//! use mint_api_ext::request::Decision;
//! use mint_api_ext::types::GenerationMode;
//! # use mint_api_ext::simulator::{Script, Simulator};
//!
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let simulator = Simulator::start().await?;
//! # let mint = simulator.mint()?;
//! let request = mint.generate_model("a brass lamp").generation_mode(GenerationMode::Review);
//! let mut round = 0;
//! let review = request.send().await?.wait().review_with(move |preview| {
//!     round += 1;
//!     async move {
//!         println!("round {round}: {:?}", preview.operation.assets);
//!         if round == 1 { Decision::Revise("a green shade".into()) } else { Decision::Approve }
//!     }
//! });
//! assert!(review.await?.is_success());
//! # Ok(())
//! # }
//! ```
//!
//! The reviewer sees at most three previews; the next one ends the review as `AwaitingReview`.
//! [`Review::max_rounds`](crate::request::Review::max_rounds) sets another number.
//!
//! # A reviewer who decides later
//!
//! Save the handle. The process that receives the decision attaches to it and sends the decision:
//!
//! ```
//! use mint_api_ext::Outcome;
//! # use mint_api_ext::types::GenerationMode;
//! # use mint_api_ext::simulator::{Script, Simulator};
//!
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let simulator = Simulator::start().await?;
//! # let mint = simulator.mint()?;
//! # let request = mint.generate_model("a brass lamp").generation_mode(GenerationMode::Review);
//! # let handle = request.send().await?;
//! let Outcome::AwaitingReview(preview) = handle.wait().await? else { return Err("no preview".into()) };
//! let row = serde_json::to_string(&handle.save())?;
//! println!("show {:?}", preview.operation.mint_url);
//!
//! // When the person has decided:
//! let handle = mint.attach_saved(&serde_json::from_str(&row)?)?;
//! let approved = true;
//! if let Outcome::AwaitingReview(preview) = handle.wait().await? {
//!     let handle = match approved {
//!         true => preview.approve().send().await?,
//!         false => preview.revise("a green shade").send().await?,
//!     };
//!     let _row = serde_json::to_string(&handle.save())?;
//!     let outcome = handle.wait().await?;
//!     assert!(outcome.is_success());
//! }
//! # Ok(())
//! # }
//! ```
//!
//! A page can show the picture of the preview: [`Mint::download`](crate::Mint::download) takes `preview.operation`, and
//! [`Assets::of`](crate::asset::Assets::of) has its URL.
//!
//! The server may still show the old preview for a moment after the decision. The next wait knows that this preview was
//! acted on, and does not end there again. A process that was killed before it stored the row does not know that, and may
//! send the decision again: its idempotency key derives from the preview, so the server does it once.
//!
//! # Credits
//!
//! A wait also ends if the account runs out of credits, as [`Outcome::BillingRequired`](crate::Outcome::BillingRequired).
//! [`Unpaid::required_credits`](crate::wait::Unpaid::required_credits) says how many the operation needs. Once you have added
//! credits, [`Unpaid::resume`](crate::wait::Unpaid::resume) continues the operation.
