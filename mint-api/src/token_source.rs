//! Access tokens that expire: their source, and when they are renewed.

use std::error::Error as StdError;
use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures::FutureExt as _;
use futures::future::{BoxFuture, Shared};
use http::HeaderValue;
use tokio::time::{Instant, timeout};

use crate::credentials::{InvalidCredentials, bearer};
use crate::shown_text;

/// The longest time before its expiry at which a token is renewed, so that it is still valid when a request arrives.
const MAX_MARGIN: Duration = Duration::from_secs(60);

/// A source of access tokens that expire, such as those of OAuth 2 (RFC 6749).
///
/// The client asks the source when it has no token, shortly before the current token expires, and once after a 401. Calls
/// at the same time share one request for a token.
///
/// Every `Fn` that returns a future of a token is a source.
/// [`Credentials::token_source`](crate::Credentials::token_source) makes credentials from it.
///
/// # Errors
///
/// If the source returns an error, or no token within the
/// [request timeout](crate::ClientBuilder::request_timeout), the client uses the current token until it expires. Without
/// a valid token the call ends as [`Error::Custom`](crate::Error::Custom); after a 401 it ends with that 401. The client
/// does not ask again for the same call, so the source itself must retry transient failures.
///
/// # Cancellation
///
/// The client runs the source in a task of its own. Dropping a call therefore does not stop the source. A source whose
/// refresh tokens are valid for one use does not lose the next one. The task ends with the Tokio runtime of the call that
/// asked; another call then asks again.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use mint_api::{BearerToken, Credentials};
///
/// let credentials = Credentials::token_source(async || {
///     // Ask the authorization server, https://mcp.mint.gg, here.
///     Ok(BearerToken::new("token")?.expires_in(Duration::from_secs(3600)))
/// });
/// ```
pub trait TokenSource: Send + Sync {
    /// Returns a token that is valid now.
    fn token(&self) -> TokenFuture<'_>;
}

/// The future of a token, or of the reason why the source has none.
pub type TokenFuture<'a> =
    Pin<Box<dyn Future<Output = Result<BearerToken, Box<dyn StdError + Send + Sync>>> + Send + 'a>>;

impl<F, R> TokenSource for F
where
    F: Fn() -> R + Send + Sync,
    R: Future<Output = Result<BearerToken, Box<dyn StdError + Send + Sync>>> + Send + 'static,
{
    fn token(&self) -> TokenFuture<'_> {
        Box::pin(self())
    }
}

/// An access token, which is sent as a bearer token (RFC 6750).
///
/// `Debug` does not show the token.
#[derive(Clone, Eq, PartialEq)]
pub struct BearerToken {
    authorization: HeaderValue,
    lifetime: Option<Duration>,
}

impl BearerToken {
    /// Makes a token that is used until the server answers 401. White space around it is removed.
    ///
    /// # Errors
    ///
    /// [`InvalidCredentials`] when the token is empty or has a character that an HTTP header cannot carry.
    pub fn new(token: impl AsRef<str>) -> Result<Self, InvalidCredentials> {
        let token = token.as_ref().trim();
        if token.is_empty() {
            return Err(InvalidCredentials::EmptyToken);
        }
        let authorization = bearer(token).ok_or(InvalidCredentials::TokenNotAHeader)?;
        Ok(Self { authorization, lifetime: None })
    }

    /// Sets how long the token is valid, from now: `expires_in` of RFC 6749, section 5.1.
    ///
    /// The client renews the token one minute before it expires, or a tenth of its lifetime before, if that is shorter.
    pub fn expires_in(mut self, lifetime: Duration) -> Self {
        self.lifetime = Some(lifetime);
        self
    }
}

impl fmt::Debug for BearerToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BearerToken").field("lifetime", &self.lifetime).finish_non_exhaustive()
    }
}

/// The current token of a source, and the request for the next one.
pub(crate) struct Tokens {
    source: Arc<dyn TokenSource>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    token: Option<Token>,
    refresh: Option<Refresh>,
}

#[derive(Clone)]
struct Token {
    authorization: HeaderValue,
    renew_at: Option<Instant>,
    expires_at: Option<Instant>,
}

type Refresh = Shared<BoxFuture<'static, Result<Token, NoToken>>>;

/// Why there is no token.
#[derive(Clone)]
enum NoToken {
    /// The source gave none.
    Refused(Arc<str>),
    /// The runtime of the call that asked ended before the source answered.
    Cancelled,
}

/// How often a call asks again after [`NoToken::Cancelled`]. More than a few mean that its own runtime is ending.
const MAX_CANCELLED: usize = 5;

