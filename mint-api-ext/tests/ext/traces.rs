//! What a trace tells of a wait: enough to follow it, and nothing secret.

use futures::StreamExt as _;
use mint_api_ext::simulator::{API_KEY, Reply, Script, Simulator};

use crate::support::child::in_child;
use crate::support::recorder::Recorder;

#[test]
fn waits_and_their_requests_are_traced() {
    in_child("traces::waits_and_their_requests_are_traced", async {
        let traces = Recorder::installed();
        let simulator = Simulator::start().await.unwrap();
        let mint = simulator.mint().unwrap();
        let port = simulator.base_url().rsplit(':').next().unwrap().to_owned();
        let script = Script::model().replies([Reply::problem(503), Reply::operation("succeeded")]);
        for way in ["future", "stream", "batch"] {
            let before = traces.lines().len();
            let requests = simulator.api_requests().len();
            let id = simulator.add(script.clone());
            let handle = mint.attach(&id).unwrap();
            match way {
                "future" => drop(handle.wait().await.unwrap()),
                "stream" => drop(handle.wait().updates().collect::<Vec<_>>().await),
                _ => drop(mint.wait_many([&id]).collect::<Vec<_>>().await),
            }
            let lines = &traces.lines()[before..];
            // The names of OpenTelemetry's HTTP client spans, each under the span of the wait.
            for line in [
                format!("mint.wait: mint.operation_id={id}"),
                r#"mint.wait/HTTP: otel.kind="client""#.into(),
                r#"mint.wait/HTTP: http.request.method="GET""#.into(),
                r#"mint.wait/HTTP: server.address="127.0.0.1""#.into(),
                format!("mint.wait/HTTP: server.port={port}"),
                format!(r#"mint.wait/HTTP: url.path="/v1/operations/{id}""#),
                "mint.wait/HTTP: http.response.status_code=503".into(),
                "mint.wait/HTTP: http.response.status_code=200".into(),
                format!(r#"mint.wait/HTTP: mint.request_id="req_{:04}""#, requests + 1),
                format!(r#"mint.wait/HTTP: mint.request_id="req_{:04}""#, requests + 2),
            ] {
                assert!(lines.contains(&line), "{way}: no {line} in {lines:#?}");
            }
            let text = lines.join("\n");
            assert!(!text.contains(API_KEY) && !text.contains("Bearer"), "{way}: {text}");
            assert!(!lines.iter().any(|line| line.contains("url.") && line.contains('?')), "{way}: {text}");
        }
    });
}
