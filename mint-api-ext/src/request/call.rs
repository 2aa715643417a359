//! The calls that the server answers with an operation.

use std::fmt::Debug;

use mint_api::types::{EstimatePricingRequest, IdempotencyKey, Operation, Problem};
use mint_api::{Client, ResponseValue};

use super::prepared::Prepared;

/// A call that the server answers with an operation.
///
/// The types of the calls in this module implement it, such as [`GenerateModel`](super::GenerateModel). It is sealed:
/// use it as a bound, such as for a function that takes any [`Request`](super::Request).
pub trait Call: Sealed {}

/// A [`Call`] that always gives an operation to wait for, so that its request has
/// [`send`](super::Request::send) and [`send_and_wait`](super::Request::send_and_wait).
///
/// Every call is one except [`OptimizeModel`](super::OptimizeModel), which may start nothing. It is sealed.
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
/// [`OptimizeModel`](super::OptimizeModel). It is sealed.
pub trait Estimated: Call + Question {}

/// The result of sending a call once.
pub(crate) type Replied = Result<ResponseValue<Operation>, mint_api::Error<Problem>>;

/// How a [`Call`] is sent. No other crate can name it.
pub trait Sealed: Clone + Debug + Send + Sync + 'static {
    type Body: Clone + Send + Sync;

    fn prepared(&mut self) -> &mut Prepared<Self::Body>;

    /// Sends the call once; `id` is the one in its path.
    fn send(api: &Client, id: &str, key: IdempotencyKey, body: Self::Body) -> impl Future<Output = Replied> + Send;

    /// The question for the price, if the server estimates it.
    fn price(_id: &str, _body: &Self::Body) -> Option<EstimatePricingRequest> {
        None
    }
}

/// How the server is asked for the price of a [`Call`]. No other crate can name it.
pub trait Question: Sealed {
    fn question(id: &str, body: &Self::Body) -> EstimatePricingRequest;
}
