//! The HTTP server of the API.

use std::io;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use axum::routing::any;
use bytes::Bytes;
use futures::stream;
use serde_json::json;

use super::control::{control, is_control};
use super::idempotency::once;
use crate::simulator::http::{HttpReply, Problem, Route};
use crate::simulator::routes::Call;
use crate::simulator::state::{ApiState, Intervention};

/// The longest body that the server reads, in bytes: an image of about 48 MB as base64.
const LONGEST_BODY: usize = 64 << 20;

pub(crate) fn router(state: Arc<ApiState>) -> Router {
    Router::new().fallback_service(any(serve).with_state(state))
}

/// What happens to a reply.
enum Fate {
    Arrives,
    IsLost,
}

async fn serve(State(state): State<Arc<ApiState>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, LONGEST_BODY).await;
    if is_control(parts.uri.path()) {
        return control(&state, &parts.method, parts.uri.path(), &body.unwrap_or_default()).into();
    }
    let number = state.requests.add(&parts, body.as_ref().cloned().unwrap_or_default());
    let handled = match body {
        Ok(body) => handle(&state, &parts, &body),
        Err(_) => Err(Problem::of(StatusCode::PAYLOAD_TOO_LARGE)),
    };
    let (reply, fate) = handled.unwrap_or_else(|problem| (problem.into(), Fate::Arrives));
    if let Fate::IsLost = fate {
        // A body that fails before its first byte closes the connection before the head is sent.
        let lost = stream::once(async { Err::<Bytes, _>(io::Error::from(io::ErrorKind::ConnectionAborted)) });
        return Response::new(Body::from_stream(lost));
    }
    let mut response = Response::from(reply);
    if let Ok(id) = HeaderValue::from_str(&format!("req_{number:04}")) {
        response.headers_mut().insert("x-request-id", id);
    }
    response
}

/// Authenticates and routes a request, applies the intervention of a test, and handles the call.
fn handle(state: &ApiState, parts: &Parts, body: &[u8]) -> Result<(HttpReply, Fate), Problem> {
    let mut store = state.store();
    let authorization = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = authorization.and_then(|value| value.strip_prefix("Bearer "));
    let token = token.filter(|token| store.tokens.contains(*token));
    let token = token.ok_or_else(|| Problem::of(StatusCode::UNAUTHORIZED))?;
    let (route, parameters) = Route::find(&parts.method, parts.uri.path())?;
    let fate = match store.next_intervention(route) {
        Some(Intervention::Reply(reply)) => {
            let id = parameters.first().map_or("op_0000", String::as_str);
            let operation = json!({"id": id, "status": reply.operation_status()});
            return Ok((reply.into_http(&operation), Fate::Arrives));
        }
        Some(Intervention::LoseReply) => Fate::IsLost,
        None => Fate::Arrives,
    };
    let call = Call::new(route, parameters, token, parts, body);
    let reply = call.and_then(|call| once(&state.environment, &mut store, &call));
    Ok((reply.unwrap_or_else(HttpReply::from), fate))
}
