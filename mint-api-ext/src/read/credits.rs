//! The credits of the account.

use crate::client::Mint;
use crate::error::Error;

/// The credits of the account; see [`Mint::credits`].
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Credits {
    /// The credits that can be spent.
    pub available: f64,
    /// The credits spent through the API; `None` where the server does not say.
    pub used: Option<f64>,
}

impl Mint {
    /// The credits that can be spent, and those spent: `GET /v1/usage`.
    ///
    /// [`Request::estimate`](crate::Request::estimate) has the price of a request before it is sent, and
    /// [`OperationHandle::cost`](crate::OperationHandle::cost) what an operation has cost.
    ///
    /// # Errors
    ///
    /// As [`operation`](Self::operation).
    ///
    /// # Examples
    ///
    /// ```
    /// # use mint_api_ext::simulator::Simulator;
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let simulator = Simulator::builder().credits(300.0).start().await?;
    /// # let mint = simulator.mint()?;
    /// let price = mint.generate_model("a brass lamp").estimate().await?.credits.required_to_start;
    /// if mint.credits().await?.available < price {
    ///     println!("add credits first");
    /// }
    /// # assert_eq!(mint.credits().await?.available, 300.0);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn credits(&self) -> Result<Credits, Error> {
        let usage = self.usage().await?;
        let used = usage.api_usage.and_then(|api_usage| api_usage.credits_used);
        Ok(Credits { available: usage.credits.total_available, used })
    }
}
