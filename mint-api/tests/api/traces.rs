//! Traces of calls: they identify the call at the server, and show no secret.

use mint_loopback::Refusing;
use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use tracing::field::{Field, Visit};
use tracing::instrument::WithSubscriber as _;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use crate::child::{block_on, in_child};
use crate::examples::model;
use crate::loopback::{KEY, client, reply, serve};

/// Records every name and value of every span and event.
///
/// It has no current span. A reply must be recorded on the span of its call: the current span belongs to the caller if
/// spans of this level are disabled.
#[derive(Clone, Default)]
struct Recorder(Arc<Mutex<Vec<String>>>);

impl Visit for &Recorder {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.lock().unwrap().push(format!("{field}={value:?}"));
    }
}

impl Subscriber for Recorder {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        self.0.lock().unwrap().push(format!("span={}", span.metadata().name()));
        span.record(&mut &*self);
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        values.record(&mut &*self);
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        event.record(&mut &*self);
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

async fn check(base_url: &str, expected: &[&str]) {
    let recorder = Recorder::default();
    let client = client(base_url);
    let call = client.get_operation().operation_id("op_1").send().with_subscriber(recorder.clone());
    let _ = call.await;
    let recorded = recorder.0.lock().unwrap().clone();
    let port = format!("server.port={}", base_url.rsplit(':').next().unwrap());
    let every = ["span=HTTP", "url.path=\"/v1/operations/op_1\"", "mint.operation=\"get_operation\"", &port];
    for line in every.iter().chain(expected) {
        assert!(recorded.iter().any(|recorded| recorded == line), "no {line} in {recorded:#?}");
    }
    assert!(!format!("{recorded:?}").contains(KEY), "{recorded:#?}");
}

#[test]
fn calls_are_traced_without_the_key() {
    // A call site that is registered while another thread installs a subscriber may stay disabled.
    in_child("traces::calls_are_traced_without_the_key", &[], || {
        block_on(async {
            let id = ("x-request-id", "req_42");
            let server = serve(reply("200 OK", &[id], model().to_string())).await;
            check(server.base_url(), &["http.response.status_code=200", "mint.request_id=\"req_42\""]).await;
            let server = serve(reply("503 Service Unavailable", &[id], "")).await;
            check(server.base_url(), &["http.response.status_code=503", "mint.request_id=\"req_42\""]).await;
            let refusing = Refusing::start();
            let base_url = refusing.base_url();
            check(&base_url, &["error.type=\"transport\""]).await;
        });
    });
}