impl Tokens {
    pub(crate) fn new(source: impl TokenSource + 'static) -> Self {
        Self { source: Arc::new(source), state: Mutex::default() }
    }

    /// Returns the header of a token that has not expired. It waits at most `patience` for a new token.
    pub(crate) fn valid(&self, patience: Duration) -> BoxFuture<'_, Result<HeaderValue, Arc<str>>> {
        uncancelled(move || self.try_valid(patience)).boxed()
    }

    async fn try_valid(&self, patience: Duration) -> Result<HeaderValue, NoToken> {
        let now = Instant::now();
        let is_before = |instant: Option<Instant>| instant.is_none_or(|instant| now < instant);
        let (old, refresh) = {
            let mut state = self.state();
            match state.token.clone() {
                Some(token) if is_before(token.renew_at) => return Ok(token.authorization),
                old => (old.filter(|old| is_before(old.expires_at)), self.refresh(&mut state)),
            }
        };
        match (self.answer(refresh, patience).await, old) {
            (Err(NoToken::Refused(error)), Some(old)) => {
                tracing::debug!(%error, "the old token is used for as long as it is valid");
                Ok(old.authorization)
            }
            (result, _) => result,
        }
    }

    /// Returns the header of another token than `refused`, which the server refused.
    pub(crate) async fn instead_of(
        &self,
        refused: Option<&HeaderValue>,
        patience: Duration,
    ) -> Result<HeaderValue, Arc<str>> {
        uncancelled(|| self.try_instead_of(refused, patience)).await
    }

    async fn try_instead_of(&self, refused: Option<&HeaderValue>, patience: Duration) -> Result<HeaderValue, NoToken> {
        let refresh = {
            let mut state = self.state();
            // Another call may have replaced the refused token already.
            match &state.token {
                Some(token) if Some(&token.authorization) != refused => return Ok(token.authorization.clone()),
                _ => state.token = None,
            }
            self.refresh(&mut state)
        };
        self.answer(refresh, patience).await
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the pending request for a token, or starts one.
    fn refresh(&self, state: &mut State) -> Refresh {
        let refresh = state.refresh.get_or_insert_with(|| {
            let source = self.source.clone();
            // A task continues when the call that started it is dropped.
            let task = tokio::spawn(async move { source.token().await.map(Token::new) });
            let answer = task.map(|result| match result {
                Ok(Ok(token)) => Ok(token),
                Ok(Err(error)) => Err(NoToken::Refused(shown_text(&all_text(&*error)).into())),
                Err(error) if error.is_cancelled() => Err(NoToken::Cancelled),
                Err(_) => Err(NoToken::Refused(STOPPED.into())),
            });
            answer.boxed().shared()
        });
        refresh.clone()
    }

    async fn answer(&self, refresh: Refresh, patience: Duration) -> Result<HeaderValue, NoToken> {
        let Ok(result) = timeout(patience, refresh.clone()).await else {
            return Err(NoToken::Refused(format!("it did not answer within {} s", patience.as_secs()).into()));
        };
        let mut state = self.state();
        if state.refresh.take_if(|current| current.ptr_eq(&refresh)).is_some()
            && let Ok(token) = &result
        {
            state.token = Some(token.clone());
        }
        result.map(|token| token.authorization)
    }
}

impl Token {
    fn new(BearerToken { authorization, lifetime }: BearerToken) -> Self {
        let now = Instant::now();
        let after = |duration| now.checked_add(duration);
        Self {
            authorization,
            renew_at: lifetime.and_then(|lifetime| after(lifetime - MAX_MARGIN.min(lifetime / 10))),
            expires_at: lifetime.and_then(after),
        }
    }
}

const STOPPED: &str = "it stopped without an answer";

/// Asks until the answer is not lost with the runtime of another call.
async fn uncancelled<F>(mut ask: impl FnMut() -> F + Send) -> Result<HeaderValue, Arc<str>>
where
    F: Future<Output = Result<HeaderValue, NoToken>> + Send,
{
    for _ in 0..MAX_CANCELLED {
        match ask().await {
            Ok(token) => return Ok(token),
            Err(NoToken::Refused(why)) => return Err(why),
            Err(NoToken::Cancelled) => {
                tracing::debug!("the runtime that asked the token source ended; it is asked again")
            }
        }
    }
    Err(STOPPED.into())
}

/// The texts of an error and its sources.
fn all_text(error: &(dyn StdError + 'static)) -> String {
    let causes = std::iter::successors(Some(error), |error| (*error).source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

#[cfg(test)]
mod tests;
