//! Checks the price of a request against its limit, its budget and the balance.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use mint_api::types::EstimatePricingRequest;

use super::budget::Budget;
use crate::client::Mint;
use crate::error::{Error, ErrorKind};

/// The limits on the price of a request.
#[derive(Clone, Debug, Default)]
pub(super) struct Spending {
    pub(super) limit: Option<f64>,
    pub(super) budget: Option<Budget>,
    /// The price that the caller states, for requests whose price the server does not estimate.
    pub(super) assumed: Option<f64>,
    /// The request had a budget when it was saved, and has none since.
    pub(super) lacks_budget: bool,
}

/// Whether the server may know the idempotency key of a request already.
#[derive(Clone, Debug)]
pub(super) struct Earlier(Option<Arc<AtomicBool>>);

impl Earlier {
    /// For a random key. The server knows it only if this request, or a clone, was sent.
    pub(super) fn none() -> Self {
        Self(Some(Arc::default()))
    }

    /// For a key that the caller chose. Another process may have sent it.
    pub(super) fn unknown() -> Self {
        Self(None)
    }

    /// Records that the request is about to be sent.
    pub(super) fn sending(&self) {
        if let Some(sent) = &self.0 {
            sent.store(true, Ordering::Relaxed);
        }
    }

    fn is_possible(&self) -> bool {
        self.0.as_ref().is_none_or(|sent| sent.load(Ordering::Relaxed))
    }
}

impl Spending {
    /// Checks that the limits are numbers of credits. `what` completes "could not ...".
    pub(super) fn check(&self, what: &str) -> Result<(), Error> {
        for (name, credits) in [("max_credits", self.limit), ("assume_credits", self.assumed)] {
            if let Some(credits) = credits
                && !(credits.is_finite() && credits >= 0.0)
            {
                let why = format!("could not {what}: `{name}` is {credits}; it must be a number of credits");
                return Err(Error::new(ErrorKind::InvalidArgument, why));
            }
        }
        Ok(())
    }

    /// Checks the price against the limit and the balance, and holds it in the budget. `what` completes "could not ...".
    ///
    /// The balance is not checked for a request that may have been sent before: the server may hold credits for it.
    pub(super) async fn admit(
        &self,
        mint: &Mint,
        what: &str,
        (key, earlier): (&str, &Earlier),
        estimate: Option<EstimatePricingRequest>,
    ) -> Result<(), Error> {
        self.check(what)?;
        if self.lacks_budget {
            let why = "it was saved with a budget, which only its process had; give it one again with `budget`";
            return Err(Error::new(ErrorKind::InvalidArgument, format!("could not {what}: {why}; it was not sent")));
        }
        if self.limit.is_none() && self.budget.is_none() {
            return Ok(());
        }
        let refused = |why: String| Error::new(ErrorKind::Credits, format!("could not {what}: {why}; it was not sent"));
        let price = match (estimate, self.assumed) {
            (Some(estimate), _) => {
                let credits = mint.estimate(estimate).await?.credits;
                credits.estimated_total.max(credits.required_to_start)
            }
            (None, Some(assumed)) => assumed,
            (None, None) => {
                let why = "the server gives no estimate of its price; state one with `assume_credits`";
                return Err(refused(why.to_owned()));
            }
        };
        if let Some(limit) = self.limit {
            if price > limit {
                let why = format!("it is estimated to cost {price} credits, and `max_credits` is {limit}");
                return Err(match earlier.is_possible() {
                    false => refused(why),
                    true => refused(why).with_advice(&format!(
                        "an earlier attempt with the idempotency key `{key}` may have been done: the same request with \
                         this key and a higher `max_credits` finds out, and does nothing twice"
                    )),
                });
            }
            if !earlier.is_possible() {
                let available = mint.usage().await?.credits.total_available;
                if price > available {
                    return Err(refused(format!(
                        "it is estimated to cost {price} credits, and there are {available}; add some at \
                         https://platform.mint.gg"
                    )));
                }
            }
        }
        self.budget.as_ref().map_or(Ok(()), |budget| budget.hold(what, key, price))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulator::Simulator;

    #[test]
    fn limits_are_numbers_of_credits() {
        for (credits, is_number) in
            [(0.0, true), (-0.0, true), (1.5, true), (-1.0, false), (f64::NAN, false), (f64::INFINITY, false)]
        {
            let limit = Spending { limit: Some(credits), ..Spending::default() };
            let assumed = Spending { assumed: Some(credits), ..Spending::default() };
            assert_eq!((limit.check("a").is_ok(), assumed.check("a").is_ok()), (is_number, is_number), "{credits}");
        }
        assert!(Spending::default().check("a").is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn a_price_is_admitted_up_to_each_limit() {
        let simulator = Simulator::builder().credits(100.0).start().await.unwrap();
        let mint = simulator.mint().unwrap();
        let (new, sent) = (Earlier::none(), Earlier::none());
        sent.clone().sending();
        for (limit, budget, assumed, earlier, refused) in [
            (None, None, Some(500.0), &new, None),
            (Some(10.0), None, Some(10.0), &new, None),
            (Some(10.0), None, Some(10.5), &new, Some("it was not sent")),
            (Some(10.0), None, Some(10.5), &sent, Some("an earlier attempt")),
            (Some(10.0), None, Some(10.5), &Earlier::unknown(), Some("an earlier attempt")),
            (Some(500.0), None, Some(100.0), &new, None),
            (Some(500.0), None, Some(100.5), &new, Some("there are 100")),
            (Some(500.0), None, Some(100.5), &sent, None),
            (Some(500.0), None, None, &new, Some("`assume_credits`")),
            (None, Some(10.0), Some(10.0), &new, None),
            (None, Some(10.0), Some(10.5), &new, Some("budget")),
        ] {
            let budget = budget.map(|credits| mint.budget(credits));
            let spending = Spending { limit, budget, assumed, lacks_budget: false };
            match (spending.admit(&mint, "start a model", ("key", earlier), None).await, refused) {
                (Ok(()), None) => {}
                (Err(error), Some(why)) => {
                    let text = error.to_string();
                    assert!(error.kind() == ErrorKind::Credits && text.contains(why), "{text}");
                    assert_eq!(text.contains("an earlier attempt"), why == "an earlier attempt", "{text}");
                }
                (found, refused) => panic!("{found:?} instead of {refused:?} for {limit:?} {assumed:?}"),
            }
        }
        let lacks_budget = Spending { lacks_budget: true, ..Spending::default() };
        let error = lacks_budget.admit(&mint, "start a model", ("key", &new), None).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidArgument);
    }
}
