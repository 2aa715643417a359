//! A request as it is stored.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use super::call::Call;
use super::credits::{Earlier, Spending};
use super::found::SavedFound;
use super::prepared::Prepared;
use super::request::Request;
use crate::client::{Mint, idempotency};
use crate::error::{Error, ErrorKind, quoted};

/// A request as it is stored, for this or another process to send: the call with its arguments, its `Idempotency-Key`, and
/// the limits on its price.
///
/// [`Request::save`] makes it, [`Mint::restore`] takes it up.
///
/// # Stored form
///
/// Serialized (serde), it holds the `format` it is written in. This version writes and reads format 1; it refuses another
/// format with an error that says so. It holds the arguments as they were given. A URL among them may be signed, so treat
/// what you store as a secret then. It never holds the credentials.
#[derive(Clone, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SavedRequest {
    #[serde(deserialize_with = "format")]
    format: u64,
    /// The call, which [`Mint::restore`] must be asked for: the name of the method that describes it, such as
    /// `generate_model`; `retry_model` also for [`FailedOperation::retry`](crate::wait::FailedOperation::retry).
    pub call: String,
    /// The `Idempotency-Key`.
    pub idempotency_key: String,
    /// The id in the path of the route, if it has one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    id: String,
    body: Value,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    max_credits: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    assume_credits: Option<f64>,
    /// Whether the request had a budget. A budget exists only in memory.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    budget: bool,
    /// The operation that the call acts on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    found: Option<SavedFound>,
}

/// The format that this version writes and reads.
const FORMAT: u64 = 1;

fn format<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    let format = u64::deserialize(deserializer)?;
    if format == FORMAT {
        return Ok(format);
    }
    Err(serde::de::Error::custom(format_args!(
        "the request was saved in format {format}, and this version of mint-api-ext reads format {FORMAT}; use the version \
         that saved it"
    )))
}

impl<T: Call> Request<T> {
    /// What a process needs to send the request, or to send it again: the call with its arguments, the idempotency key, and
    /// the limits on its price. Store it before you send.
    ///
    /// A [`Budget`](super::Budget) exists only in memory and is not stored. A request that had one fails after
    /// [`Mint::restore`] until it has a [`budget`](Self::budget) again. An upload is no [`Call`], and cannot be stored: its
    /// image may be a file.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidArgument`] when an argument, the key or a limit breaks its bound. Sending would fail, too.
    ///
    /// # Examples
    ///
    /// ```
    /// use mint_api_ext::request::GenerateModel;
    /// # use mint_api_ext::simulator::Simulator;
    ///
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let simulator = Simulator::start().await?;
    /// # let mint = simulator.mint()?;
    /// let request = mint.generate_model("a brass lamp").name("lamp").max_credits(1000);
    /// let row = serde_json::to_string(&request.save()?)?;
    /// let handle = request.send().await?;
    ///
    /// // After a crash, in another process:
    /// let again = mint.restore::<GenerateModel>(&serde_json::from_str(&row)?)?.send().await?;
    /// assert_eq!(again.id(), handle.id());
    /// # assert_eq!(simulator.operations_started(), 1);
    /// # Ok(())
    /// # }
    /// ```
    pub fn save(&self) -> Result<SavedRequest, Error> {
        let mut request = self.clone();
        let what = request.call.prepared().endpoint.to_string();
        idempotency::check(&self.key)?;
        self.spending.check(&what)?;
        let (endpoint, body) = request.checked(&what)?;
        let body = serde_json::to_value(&body).map_err(|error| {
            let why = format!("could not {what}: its arguments are not JSON: {error}");
            Error::new(ErrorKind::InvalidArgument, why)
        })?;
        Ok(SavedRequest {
            format: FORMAT,
            call: T::NAME.to_owned(),
            idempotency_key: request.key,
            id: endpoint.id().to_owned(),
            body,
            max_credits: self.spending.limit,
            assume_credits: self.spending.assumed,
            budget: self.spending.budget.is_some() || self.spending.lacks_budget,
            found: request.call.prepared().found.as_ref().map(|found| found.save()),
        })
    }
}

impl<T: Call> Serialize for Request<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.save().map_err(serde::ser::Error::custom)?.serialize(serializer)
    }
}

impl Mint {
    /// Takes up a request that was saved, such as `mint.restore::<GenerateModel>(&saved)`. Nothing is sent. Use a client of
    /// the same account: another account knows nothing of the idempotency key.
    ///
    /// The request counts as one that may have been sent, so sending it does not check the balance.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidArgument`] when another [`call`](SavedRequest::call) was saved, or when what was saved cannot be
    /// read, such as an argument that only a newer version knows.
    ///
    /// # Examples
    ///
    /// Sends whatever a row holds:
    ///
    /// ```
    /// use mint_api_ext::request::{GenerateModel, GenerateWorld, SavedRequest};
    /// use mint_api_ext::{Mint, OperationHandle};
    /// # use mint_api_ext::simulator::Simulator;
    ///
    /// async fn send(mint: &Mint, row: &str) -> Result<OperationHandle, Box<dyn std::error::Error>> {
    ///     let saved: SavedRequest = serde_json::from_str(row)?;
    ///     Ok(match saved.call.as_str() {
    ///         "generate_world" => mint.restore::<GenerateWorld>(&saved)?.send().await?,
    ///         _ => mint.restore::<GenerateModel>(&saved)?.send().await?,
    ///     })
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let simulator = Simulator::start().await?;
    /// # let mint = simulator.mint()?;
    /// let rows = [
    ///     serde_json::to_string(&mint.generate_model("a brass lamp"))?,
    ///     serde_json::to_string(&mint.generate_world("a lighthouse in fog"))?,
    /// ];
    /// for row in &rows {
    ///     println!("{}", send(&mint, row).await?.id());
    /// }
    /// # assert_eq!(simulator.operations_started(), 2);
    /// # Ok(())
    /// # }
    /// ```
    pub fn restore<T: Call>(&self, saved: &SavedRequest) -> Result<Request<T>, Error> {
        let invalid =
            |why: String| Error::new(ErrorKind::InvalidArgument, format!("could not restore a request: {why}"));
        if saved.call != T::NAME {
            return Err(invalid(format!("it is the call `{}`, and `{}` was asked for", quoted(&saved.call), T::NAME)));
        }
        idempotency::check(&saved.idempotency_key)?;
        let endpoint = T::endpoint(&saved.id);
        endpoint.check()?;
        let body = T::Body::deserialize(&saved.body).map_err(|error| {
            let why = quoted(&error.to_string());
            invalid(format!(
                "this version of mint-api-ext cannot read its arguments ({why}); use the version that saved it"
            ))
        })?;
        let found = saved.found.as_ref().map(|found| found.restore(self)).transpose()?;
        let call = T::of(Prepared { endpoint, body: Ok(body), found });
        let spending = Spending {
            limit: saved.max_credits,
            assumed: saved.assume_credits,
            budget: None,
            lacks_budget: saved.budget,
        };
        let key = saved.idempotency_key.clone();
        Ok(Request { mint: self.clone(), call, key, earlier: Earlier::unknown(), spending })
    }
}

/// Omits the arguments, which may hold signed URLs.
impl fmt::Debug for SavedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SavedRequest")
            .field("call", &self.call)
            .field("idempotency_key", &self.idempotency_key)
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}
