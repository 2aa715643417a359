//! Whether a call may cost what it is estimated to.

use mint_api::types::EstimatePricingRequest;

use crate::error::{Error, ErrorKind};
use crate::mint::Mint;

/// How many credits a call may cost.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limit(pub(super) f64);

impl Limit {
    /// Asks for the price and the balance; `what` completes "could not ...".
    pub(super) async fn check(
        self,
        mint: &Mint,
        what: &str,
        price: Option<EstimatePricingRequest>,
    ) -> Result<(), Error> {
        let Self(limit) = self;
        if !(limit.is_finite() && limit >= 0.0) {
            let why = format!("could not {what}: `max_credits` is {limit}; it must be a number of credits");
            return Err(Error::new(ErrorKind::InvalidArgument, why));
        }
        let refused =
            |why: String| Error::new(ErrorKind::Credits, format!("could not {what}: {why}; nothing was started"));
        let Some(price) = price else {
            let why =
                "the server gives no estimate of what this costs, so that `max_credits` cannot be kept; leave it out";
            return Err(refused(why.to_owned()));
        };
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
        Ok(())
    }
}
