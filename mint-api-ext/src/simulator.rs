//! A Mint server on this machine, for tests and examples.
//!
//! It serves every [`Route`], and a CDN with real files on a second port. Both run as tasks on the caller's runtime, use
//! tokio's clock, paused or not, and stop when the [`Simulator`] is dropped. The clients that it builds reach both in memory, so
//! that a paused clock never jumps while bytes are on their way; any other client reaches them by HTTP on this machine. A
//! [`Script`] sets what an operation does, a [`Reply`] what a route returns, and a [`Fault`] what goes wrong with a file.
//!
//! # Behavior
//!
//! - A model takes 6 s, a world 20 s, and other work between 3 s and 52 s. An operation is queued and then running. Models
//!   and worlds then have a preview. An operation with `generationMode` `review` stops there; any other continues.
//! - A model costs 248 credits with the preset `fast`, 798 with `standard`, and 1596 with `production`, and a world twice
//!   as much. The preview takes a quarter of the
//!   price. An operation reserves its whole price if the balance suffices, and returns a fifth of it when it succeeds. A
//!   failed operation costs nothing. Without credits for the preview, a wait ends as `BillingRequired`, and the
//!   operation has no `resource`: sending the start again with its key begins it. Without credits for the rest, the
//!   operation stops after its preview and can be resumed. Both count as started.
//! - A request that repeats an `Idempotency-Key` and the body gets the first reply again. Refusals are not stored.
//! - A revision makes another preview and costs nothing. Only a retry starts a new operation.
//! - A generated model has an optimized GLB only after an optimization; a model of a [`Script`] has one from the start.
//!
//! # Control route
//!
//! A program in any language sets faults with `POST /_simulator/faults` at the address of the API, without a key. The body is
//! one JSON object. The reply, and that of `GET /_simulator`, has `credits`, `creditsUsed`, `operationsStarted` and
//! `startedByRoute`.
//!
//! | `fault` | Other fields | As |
//! |---|---|---|
//! | `reply` | `route`, `status`, `headers`, `body` | [`Simulator::reply_next`]; without `body`, a problem document |
//! | `lose_reply` | `route` | [`Simulator::lose_next_reply`] |
//! | `fail_operation` | `code`, `message` | [`Simulator::fail_next`] |
//! | `file` | `effect`, `value`, `headers`, `always`; one of `url`, `operation`, `kind` | [`Simulator::add_fault`], [`Simulator::fault_operation`], [`Simulator::fault_next`] |
//! | `forget_keys` | `after_seconds` | [`Simulator::forget_keys_after`]; without it, [`Simulator::forget_keys`] |
//! | `expire_urls` | `operation` | [`Simulator::expire_urls`], or those of one operation |
//! | `add_credits` | `credits` | [`Simulator::add_credits`] |
//!
//! `route` is an `operationId` such as `generateModel`. The first four take `times`, 1 by default. `effect` is the name of a
//! method of [`Fault`], and `value` its argument. `kind` is `glb`, `optimized_glb`, `fbx`, `obj`, `stl`, `usdz`, `rad`,
//! `spz:500k`, `collider`, `panorama`, `preview` or `thumbnail`.
//!
//! ```sh
//! curl "$MINT_API_BASE_URL/_simulator/faults" -d '{"fault": "lose_reply", "route": "generateModel", "times": 2}'
//! ```
//!
//! # Examples
//!
//! ```
//! use mint_api_ext::Outcome;
//! use mint_api_ext::simulator::{Script, Simulator};
//!
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let simulator = Simulator::start().await?;
//! let mint = simulator.mint()?;
//! let outcome = mint.generate_model("a brass lamp").send_and_wait().await?;
//! assert!(matches!(outcome, Outcome::Succeeded(_)));
//! assert_eq!(simulator.operations_started(), 1);
//!
//! let id = simulator.add(Script::model().fails("generation_failed", "The prompt was too vague."));
//! let outcome = mint.attach(id)?.wait().await?;
//! assert!(matches!(outcome, Outcome::Failed(_)));
//! # Ok(())
//! # }
//! ```

// The source has these layers, from the ground up. A folder uses only the folders before it.
//
// - `samples`: the bytes of sample files in every format.
// - `http`: routes, recorded requests, replies and problem documents.
// - `scripts`: what a test can make an operation or a route do.
// - `cdn`: the server of files, with its faults. It knows nothing of the API.
// - `state`: what the API remembers. It computes statuses and credits from the clock when a request asks.
// - `routes`: `Call`, which handlers receive, and the handlers, a file for each subject.
// - `api`: the server of the API, from authentication to dispatch.
// - `memory`: connections that need no socket.
// - `simulator` and `simulator_builder`: the public types on top.

mod api;
mod cdn;
mod http;
#[doc(hidden)]
pub mod memory;
mod routes;
pub(crate) mod samples;
mod scripts;
#[expect(clippy::module_inception, reason = "a file has the name of its type")]
mod simulator;
mod simulator_builder;
mod state;

pub use self::cdn::Fault;
pub use self::http::{RecordedRequest, Route};
pub use self::scripts::{Reply, Script};
pub use self::simulator::Simulator;
pub use self::simulator_builder::SimulatorBuilder;
pub use self::state::API_KEY;
