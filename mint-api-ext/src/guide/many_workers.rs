//! Thousands of operations, in one process or in many.
//!
//! # In one process
//!
//! [`Mint::wait_many`](crate::Mint::wait_many) is one stream with one timer. It keeps no reply between polls. A 429 for one
//! operation delays the polls of all. You can add operations while it runs. An operation that is given as a pair with a tag of
//! yours comes back with that tag; [`updates`](crate::wait::WaitMany::updates) gives every change, too.
//!
//! ```
//! use futures::StreamExt as _;
//! # use mint_api_ext::simulator::{Script, Simulator};
//!
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let simulator = Simulator::start().await?;
//! # let mint = simulator.mint()?;
//! # let ids = (0..100).map(|_| simulator.add(Script::model())).collect::<Vec<_>>();
//! let (control, mut outcomes) = mint.wait_many(ids).concurrency(16).controlled();
//! control.add(simulator.add(Script::world()));
//! drop(control); // no more operations will be added
//! let mut count = 0;
//! while let Some((id, result)) = outcomes.next().await {
//!     let _ = (id, result?);
//!     count += 1;
//! }
//! assert_eq!(count, 101);
//! # Ok(())
//! # }
//! ```
//!
//! # In many processes
//!
//! Any queue with delayed jobs will do. A job is a stored [`SavedOperation`](crate::wait::SavedOperation). A worker takes the
//! job, makes one [`step`](crate::OperationHandle::step), and puts a job with the new state back into the queue, due at
//! `next_poll_at`; only then does it acknowledge the old one. A step sends at most one request, so a worker holds no future and
//! no lease for minutes. It does not matter which worker makes which step: the deadline, the place in the backoff and what the
//! server asked for are in the state.
//!
//! ```
//! use std::time::SystemTime;
//!
//! use mint_api_ext::wait::{SavedOperation, Step};
//! use mint_api_ext::{Error, Mint, Outcome};
//! # use mint_api_ext::simulator::{Script, Simulator};
//!
//! /// What a worker does with a job.
//! enum Next {
//!     /// Put this job into the queue, due at this time, then acknowledge the old one.
//!     StepAgain(Box<SavedOperation>, SystemTime),
//!     /// Download the files and store the outcome under the id of the operation, then acknowledge the job.
//!     Finish(Box<Outcome>),
//! }
//!
//! async fn work(mint: &Mint, job: &SavedOperation) -> Result<Next, Error> {
//!     let handle = mint.attach_saved(job)?;
//!     match handle.step().await? {
//!         Step::Ended(outcome) => Ok(Next::Finish(outcome.into())),
//!         Step::Pending { next_poll_at, .. } => Ok(Next::StepAgain(handle.save().into(), next_poll_at)),
//!     }
//! }
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let simulator = Simulator::start().await?;
//! # let mint = simulator.mint()?;
//! # let job = mint.attach(simulator.add(Script::model()))?.save();
//! # let Next::StepAgain(job, _) = work(&mint, &job).await? else { return Err("it goes on".into()) };
//! # let Next::StepAgain(..) = work(&mint, &job).await? else { return Err("it goes on".into()) };
//! # Ok(())
//! # }
//! ```
//!
//! A job that runs twice, because a worker died before it acknowledged it, costs one poll more and nothing else: polls change
//! nothing, and two approvals of one preview are one, since their idempotency keys are derived from the preview. Where two
//! workers have stored different states of one operation, [`SavedOperation::merge`](crate::wait::SavedOperation::merge) keeps
//! everything that was acted on.
//!
//! # A queue that exists: apalis
//!
//! `tests/jobs` in the repository is a complete fleet on [apalis](https://docs.rs/apalis), with SQLite on one machine or
//! PostgreSQL on many:
//!
//! ```text
//! cargo run --manifest-path tests/jobs/Cargo.toml --example fleet
//! DATABASE_URL=postgres://user@host/database cargo run --manifest-path tests/jobs/Cargo.toml --example fleet
//! ```
//!
//! Its test kills a worker ten times while 500 operations run. Every operation ends once, and no file is missing.
//!
//! - **The job** is the stored operation and the number of the step. The queue takes a job once by its key,
//!   `operation id/step`. A job that runs twice therefore has one successor, and the operation does not get a second chain of
//!   jobs.
//! - **The worker** makes the step, pushes the successor and returns; then apalis acknowledges the job. If the worker dies
//!   before that, the job runs again.
//! - **The time of a job** is `next_poll_at`, rounded up to whole seconds, because apalis stores no fractions. Rounded down, a
//!   step would be too early and send nothing.
//! - **A dead worker** is one that sent no heartbeat for three seconds. Another worker then takes its jobs over. A live worker
//!   that stalls for longer loses its jobs too, which costs a poll for each. Jobs are taken one at a time, since apalis sends
//!   no heartbeat while it holds jobs that it has taken and not begun.
//! - **The outcome** is a row with the operation id as its primary key. A second delivery only raises a counter.
//! - **The files** are downloaded to an object store before the outcome is recorded. When a worker dies between the two, the
//!   next one finds the files in the manifest of the store and does not fetch them again.
//! - **An error** puts the job back, due in 30 seconds. The tenth in a row is recorded as the outcome, for a person to look at.
//!
//! The backends of apalis for SQL do not reschedule a job that returns an error: they run it again at once. So every job
//! returns `Ok` after it has pushed the next one.
//!
//! # Requests per second
//!
//! [`MintBuilder::requests_per_second`](crate::MintBuilder::requests_per_second) limits one client. Give each of `n` workers
//! the `n`th part of what the account allows. Workers that come and go need a limit that they share, such as a token bucket in
//! the database or a proxy; a 429 delays only the operation it answers.
//!
//! # Other queues
//!
//! A queue fits if it delivers each job at least once, at or after a given time. Amazon SQS delays a message by up to 15
//! minutes, RabbitMQ has a plugin for delays, and a table with a column `due` and `SELECT ... FOR UPDATE SKIP LOCKED` is enough.
//! Without unique keys, a job that runs twice has two successors, and each of them polls until the operation ends. In such a
//! queue, keep the number of the last step in a table, and drop a job whose step is not the next one.
//!
//! For one process, a table and a timer are enough: the example `backend` in `tests/jobs` is a web service that way.
//!
//! # Limits, on paper
//!
//! A model of one minute takes 8 polls with the default policy, so 8 steps. A step is 3 transactions: take the job, push its
//! successor, acknowledge it. Each step leaves a row of about 1.2 kB in PostgreSQL, with its indexes.
//!
//! | | A million a day | A million at once |
//! |---|---|---|
//! | operations that wait at a time | 700 | 1 000 000 |
//! | polls per second, default policy | 93 | 63 000 |
//! | transactions per second | 280 | 190 000 |
//! | rows of waiting operations | 700 | 1 000 000, 1.2 GB |
//! | rows of finished steps | 8 million a day, 10 GB | 4 million a minute, 5 GB |
//! | what limits it | an account with 100 requests per second | the account |
//!
//! At the longest delay of the default policy, 15 s plus jitter, a million waiting operations are 63 000 polls per second. An
//! account that allows 100 polls each of them once in three hours, whatever the database can do. So either start no more than
//! the account can watch, or poll less often: with `n` operations and `r` requests per second, a
//! [`policy`](crate::wait::Wait::policy) of `n / r` seconds keeps up. Steps that are late do no harm: the deadline of a wait
//! (30 minutes by default) is the only limit, so set it accordingly.
//!
//! Delete the rows of finished jobs after an hour or so, with a statement such as `DELETE FROM apalis.jobs WHERE status =
//! 'Done' AND done_at < now() - interval '1 hour'`. Their keys must outlive the time after which a dead worker's jobs are run
//! again. The `vacuum` of apalis deletes them all at once.
