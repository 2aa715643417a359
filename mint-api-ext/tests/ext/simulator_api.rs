//! A caller of the simulator that holds each reply against the document.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{LazyLock, Mutex};
use std::time::Duration;

use jsonschema::Validator;
use mint_api_ext::client::Transport;
use mint_api_ext::simulator::{Route, Simulator, SimulatorBuilder};
use serde_json::{Value, json};

use crate::support::memory;

/// The `Authorization` of the simulator's key.
pub(crate) const KEY: &str = "Bearer mint_simulated_key";

/// Made once, which takes longer than most tests.
static DOCUMENT: LazyLock<Value> = LazyLock::new(|| mint_openapi::effective_document().unwrap());

pub(crate) struct Api {
    pub(crate) simulator: Simulator,
    client: reqwest::Client,
    transport: Transport,
    validators: Mutex<BTreeMap<String, Validator>>,
    /// Which routes were answered, with which status.
    pub(crate) answered: Mutex<BTreeSet<(&'static str, u16)>>,
}

pub(crate) struct Answered {
    pub(crate) status: u16,
    pub(crate) body: Value,
    pub(crate) headers: reqwest::header::HeaderMap,
}

impl Api {
    pub(crate) async fn new() -> Self {
        Self::of(Simulator::builder()).await
    }

    pub(crate) async fn of(builder: SimulatorBuilder) -> Self {
        Self {
            simulator: builder.start().await.unwrap(),
            client: Transport::default().client(false, |builder| builder).unwrap(),
            transport: memory::transport(),
            validators: Mutex::default(),
            answered: Mutex::default(),
        }
    }

    /// Calls a route, and checks that its reply is one that the document describes.
    pub(crate) async fn call(&self, route: Route, ids: &[&str], body: Value) -> Answered {
        self.call_with(route, ids, body, &[("authorization", KEY)]).await
    }

    pub(crate) async fn keyed(&self, key: &str, route: Route, ids: &[&str], body: Value) -> Answered {
        self.call_with(route, ids, body, &[("authorization", KEY), ("idempotency-key", key)]).await
    }

    pub(crate) async fn call_with(
        &self,
        route: Route,
        ids: &[&str],
        body: Value,
        headers: &[(&str, &str)],
    ) -> Answered {
        self.send(route, self.request(route, ids, "", &body, headers)).await
    }

    pub(crate) async fn get(&self, route: Route, query: &str) -> Answered {
        self.send(route, self.request(route, &[], query, &Value::Null, &[("authorization", KEY)])).await
    }

    pub(crate) async fn exchange(&self, request: reqwest::RequestBuilder) -> reqwest::Result<reqwest::Response> {
        self.transport.execute(&self.client, request.build().unwrap()).await
    }

    async fn send(&self, route: Route, request: reqwest::RequestBuilder) -> Answered {
        let reply = self.exchange(request).await.unwrap();
        let (status, headers) = (reply.status().as_u16(), reply.headers().clone());
        let body = serde_json::from_slice(&reply.bytes().await.unwrap()).unwrap();
        let answered = Answered { status, body, headers };
        self.check(route, &answered);
        answered
    }

    pub(crate) fn request(
        &self,
        route: Route,
        ids: &[&str],
        query: &str,
        body: &Value,
        headers: &[(&str, &str)],
    ) -> reqwest::RequestBuilder {
        let mut path = route.path().to_owned();
        for id in ids {
            let (start, end) = (path.find('{').unwrap(), path.find('}').unwrap());
            path.replace_range(start..=end, &id.replace(':', "%3A"));
        }
        let url = format!("{}{path}{query}", self.simulator.base_url());
        let mut request = self.client.request(route.method().parse().unwrap(), url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if route.method() == "POST" { request.body(body.to_string()) } else { request }
    }

    /// An operation as the API shows it.
    pub(crate) async fn operation(&self, id: &str) -> Value {
        self.call(Route::GetOperation, &[id], Value::Null).await.body
    }

    /// Starts a model, and returns its operation.
    pub(crate) async fn model(&self, mode: &str) -> Value {
        let body = json!({"prompt": "a lamp", "generationMode": mode});
        let answered = self.call(Route::GenerateModel, &[], body).await;
        assert_eq!(answered.status, 202, "{}", answered.body);
        answered.body
    }

    /// Waits for simulated seconds.
    pub(crate) async fn seconds(&self, seconds: u64) {
        tokio::time::sleep(Duration::from_secs(seconds)).await;
    }

    fn check(&self, route: Route, answered: &Answered) {
        let Answered { status, body, headers } = answered;
        self.answered.lock().unwrap().insert((route.operation_id(), *status));
        let documented = &DOCUMENT["paths"][route.path()][route.method().to_lowercase()]["responses"];
        let of_status = [&documented[status.to_string()], &documented[format!("{}XX", status / 100)]];
        let response = of_status.into_iter().find(|response| !response.is_null());
        let response = response.unwrap_or_else(|| panic!("{route:?} {status} is not documented: {body:#}"));
        let response = match response["$ref"].as_str() {
            Some(reference) => DOCUMENT.pointer(&reference[1..]).unwrap(),
            None => response,
        };
        let content_type = headers["content-type"].to_str().unwrap();
        assert_eq!(content_type == "application/problem+json", *status >= 400, "{route:?} {status}");
        assert!(headers["x-request-id"].to_str().unwrap().starts_with("req_"));
        let schema = response["content"][content_type]["schema"]["$ref"].as_str().unwrap();
        let mut validators = self.validators.lock().unwrap();
        let validator = validators.entry(schema.to_owned()).or_insert_with(|| {
            let schema = json!({"$ref": schema, "components": DOCUMENT["components"]});
            jsonschema::draft202012::options().should_validate_formats(true).build(&schema).unwrap()
        });
        let errors: Vec<_> =
            validator.iter_errors(body).map(|error| format!("{} {error}", error.instance_path())).collect();
        assert!(errors.is_empty(), "{route:?} {status}: {errors:#?}\nin {body:#}");
    }

    /// The schema of the body of a route, with references followed.
    pub(crate) fn request_schemas(route: Route) -> Vec<&'static Value> {
        let operation = &DOCUMENT["paths"][route.path()][route.method().to_lowercase()];
        let schema = Self::followed(&operation["requestBody"]["content"]["application/json"]["schema"]);
        match schema["oneOf"].as_array() {
            Some(members) => members.iter().map(|member| Self::followed(member)).collect(),
            None => vec![schema],
        }
    }

    fn followed(schema: &'static Value) -> &'static Value {
        match schema["$ref"].as_str() {
            Some(reference) => DOCUMENT.pointer(&reference[1..]).unwrap(),
            None => schema,
        }
    }
}

/// The document the simulator serves.
pub(crate) fn document() -> &'static Value {
    &DOCUMENT
}
