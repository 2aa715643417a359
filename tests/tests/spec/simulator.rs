//! Walks through the simulator by following its replies. Every reply must be one that the document describes.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use mint_api_ext::client::Transport;
use mint_api_ext::simulator::{API_KEY, Route, Script, Simulator};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap};
use reqwest::{Method, Url};
use serde_json::{Map, Value, json};

use crate::document::{Operation, Reply, component, operations, resolve, violations};
use crate::instances::{Way, instances, some};
use crate::mutants::{Kind, mutants};
use crate::requests::expanded;
use crate::server::transport;

/// The values of the parameters of a path.
type Names = BTreeMap<String, String>;

/// Follows the ids and links in replies.
struct Walker {
    simulator: Simulator,
    http: reqwest::Client,
    transport: Transport,
    operations: Vec<Operation>,
    /// The parameters that replies named.
    known: BTreeSet<Names>,
    /// The statuses of each operation's replies.
    seen: BTreeMap<&'static str, BTreeSet<u16>>,
}

/// The parts of a request besides its path and query.
#[derive(Clone, Copy, Default)]
struct Extras<'a> {
    key: Option<&'a str>,
    authorization: Option<&'a str>,
    body: Option<&'a Value>,
}

impl Walker {
    async fn start() -> Self {
        let simulator = Simulator::builder().credits(2000.0).start().await.unwrap();
        let (http, transport) = (Transport::default().client(false, |builder| builder).unwrap(), transport());
        Self { simulator, http, transport, operations: operations(), known: BTreeSet::new(), seen: BTreeMap::new() }
    }

    /// Sends a request and checks its reply.
    async fn send(&mut self, index: usize, names: &Names, query: &str, extras: Extras<'_>) -> (u16, Value) {
        let operation = &self.operations[index];
        let arguments: Map<_, _> =
            names.iter().map(|(name, value)| (name.clone(), Value::from(value.clone()))).collect();
        let url = format!("{}{}{query}", self.simulator.base_url(), expanded(operation, &arguments));
        let method = Method::from_bytes(operation.method.as_bytes()).unwrap();
        let mut request = self.http.request(method, &url);
        request = request.header(AUTHORIZATION, extras.authorization.unwrap_or(&format!("Bearer {API_KEY}")));
        if let Some(key) = extras.key {
            request = request.header("idempotency-key", key);
        }
        if let Some(body) = extras.body {
            request = request.json(body);
        }
        let response = self.transport.execute(&self.http, request.build().unwrap()).await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body: Value = serde_json::from_str(&response.text().await.unwrap()).unwrap_or_default();
        let sent = extras.body.map(ToString::to_string).unwrap_or_default();
        let what = format!("{} {url} {sent}\nanswered {status} {body:#}", operation.method);
        judge(operation, status, &headers, &body, &what);
        self.seen.entry(operation.id).or_default().insert(status);
        if status < 300 {
            self.learn(names, &body);
        }
        if let Some(location) = headers.get("location") {
            self.follow(location.to_str().unwrap(), &body, &what).await;
        }
        (status, body)
    }

    /// Checks that the `Location` of a start leads to its operation.
    async fn follow(&self, location: &str, started: &Value, what: &str) {
        // The `Location` may be relative.
        let url = Url::parse(&self.simulator.base_url()).unwrap().join(location).unwrap();
        let request = self.http.get(url.clone()).bearer_auth(API_KEY).build().unwrap();
        let response = self.transport.execute(&self.http, request).await.unwrap();
        assert_eq!(response.status(), 200, "{url}\n{what}");
        let found: Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
        assert_eq!(found["id"], started["id"], "{url}\n{what}");
        assert_eq!(violations(component("Operation"), &found), [""; 0], "{found:#}");
    }

