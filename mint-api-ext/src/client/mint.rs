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

/// Mint documents no limit. This one is far above what one person needs, and far below what a server takes for an attack.
const DEFAULT_REQUESTS_PER_SECOND: NonZeroU32 = NonZeroU32::new(50).unwrap();

const USER_AGENT: &str = concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION"));

/// A client of the Mint API: it starts operations, waits for them and downloads their files.
///
/// It is cheap to clone. Clones share connections and the rate limit.
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
    /// Makes a client from the environment: the key is in `MINT_API_KEY`, the server in `MINT_API_BASE_URL`. Default: the
    /// production server.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) when the key is missing or invalid, or the base URL
    /// cannot be used.
    pub fn from_env() -> Result<Self, Error> {
        let builder = Self::builder(Credentials::from_env()?);
        match env::var("MINT_API_BASE_URL") {
            Ok(url) => builder.server(Server::Custom(url)).build(),
            Err(_) => builder.build(),
        }
    }

    /// Starts building a client.
    pub fn builder(credentials: Credentials) -> MintBuilder {
        let api = Client::builder(credentials).requests_per_second(DEFAULT_REQUESTS_PER_SECOND);
        MintBuilder { api, retry_policy: RetryPolicy::default(), clock: Arc::new(SystemClock), seed: None }
    }

    /// The generated client, for calls that this crate does not wrap. [`request`](Self::request) calls a route that it has
    /// no method for. In a function that returns [`Error`], `?`
    /// turns its errors into one; in any other, use `.map_err(Error::from)`, or the text is that of the generated client.
    ///
    /// It sends each call once; [`retrying`](Self::retrying) sends a call again.
    pub fn api(&self) -> &Client {
        &self.parts.api
    }

    pub(crate) fn request_timeout(&self) -> Duration {
        self.parts.api.request_timeout()
    }

    /// Sends a call of the generated client, and sends it again after retryable failures ([`Error::is_transient`]), under
    /// the client's [`RetryPolicy`]. Each attempt calls `call` once.
    ///
    /// Use it for a call that starts or changes something only if every attempt carries the same `Idempotency-Key`. The
    /// reply can be lost after the server did the call. Without the key, the next attempt would do it again, and you would
    /// pay twice. A [`Request`](crate::Request) always has such a key.
    ///
    /// # Errors
    ///
    /// The error of the last attempt, or [`ErrorKind::NoRuntime`](crate::ErrorKind::NoRuntime) outside a Tokio runtime.
    ///
    /// # Cancellation
    ///
    /// Dropping the future ends the current attempt. The server may have done the call.
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

    /// Sends a request under the retry policy; see [`RetryPolicy::send`].
    pub(crate) fn with_retries<T, F>(
        &self,
        send: impl FnMut() -> F + Send,
    ) -> impl Future<Output = Result<T, Error>> + Send
    where
        F: Future<Output = Result<T, Error>> + Send,
    {
        self.retry_policy().send(self.jitter(), send)
    }

    pub(crate) fn retry_policy(&self) -> RetryPolicy {
        self.parts.retry_policy
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

    /// The time from now until `time`; zero if it has passed.
    pub(crate) fn until(&self, time: SystemTime) -> Duration {
        time.duration_since(self.clock().now()).unwrap_or_default()
    }

    pub(crate) fn jitter(&self) -> Jitter {
        self.parts.seed.map(Jitter::seeded).unwrap_or_default()
    }
}

/// Builds a [`Mint`]; made by [`Mint::builder`].
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
    /// Sets the server of the API. [`mint_api::ClientBuilder::server`] says which base URLs are accepted. Default: the
    /// production server.
    pub fn server(mut self, server: Server) -> Self {
        self.api = self.api.server(server);
        self
    }

    /// Sets the proxy and the certificates, for the API and for downloads. A SOCKS proxy needs the feature `socks`. Without a
    /// proxy of its own, the client uses the proxy of the system, but not for http to this machine.
    pub fn transport(mut self, transport: Transport) -> Self {
        self.api = self.api.transport(transport);
        self
    }

    /// Sets how long one request to the API may take. Default: 30 seconds. Downloads have no such limit.
    ///
    /// A request that takes longer is an [`ErrorKind::Timeout`](crate::ErrorKind::Timeout).
    pub fn request_timeout(mut self, timeout: Duration) -> Self {
        self.api = self.api.request_timeout(timeout);
        self
    }

    /// Sets the largest body of a reply of the API, in bytes. Default: 16 MiB. Downloads have no such limit.
    ///
    /// The client stops reading a larger body at the limit, and the call is an
    /// [`ErrorKind::Decode`](crate::ErrorKind::Decode).
    pub fn max_body_bytes(mut self, bytes: usize) -> Self {
        self.api = self.api.max_body_bytes(bytes);
        self
    }

    /// Adds a product to the user agent, such as `my-game/1.2` (RFC 9110, section 10.1.5), before this crate's own.
    ///
    /// [`build`](Self::build) rejects a product that an HTTP header cannot carry.
    pub fn user_agent_product(mut self, product: impl Into<String>) -> Self {
        self.api = self.api.user_agent_product(product);
        self
    }

    /// Limits how many requests to the API this client and all its clones together send in any second. Default: 50.
    ///
    /// Requests are spaced evenly, and a request that must wait is delayed. Downloads are not counted.
    pub fn requests_per_second(mut self, requests: NonZeroU32) -> Self {
        self.api = self.api.requests_per_second(requests);
        self
    }

    /// Sets how often, and for how long, a request is sent again after a retryable failure. Default: [`RetryPolicy::new`].
    ///
    /// Every attempt of a [`Request`](crate::Request) has the same `Idempotency-Key`, so that the server does it once.
    pub fn retry_policy(mut self, policy: RetryPolicy) -> Self {
        self.retry_policy = policy;
        self
    }

    /// Replaces the clock, for tests. Default: the clock of this machine.
    pub fn clock(mut self, clock: impl Clock + 'static) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Makes jitter and idempotency keys repeatable, for tests. Give each test a simulator of
    /// its own: two clients with one seed make the same keys, and a server takes the second call for the first.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// Builds the client. No request is sent.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) when the base URL, the user agent or a certificate
    /// cannot be used, and when https is needed but the program lacks TLS or the system lacks CA certificates.
    pub fn build(self) -> Result<Mint, Error> {
        let Self { api, retry_policy, clock, seed } = self;
        let api = api.user_agent_product(USER_AGENT).build()?;
        let downloader = Downloader::new(api.transport(), api.is_local(), api.user_agent())?;
        let keys = Keys::new(seed);
        Ok(Mint { parts: Arc::new(Parts { api, downloader, retry_policy, clock, keys, seed }) })
    }
}
