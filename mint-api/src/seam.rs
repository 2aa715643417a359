//! The hooks of the generated client: they prepare every request and bound every reply.

use std::time::Duration;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use http::{HeaderValue, header};
use progenitor_client::{ClientHooks, ClientInfo as _, Error, OperationInfo};
use reqwest::{Request, Response, StatusCode};
use tracing::{Instrument as _, field};

use crate::generated::Client;
use crate::pace::Pace;
use crate::{Credentials, Transport, reply};

/// The settings that a client applies to every call.
#[derive(Clone, Debug)]
pub(crate) struct Seam {
    pub(crate) credentials: Credentials,
    pub(crate) user_agent: HeaderValue,
    pub(crate) max_body_bytes: usize,
    pub(crate) pace: Option<Pace>,
    pub(crate) request_timeout: Duration,
    pub(crate) transport: Transport,
}

impl ClientHooks<Seam> for Client {
    async fn pre<E>(&self, request: &mut Request, _: &OperationInfo) -> Result<(), Error<E>> {
        // Without a runtime, the HTTP client and the timers would panic.
        if tokio::runtime::Handle::try_current().is_err() {
            let why = "there is no Tokio runtime here; call from one, such as a function under `#[tokio::main]`";
            return Err(Error::InvalidRequest(why.into()));
        }
        let Seam { credentials, user_agent, request_timeout, .. } = self.inner();
        let authorization = credentials.authorization(*request_timeout).await;
        let authorization =
            authorization.map_err(|why| Error::Custom(format!("the token source gave no token: {why}")))?;
        let headers = request.headers_mut();
        headers.insert(header::AUTHORIZATION, authorization);
        headers.insert(header::USER_AGENT, user_agent.clone());
        Ok(())
    }

    async fn exec(&self, request: Request, info: &OperationInfo) -> reqwest::Result<Response> {
        execute(self, request, info).await
    }
}

/// Sends a request, and once more with another token if the server refuses the token.
///
/// It is a box: the code of a future is compiled again with each function that awaits it, those of other crates included.
fn execute<'a>(
    client: &'a Client,
    request: Request,
    info: &'a OperationInfo,
) -> BoxFuture<'a, reqwest::Result<Response>> {
    async move {
        let Seam { credentials, request_timeout, .. } = client.inner();
        let again = credentials.tokens().and_then(|tokens| Some((tokens, request.try_clone()?)));
        let response = send(client, request, info).await?;
        let Some((tokens, mut again)) = again.filter(|_| response.status() == StatusCode::UNAUTHORIZED) else {
            return Ok(response);
        };
        let refused = again.headers().get(header::AUTHORIZATION);
        match tokens.instead_of(refused, *request_timeout).await {
            Ok(authorization) => {
                again.headers_mut().insert(header::AUTHORIZATION, authorization);
                send(client, again, info).await
            }
            Err(error) => {
                tracing::debug!(%error, "the token source gave no token in the place of the one that was refused");
                Ok(response)
            }
        }
    }
    .boxed()
}

/// Sends a request when it is its turn.
async fn send(client: &Client, mut request: Request, info: &OperationInfo) -> reqwest::Result<Response> {
    let Seam { pace, max_body_bytes, request_timeout, transport, .. } = client.inner();
    if let Some(pace) = pace {
        pace.turn().await;
    }
    // The HTTP client has its timeout. In a request, it costs a map of extensions.
    if transport.has_network() {
        *request.timeout_mut() = Some(*request_timeout);
    }
    let url = request.url();
    let span = tracing::debug_span!(
        "HTTP",
        otel.kind = "client",
        http.request.method = request.method().as_str(),
        server.address = url.host_str(),
        server.port = url.port_or_known_default(),
        url.path = url.path(),
        mint.operation = info.operation_id,
        http.response.status_code = field::Empty,
        mint.request_id = field::Empty,
        error.type = field::Empty,
    );
    // Fields are recorded on `span`: if it is disabled, the current span is one of the caller's.
    let call = async {
        let result = transport.execute(client.client(), request).await;
        record(&span, &result);
        let response = result.map_err(reply::without_query)?;
        Ok(reply::bounded(response, *max_body_bytes))
    };
    call.instrument(span.clone()).await
}

/// Records how a call ended, if its span is recorded.
fn record(span: &tracing::Span, result: &reqwest::Result<Response>) {
    if span.is_disabled() {
        return;
    }
    match result {
        Ok(response) => {
            span.record("http.response.status_code", response.status().as_u16());
            if let Some(id) = response.headers().get("x-request-id").and_then(|id| id.to_str().ok()) {
                span.record("mint.request_id", id);
            }
        }
        Err(error) => {
            span.record("error.type", if error.is_timeout() { "timeout" } else { "transport" });
        }
    }
}

#[cfg(test)]
mod tests;