    /// Remembers the ids in a reply.
    fn learn(&mut self, names: &Names, body: &Value) {
        let mut learn = |pairs: &[(&str, &Value)]| {
            let texts = pairs.iter().map(|(name, value)| Some(((*name).to_owned(), value.as_str()?.to_owned())));
            self.known.extend(texts.collect::<Option<Names>>());
        };
        if body["object"] == "operation" {
            learn(&[("operationId", &body["id"])]);
            let (of, id) = (&body["resource"]["type"], &body["resource"]["id"]);
            learn(&[("assetType", of), ("assetId", id)]);
            match of.as_str() {
                Some("model") => learn(&[("modelId", id)]),
                Some("world") => learn(&[("worldId", id)]),
                Some("asset_pack") => learn(&[("assetPackId", id)]),
                Some("animation") => {
                    for target in ["model_animation_clip", "model_animation_batch", "animation"] {
                        learn(&[("targetType", &target.into()), ("targetId", id)]);
                    }
                }
                _ => {}
            }
        }
        for item in body["items"].as_array().into_iter().flatten() {
            learn(&[("modelId", &item["modelId"])]);
        }
        for file in body["data"].as_array().into_iter().flatten().filter(|_| names.contains_key("targetId")) {
            let mut further = names.clone();
            further.extend(file["id"].as_str().map(|id| ("artifactId".to_owned(), id.to_owned())));
            self.known.insert(further);
        }
    }

    /// The known values for the parameters of an operation's path, the latest last.
    fn names_for(&self, operation: &Operation) -> Vec<Names> {
        let wanted: BTreeSet<_> = path_parameters(operation);
        let fitting =
            self.known.iter().filter(|names| names.keys().map(String::as_str).collect::<BTreeSet<_>>() == wanted);
        match wanted.is_empty() {
            true => vec![Names::new()],
            false => fitting.cloned().collect(),
        }
    }
}

fn path_parameters(operation: &Operation) -> BTreeSet<&'static str> {
    let parameters = operation.parameters.iter().filter(|parameter| parameter.place == "path");
    parameters.map(|parameter| parameter.name).collect()
}

/// Values that no reply named.
fn unknown(operation: &Operation) -> Names {
    path_parameters(operation).into_iter().map(|name| (name.to_owned(), "nothing_1".to_owned())).collect()
}

/// The reply that the document has for a status.
fn documented(operation: &Operation, status: u16) -> Option<&Reply> {
    let class = format!("{}XX", status / 100);
    let exact = operation.replies.iter().find(|reply| reply.status == status.to_string());
    exact.or_else(|| operation.replies.iter().find(|reply| reply.status == class))
}

#[track_caller]
fn judge(operation: &Operation, status: u16, headers: &HeaderMap, body: &Value, what: &str) {
    // The simulator answers 501 to a route that it does not serve.
    if status == 501 {
        return assert_eq!(violations(component("Problem"), body), [""; 0], "{what}");
    }
    let reply = documented(operation, status).unwrap_or_else(|| panic!("an undocumented status: {what}"));
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    assert_eq!(content_type.split(';').next(), Some(reply.content_type), "{what}");
    assert_eq!(violations(reply.schema, body), [""; 0], "{what}");
    if status >= 400 {
        assert_eq!(body["status"], status, "{what}");
    }
    assert!(headers.contains_key("x-request-id"), "{what}");
    assert_eq!(headers.contains_key("location"), status == 202, "{what}");
}

