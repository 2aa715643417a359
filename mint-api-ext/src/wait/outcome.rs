//! How a wait ends.

use std::fmt;

use mint_api::types::{Operation, OperationError};

use super::phase::Phase;
use super::{Advice, FailedOperation, Preview, Unpaid};
use crate::client::Mint;
use crate::error::{Brief, Error, ErrorKind, quoted};

/// How a wait ends. Each variant holds the operation as it was last seen; some have methods for the next step.
///
/// Exhaustive on purpose: a program that handles every variant cannot miss the gate where a person must act, and what
/// the API adds later arrives as [`Unrecognized`](Self::Unrecognized).
///
/// # Examples
///
/// ```
/// use mint_api_ext::Outcome;
/// # use mint_api_ext::simulator::{Script, Simulator};
///
/// # #[tokio::main(flavor = "current_thread", start_paused = true)]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let simulator = Simulator::start().await?;
/// # let mint = simulator.mint()?;
/// # let id = simulator.add(Script::model());
/// # let directory = tempfile::tempdir()?;
/// match mint.attach(id)?.wait().await? {
///     Outcome::Succeeded(operation) | Outcome::PartiallySucceeded(operation) => {
///         mint.download(&operation).to_dir(directory.path()).await?.complete()?;
///     }
///     Outcome::AwaitingReview(preview) => {
///         let _handle = preview.approve().send().await?;
///     }
///     Outcome::BillingRequired(unpaid) => println!("add credits at {:?}, then resume it", unpaid.action_url()),
///     Outcome::Failed(failed) => println!("{:?}", failed.operation.error),
///     Outcome::Canceled(operation) | Outcome::Unrecognized(operation) => println!("{}", operation.status),
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
#[must_use = "an operation that needs a person looks like one that is done, until the outcome is looked at"]
pub enum Outcome {
    /// Everything was made.
    Succeeded(Operation),
    /// Part of the request was made, such as some models of an asset pack.
    PartiallySucceeded(Operation),
    /// A preview waits for a person to approve it or to ask for changes (`generationMode: review`).
    AwaitingReview(Preview),
    /// Credits ran out; the operation goes on once it is resumed.
    BillingRequired(Unpaid),
    /// The operation failed; its `error` has the reason.
    Failed(FailedOperation),
    /// The operation was canceled.
    Canceled(Operation),
    /// The operation has ended, or stays, in a status that this version does not know.
    Unrecognized(Operation),
}

