//! The API: who may ask, which route answers, and what is answered again to the same key.

use std::io;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body as HttpBody, to_bytes};
use axum::extract::{Request, State as Shared};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use axum::routing::any;
use bytes::Bytes;
use futures::stream;
use serde_json::{Map, Value, json};
use url::form_urlencoded;

use crate::simulator::http::Route;
use crate::simulator::http::{HttpReply, Problem, field_error};
use crate::simulator::routes::{
    account, animations, artifact_manifest, check, operations, reference_images, resources, starts,
};
use crate::simulator::scripts::OperationKind;
use crate::simulator::state::{ApiState, Environment, Intervention, Remembered, Store};

/// The longest body that is read: an image of some 48 MB as base64.
const LONGEST_BODY: usize = 64 << 20;

pub(crate) fn router(state: Arc<ApiState>) -> Router {
    Router::new().fallback_service(any(answer).with_state(state))
}

/// A request for a route.
pub(crate) struct Call {
    route: Route,
    path: String,
    parameters: Vec<String>,
    query: Vec<(String, String)>,
    idempotency_key: Option<String>,
    pub(crate) token: String,
    pub(crate) body: Map<String, Value>,
}

impl Call {
    fn new(route: Route, parameters: Vec<String>, token: &str, parts: &Parts, body: &[u8]) -> Result<Self, Problem> {
        let query = parts.uri.query().unwrap_or_default();
        Ok(Self {
            route,
            path: parts.uri.path().to_owned(),
            parameters,
            query: form_urlencoded::parse(query.as_bytes()).into_owned().collect(),
            idempotency_key: idempotency_key(&parts.headers)?,
            token: token.to_owned(),
            body: if route.method() == "POST" { check::body(route, body)? } else { Map::new() },
        })
    }

    /// What stands in the path for a parameter.
    pub(crate) fn parameter(&self, index: usize) -> &str {
        self.parameters.get(index).map_or("", String::as_str)
    }

    /// The resource type of the path parameter `{assetType}`.
    pub(crate) fn resource_type(&self) -> &str {
        match self.parameter(0) {
            "model_animation_clip" => "animation",
            other => other,
        }
    }

    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// A text of the body.
    pub(crate) fn text(&self, field: &str) -> Option<&str> {
        self.body.get(field).and_then(Value::as_str)
    }
}

/// What becomes of a reply.
enum Fate {
    Arrives,
    IsLost,
}

async fn answer(Shared(state): Shared<Arc<ApiState>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, LONGEST_BODY).await;
    let number = state.requests.add(&parts, body.as_ref().cloned().unwrap_or_default());
    let answered = match body {
        Ok(body) => respond(&state, &parts, &body),
        Err(_) => Err(Problem::of(StatusCode::PAYLOAD_TOO_LARGE)),
    };
    let (answer, fate) = answered.unwrap_or_else(|problem| (problem.into(), Fate::Arrives));
    if let Fate::IsLost = fate {
        // A body that fails before its first byte ends the connection before the head is sent.
        let lost = stream::once(async { Err::<Bytes, _>(io::Error::from(io::ErrorKind::ConnectionAborted)) });
        return Response::new(HttpBody::from_stream(lost));
    }
    let mut response = Response::from(answer);
    if let Ok(id) = HeaderValue::from_str(&format!("req_{number:04}")) {
        response.headers_mut().insert("x-request-id", id);
    }
    response
}

fn respond(state: &ApiState, parts: &Parts, body: &[u8]) -> Result<(HttpReply, Fate), Problem> {
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
    let answer =
        Call::new(route, parameters, token, parts, body).and_then(|call| once(&state.environment, &mut store, &call));
    Ok((answer.unwrap_or_else(HttpReply::from), fate))
}

fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    match headers.get("idempotency-key").map(HeaderValue::to_str) {
        None => Ok(None),
        Some(Ok(key)) if (1..=255).contains(&key.len()) => Ok(Some(key.to_owned())),
        Some(_) => {
            let error = field_error("/Idempotency-Key", "invalid_value", "Must have 1 to 255 characters.");
            Err(Problem::invalid(vec![error]))
        }
    }
}

/// Answers a request with a key as it was answered before.
fn once(environment: &Environment, store: &mut Store, call: &Call) -> Result<HttpReply, Problem> {
    let takes_key = call.route.method() == "POST" && call.route != Route::EstimatePricing;
    let Some(key) = call.idempotency_key.as_ref().filter(|_| takes_key) else {
        return handle(environment, store, call);
    };
    let request = (call.path.clone(), Value::Object(call.body.clone()));
    let Some(known) = store.keys.get(key).cloned() else {
        let answer = handle(environment, store, call)?;
        let operation = answer.operation_id();
        store.keys.insert(key.clone(), Remembered { request, reply: answer.clone(), operation });
        return Ok(answer);
    };
    if known.request != request {
        let detail = "The idempotency key was used before, with another request.";
        return Err(Problem::conflict("idempotency-conflict", detail));
    }
    let Some(answer) = operations::restart(environment, store, &known) else {
        return Ok(known.reply);
    };
    store.keys.insert(key.clone(), Remembered { reply: answer.clone(), ..known });
    Ok(answer)
}

fn handle(environment: &Environment, store: &mut Store, call: &Call) -> Result<HttpReply, Problem> {
    match call.route {
        Route::GetOperation => operations::poll(environment, store, call),
        Route::ApproveOperation => operations::approve(environment, store, call),
        Route::ReviseOperation => operations::revise(environment, store, call),
        Route::ResumeOperation => operations::resume(environment, store, call),
        Route::GenerateWorld => Ok(starts::generate(environment, store, OperationKind::World, call)),
        Route::GenerateModel => Ok(starts::generate(environment, store, OperationKind::Model, call)),
        Route::GenerateAssetPack => Ok(starts::generate(environment, store, OperationKind::AssetPack, call)),
        Route::GenerateAudio => Ok(starts::generate(environment, store, OperationKind::Audio, call)),
        Route::OptimizeModel => starts::optimize(environment, store, call),
        Route::RetryModel => starts::retry(environment, store, call),
        Route::ConvertModel => starts::convert(environment, store, call),
        Route::AnimateModel => starts::animate(environment, store, call),
        Route::ListModels => resources::list(environment, store, "model", call),
        Route::ListWorlds => resources::list(environment, store, "world", call),
        Route::GetModel => resources::get(environment, store, "model", call),
        Route::GetWorld => resources::get(environment, store, "world", call),
        Route::GetAssetPack => resources::get(environment, store, "asset_pack", call),
        Route::GetAsset => resources::asset(environment, store, call),
        Route::GetMe => Ok(account::me(call)),
        Route::GetUsage => Ok(account::usage(environment, store)),
        Route::EstimatePricing => account::estimate(store, call),
        Route::CreateReferenceImage => reference_images::create(environment, store, call),
        Route::GetArtifactManifest => artifact_manifest::get(environment, store, call),
        Route::ListAnimationArtifacts => animations::list(environment, store, call),
        Route::GetAnimationArtifact => animations::artifact(environment, store, call),
        Route::GetAnimationArtifactManifest => animations::manifest(environment, store, call),
        Route::GetAnimationOptions => Ok(animations::options()),
    }
}
