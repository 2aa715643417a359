//! A catalog in a directory of its own, and the server that it buys from.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use futures::StreamExt as _;
use mint_api_ext::catalog::{Catalog, EntryId, Event, Plan, Run, Summary};
use mint_api_ext::simulator::{RecordedRequest, Route, Simulator, SimulatorBuilder};
use mint_api_ext::{Error, Mint};
use tempfile::TempDir;

use super::clock::TokioClock;

pub(crate) struct Shop {
    pub(crate) simulator: Simulator,
    pub(crate) mint: Mint,
    pub(crate) clock: TokioClock,
    pub(crate) directory: TempDir,
}

impl Shop {
    pub(crate) async fn open(definition: &str) -> Self {
        Self::of(definition, Simulator::builder()).await
    }

    /// The server forgets idempotency keys after this time.
    pub(crate) async fn forgetful(definition: &str, lifetime: Duration) -> Self {
        Self::of(definition, Simulator::builder().forget_keys_after(lifetime)).await
    }

    async fn of(definition: &str, simulator: SimulatorBuilder) -> Self {
        let simulator = simulator.credits(100_000.0).start().await.unwrap();
        let clock = TokioClock::new();
        let mint = simulator.mint_builder().unwrap().clock(clock.clone()).seed(1).build().unwrap();
        let shop = Self { simulator, mint, clock, directory: tempfile::tempdir().unwrap() };
        shop.define(definition);
        shop
    }

    /// Writes the definition; the project is added.
    pub(crate) fn define(&self, definition: &str) {
        fs::write(self.path("mint.toml"), format!("project = 'test'\n{definition}")).unwrap();
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.directory.path().join(path)
    }

    pub(crate) fn text(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap()
    }

    pub(crate) fn catalog(&self) -> Catalog {
        Catalog::open(self.directory.path()).unwrap()
    }

    pub(crate) fn plan(&self) -> Plan {
        self.catalog().plan().unwrap()
    }

    /// The changes of the plan, such as `new models.lamp: generate, download`.
    pub(crate) fn planned(&self) -> Vec<String> {
        let plan = self.plan();
        let line = |entry: &mint_api_ext::catalog::PlannedEntry| {
            let steps: Vec<_> = entry.steps.iter().map(|step| step.step.as_str()).collect();
            format!("{} {}: {}", entry.change.as_str(), entry.id, steps.join(", "))
        };
        plan.entries.iter().map(line).collect()
    }

    pub(crate) fn start(&self) -> Run {
        let catalog = self.catalog();
        let plan = catalog.plan().unwrap();
        catalog.run(&self.mint, plan)
    }

    pub(crate) async fn run(&self) -> Summary {
        finish(self.start()).await.unwrap().1
    }

    pub(crate) async fn run_with(&self, set: impl FnOnce(Run) -> Run) -> Summary {
        finish(set(self.start())).await.unwrap().1
    }

    /// How many requests came to a route.
    pub(crate) fn requests(&self, route: Route) -> usize {
        let ending = route.path().rsplit(['/', '}']).next().unwrap_or_default();
        let came = |request: &&RecordedRequest| request.method == route.method() && request.target.ends_with(ending);
        self.simulator.api_requests().iter().filter(came).count()
    }

    pub(crate) fn spent(&self) -> f64 {
        100_000.0 - self.simulator.credits()
    }
}

/// Every event of a run, and its summary.
pub(crate) async fn finish(mut run: Run) -> Result<(Vec<String>, Summary), Error> {
    let mut events = Vec::new();
    while let Some(event) = run.next().await {
        match event? {
            Event::Finished(summary) => {
                assert!(run.next().await.is_none());
                return Ok((events, summary));
            }
            event => events.push(event.to_string()),
        }
    }
    panic!("the run did not finish: {events:?}");
}

pub(crate) fn id(text: &str) -> EntryId {
    text.parse().unwrap()
}

pub(crate) fn ids(list: &[EntryId]) -> Vec<String> {
    list.iter().map(EntryId::to_string).collect()
}
