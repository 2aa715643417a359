//! `mint api`.

use std::fs;
use std::io::Read as _;

use mint_api_ext::Mint;
use mint_api_ext::client::Method;
use mint_api_ext::request::RouteRequest;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::exit_code::Code;
use crate::failure::Failure;
use crate::journal::{Call, Route};
use crate::output::Output;
use crate::paying::Paying;
use crate::session::{Begun, Sending, Session};
use crate::shown::json_without_secrets;

#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// The method, such as GET
    #[arg(value_parser = method)]
    method: Method,
    /// The path, such as /v1/me
    path: String,
    /// A file with the JSON to send; - for standard input
    #[arg(long, value_name = "FILE")]
    body: Option<String>,
    /// A parameter of the query
    #[arg(long, value_name = "NAME=VALUE", value_parser = parameter)]
    query: Vec<(String, String)>,
    /// Send a call that may change something without a question
    #[arg(long, short)]
    yes: bool,
}

fn method(text: &str) -> Result<Method, String> {
    let known = [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];
    let method = known.into_iter().find(|method| method.as_str().eq_ignore_ascii_case(text));
    method.ok_or_else(|| "write GET, HEAD, POST, PUT, PATCH or DELETE".to_owned())
}

fn parameter(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("write NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}

/// Calls a route, and prints the JSON of the reply.
pub(crate) async fn run(options: Options, output: &Output) -> Result<Code, Failure> {
    let Options { method, path, body, query, yes } = options;
    if !path.starts_with('/') {
        return Err(Failure::usage("the path begins with `/`, such as /v1/me"));
    }
    let body = body.map(|file| read(&file)).transpose()?;
    let session = Session::new(output)?;
    let route = Route { method: method.to_string(), path, query, body, idempotency_key: Uuid::new_v4().to_string() };
    if method.is_safe() {
        let mut reply: Value = described(&session.mint, &route)?.send().await?;
        print(&mut reply, output);
        return Ok(Code::Done);
    }
    let what = format!("{method} {}", route.path);
    Paying::of(yes).consent(&what, output)?;
    let sending = sending(&session.mint, &route)?;
    match session.begin(what, Call::Route(route), sending).await? {
        Begun::Operation(handle) => output.progress(format_args!("`mint wait {}` waits for it", handle.id())),
        Begun::Nothing(reply) => print(&mut serde_json::from_str(&reply).unwrap_or(Value::Null), output),
    }
    Ok(Code::Done)
}

/// A call on its way, which may start an operation.
pub(crate) fn sending(mint: &Mint, route: &Route) -> Result<Sending, Failure> {
    let request = described(mint, route)?.with_idempotency_key(&route.idempotency_key);
    let mint = mint.clone();
    Ok(Box::pin(async move {
        let reply: Value = request.send().await?;
        let id = reply["id"].as_str().filter(|_| reply["object"] == "operation");
        // An operation without a usable id is shown as any other reply.
        Ok(match id.and_then(|id| mint.attach(id).ok()) {
            Some(handle) => Begun::Operation(Box::new(handle)),
            None => Begun::Nothing(reply.to_string()),
        })
    }))
}

fn described(mint: &Mint, route: &Route) -> Result<RouteRequest, Failure> {
    let method = method(&route.method).map_err(Failure::failed)?;
    let request = mint.request(method, &route.path).query(&route.query);
    Ok(match &route.body {
        Some(body) => request.json(body),
        None => request,
    })
}

fn print(reply: &mut Value, output: &Output) {
    json_without_secrets(reply);
    let text = serde_json::to_string_pretty(reply).unwrap_or_default();
    output.result("reply", json!({"json": reply}), text);
}

/// Reads the JSON of a body.
fn read(file: &str) -> Result<Value, Failure> {
    let mut text = String::new();
    let read = match file {
        "-" => std::io::stdin().read_to_string(&mut text).map(|_| ()),
        path => fs::read_to_string(path).map(|read| text = read),
    };
    read.map_err(|error| Failure::usage(format!("could not read `{file}`: {error}; check the path")))?;
    serde_json::from_str(&text).map_err(|error| Failure::usage(format!("`{file}` is not JSON: {error}")))
}
