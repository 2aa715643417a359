//! How a wait ends.

use mint_api::types::Operation;

/// How a wait ends. Each variant holds the operation as it was last seen.
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
///     Outcome::AwaitingReview(operation) => println!("look at the preview of {}", operation.id),
///     Outcome::BillingRequired(operation) => println!("{} needs more credits", operation.id),
///     Outcome::Failed(operation) => println!("{:?}", operation.error),
///     Outcome::Canceled(operation) | Outcome::Unrecognized(operation) => println!("{}", operation.status),
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use = "an operation that needs a person looks like one that is done, until the outcome is looked at"]
pub enum Outcome {
    /// Everything was made.
    Succeeded(Operation),
    /// Some of what was asked for was made, such as part of an asset pack.
    PartiallySucceeded(Operation),
    /// A preview waits for a person to approve it or to ask for changes (`generationMode: review`).
    AwaitingReview(Operation),
    /// Credits ran out; the operation goes on once it is resumed.
    BillingRequired(Operation),
    /// The operation failed; its `error` tells why.
    Failed(Operation),
    /// The operation was canceled.
    Canceled(Operation),
    /// The operation has ended, or stands still, in a status that this version does not know.
    Unrecognized(Operation),
}

impl Outcome {
    /// The operation as it was last seen.
    pub fn operation(&self) -> &Operation {
        match self {
            Self::Succeeded(operation)
            | Self::PartiallySucceeded(operation)
            | Self::AwaitingReview(operation)
            | Self::BillingRequired(operation)
            | Self::Failed(operation)
            | Self::Canceled(operation)
            | Self::Unrecognized(operation) => operation,
        }
    }

    /// The operation as it was last seen, whatever the outcome.
    pub fn into_operation(self) -> Operation {
        match self {
            Self::Succeeded(operation)
            | Self::PartiallySucceeded(operation)
            | Self::AwaitingReview(operation)
            | Self::BillingRequired(operation)
            | Self::Failed(operation)
            | Self::Canceled(operation)
            | Self::Unrecognized(operation) => operation,
        }
    }

    /// Whether there is something to download that will not change: all that was asked for, or part of it.
    pub fn is_success(&self) -> bool {
        matches!(self, Self::Succeeded(_) | Self::PartiallySucceeded(_))
    }
}
