//! The entry point.

use std::env;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use mint_api::types::Problem;
use mint_api::{Client, ClientBuilder, Credentials, ResponseValue, Server, Transport};

use super::Downloader;
use super::clock::{Clock, SystemClock};
use super::idempotency::Keys;
use crate::error::Error;
use crate::retry::{Jitter, RetryPolicy};

/// No limit is documented; this is far above what one person's work needs, and below what looks like an attack.
const DEFAULT_REQUESTS_PER_SECOND: NonZeroU32 = NonZeroU32::new(50).unwrap();

const USER_AGENT: &str = concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION"));

/// A client of the Mint API: waits for operations and downloads their files.
///
/// Cheap to clone; clones share connections.
///
/// # Examples
///
/// ```no_run
/// use mint_api_ext::Mint;
///
/// # async fn example() -> Result<(), mint_api_ext::Error> {
/// let mint = Mint::from_env()?;
/// let operation = mint.attach("op_123")?.get().await?;
/// println!("{}", operation.status);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Mint {
    parts: Arc<Parts>,
}

#[derive(Debug)]
struct Parts {
    api: Client,
    downloader: Downloader,
    retry_policy: RetryPolicy,
    clock: Arc<dyn Clock>,
    keys: Keys,
    seed: Option<u64>,
}

impl Mint {
    /// A client for the key in `MINT_API_KEY`, of the server in `MINT_API_BASE_URL` or else the production server.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) when there is no key, or the base URL cannot be
    /// used.
    pub fn from_env() -> Result<Self, Error> {
        let builder = Self::builder(Credentials::from_env()?);
        match env::var("MINT_API_BASE_URL") {
            Ok(url) => builder.server(Server::Custom(url)).build(),
            Err(_) => builder.build(),
        }
    }

    /// Starts making a client.
    pub fn builder(credentials: Credentials) -> MintBuilder {
        let api = Client::builder(credentials).requests_per_second(DEFAULT_REQUESTS_PER_SECOND);
        MintBuilder { api, retry_policy: RetryPolicy::default(), clock: Arc::new(SystemClock), seed: None }
    }

    /// The generated client, for calls that this crate does not wrap. Its errors become an [`Error`] by `?`.
    ///
    /// It sends each call once; see [`retrying`](Self::retrying).
    pub fn api(&self) -> &Client {
        &self.parts.api
    }

    pub(crate) fn request_timeout(&self) -> Duration {
        self.parts.api.request_timeout()
    }

    /// Sends a call of the generated client, again after each transient failure ([`Error::is_transient`]), under the
    /// client's [`RetryPolicy`].
    ///
    /// `call` is called once for each attempt.
    ///
    /// Do not use it for a call that starts or changes something unless the call carries an `Idempotency-Key`, the same in
    /// each attempt. The reply may be lost after the server did what it was asked; without the key, the next attempt does
    /// it again, and you pay twice. [`Request`](crate::Request) takes care of that.
    ///
    /// # Errors
    ///
    /// The error of the last attempt. [`ErrorKind::NoRuntime`](crate::ErrorKind::NoRuntime) outside a Tokio runtime.
    ///
    /// # Examples
    ///
    /// ```
    /// # use mint_api_ext::simulator::{Script, Simulator};
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), mint_api_ext::Error> {
    /// # let simulator = Simulator::start().await.expect("a simulator");
    /// # let mint = simulator.mint()?;
    /// let once = mint.api().get_me().send().await?.into_inner();
    /// let retried = mint.retrying(|api| api.get_me().send()).await?.into_inner();
    /// # assert_eq!(once.owner.user_id, retried.owner.user_id);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn retrying<'a, T, F>(
        &'a self,
        call: impl Fn(&'a Client) -> F + Send + Sync,
    ) -> Result<ResponseValue<T>, Error>
    where
        T: Send,
        F: Future<Output = Result<ResponseValue<T>, mint_api::Error<Problem>>> + Send,
    {
        let attempt = || {
            let reply = call(self.api());
            async { Ok(reply.await?) }
        };
        self.with_retries(attempt).await
    }

    /// Sends a request again under the retry policy; see [`RetryPolicy::send`].
    pub(crate) async fn with_retries<T, F>(&self, send: impl FnMut() -> F + Send) -> Result<T, Error>
    where
        F: Future<Output = Result<T, Error>> + Send,
    {
        self.parts.retry_policy.send(self.jitter(), send).await
    }

    pub(crate) fn downloader(&self) -> &Downloader {
        &self.parts.downloader
    }

    pub(crate) fn next_idempotency_key(&self) -> String {
        self.parts.keys.next()
    }

    pub(crate) fn clock(&self) -> &dyn Clock {
        &*self.parts.clock
    }

    /// How long it is until a time of day; zero for one that has passed.
    pub(crate) fn until(&self, time: SystemTime) -> Duration {
        time.duration_since(self.clock().now()).unwrap_or_default()
    }

    pub(crate) fn jitter(&self) -> Jitter {
        self.parts.seed.map(Jitter::seeded).unwrap_or_default()
    }
}