#[tokio::test(start_paused = true)]
async fn every_reply_is_documented() {
    let mut walker = Walker::start().await;
    for script in [Script::model(), Script::world(), Script::conversion(), Script::model().reviewed()] {
        let id = walker.simulator.add(script);
        walker.known.insert(Names::from([("operationId".to_owned(), id)]));
    }
    for round in 0..7 {
        if round == 1 {
            // In this round it is revised before it is approved.
            let id = walker.simulator.add(Script::model().reviewed().timeline([("preview_ready", 0)]));
            walker.known.insert(Names::from([("operationId".to_owned(), id)]));
        }
        if round == 2 {
            // From here on, operations that wait for credits can continue.
            walker.simulator.add_credits(1e9);
        }
        for _ in 0..round {
            walker.simulator.fail_next("generation_failed", "The prompt was too vague.");
        }
        let count = walker.operations.len();
        for index in 0..count {
            // An approved operation cannot be revised, so the order of the verbs alternates.
            let index = if round % 2 == 0 { index } else { count - 1 - index };
            let operation = &walker.operations[index];
            let mut bodies = vec![None];
            if let Some(schema) = operation.body {
                // Each round has other bodies.
                let made = some(&instances(schema, Way::Sent), 2 * (round + 1));
                bodies = made.into_iter().skip(2 * round).map(Some).collect();
            }
            let lists = operation.parameters.iter().any(|parameter| parameter.name == "cursor");
            let mut all = walker.names_for(operation);
            all.push(unknown(operation));
            all.reverse();
            // Only some operations wait for these verbs, and only some models have failed, so all are tried.
            let is_for_few = operation.path.contains("{operationId}") || operation.path.ends_with(":retry");
            all.truncate(if is_for_few { usize::MAX } else { 8 });
            for names in all {
                for body in &bodies {
                    let (status, body) =
                        walker.send(index, &names, "", Extras { body: body.as_ref(), ..Extras::default() }).await;
                    if lists && status == 200 {
                        walk_pages(&mut walker, index, &body).await;
                    }
                }
            }
        }
        tokio::time::sleep(Duration::from_secs(if round == 0 { 1 } else { 90 })).await;
    }
    let mut unserved = Vec::new();
    for operation in &walker.operations {
        let seen = &walker.seen[operation.id];
        let succeeds = seen.contains(&501) || seen.iter().any(|status| *status < 300);
        let refuses = seen.contains(&501)
            || seen.iter().any(|status| [400, 404].contains(status))
            || !operation.path.contains('{');
        if !succeeds || !refuses {
            unserved.push(format!("{}: {seen:?}", operation.id));
        }
    }
    assert!(unserved.is_empty(), "these never succeed, or take any id: {unserved:#?}");
}

/// Reads a list in pages of one item, and checks that each item comes once.
async fn walk_pages(walker: &mut Walker, index: usize, whole: &Value) {
    let ids = |page: &Value| -> Vec<Value> {
        page["data"].as_array().into_iter().flatten().map(|item| item["id"].clone()).collect()
    };
    let mut found = Vec::new();
    let mut query = "?limit=1".to_owned();
    while found.len() <= ids(whole).len() {
        let (status, page) = walker.send(index, &Names::new(), &query, Extras::default()).await;
        assert_eq!(status, 200, "{query}");
        assert!(ids(&page).len() <= 1, "{page:#}");
        found.extend(ids(&page));
        match page["pagination"]["nextCursor"].as_str() {
            Some(cursor) => query = format!("?limit=1&cursor={cursor}"),
            None => break,
        }
    }
    if whole["pagination"]["hasMore"] == false {
        assert_eq!(found, ids(whole));
    }
    for query in ["?limit=0", "?limit=101", "?limit=few", "?cursor=nothing"] {
        let (status, _) = walker.send(index, &Names::new(), query, Extras::default()).await;
        assert_eq!(status, 422, "{query}");
    }
}

