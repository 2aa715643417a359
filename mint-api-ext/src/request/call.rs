//! The calls that the server answers with an operation.

use std::fmt::Debug;

use mint_api::Client;
use mint_api::types::{EstimatePricingRequest, IdempotencyKey, Operation};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::prepared::Prepared;
use super::storable::Storable;
use crate::client::Sending;

/// A call that the server answers with an operation, such as [`GenerateModel`](super::GenerateModel).
///
/// The trait is sealed. Use it as a bound, such as for a function that takes any [`Request`](super::Request).
pub trait Call: Storable {}

/// A [`Call`] that always gives an operation to wait for, so that its request has
/// [`send`](super::Request::send) and [`send_and_wait`](super::Request::send_and_wait).
///
/// Every call implements it except [`OptimizeModel`](super::OptimizeModel), which may start no operation. The trait is
/// sealed.
///
/// # Examples
///
/// ```
/// use mint_api_ext::request::{Request, Start};
/// use mint_api_ext::{Error, OperationHandle};
/// # use mint_api_ext::simulator::Simulator;
///
/// /// Writes the key down before it sends the request.
/// async fn start<T: Start>(request: Request<T>, keys: &mut Vec<String>) -> Result<OperationHandle, Error> {
///     keys.push(request.idempotency_key().to_owned());
///     request.send().await
/// }
///
/// # #[tokio::main(flavor = "current_thread", start_paused = true)]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let simulator = Simulator::start().await?;
/// # let mint = simulator.mint()?;
/// let mut keys = Vec::new();
/// start(mint.generate_model("a brass lamp"), &mut keys).await?;
/// start(mint.generate_world("a lighthouse in fog"), &mut keys).await?;
/// # assert_eq!(simulator.operations_started(), 2);
/// # Ok(())
/// # }
/// ```
pub trait Start: Call {}

/// A [`Call`] that the server estimates the price of, so that its request has
/// [`estimate`](super::Request::estimate): [`GenerateModel`](super::GenerateModel) and
/// [`OptimizeModel`](super::OptimizeModel). The trait is sealed.
pub trait Estimated: Call + Question {}

/// A call that is sent once, and that the server answers with an operation.
pub(crate) type Starting<'a> = Sending<'a, Operation>;

/// How a [`Call`] is sent. Other crates cannot name this trait.
pub trait Sealed: Clone + Debug + Send + Sync + 'static {
    type Body: Clone + DeserializeOwned + Send + Serialize + Sync;

    fn prepared(&mut self) -> &mut Prepared<Self::Body>;

    /// Sends the call once. `id` is the id in its path, empty for a path without one.
    fn send<'a>(api: &'a Client, id: &str, key: IdempotencyKey, body: Self::Body) -> Starting<'a>;

    /// The request for an estimate of the price, if the server gives one.
    fn price(_id: &str, _body: &Self::Body) -> Option<EstimatePricingRequest> {
        None
    }
}

/// A [`Call`] whose price the server estimates. Other crates cannot name this trait.
pub trait Question: Sealed {
    fn question(id: &str, body: &Self::Body) -> EstimatePricingRequest;
}
