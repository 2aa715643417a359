//! What a worker is told by its environment.

use std::env;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;

use mint_api_ext::{Credentials, Mint, Server};
use object_store::local::LocalFileSystem;

use crate::{Error, Outcomes, Queue, Worker};

/// The settings of a worker, which are environment variables.
#[derive(Clone, Debug)]
pub struct Settings {
    /// `DATABASE_URL`: `sqlite:FILE` or `postgres://...`.
    pub database: String,
    /// `MINT_BASE_URL`: the address of the API.
    pub api: String,
    /// `MINT_API_KEY`: the key of the account.
    pub key: String,
    /// `STORE`: the folder of the files.
    pub store: PathBuf,
    /// `REQUESTS_PER_SECOND`: the share of this worker. Divide what the account allows by the number of workers.
    pub requests_per_second: NonZeroU32,
}

impl Settings {
    /// Reads the environment.
    ///
    /// # Errors
    ///
    /// Names the variable that is missing or wrong.
    pub fn from_environment() -> Result<Self, Error> {
        let read = |name: &str| env::var(name).map_err(|error| format!("set the environment variable {name}: {error}"));
        Ok(Self {
            database: read("DATABASE_URL")?,
            api: read("MINT_BASE_URL")?,
            key: read("MINT_API_KEY")?,
            store: read("STORE")?.into(),
            requests_per_second: read("REQUESTS_PER_SECOND")?.parse()?,
        })
    }

    /// Sets the environment of a process.
    pub fn apply(&self, command: &mut Command) {
        command
            .env("DATABASE_URL", &self.database)
            .env("MINT_BASE_URL", &self.api)
            .env("MINT_API_KEY", &self.key)
            .env("STORE", &self.store)
            .env("REQUESTS_PER_SECOND", self.requests_per_second.to_string());
    }

    /// Connects a worker.
    ///
    /// # Errors
    ///
    /// When the database or the folder cannot be opened, or a setting is wrong.
    pub async fn worker(&self) -> Result<Worker, Error> {
        let builder = Mint::builder(Credentials::api_key(self.key.as_str())?);
        let builder = builder.server(Server::Custom(self.api.clone())).requests_per_second(self.requests_per_second);
        Ok(Worker {
            mint: builder.build()?,
            queue: Queue::connect(&self.database).await?,
            outcomes: Outcomes::connect(&self.database).await?,
            store: Arc::new(LocalFileSystem::new_with_prefix(&self.store)?),
        })
    }
}
