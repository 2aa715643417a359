//! The table of outcomes.

use std::sync::Once;

use sqlx::any::{AnyPoolOptions, AnyRow, install_default_drivers};
use sqlx::{AnyPool, Row as _};

use crate::{Error, Job};

/// The connections of a worker to the table.
const CONNECTIONS: u32 = 2;

/// How an operation ended.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Outcome {
    /// The id of the operation.
    pub operation: String,
    /// Its last status, or the error that ended the wait.
    pub status: String,
    /// The places of its files in the store.
    pub files: Vec<String>,
    /// The steps that the wait took.
    pub steps: i64,
    /// How often the outcome was recorded: once, and once more for each worker that died right after it.
    pub deliveries: i64,
}

impl Outcome {
    /// The outcome of the wait that this job was the last step of, without files.
    pub fn of(job: &Job, status: String) -> Self {
        let operation = job.operation.id.to_string();
        Self { operation, status, files: Vec::new(), steps: i64::from(job.step) + 1, deliveries: 1 }
    }

    fn of_row(row: &AnyRow) -> Result<Self, Error> {
        Ok(Self {
            operation: row.try_get("operation")?,
            status: row.try_get("status")?,
            files: serde_json::from_str(row.try_get("files")?)?,
            steps: row.try_get("steps")?,
            deliveries: row.try_get("deliveries")?,
        })
    }
}

/// The table of outcomes, in the database of the queue.
#[derive(Clone, Debug)]
pub struct Outcomes(AnyPool);

impl Outcomes {
    /// Connects to the database, and makes the table if it has none.
    ///
    /// # Errors
    ///
    /// Those of the database.
    pub async fn connect(url: &str) -> Result<Self, Error> {
        static DRIVERS: Once = Once::new();
        DRIVERS.call_once(install_default_drivers);
        let pool = AnyPoolOptions::new().max_connections(CONNECTIONS).connect(url).await?;
        let table = "CREATE TABLE IF NOT EXISTS outcomes (operation TEXT PRIMARY KEY, status TEXT NOT NULL, \
                     files TEXT NOT NULL, steps BIGINT NOT NULL, deliveries BIGINT NOT NULL)";
        sqlx::query(table).execute(&pool).await?;
        Ok(Self(pool))
    }

    /// Records how an operation ended. The first outcome stays; later ones are only counted.
    ///
    /// # Errors
    ///
    /// Those of the database.
    pub async fn record(&self, outcome: &Outcome) -> Result<(), Error> {
        let insert = "INSERT INTO outcomes (operation, status, files, steps, deliveries) VALUES ($1, $2, $3, $4, 1) \
                      ON CONFLICT (operation) DO UPDATE SET deliveries = outcomes.deliveries + 1";
        let files = serde_json::to_string(&outcome.files)?;
        let query = sqlx::query(insert).bind(&outcome.operation).bind(&outcome.status).bind(files).bind(outcome.steps);
        query.execute(&self.0).await?;
        Ok(())
    }

    /// The number of operations that have ended.
    ///
    /// # Errors
    ///
    /// Those of the database.
    pub async fn count(&self) -> Result<i64, Error> {
        Ok(sqlx::query_scalar("SELECT COUNT(*) FROM outcomes").fetch_one(&self.0).await?)
    }

    /// Every outcome, by operation.
    ///
    /// # Errors
    ///
    /// Those of the database.
    pub async fn all(&self) -> Result<Vec<Outcome>, Error> {
        let rows = sqlx::query("SELECT * FROM outcomes ORDER BY operation").fetch_all(&self.0).await?;
        rows.iter().map(Outcome::of_row).collect()
    }
}
