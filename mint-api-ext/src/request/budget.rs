//! Credits that several requests share.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use mint_api::types::Operation;

use crate::client::Mint;
use crate::error::{Error, ErrorKind};
use crate::wait::has_ended;

/// Credits that several requests share: together they spend no more than the limit, as far as prices are known.
///
/// [`Mint::budget`] makes a budget, and [`Request::budget`](super::Request::budget) gives it to a request. Clones share
/// their credits.
///
/// Sending a request first holds its price. The budget releases the price only if the server definitely did not do the
/// request, such as after a 402 or a 422. Otherwise it holds the price until the operation has ended and reserves no more
/// credits. Then it replaces the price with the real cost. An operation that failed can cost something, too.
///
/// The budget learns the cost from the replies that the operation's handle reads. Wait with the handle that
/// [`send`](super::Request::send) returned.
///
/// A budget exists only in memory. A program that restarts makes a new one.
#[derive(Clone)]
pub struct Budget(Arc<Shared>);

struct Shared {
    limit: f64,
    entries: Mutex<HashMap<String, Entry>>,
}

/// The credits of the requests with one idempotency key.
#[derive(Clone, Copy)]
struct Entry {
    /// The price, or the cost of the operation once it is known.
    credits: f64,
    /// How many times the request was sent. Sends that the server definitely did not do are not counted.
    sent: usize,
    state: State,
}

#[derive(Clone, Copy, Eq, PartialEq)]
enum State {
    Held,
    Spent,
}

impl Mint {
    /// Makes a budget of this many credits, for requests to share.
    ///
    /// # Examples
    ///
    /// ```
    /// use mint_api_ext::ErrorKind;
    /// # use mint_api_ext::simulator::Simulator;
    ///
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let simulator = Simulator::start().await?;
    /// # let mint = simulator.mint()?;
    /// let budget = mint.budget(2_000);
    /// for prompt in ["a lamp", "a chair", "a table"] {
    ///     match mint.generate_model(prompt).budget(&budget).send().await {
    ///         Ok(handle) => println!("started {}", handle.id()),
    ///         Err(error) if error.kind() == ErrorKind::Credits => println!("{prompt}: {error}"),
    ///         Err(error) => return Err(error.into()),
    ///     }
    /// }
    /// assert!(budget.held() <= 2_000.0);
    /// # assert_eq!(simulator.operations_started(), 2);
    /// # Ok(())
    /// # }
    /// ```
    pub fn budget(&self, credits: impl Into<f64>) -> Budget {
        Budget(Arc::new(Shared { limit: credits.into(), entries: Mutex::default() }))
    }
}

impl Budget {
    /// The credits that were given to [`Mint::budget`].
    pub fn limit(&self) -> f64 {
        self.0.limit
    }

    /// The sum of the prices of requests whose operation has not ended, or whose fate is unknown, in credits.
    pub fn held(&self) -> f64 {
        self.sum(State::Held)
    }

    /// The cost of the operations that have ended, in credits.
    pub fn spent(&self) -> f64 {
        self.sum(State::Spent)
    }

    /// Holds the price of a request that is about to be sent; `what` completes "could not ...".
    ///
    /// A request that is sent again with the same key holds its price once.
    pub(super) fn hold(&self, what: &str, key: &str, price: f64) -> Result<(), Error> {
        let limit = self.0.limit;
        if !(limit.is_finite() && limit >= 0.0) {
            let why = format!("could not {what}: the budget is {limit}; it must be a number of credits");
            return Err(Error::new(ErrorKind::InvalidArgument, why));
        }
        let mut entries = self.entries();
        if let Some(entry) = entries.get_mut(key) {
            entry.sent += 1;
            return Ok(());
        }
        let taken: f64 = entries.values().map(|entry| entry.credits).sum();
        if taken + price > limit {
            let why = format!(
                "could not {what}: it is estimated to cost {price} credits, and {} of the budget of {limit} are left; it \
                 was not sent",
                limit - taken
            );
            return Err(Error::new(ErrorKind::Credits, why));
        }
        entries.insert(key.to_owned(), Entry { credits: price, sent: 1, state: State::Held });
        Ok(())
    }

    /// Releases the price of a request that the server definitely did not do.
    pub(super) fn release(&self, key: &str) {
        let mut entries = self.entries();
        if let Some(entry) = entries.get_mut(key) {
            entry.sent -= 1;
            if entry.sent == 0 {
                entries.remove(key);
            }
        }
    }

    /// Replaces the price with the cost, once the operation has ended and reserves no more credits.
    pub(super) fn settle(&self, key: &str, operation: &Operation) {
        if let Some(credits) = operation.credits.as_ref().filter(|credits| credits.reserved == Some(0.0))
            && let Some(cost) = credits.finalized
            && has_ended(operation)
            && let Some(entry) = self.entries().get_mut(key)
        {
            (entry.credits, entry.state) = (cost, State::Spent);
        }
    }

    fn sum(&self, state: State) -> f64 {
        self.entries().values().filter(|entry| entry.state == state).map(|entry| entry.credits).sum()
    }

    fn entries(&self) -> MutexGuard<'_, HashMap<String, Entry>> {
        self.0.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Budget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Budget")
            .field("limit", &self.limit())
            .field("held", &self.held())
            .field("spent", &self.spent())
            .finish()
    }
}
