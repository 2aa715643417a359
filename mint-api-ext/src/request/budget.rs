//! Credits that several requests share.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use mint_api::types::Operation;

use crate::client::Mint;
use crate::error::{Error, ErrorKind};
use crate::wait::has_ended;

/// Credits that several requests share: together they spend no more than this, as far as prices are known.
///
/// Made by [`Mint::budget`], and given to requests with [`Request::budget`](super::Request::budget). Clones share their
/// credits.
///
/// A request holds its price before it is sent. The price is released only if the server definitely did not do the
/// request, such as after a 402 or a 422. Otherwise it is held until the operation has ended and reserves nothing more;
/// then what the operation really cost takes its place, which can be more than nothing for an operation that failed. The
/// budget learns this from every reply that the operation's handle reads: wait for the operation by the handle that
/// [`send`](super::Request::send) returned.
///
/// A budget lives in memory. A program that starts again makes a new one.
#[derive(Clone)]
pub struct Budget(Arc<Shared>);

struct Shared {
    limit: f64,
    entries: Mutex<HashMap<String, Entry>>,
}

/// The credits of the requests with one idempotency key.
#[derive(Clone, Copy)]
struct Entry {
    /// The price, until it is known what the operation cost.
    credits: f64,
    /// How many times the request was sent, without those that the server definitely did not do.
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

    /// The prices of requests whose operations have not ended yet, or whose fate is unknown.
    pub fn held(&self) -> f64 {
        self.sum(State::Held)
    }

    /// What the operations that have ended cost.
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

    /// The server definitely did not do a request that was sent.
    pub(super) fn release(&self, key: &str) {
        let mut entries = self.entries();
        if let Some(entry) = entries.get_mut(key) {
            entry.sent -= 1;
            if entry.sent == 0 {
                entries.remove(key);
            }
        }
    }

    /// Takes what an operation cost, once it has ended and reserves nothing more.
    pub(super) fn settle(&self, key: &str, operation: &Operation) {
        if let Some(credits) = operation.credits.as_ref().filter(|credits| credits.reserved == 0.0)
            && has_ended(operation)
            && let Some(entry) = self.entries().get_mut(key)
        {
            (entry.credits, entry.state) = (credits.finalized, State::Spent);
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