#[tokio::test]
async fn an_unknown_route_is_a_problem() {
    let simulator = Simulator::start().await.unwrap();
    let http = Transport::default().client(false, |builder| builder).unwrap();
    for (method, path, status) in [
        (Method::GET, "/v1/nothing", 404),
        (Method::GET, "/", 404),
        (Method::POST, "/v1/operations/op_1:cancel", 404),
        (Method::DELETE, "/v1/models/model_1", 405),
    ] {
        let request = http.request(method, format!("{}{path}", simulator.base_url())).bearer_auth(API_KEY);
        let response = request.send().await.unwrap();
        assert_eq!(response.status().as_u16(), status, "{path}");
        assert_eq!(response.headers()[CONTENT_TYPE], "application/problem+json", "{path}");
        let body: Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
        assert_eq!(violations(component("Problem"), &body), [""; 0], "{path} {body:#}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_request_without_a_valid_key_is_refused() {
    let mut walker = Walker::start().await;
    for index in 0..walker.operations.len() {
        for authorization in ["", "Bearer", "Bearer other", "Basic dXNlcjpwYXNz", &format!("Basic {API_KEY}")] {
            let names = unknown(&walker.operations[index]);
            let extras = Extras { authorization: Some(authorization), ..Extras::default() };
            let (status, _) = walker.send(index, &names, "", extras).await;
            assert_eq!(status, 401, "{} with {authorization:?}", walker.operations[index].id);
        }
    }
    assert_eq!(walker.simulator.operations_started(), 0);
}

#[tokio::test(start_paused = true)]
async fn bodies_that_are_not_documented_are_refused_field_by_field() {
    let mut walker = Walker::start().await;
    let mut refused = 0;
    for index in 0..walker.operations.len() {
        let Some(schema) = walker.operations[index].body else { continue };
        let names = unknown(&walker.operations[index]);
        let mut bodies = vec![json!([]), json!("text"), json!(null)];
        for instance in some(&instances(schema, Way::Sent), 3) {
            let strict =
                [Kind::AbsentRequired, Kind::UnknownField, Kind::UnknownValue, Kind::WrongType, Kind::BrokenBound];
            let mutants = mutants(resolve(schema), &instance).into_iter();
            bodies.extend(mutants.filter(|mutant| strict.contains(&mutant.kind)).map(|mutant| mutant.value));
        }
        for body in bodies.into_iter().filter(|body| !violations(schema, body).is_empty()) {
            let (status, problem) =
                walker.send(index, &names, "", Extras { body: Some(&body), ..Extras::default() }).await;
            assert_eq!(status, 422, "{} {body:#}", walker.operations[index].id);
            let errors = problem["errors"].as_array().map_or(0, Vec::len);
            assert!(errors > 0, "no field is named: {problem:#}\n{body:#}");
            refused += 1;
        }
    }
    assert!(refused > 100, "{refused}");
    assert_eq!(walker.simulator.operations_started(), 0);
}

#[tokio::test(start_paused = true)]
async fn an_idempotency_key_belongs_to_one_request() {
    let mut walker = Walker::start().await;
    for index in 0..walker.operations.len() {
        let operation = &walker.operations[index];
        let keyed = operation.parameters.iter().any(|parameter| parameter.name == "Idempotency-Key");
        let (true, Some(schema), true) = (keyed, operation.body, path_parameters(operation).is_empty()) else {
            continue;
        };
        let bodies = some(&instances(schema, Way::Sent), 40);
        let mut replies = Vec::new();
        // Uses the first body that is accepted: some are refused for reasons that no schema states.
        for body in &bodies {
            let extras = Extras { key: Some("key"), body: Some(body), ..Extras::default() };
            let (status, first) = walker.send(index, &Names::new(), "", extras).await;
            if status < 300 {
                let started = walker.simulator.operations_started();
                let (again, second) = walker.send(index, &Names::new(), "", extras).await;
                assert_eq!((again, &second["id"]), (status, &first["id"]));
                assert_eq!(walker.simulator.operations_started(), started);
                for other in bodies.iter().filter(|other| *other != body) {
                    // An invalid body is refused first.
                    match walker.send(index, &Names::new(), "", Extras { body: Some(other), ..extras }).await.0 {
                        422 => {}
                        status => replies.push(status),
                    }
                }
                break;
            }
        }
        replies.dedup();
        assert_eq!(replies, [409], "{}", walker.operations[index].id);
        // A new simulator, since each route is tested with the same key.
        walker = Walker::start().await;
    }
}

#[test]
fn every_route_of_the_document_is_known() {
    let documented: BTreeSet<_> = operations().into_iter().map(|route| (route.method, route.path, route.id)).collect();
    let known =
        Route::ALL.iter().map(|route| (route.method().to_owned(), route.path(), route.operation_id())).collect();
    assert_eq!(documented, known);
}
