//! The control route: faults that a program in any language sets.

use std::collections::BTreeMap;
use std::time::Duration;

use axum::http::{Method, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::asset::AssetKind;
use crate::simulator::cdn::Fault;
use crate::simulator::http::{HttpReply, Problem, Route};
use crate::simulator::scripts::Reply;
use crate::simulator::state::{ApiState, Intervention};

/// Where the state is read.
const STATE: &str = "/_simulator";
/// Where faults are set.
const FAULTS: &str = "/_simulator/faults";

/// A body of `POST /_simulator/faults`.
#[derive(Debug, Deserialize)]
#[serde(tag = "fault", rename_all = "snake_case", deny_unknown_fields)]
enum Control {
    Reply {
        route: String,
        status: u16,
        #[serde(default)]
        headers: BTreeMap<String, String>,
        body: Option<Value>,
        #[serde(default = "once")]
        times: u32,
    },
    LoseReply {
        route: String,
        #[serde(default = "once")]
        times: u32,
    },
    FailOperation {
        code: String,
        message: String,
        #[serde(default = "once")]
        times: u32,
    },
    File(FileFault),
    ForgetKeys {
        after_seconds: Option<f64>,
    },
    ExpireUrls {
        operation: Option<String>,
    },
    AddCredits {
        credits: f64,
    },
}

/// A fault of one file, of the files of an operation, or of a kind of file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FileFault {
    url: Option<String>,
    operation: Option<String>,
    kind: Option<String>,
    effect: String,
    value: Option<Value>,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    #[serde(default = "once")]
    times: u32,
    #[serde(default)]
    always: bool,
}

fn once() -> u32 {
    1
}

/// How often a fault repeats at most.
const MOST_TIMES: u32 = 10_000;

/// Whether a path is one of the simulator's own.
pub(crate) fn is_control(path: &str) -> bool {
    path == STATE || path.strip_prefix(STATE).is_some_and(|rest| rest.starts_with('/'))
}

/// Answers a request to the control route.
pub(crate) fn control(state: &ApiState, method: &Method, path: &str, body: &[u8]) -> HttpReply {
    let done = match (path, method) {
        (STATE, &Method::GET) => Ok(()),
        (FAULTS, &Method::POST) => set(state, body),
        (STATE, _) => Err(Problem::method_not_allowed(vec!["GET"])),
        (FAULTS, _) => Err(Problem::method_not_allowed(vec!["POST"])),
        _ => Err(Problem::not_found()),
    };
    match done {
        Ok(()) => HttpReply::ok(&shown(state)),
        Err(problem) => problem.into(),
    }
}

/// The credits, and what was started.
fn shown(state: &ApiState) -> Value {
    let store = state.store();
    json!({
        "credits": store.available(&state.environment),
        "creditsUsed": store.used(&state.environment),
        "operationsStarted": store.started,
        "startedByRoute": store.started_by,
    })
}

fn set(state: &ApiState, body: &[u8]) -> Result<(), Problem> {
    let control: Control = serde_json::from_slice(body).map_err(|error| invalid(error.to_string()))?;
    if let Control::Reply { times, .. } | Control::LoseReply { times, .. } | Control::FailOperation { times, .. } =
        &control
        && *times > MOST_TIMES
    {
        return Err(invalid(format!("a fault repeats at most {MOST_TIMES} times")));
    }
    match control {
        Control::Reply { route, status, headers, body, times } => {
            let reply = match body {
                Some(body) => Reply::json(status, body),
                None => Reply::problem(status),
            };
            let reply = headers.iter().fold(reply, |reply, (name, value)| reply.header(name, value));
            intervene(state, &route, times, Intervention::Reply(reply))?;
        }
        Control::LoseReply { route, times } => intervene(state, &route, times, Intervention::LoseReply)?,
        Control::FailOperation { code, message, times } => {
            let failures = (0..times).map(|_| (code.clone(), message.clone()));
            state.store().failures.extend(failures);
        }
        Control::File(fault) => set_file(state, fault)?,
        Control::ForgetKeys { after_seconds: None } => state.store().keys.clear(),
        Control::ForgetKeys { after_seconds: Some(seconds) } => {
            let lifetime = Duration::try_from_secs_f64(seconds).map_err(|error| invalid(error.to_string()))?;
            state.store().key_lifetime = lifetime;
        }
        Control::ExpireUrls { operation } => state.environment.files.expire_all(operation.as_deref()),
        Control::AddCredits { credits } => state.store().credits += credits,
    }
    Ok(())
}

