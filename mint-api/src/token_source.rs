//! Tokens that expire: where they come from, and how long one is used.

use std::error::Error as StdError;
use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures::FutureExt as _;
use futures::future::Shared;
use http::HeaderValue;
use tokio::time::{Instant, timeout};

use crate::credentials::{InvalidCredentials, bearer};
use crate::shown_text;

/// How long before it expires a token is renewed, at most: time for a request to reach the server.
const MAX_MARGIN: Duration = Duration::from_secs(60);

/// Where access tokens come from that expire, such as those of OAuth 2 (RFC 6749).
///
/// It is asked for a token when there is none, shortly before the one there is expires, and once when the server
/// answers 401. Calls made at the same time ask once together, and an answer that is on its way is waited for even when
/// the call that asked is given up, so that a refresh token that may be used once is not lost.
///
/// Every `Fn` that returns a future of a token is a source. With
/// [`Credentials::token_source`](crate::Credentials::token_source) it becomes credentials.
///
/// # Errors
///
/// What a source returns as an error ends the call as [`Error::Custom`](crate::Error::Custom), unless the token there
/// is has not expired yet. It is not asked again for the same call, so what may pass is for the source to retry. It has
/// as long as one request may take.
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
    /// A token that is valid now.
    fn token(&self) -> TokenFuture<'_>;
}

/// A token that is on its way, or why there is none.
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

/// An access token, sent as a bearer token (RFC 6750).
///
/// `Debug` does not show it.
#[derive(Clone, Eq, PartialEq)]
pub struct BearerToken {
    authorization: HeaderValue,
    lifetime: Option<Duration>,
}

impl BearerToken {
    /// A token that is used until the server answers 401. White space around it is removed.
    ///
    /// # Errors
    ///
    /// [`InvalidCredentials`] when the token is empty or holds what an HTTP header cannot carry.
    pub fn new(token: impl AsRef<str>) -> Result<Self, InvalidCredentials> {
        let token = token.as_ref().trim();
        if token.is_empty() {
            return Err(InvalidCredentials::EmptyToken);
        }
        let authorization = bearer(token).ok_or(InvalidCredentials::TokenNotAHeader)?;
        Ok(Self { authorization, lifetime: None })
    }

    /// How long the token is valid from now on: `expires_in` of RFC 6749, section 5.1.
    ///
    /// It is renewed a minute before it expires, or a tenth of this before, if that is less.
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

/// The token of a source, and the request for the next one.
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

type Refresh = Shared<Pin<Box<dyn Future<Output = Result<Token, Arc<str>>> + Send>>>;

impl Tokens {
    pub(crate) fn new(source: impl TokenSource + 'static) -> Self {
        Self { source: Arc::new(source), state: Mutex::default() }
    }

    /// The header of a token that is valid, as far as is known; an error is told after this much time.
    pub(crate) async fn valid(&self, patience: Duration) -> Result<HeaderValue, Arc<str>> {
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
            (Err(error), Some(old)) => {
                tracing::debug!(%error, "the old token is used for as long as it is valid");
                Ok(old.authorization)
            }
            (result, _) => result,
        }
    }

    /// The header of a token other than this one, which the server refused.
    pub(crate) async fn instead_of(
        &self,
        refused: Option<&HeaderValue>,
        patience: Duration,
    ) -> Result<HeaderValue, Arc<str>> {
        let refresh = {
            let mut state = self.state();
            // Another call may have met the same refusal, and replaced the token before.
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

    /// The request for a token that is on its way, or else a new one.
    fn refresh(&self, state: &mut State) -> Refresh {
        let refresh = state.refresh.get_or_insert_with(|| {
            let source = self.source.clone();
            // A task, so that it goes on when the call that asked is given up.
            let task = tokio::spawn(async move { source.token().await.map(Token::new) });
            let answer = task.map(|result| match result {
                Ok(Ok(token)) => Ok(token),
                Ok(Err(error)) => Err(shown_text(&all_text(&*error)).into()),
                Err(_) => Err("it stopped without an answer".into()),
            });
            answer.boxed().shared()
        });
        refresh.clone()
    }

    async fn answer(&self, refresh: Refresh, patience: Duration) -> Result<HeaderValue, Arc<str>> {
        let Ok(result) = timeout(patience, refresh.clone()).await else {
            return Err(format!("it did not answer within {} s", patience.as_secs()).into());
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

/// What an error and its causes say.
fn all_text(error: &(dyn StdError + 'static)) -> String {
    let causes = std::iter::successors(Some(error), |error| (*error).source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}