impl Outcome {
    /// The outcome of an operation from anywhere, such as [`OperationHandle::get`](super::OperationHandle::get) or a message
    /// of another service; `None` while it goes on. Its preview can be approved or revised, its bill resumed, its failure
    /// retried. No request is sent.
    ///
    /// An operation in a status that this version does not know counts as going on, unless the operation says that it ended.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument) when its id cannot be that of an operation.
    ///
    /// # Examples
    ///
    /// ```
    /// use mint_api_ext::Outcome;
    /// # use mint_api_ext::simulator::{Script, Simulator};
    ///
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let simulator = Simulator::start().await?;
    /// # let mint = simulator.mint()?;
    /// # let id = simulator.add(Script::model().timeline([("succeeded", 0)]));
    /// let operation = mint.operation(&id).await?;
    /// match Outcome::of(&mint, operation)? {
    ///     Some(Outcome::AwaitingReview(preview)) => drop(preview.approve().send().await?),
    ///     Some(outcome) => println!("{}", outcome.operation().status),
    ///     None => println!("it goes on"),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn of(mint: &Mint, operation: Operation) -> Result<Option<Self>, Error> {
        let handle = mint.attach(&operation.id)?;
        Ok(match Phase::of_operation(&operation) {
            Phase::Over(end) => Some(end.outcome(operation, &handle)),
            Phase::Passing | Phase::Unknown => None,
        })
    }

    /// The operation as it was last seen.
    pub fn operation(&self) -> &Operation {
        match self {
            Self::Succeeded(operation)
            | Self::PartiallySucceeded(operation)
            | Self::Canceled(operation)
            | Self::Unrecognized(operation) => operation,
            Self::AwaitingReview(preview) => &preview.operation,
            Self::BillingRequired(unpaid) => &unpaid.operation,
            Self::Failed(failed) => &failed.operation,
        }
    }

    /// The operation as it was last seen, whatever the outcome.
    pub fn into_operation(self) -> Operation {
        match self {
            Self::Succeeded(operation)
            | Self::PartiallySucceeded(operation)
            | Self::Canceled(operation)
            | Self::Unrecognized(operation) => operation,
            Self::AwaitingReview(preview) => preview.operation,
            Self::BillingRequired(unpaid) => unpaid.operation,
            Self::Failed(failed) => failed.operation,
        }
    }

    /// The operation if it succeeded, whole or in part.
    ///
    /// # Errors
    ///
    /// [`NotSucceeded`], which holds the outcome, for every other one.
    pub fn into_succeeded(self) -> Result<Success, NotSucceeded> {
        match self {
            Self::Succeeded(operation) => Ok(Success { operation, partial: false }),
            Self::PartiallySucceeded(operation) => Ok(Success { operation, partial: true }),
            other => Err(NotSucceeded(Box::new(other))),
        }
    }

    /// Whether the operation made everything, or part of the request: the files can be downloaded and will not change.
    pub fn is_success(&self) -> bool {
        matches!(self, Self::Succeeded(_) | Self::PartiallySucceeded(_))
    }

    /// Whether a preview waits for a person.
    pub fn is_awaiting_review(&self) -> bool {
        matches!(self, Self::AwaitingReview(_))
    }

    /// Whether credits ran out.
    pub fn is_billing_required(&self) -> bool {
        matches!(self, Self::BillingRequired(_))
    }

    /// Whether the operation failed.
    pub fn is_failed(&self) -> bool {
        matches!(self, Self::Failed(_))
    }

    /// Whether the operation was canceled.
    pub fn is_canceled(&self) -> bool {
        matches!(self, Self::Canceled(_))
    }

    /// Whether the operation ended, or stays, in a status that this version does not know.
    pub fn is_unrecognized(&self) -> bool {
        matches!(self, Self::Unrecognized(_))
    }
}

/// Shows only the id and status of the operation; the rest may hold signed URLs.
impl fmt::Debug for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self {
            Self::Succeeded(_) => "Succeeded",
            Self::PartiallySucceeded(_) => "PartiallySucceeded",
            Self::AwaitingReview(_) => "AwaitingReview",
            Self::BillingRequired(_) => "BillingRequired",
            Self::Failed(_) => "Failed",
            Self::Canceled(_) => "Canceled",
            Self::Unrecognized(_) => "Unrecognized",
        };
        f.debug_tuple(name).field(&Brief(self.operation())).finish()
    }
}

/// An operation that succeeded, whole or in part.
#[derive(Clone)]
#[non_exhaustive]
pub struct Success {
    /// The operation.
    pub operation: Operation,
    partial: bool,
}

impl Success {
    /// Whether only part of the request was made.
    pub fn is_partial(&self) -> bool {
        self.partial
    }
}

/// Shows only the id and status of the operation; the rest may hold signed URLs.
impl fmt::Debug for Success {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Success").field("operation", &Brief(&self.operation)).field("partial", &self.partial).finish()
    }
}

/// An operation that did not succeed, as an error for `?`.
#[derive(Clone, Debug)]
pub struct NotSucceeded(Box<Outcome>);

impl NotSucceeded {
    /// How the wait ended.
    pub fn outcome(&self) -> &Outcome {
        &self.0
    }

    /// How the wait ended.
    pub fn into_outcome(self) -> Outcome {
        *self.0
    }
}