fn intervene(state: &ApiState, route: &str, times: u32, intervention: Intervention) -> Result<(), Problem> {
    let Some(route) = Route::ALL.iter().find(|known| known.operation_id() == route) else {
        return Err(invalid(format!("there is no route `{route}`; write an operationId, such as `generateModel`")));
    };
    let mut store = state.store();
    (0..times).for_each(|_| store.intervene(*route, intervention.clone()));
    Ok(())
}

fn set_file(state: &ApiState, wanted: FileFault) -> Result<(), Problem> {
    let fault = effect(&wanted.effect, wanted.value.as_ref())?;
    let fault = wanted.headers.iter().fold(fault, |fault, (name, value)| fault.header(name, value));
    let fault = if wanted.always { fault.always() } else { fault.times(wanted.times) };
    let files = &state.environment.files;
    match (wanted.url, wanted.operation, wanted.kind) {
        (Some(url), None, None) => files.add_fault(&url, fault),
        (None, Some(operation), None) => files.add_fault_of_owner(&operation, fault),
        (None, None, Some(kind)) => files.add_fault_of(kind_of(&kind)?, fault),
        _ => return Err(invalid("a fault of a file has one of `url`, `operation` and `kind`")),
    }
    Ok(())
}

fn effect(name: &str, value: Option<&Value>) -> Result<Fault, Problem> {
    let number = || {
        let number = value.and_then(Value::as_u64);
        number.ok_or_else(|| invalid(format!("the effect `{name}` needs a whole number as its `value`")))
    };
    let text = || {
        let text = value.and_then(Value::as_str);
        text.ok_or_else(|| invalid(format!("the effect `{name}` needs a text as its `value`")))
    };
    let byte = || Ok(usize::try_from(number()?).unwrap_or(usize::MAX));
    Ok(match name {
        "cut_at" => Fault::cut_at(byte()?),
        "stall_at" => Fault::stall_at(byte()?),
        "expire_at" => Fault::expire_at(byte()?),
        "drip" => Fault::drip(number()?),
        "content_length" => Fault::content_length(number()?),
        "status" => Fault::status(u16::try_from(number()?).unwrap_or_default()),
        "content_range" => Fault::content_range(text()?),
        "etag" => Fault::etag(text()?),
        "redirect" => Fault::redirect(text()?),
        "no_etag" => Fault::no_etag(),
        "ignore_range" => Fault::ignore_range(),
        "html" => Fault::html(),
        "gzip" => Fault::gzip(),
        _ => return Err(invalid(format!("there is no effect `{name}`; use the name of a method of `Fault`"))),
    })
}

fn kind_of(word: &str) -> Result<AssetKind, Problem> {
    Ok(match word {
        "glb" => AssetKind::Glb,
        "optimized_glb" => AssetKind::OptimizedGlb,
        "fbx" => AssetKind::Fbx,
        "obj" => AssetKind::Obj,
        "stl" => AssetKind::Stl,
        "usdz" => AssetKind::Usdz,
        "rad" => AssetKind::Rad,
        "collider" => AssetKind::ColliderMesh,
        "panorama" => AssetKind::Panorama,
        "preview" => AssetKind::PreviewImage,
        "thumbnail" => AssetKind::Thumbnail,
        _ => match word.strip_prefix("spz:") {
            Some(quality) => AssetKind::Spz(quality.to_owned()),
            None => return Err(invalid(format!("there is no kind of file `{word}`; write one such as `glb`"))),
        },
    })
}

fn invalid(why: impl Into<String>) -> Problem {
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "simulator-control", why.into())
}
