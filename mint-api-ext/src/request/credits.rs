//! The limit on the credits that a call may cost.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use mint_api::types::EstimatePricingRequest;

use crate::client::Mint;
use crate::error::{Error, ErrorKind};

/// The most credits that a call may cost.
#[derive(Clone, Debug)]
pub(super) struct Limit {
    credits: f64,
    /// The call that passed the check. It passes again without asking: when it is sent again, its own reservation is part
    /// of the balance.
    kept_by: Arc<Mutex<Option<String>>>,
}

impl Limit {
    pub(super) fn new(credits: f64) -> Self {
        Self { credits, kept_by: Arc::default() }
    }

    /// Compares the price with the limit and the balance; `what` completes "could not ...".
    pub(super) async fn check(
        &self,
        mint: &Mint,
        what: &str,
        key: &str,
        price: Option<EstimatePricingRequest>,
    ) -> Result<(), Error> {
        let limit = self.credits;
        if !(limit.is_finite() && limit >= 0.0) {
            let why = format!("could not {what}: `max_credits` is {limit}; it must be a number of credits");
            return Err(Error::new(ErrorKind::InvalidArgument, why));
        }
        let refused = |why: String| Error::new(ErrorKind::Credits, format!("could not {what}: {why}; it was not sent"));
        let Some(price) = price else {
            let why = "the server gives no estimate of its price, so `max_credits` cannot be kept; send it without `max_credits`";
            return Err(refused(why.to_owned()));
        };
        let call = format!("{key} {price:?}");
        if self.kept_by().as_ref() == Some(&call) {
            return Ok(());
        }
        let credits = mint.estimate(price).await?.credits;
        let cost = credits.estimated_total.max(credits.required_to_start);
        if cost > limit {
            return Err(refused(format!("it is estimated to cost {cost} credits, and `max_credits` is {limit}")));
        }
        let available = mint.usage().await?.credits.total_available;
        if cost > available {
            let why = format!(
                "it is estimated to cost {cost} credits, and there are {available}; add some at https://platform.mint.gg"
            );
            return Err(refused(why));
        }
        *self.kept_by() = Some(call);
        Ok(())
    }

    fn kept_by(&self) -> MutexGuard<'_, Option<String>> {
        self.kept_by.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
