//! The API: one route, with a bearer key.

use std::sync::Arc;

use axum::Router;
use axum::body::Body as HttpBody;
use axum::extract::{Path, Request, State as Shared};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use serde_json::{Value, json};

use super::API_KEY;
use super::script::{Body, Reply};
use super::state::{Answer, State};

pub(super) fn router(state: Arc<State>) -> Router {
    Router::new()
        .route("/v1/operations/{id}", get(operation))
        .fallback(async || problem(StatusCode::NOT_FOUND))
        .method_not_allowed_fallback(async || problem(StatusCode::METHOD_NOT_ALLOWED))
        .layer(middleware::from_fn_with_state(state.clone(), authenticated))
        .with_state(state)
}

async fn authenticated(Shared(state): Shared<Arc<State>>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let number = state.api_requests.add(&parts);
    let key = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let mut response = match key.and_then(|value| value.strip_prefix("Bearer ")) {
        Some(API_KEY) => next.run(Request::from_parts(parts, body)).await,
        _ => problem(StatusCode::UNAUTHORIZED),
    };
    if let Ok(id) = HeaderValue::from_str(&format!("req_{number:04}")) {
        response.headers_mut().insert("x-request-id", id);
    }
    response
}

async fn operation(Shared(state): Shared<Arc<State>>, Path(id): Path<String>) -> Response {
    match state.answer(&id) {
        Answer::Operation(operation) => json_response(StatusCode::OK, "application/json", &operation),
        Answer::Scripted(reply, operation) => scripted(reply, &operation),
        Answer::NotFound => problem(StatusCode::NOT_FOUND),
    }
}

fn scripted(reply: Reply, operation: &Value) -> Response {
    let mut response = match reply.body {
        Body::Operation(_) => json_response(reply.status, "application/json", operation),
        Body::Problem => problem(reply.status),
        Body::Text(text) => (reply.status, text).into_response(),
    };
    for (name, value) in reply.headers {
        if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), value.parse::<HeaderValue>()) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

fn problem(status: StatusCode) -> Response {
    let title = status.canonical_reason().unwrap_or("Unknown status");
    let detail = match status {
        StatusCode::UNAUTHORIZED => "Missing, malformed, inactive, or revoked API key.",
        StatusCode::NOT_FOUND => "The requested API resource was not found.",
        StatusCode::TOO_MANY_REQUESTS => "Request was rate limited.",
        StatusCode::SERVICE_UNAVAILABLE => "Mint could not reach the backend service.",
        _ => title,
    };
    let slug = title.to_lowercase().replace(' ', "-");
    let body = json!({
        "type": format!("https://api.mint.gg/problems/{slug}"),
        "title": title, "status": status.as_u16(), "detail": detail,
    });
    json_response(status, "application/problem+json", &body)
}

fn json_response(status: StatusCode, content_type: &'static str, body: &Value) -> Response {
    (status, [(header::CONTENT_TYPE, content_type)], HttpBody::from(body.to_string())).into_response()
}
