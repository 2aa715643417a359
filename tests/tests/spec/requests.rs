//! The client sends the documented request, to the byte. It refuses arguments that would make another request.

use std::collections::BTreeMap;
use std::fmt;

use bytes::Bytes;
use mint_api::Error;
use mint_loopback::Request;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::calls::call;
use crate::document::{Operation, Parameter, operations, violations};
use crate::evolution::described;
use crate::instances::{Way, cases, for_instances, for_values, instances, one, present, text};
use crate::known::same;
use crate::mutants::{Kind, mutants};
use crate::replies::survives;
use crate::schemas::ROWS;
use crate::server::{self, KEY, Server, header_names};

/// The arguments of a call, by their names in the document; the body is named `body`.
#[derive(Clone, Debug)]
pub(crate) struct Arguments(pub(crate) Map<String, Value>);

impl fmt::Display for Arguments {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#}", Value::Object(self.0.clone()))
    }
}

/// The arguments that an operation may be called with.
pub(crate) fn arguments(operation: &Operation) -> BoxedStrategy<Arguments> {
    let mut all: Vec<BoxedStrategy<Option<(String, Value)>>> = Vec::new();
    for parameter in &operation.parameters {
        let name = parameter.name.to_owned();
        let value = present(parameter.required, argument(parameter));
        all.push(value.prop_map(move |value| value.map(|value| (name.clone(), value))).boxed());
    }
    if let Some(body) = operation.body {
        all.push(instances(body, Way::Sent).prop_map(|body| Some(("body".to_owned(), body))).boxed());
    }
    all.prop_map(|all| Arguments(all.into_iter().flatten().collect())).boxed()
}

fn argument(parameter: &Parameter) -> BoxedStrategy<Value> {
    match parameter.place {
        "path" => {
            const ODD: &[&str] = &["a/b", "..%2f", "%2e%2e", "op:cancel", "...", "a?b=c#d", "\\", "{id}", "a\r\nb: c"];
            let odd = prop::sample::select(ODD).prop_map(str::to_owned);
            let any = text(1..12).prop_filter("names another resource", |id| id != "." && id != "..");
            prop_oneof![odd, any].prop_map(Value::from).boxed()
        }
        "header" => {
            let visible = prop::collection::vec(prop_oneof![prop::char::range('!', '~'), Just('é')], 1..128);
            visible.prop_map(|characters| Value::from(String::from_iter(characters))).boxed()
        }
        _ => instances(parameter.schema, Way::Sent),
    }
}

#[test]
fn every_method_sends_what_the_document_says() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let server = runtime.block_on(Server::start());
    server.answer([server::reply(503, "")]);
    let client = server.client();
    for operation in operations() {
        for_values(operation.id, &arguments(&operation), cases(), |arguments| {
            server.take_requests();
            let outcome = runtime.block_on(call(&client, &operation, &arguments.0));
            match (outcome, &server.take_requests()[..]) {
                (Err(Error::UnexpectedResponse(_)), [request]) => {
                    is_as_documented(request, &operation, &arguments.0, AGENT)
                }
                (outcome, requests) => Err(format!("{} requests were sent: {outcome:?}", requests.len())),
            }
        });
    }
}

const AGENT: &str = concat!("mint-api/", env!("CARGO_PKG_VERSION"));

/// Checks that a request is the documented one for these arguments, with this user agent.
pub(crate) fn is_as_documented(
    request: &Request,
    operation: &Operation,
    arguments: &Map<String, Value>,
    agent: &str,
) -> Result<(), String> {
    expect("method", &request.method.as_str(), &operation.method.as_str())?;
    expect("path", &request.path, &expanded(operation, arguments))?;
    let given = |place: &'static str| {
        let placed = operation.parameters.iter().filter(move |parameter| parameter.place == place);
        placed.filter_map(|parameter| Some((parameter.name, plain(arguments.get(parameter.name)?))))
    };
    let query: BTreeMap<_, _> = given("query").map(|(name, value)| (name.to_owned(), value)).collect();
    let sent = decoded(request.query.as_deref());
    expect("length of the query", &sent.len(), &query.len())?;
    expect("query", &sent.into_iter().collect(), &query)?;

    let mut headers = vec![
        ("accept".to_owned(), "application/json, application/problem+json;q=0.9".to_owned()),
        ("authorization".to_owned(), format!("Bearer {KEY}")),
        ("user-agent".to_owned(), agent.to_owned()),
    ];
    headers.extend(given("header").map(|(name, value)| (name.to_lowercase(), value)));
    let mut names: Vec<_> = headers.iter().map(|(name, _)| name.as_str()).chain(["host"]).collect();
    if operation.body.is_some() {
        names.extend(["content-length", "content-type"]);
        expect("content-type", &request.header("content-type"), &vec!["application/json"])?;
    }
    names.sort_unstable();
    expect("names of the headers", &header_names(request), &names)?;
    for (name, value) in &headers {
        expect(name, &request.header(name), &vec![value.as_str()])?;
    }

    let (Some(schema), Some(given)) = (operation.body, arguments.get("body")) else {
        return expect("body", &request.body, &Bytes::new());
    };
    let sent: Value = serde_json::from_slice(&request.body).map_err(|error| error.to_string())?;
    let violations = violations(schema, &sent);
    match violations.is_empty() && same(&sent, given) {
        true => Ok(()),
        false => Err(format!("the body became {sent:#}\n{}", violations.join("; "))),
    }
}

