//! The queue of jobs: apalis, in SQLite or PostgreSQL.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use apalis::prelude::{BackendExt as _, Data, TaskBuilder, TaskSink as _, TaskSinkError, WorkerBuilder};
use apalis::prelude::{WorkerBuilderExt as _, WorkerError};
use apalis_postgres::{PgPool, PostgresStorage};
use apalis_sqlite::{SqlitePool, SqliteStorage};
use sqlx::postgres::PgPoolOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};

use crate::{Error, Job, Worker};

const NAME: &str = "mint-operations";

/// How often a worker says that it lives. The jobs of one that was silent for [`MISSED_HEARTBEATS`] go to the others.
const HEARTBEAT: Duration = Duration::from_secs(1);
const MISSED_HEARTBEATS: usize = 3;

/// How often an idle worker looks for jobs that are due.
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// How many jobs a worker has at a time. One that downloads keeps its place.
const CONCURRENCY: usize = 8;

/// The connections of a worker to the queue. PostgreSQL takes 100 by default, from all workers together.
const CONNECTIONS: u32 = 4;

/// The queue, which every worker of the fleet connects to.
#[derive(Clone, Debug)]
pub enum Queue {
    /// One file, for the workers of one machine.
    Sqlite(SqlitePool),
    /// A server, for the workers of any number of machines.
    Postgres(PgPool),
}

impl Queue {
    /// Connects to the queue at `sqlite:FILE` or `postgres://...`, and makes its tables if it has none.
    ///
    /// # Errors
    ///
    /// Those of the database.
    pub async fn connect(url: &str) -> Result<Self, Error> {
        if url.starts_with("sqlite:") {
            let options: SqliteConnectOptions = url.parse()?;
            let options = options.journal_mode(SqliteJournalMode::Wal).synchronous(SqliteSynchronous::Normal);
            let pool = SqlitePoolOptions::new().max_connections(CONNECTIONS).connect_with(options).await?;
            SqliteStorage::migrations().run(&pool).await?;
            return Ok(Self::Sqlite(pool));
        }
        let pool = PgPoolOptions::new().max_connections(CONNECTIONS).connect(url).await?;
        PostgresStorage::setup(&pool).await?;
        Ok(Self::Postgres(pool))
    }

    /// Pushes a job that is due at a time. If the queue has had a job of this [key](Job::key), it takes no other.
    ///
    /// # Errors
    ///
    /// Those of the database.
    pub async fn push(&self, job: Job, due: SystemTime) -> Result<(), Error> {
        let key = job.key();
        let task = TaskBuilder::new(job).idempotency_key(key).run_at_timestamp(whole_seconds(due)).build();
        match self {
            Self::Sqlite(pool) => Ok(sqlite(pool).push_task(task).await?),
            Self::Postgres(pool) => match postgres(pool).push_task(task).await {
                Err(TaskSinkError::PushError(apalis_postgres::Error::Database(error))) if is_duplicate(&error) => {
                    Ok(())
                }
                pushed => Ok(pushed?),
            },
        }
    }

    /// Works on jobs until the database fails. The name belongs to this run alone.
    ///
    /// # Errors
    ///
    /// Why the queue cannot be read.
    pub async fn work(&self, name: &str, worker: Worker) -> Result<(), WorkerError> {
        match self {
            Self::Sqlite(pool) => {
                let backend = sqlite(pool).poll_with_interval(LOOK_EVERY);
                let builder = WorkerBuilder::new(name).backend(backend).data(worker).concurrency(CONCURRENCY);
                builder.build(work).run().await
            }
            Self::Postgres(pool) => {
                let backend = postgres(pool).poll_with_interval(LOOK_EVERY);
                let builder = WorkerBuilder::new(name).backend(backend).data(worker).concurrency(CONCURRENCY);
                builder.build(work).run().await
            }
        }
    }
}

async fn work(job: Job, worker: Data<Worker>) -> Result<(), Error> {
    worker.work(job).await
}

fn sqlite(pool: &SqlitePool) -> SqliteStorage<Job> {
    let config = apalis_sqlite::Config::default().queue(NAME).batch_size(1).lock_tasks(false);
    SqliteStorage::new(pool).with_config(config.heartbeat_interval(HEARTBEAT).missed_heartbeats(MISSED_HEARTBEATS))
}

fn postgres(pool: &PgPool) -> PostgresStorage<Job> {
    let config = apalis_postgres::Config::default().queue(NAME).batch_size(1).lock_tasks(false);
    PostgresStorage::new(pool).with_config(config.heartbeat_interval(HEARTBEAT).missed_heartbeats(MISSED_HEARTBEATS))
}

fn is_duplicate(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(|error| error.is_unique_violation())
}

/// apalis keeps whole seconds. Rounded up, a step is never too early, so it always sends its poll.
fn whole_seconds(time: SystemTime) -> u64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    since.as_secs() + u64::from(since.subsec_nanos() > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_is_never_due_before_its_poll() {
        for (milliseconds, seconds) in [(0, 0), (1, 1), (999, 1), (1000, 1), (1001, 2)] {
            assert_eq!(whole_seconds(UNIX_EPOCH + Duration::from_millis(milliseconds)), seconds);
        }
    }
}
