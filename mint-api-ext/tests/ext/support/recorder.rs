//! A subscriber that writes down what is traced.

use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

/// Writes down every name and value of every span and event, of whatever crate, each with the span it is of.
#[derive(Clone, Default)]
pub(crate) struct Recorder(Arc<Mutex<Log>>);

#[derive(Default)]
struct Log {
    spans: Vec<(&'static str, Option<u64>)>,
    lines: Vec<String>,
    entered: Vec<u64>,
}

impl Recorder {
    /// Takes down all of the process from now on; `child::in_child` gives it one.
    pub(crate) fn installed() -> Self {
        let recorder = Self::default();
        tracing::subscriber::set_global_default(recorder.clone()).unwrap();
        recorder
    }

    /// Lines such as `mint.wait/HTTP: url.path="/v1/operations/op"`: the names of the spans around it, then the field.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.0.lock().unwrap().lines.clone()
    }
}

impl Log {
    fn path(&self, span: Option<u64>) -> String {
        let above = |id: &u64| self.spans[*id as usize - 1].1;
        let mut names: Vec<_> = std::iter::successors(span, above).map(|id| self.spans[id as usize - 1].0).collect();
        names.reverse();
        names.join("/")
    }
}

/// Fields on their way into the log.
struct Fields<'a>(&'a mut Log, String);

impl Visit for Fields<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.lines.push(format!("{}: {field}={value:?}", self.1));
    }
}

impl Subscriber for Recorder {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let mut log = self.0.lock().unwrap();
        let parent = span.parent().map(Id::into_u64).or_else(|| log.entered.last().copied());
        log.spans.push((span.metadata().name(), parent));
        let id = log.spans.len() as u64;
        let path = log.path(Some(id));
        span.record(&mut Fields(&mut log, path));
        Id::from_u64(id)
    }

    fn record(&self, span: &Id, values: &Record<'_>) {
        let mut log = self.0.lock().unwrap();
        let path = log.path(Some(span.into_u64()));
        values.record(&mut Fields(&mut log, path));
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut log = self.0.lock().unwrap();
        let path = log.path(log.entered.last().copied());
        event.record(&mut Fields(&mut log, path));
    }

    fn enter(&self, span: &Id) {
        self.0.lock().unwrap().entered.push(span.into_u64());
    }

    fn exit(&self, span: &Id) {
        let mut log = self.0.lock().unwrap();
        let at = log.entered.iter().rposition(|entered| *entered == span.into_u64());
        at.map(|at| log.entered.remove(at));
    }
}