fn expect<T: fmt::Debug + PartialEq>(what: &str, sent: &T, documented: &T) -> Result<(), String> {
    match sent == documented {
        true => Ok(()),
        false => Err(format!("{what}: sent {sent:?}, the document says {documented:?}")),
    }
}

/// The path with its parameters. All characters except the unreserved ones of RFC 3986 are encoded.
pub(crate) fn expanded(operation: &Operation, arguments: &Map<String, Value>) -> String {
    let mut path = operation.path.to_owned();
    for parameter in operation.parameters.iter().filter(|parameter| parameter.place == "path") {
        let mut encoded = String::new();
        for byte in plain(&arguments[parameter.name]).bytes() {
            match byte {
                b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => encoded.push(byte.into()),
                _ => encoded.push_str(&format!("%{byte:02X}")),
            }
        }
        // A value cannot add the braces of another parameter: braces are encoded.
        path = path.replace(&format!("{{{}}}", parameter.name), &encoded);
    }
    path
}

/// The pairs of a query, decoded.
fn decoded(query: Option<&str>) -> Vec<(String, String)> {
    let pairs = query.into_iter().flat_map(|query| query.split('&'));
    pairs
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (part(name), part(value)))
        .collect()
}

fn part(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        rest = after;
        match first {
            b'+' => bytes.push(b' '),
            b'%' => {
                let hex = std::str::from_utf8(&after[..2]).unwrap();
                bytes.push(u8::from_str_radix(hex, 16).unwrap());
                rest = &after[2..];
            }
            other => bytes.push(*other),
        }
    }
    String::from_utf8(bytes).unwrap()
}

/// An argument as text, without quotes.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[tokio::test]
async fn arguments_that_would_make_another_request_are_refused() {
    let server = Server::start().await;
    server.answer([server::reply(503, "")]);
    let client = server.client();
    for operation in operations() {
        for parameter in &operation.parameters {
            let refused: &[&str] = match parameter.place {
                "path" => &["", ".", ".."],
                "header" => &["a\r\nx-injected: 1", "a\0", "\u{7f}"],
                _ => &[],
            };
            for value in refused {
                let mut arguments = one(&arguments(&operation)).0;
                arguments.insert(parameter.name.into(), json!(value));
                let error = call(&client, &operation, &arguments).await.unwrap_err();
                assert!(matches!(error, Error::InvalidRequest(_)), "{} {value:?}: {error:?}", operation.id);
            }
            if parameter.place == "path" {
                let mut arguments = one(&arguments(&operation)).0;
                arguments.remove(parameter.name);
                let error = call(&client, &operation, &arguments).await.unwrap_err();
                assert!(matches!(error, Error::InvalidRequest(_)), "{}: {error:?}", operation.id);
            }
        }
    }
    assert!(server.take_requests().is_empty());
}

/// A type reads and writes every valid value exactly, and rejects every invalid one.
#[test]
fn types_that_are_only_sent_are_exact() {
    let mut refused = 0;
    for row in ROWS.iter().filter(|row| !row.is_read()) {
        for_instances(row.name, row.schema(), Way::Sent, cases(), |instance| {
            let written = (row.round_trip)(&instance.to_string())?;
            survives(row.schema(), instance, &written)?;
            match same(instance, &written) {
                true => Ok(()),
                false => Err(format!("written {written}")),
            }
        });
        let instance = one(&instances(row.schema(), Way::Sent));
        let strict = [Kind::AbsentRequired, Kind::UnknownField, Kind::UnknownValue, Kind::WrongType];
        for mutant in mutants(row.schema(), &instance).into_iter().filter(|mutant| strict.contains(&mutant.kind)) {
            let taken = (row.round_trip)(&mutant.value.to_string());
            assert!(taken.is_err(), "{} takes {}", row.name, described(&mutant, "should be refused"));
            refused += 1;
        }
    }
    assert!(refused > 50, "{refused}");
}
