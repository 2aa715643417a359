//! Requests of any route.

use std::fmt::{self, Display};

use bytes::Bytes;
use mint_api::AnyRoute;
use mint_api::types::IdempotencyKey;
use reqwest::Method;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::mutation::mutate_by;
use crate::client::{Answer, Mint, answer_as, idempotency};
use crate::error::{Error, ErrorKind, shown};

impl Mint {
    /// Describes a request of any route, such as one that this version has no method for. This method sends nothing.
    ///
    /// The path begins with `/`, is percent-encoded, and has no query. The request goes to the server of this client and
    /// nowhere else.
    ///
    /// # Examples
    ///
    /// Creates a thing:
    ///
    /// ```
    /// use mint_api_ext::client::Method;
    /// use serde_json::{Value, json};
    /// # use mint_api_ext::simulator::Simulator;
    ///
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let simulator = Simulator::start().await?;
    /// # let mint = simulator.mint()?;
    /// let request = mint.request(Method::POST, "/v1/models:generate").json(&json!({"prompt": "a brass lamp"}));
    /// println!("if this program ends here, send it again with the key {:?}", request.idempotency_key());
    /// let operation: Value = request.send().await?;
    /// println!("{}", operation["id"]);
    /// # assert_eq!(simulator.operations_started(), 1);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// Reads an operation as the server sent it. [`Mint::operation`] leaves out a part that it cannot read; the part is
    /// here:
    ///
    /// ```
    /// use mint_api_ext::client::Method;
    /// # use mint_api_ext::simulator::{Script, Simulator};
    ///
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let simulator = Simulator::start().await?;
    /// # let mint = simulator.mint()?;
    /// # let id = simulator.add(Script::model().with("credits", serde_json::json!("many")));
    /// assert!(mint.operation(&id).await?.credits.is_none());
    /// let json: serde_json::Value = mint.request(Method::GET, format!("/v1/operations/{id}")).send().await?;
    /// assert_eq!(json["credits"], "many");
    /// # Ok(())
    /// # }
    /// ```
    pub fn request(&self, method: Method, path: impl Into<String>) -> RouteRequest {
        let idempotency_key = (method == Method::POST).then(|| self.next_idempotency_key());
        let (query, body) = (Vec::new(), Ok(None));
        RouteRequest { mint: self.clone(), method, path: path.into(), query, body, idempotency_key }
    }
}

/// A request of any route; made by [`Mint::request`]. It does nothing until it is sent.
///
/// The client sends a `GET` or a `HEAD` again after a retryable failure ([`Error::is_transient`]), under its
/// [`RetryPolicy`](crate::retry::RetryPolicy). It sends a request of another method again only with an `Idempotency-Key`. A
/// `POST` has one from the moment it is made. Give another method one only if its route does the request once per key.
#[derive(Clone)]
#[must_use = "a request does nothing until it is sent"]
pub struct RouteRequest {
    mint: Mint,
    method: Method,
    path: String,
    query: Vec<(String, String)>,
    /// The body, or why it is not JSON.
    body: Result<Option<Bytes>, String>,
    idempotency_key: Option<String>,
}

impl RouteRequest {
    /// Adds parameters to the query, such as `&[("limit", 20)]`. Their names and values are percent-encoded.
    pub fn query<K: AsRef<str>, V: Display>(mut self, parameters: &[(K, V)]) -> Self {
        self.query.extend(parameters.iter().map(|(name, value)| (name.as_ref().to_owned(), value.to_string())));
        self
    }

    /// Sets the body, as JSON.
    pub fn json(mut self, body: &(impl Serialize + ?Sized)) -> Self {
        self.body = serde_json::to_vec(body).map(|json| Some(json.into())).map_err(|error| error.to_string());
        self
    }

    /// Sets the `Idempotency-Key`: 1 to 255 printable ASCII characters.
    pub fn with_idempotency_key(mut self, key: impl Into<String>) -> Self {
        self.idempotency_key = Some(key.into());
        self
    }

    /// The `Idempotency-Key`, if the request has one. Store it before you send, so that you can send the same request again
    /// after a crash.
    pub fn idempotency_key(&self) -> Option<&str> {
        self.idempotency_key.as_deref()
    }

    /// Sends the request and reads `T` from the JSON in the reply.
    ///
    /// An empty body, as with the status 204, reads as null: take `()`, an [`Option`] or a [`serde_json::Value`]. A value
    /// reads every body, and keeps it as the server sent it.
    ///
    /// # Errors
    ///
    /// - [`ErrorKind::InvalidArgument`]: the method, the path, the body or the key cannot be sent; see
    ///   [`AnyRoute::send`](mint_api::AnyRoute::send). Nothing was sent.
    /// - [`ErrorKind::Decode`]: the reply is no `T`, is too large, or has a status that is neither a success nor an error,
    ///   such as a redirect.
    /// - Otherwise those of [`Request::send`](super::Request::send), except [`ErrorKind::Credits`].
    ///
    /// The server may have done the request in spite of the error if [`Error::may_have_been_done`] is true. Without an
    /// idempotency key, find out before you send it again.
    ///
    /// # Cancellation
    ///
    /// After the future is dropped, the server may or may not have done the request.
    pub async fn send<T: DeserializeOwned + Send>(&self) -> Result<T, Error> {
        let what = self.what();
        let key = self.idempotency_key.as_deref().map(idempotency::check).transpose()?;
        let body = self.body.as_ref().map_err(|why| {
            Error::new(ErrorKind::InvalidArgument, format!("could not {what}: the body is not JSON: {why}"))
        })?;
        let attempt = || {
            let call = self.call(key.clone(), body.clone());
            async { answer_as(&what, call.send().await) }
        };
        let answer: Answer<T> = match self.method.is_safe() {
            true => self.mint.with_retries(attempt).await?,
            false => mutate_by(&self.mint, key.as_ref(), attempt).await?,
        };
        Ok(answer.value)
    }

    fn call(&self, key: Option<IdempotencyKey>, body: Option<Bytes>) -> AnyRoute<'_> {
        let mut call = self.mint.api().any_route(self.method.clone(), &self.path).query(&self.query);
        if let Some(key) = key {
            call = call.idempotency_key(key);
        }
        match body {
            Some(body) => call.body(body),
            None => call,
        }
    }

    /// What the request does; it completes "could not ...".
    fn what(&self) -> String {
        // What is no path may be an address with a password.
        match self.path.starts_with('/') && !self.path.starts_with("//") {
            true => format!("{} {}", self.method, shown(&self.path).escape_debug()),
            false => format!("send a {} request", self.method),
        }
    }
}

/// Omits the query and the body, which may hold secrets.
impl fmt::Debug for RouteRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RouteRequest")
            .field("what", &self.what())
            .field("idempotency_key", &self.idempotency_key)
            .finish_non_exhaustive()
    }
}