/// Makes a [`Mint`].
///
/// # Examples
///
/// ```no_run
/// use std::time::Duration;
/// use mint_api_ext::{Credentials, Mint, Server};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let mint = Mint::builder(Credentials::from_env()?)
///     .server(Server::Custom("https://mint.example.com/proxy".into()))
///     .request_timeout(Duration::from_secs(10))
///     .build()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use = "a builder does nothing until `build` is called"]
pub struct MintBuilder {
    api: ClientBuilder,
    retry_policy: RetryPolicy,
    clock: Arc<dyn Clock>,
    seed: Option<u64>,
}

impl MintBuilder {
    /// The server of the API; see [`mint_api::ClientBuilder::server`] for the base URLs that are taken.
    pub fn server(mut self, server: Server) -> Self {
        self.api = self.api.server(server);
        self
    }

    /// The proxy and the certificates, for the API as for downloads.
    pub fn transport(mut self, transport: Transport) -> Self {
        self.api = self.api.transport(transport);
        self
    }

    /// How long one request to the API may take. Default: 30 seconds. Downloads have no such limit.
    pub fn request_timeout(mut self, timeout: Duration) -> Self {
        self.api = self.api.request_timeout(timeout);
        self
    }

    /// How large the body of a reply of the API may be, in bytes. Default: 16 MiB. Downloads have no such limit.
    ///
    /// A larger one is an [`ErrorKind::Decode`](crate::ErrorKind::Decode), and no more than this is read.
    pub fn max_body_bytes(mut self, bytes: usize) -> Self {
        self.api = self.api.max_body_bytes(bytes);
        self
    }

    /// Names a program in the user agent, such as `my-game/1.2` (RFC 9110, section 10.1.5), before this crate's name.
    ///
    /// [`build`](Self::build) refuses what a header cannot carry.
    pub fn user_agent_product(mut self, product: impl Into<String>) -> Self {
        self.api = self.api.user_agent_product(product);
        self
    }

    /// How many requests to the API may be sent in any second, by this client and all its clones together. Default: 50.
    ///
    /// They are spaced evenly; further ones wait their turn. Downloads are not counted.
    pub fn requests_per_second(mut self, requests: NonZeroU32) -> Self {
        self.api = self.api.requests_per_second(requests);
        self
    }

    /// How often a request is sent again after a transient failure. A call that starts or changes something keeps its
    /// `Idempotency-Key`, so that nothing is done twice.
    pub fn retry_policy(mut self, policy: RetryPolicy) -> Self {
        self.retry_policy = policy;
        self
    }

    /// Another clock than that of this machine, for tests.
    pub fn clock(mut self, clock: impl Clock + 'static) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Makes jitter and idempotency keys repeatable, for tests against a server of their own: a server that has seen the
    /// keys before would take a new call for an old one.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// Makes the client. No request is sent.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) for a base URL that cannot be used, and where
    /// the system or the program lacks what https needs.
    pub fn build(self) -> Result<Mint, Error> {
        let Self { api, retry_policy, clock, seed } = self;
        let api = api.user_agent_product(USER_AGENT).build()?;
        let downloader = Downloader::new(api.transport(), api.is_local())?;
        let keys = Keys::new(seed);
        Ok(Mint { parts: Arc::new(Parts { api, downloader, retry_policy, clock, keys, seed }) })
    }
}
