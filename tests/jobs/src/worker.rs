//! What a worker does with a job.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use mint_api_ext::asset::AssetKind;
use mint_api_ext::wait::{SavedOperation, Step};
use mint_api_ext::{Mint, types};
use object_store::ObjectStore;

use crate::{Error, Job, Outcome, Outcomes, Queue};

/// After an error, the job is due again after this time.
const RETRY_AFTER: Duration = Duration::from_secs(30);

/// The last of so many errors in a row is the outcome.
const MOST_FAILURES: u32 = 10;

/// What a worker works with.
#[derive(Clone)]
pub struct Worker {
    /// The client, with this worker's share of the requests per second.
    pub mint: Mint,
    /// Where the next job goes.
    pub queue: Queue,
    /// Where an operation ends.
    pub outcomes: Outcomes,
    /// Where the files go, each under the id of its operation.
    pub store: Arc<dyn ObjectStore>,
}

enum Next {
    Step(Box<SavedOperation>, SystemTime),
    End(Outcome),
}

impl Worker {
    /// Makes the step of a job: pushes the next job or records the outcome. When this returns, the queue may forget the job.
    ///
    /// If the process dies before that, another worker gets the job. Its poll is then sent twice. The successor is in the
    /// queue once, because of its key, and the outcome in its table once.
    ///
    /// # Errors
    ///
    /// Those of the databases. The queue keeps the job then, and runs it again.
    pub async fn work(&self, job: Job) -> Result<(), Error> {
        match self.step(&job).await {
            Ok(Next::Step(operation, due)) => self.queue.push(job.next(*operation), due).await,
            Ok(Next::End(outcome)) => self.outcomes.record(&outcome).await,
            Err(_) if job.failures + 1 < MOST_FAILURES => {
                self.queue.push(job.again(), SystemTime::now() + RETRY_AFTER).await
            }
            Err(error) => self.outcomes.record(&Outcome::of(&job, format!("error: {error}"))).await,
        }
    }

    async fn step(&self, job: &Job) -> Result<Next, mint_api_ext::Error> {
        let handle = self.mint.attach_saved(&job.operation)?;
        let outcome = match handle.step().await? {
            Step::Pending { next_poll_at, .. } => return Ok(Next::Step(handle.save().into(), next_poll_at)),
            Step::Ended(outcome) => outcome,
        };
        let mut recorded = Outcome::of(job, outcome.operation().status.to_string());
        if outcome.is_success() {
            recorded.files = self.download(outcome.operation()).await?;
        }
        Ok(Next::End(recorded))
    }

    /// Downloads the files that this fleet is for. A file that is in the store already is not fetched again.
    async fn download(&self, operation: &types::Operation) -> Result<Vec<String>, mint_api_ext::Error> {
        let download = self.mint.download(operation).only([AssetKind::Glb, AssetKind::Thumbnail]);
        let files = download.to_store(self.store.clone(), &operation.id).await?.complete()?;
        Ok(files.into_iter().map(|file| file.path.display().to_string()).collect())
    }
}

impl fmt::Debug for Worker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Worker").field("queue", &self.queue).finish_non_exhaustive()
    }
}
