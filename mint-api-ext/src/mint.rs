//! The entry point.

use std::env;
use std::sync::Arc;
use std::time::Duration;

use mint_api::{Client, Credentials, Server, Transport};

use crate::asset::Assets;
use crate::download::{Download, Downloader};
use crate::error::Error;
use crate::operation::{OperationHandle, OperationId};

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
    request_timeout: Duration,
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
        MintBuilder {
            credentials,
            server: Server::default(),
            transport: Transport::default(),
            request_timeout: Duration::from_secs(30),
        }
    }

    /// The generated client, for calls this crate has nothing to add to.
    pub fn api(&self) -> &Client {
        &self.parts.api
    }

    /// Takes up an operation by its id, wherever it was started. No request is sent.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument) for what cannot be the id of an operation.
    pub fn attach(&self, id: impl AsRef<str>) -> Result<OperationHandle, Error> {
        let id: OperationId = id.as_ref().parse()?;
        Ok(OperationHandle::new(self.clone(), id))
    }

    /// Starts describing a download of files, such as all those of an operation. No request is sent.
    ///
    /// # Examples
    ///
    /// ```
    /// # use mint_api_ext::simulator::{Script, Simulator};
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let simulator = Simulator::start().await?;
    /// # let mint = simulator.mint()?;
    /// # let id = simulator.add(Script::model());
    /// # let directory = tempfile::tempdir()?;
    /// let operation = mint.attach(id)?.wait().await?.into_operation();
    /// let files = mint.download(&operation).to_dir(directory.path()).await?.complete()?;
    /// for file in &files {
    ///     println!("{} {} bytes", file.path.display(), file.bytes);
    /// }
    /// # assert!(!files.is_empty());
    /// # Ok(())
    /// # }
    /// ```
    pub fn download(&self, assets: impl Into<Assets>) -> Download {
        Download::new(self.parts.downloader.clone(), assets.into())
    }

    pub(crate) fn request_timeout(&self) -> Duration {
        self.parts.request_timeout
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
    credentials: Credentials,
    server: Server,
    transport: Transport,
    request_timeout: Duration,
}

impl MintBuilder {
    /// The server of the API; see [`mint_api::ClientBuilder::server`] for the base URLs that are taken.
    pub fn server(mut self, server: Server) -> Self {
        self.server = server;
        self
    }

    /// The proxy and the certificates, for the API as for downloads.
    pub fn transport(mut self, transport: Transport) -> Self {
        self.transport = transport;
        self
    }

    /// How long one request to the API may take. Default: 30 seconds. Downloads have no such limit.
    pub fn request_timeout(mut self, timeout: Duration) -> Self {
        self.request_timeout = timeout;
        self
    }

    /// Makes the client. No request is sent.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) for a base URL that cannot be used, and where
    /// the system or the program lacks what https needs.
    pub fn build(self) -> Result<Mint, Error> {
        let api = Client::builder(self.credentials)
            .server(self.server)
            .transport(self.transport.clone())
            .request_timeout(self.request_timeout)
            .user_agent_product(concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION")))
            .build()?;
        let downloader = Downloader::new(&self.transport, api.is_local())?;
        Ok(Mint { parts: Arc::new(Parts { api, downloader, request_timeout: self.request_timeout }) })
    }
}