impl fmt::Display for NotSucceeded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let operation = self.0.operation();
        write!(f, "operation {} ", operation.id)?;
        match &*self.0 {
            Outcome::AwaitingReview(_) => f.write_str("waits for a person to review its preview; approve or revise it"),
            Outcome::BillingRequired(unpaid) => {
                f.write_str("needs ")?;
                match unpaid.required_credits() {
                    Some(required) => write!(f, "{required} credits")?,
                    None => f.write_str("more credits")?,
                }
                if let Some(available) = unpaid.available_credits() {
                    write!(f, ", and there are {available}")?;
                }
                let page = unpaid.action_url().map_or_else(|| "https://platform.mint.gg".to_owned(), quoted);
                match operation.resource {
                    Some(_) => write!(f, "; add some at {page}, then resume it"),
                    None => write!(f, "; add some at {page}, then send its start again with the same idempotency key"),
                }
            }
            Outcome::Canceled(_) => f.write_str("was canceled; start it again if it is still wanted"),
            Outcome::Failed(failed) => {
                let said = |text: fn(&OperationError) -> Option<&String>| operation.error.as_ref().and_then(text);
                let (message, code) = (said(|error| error.message.as_ref()), said(|error| error.code.as_ref()));
                match (message.map(|text| quoted(text)), code.map(|text| quoted(text))) {
                    (Some(message), Some(code)) => write!(f, "failed: {message} ({code})")?,
                    (Some(said), None) | (None, Some(said)) => write!(f, "failed: {said}")?,
                    (None, None) => f.write_str("failed, and the server does not say why")?,
                }
                f.write_str(match failed.advice() {
                    Advice::Retry => "; another attempt may succeed, and costs credits",
                    Advice::ChangeRequest => "; the same request fails again, change it",
                    Advice::AddCredits => "; add credits or raise the quota of the account, then retry",
                    Advice::ContactSupport => "; report its id to Mint",
                    Advice::Unknown => "; another attempt costs credits and may fail as well",
                })
            }
            _ => write!(f, "ended as `{}`, which this version does not know; update this crate", operation.status),
        }
    }
}

impl std::error::Error for NotSucceeded {}

/// For `?` in a function that returns [`Error`].
impl From<NotSucceeded> for Error {
    fn from(not: NotSucceeded) -> Self {
        let operation = not.outcome().operation().clone();
        Self::new(ErrorKind::NotSucceeded, not.to_string()).with_operation(Some(operation)).with_source(not)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::wait::phase::End;
    use crate::{Credentials, Mint};

    #[test]
    fn what_counts_as_success() {
        let operation = || {
            let operation = json!({
                "object": "operation", "id": "op", "type": "t", "generationMode": "auto", "status": "s",
                "createdAt": "t", "updatedAt": "t", "error": {"code": "c", "message": "see https://a.b/c?signature=1"},
            });
            serde_json::from_value::<Operation>(operation).unwrap()
        };
        for (outcome, partial) in
            [(Outcome::Succeeded(operation()), false), (Outcome::PartiallySucceeded(operation()), true)]
        {
            assert!(outcome.is_success());
            let success = outcome.into_succeeded().unwrap();
            assert_eq!((success.is_partial(), success.operation.id.as_str()), (partial, "op"));
        }
        for (outcome, says) in [
            (End::AwaitingReview, "approve or revise it"),
            (
                End::BillingRequired,
                "needs more credits; add some at https://platform.mint.gg, then send its start again with the same \
                 idempotency key",
            ),
            (End::Failed, "failed: see https://a.b/c (c)"),
            (End::Canceled, "was canceled"),
            (End::Unrecognized, "`s`, which this version does not know"),
        ] {
            let mint = Mint::builder(Credentials::api_key("key").unwrap()).build().unwrap();
            let outcome = outcome.outcome(operation(), &mint.attach("op").unwrap());
            assert!(!outcome.is_success());
            let shown = format!("{outcome:?}");
            let error = outcome.into_succeeded().unwrap_err();
            assert!(error.to_string().contains(says), "{error}");
            assert_eq!(format!("{:?}", error.outcome()), shown);
            assert_eq!(error.into_outcome().into_operation().id, "op");
        }
    }
}
