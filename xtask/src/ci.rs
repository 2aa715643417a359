//! `cargo xtask ci`: runs the gates, and prints the fix of each failure.

mod application;
mod crates;
mod features;
mod fleet;
mod gate;
mod gates;
mod long;
mod minimal_versions;
mod outsider;
mod packaged;
mod readme;
mod times;

use std::fmt;
use std::time::{Duration, Instant};

use clap::builder::PossibleValuesParser;

use crate::Exit;
use crate::worker;
use crate::workspace::Workspace;
use gate::{Gate, GateVerdict};
use gates::GATES;
use long::LONG;

pub(crate) use gate::{Host, has_subcommand};
pub(crate) use packaged::PUBLISHED;
pub(crate) use times::run as times;

/// Which gates to run.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Chosen {
    /// Those that every change must pass.
    Every,
    /// Those that take too long for that.
    Long,
    /// Those of these names, of either list.
    Named(Vec<String>),
}

/// Runs gates in the order of their list.
///
/// After a failing gate the later ones still run, so that one run shows every failure.
pub(crate) fn run(workspace: &Workspace, chosen: &Chosen, host: Host) -> Exit {
    // A gate may rebuild this program. If it cannot be found, the gate that needs it reports that.
    let _ = worker::program();
    let summary = run_gates(&select(chosen), host, |gate| gate.run(workspace, host));
    print!("{summary}");
    match summary.failed().count() {
        0 => Exit::Done,
        _ => Exit::Failed,
    }
}

/// The names that a user may give.
pub(crate) fn gate_names() -> PossibleValuesParser {
    PossibleValuesParser::new(GATES.iter().chain(LONG).map(|gate| gate.name))
}

fn select(chosen: &Chosen) -> Vec<&'static Gate> {
    match chosen {
        Chosen::Every => GATES.iter().collect(),
        Chosen::Long => LONG.iter().collect(),
        Chosen::Named(names) => {
            GATES.iter().chain(LONG).filter(|gate| names.iter().any(|name| name == gate.name)).collect()
        }
    }
}

fn run_gates<'a>(gates: &[&'a Gate], host: Host, mut run: impl FnMut(&Gate) -> GateVerdict) -> Summary<'a> {
    let mut results = Vec::new();
    for gate in gates {
        println!("== {} ==", gate.name);
        let start = Instant::now();
        let result = GateResult { gate, verdict: run(gate), took: start.elapsed(), host };
        println!("{result}\n");
        results.push(result);
    }
    Summary { results }
}

/// The result of one gate.
struct GateResult<'a> {
    gate: &'a Gate,
    verdict: GateVerdict,
    took: Duration,
    host: Host,
}

/// The results of all gates.
struct Summary<'a> {
    results: Vec<GateResult<'a>>,
}

impl Summary<'_> {
    fn failed(&self) -> impl Iterator<Item = &GateResult<'_>> {
        self.with(GateVerdict::Fail)
    }

    fn with(&self, verdict: GateVerdict) -> impl Iterator<Item = &GateResult<'_>> {
        self.results.iter().filter(move |result| result.verdict == verdict)
    }
}

impl fmt::Display for GateResult<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { gate, verdict, took, host } = self;
        let seconds = took.as_secs_f64();
        match verdict {
            GateVerdict::Pass => write!(f, "pass  {} ({seconds:.1} s)", gate.name),
            GateVerdict::Skip => write!(f, "SKIP  {} (what it needs is not on this machine)", gate.name),
            GateVerdict::Fail => {
                write!(f, "FAIL  {} ({seconds:.1} s)", gate.name)?;
                write!(f, "\n      again: {}", gate.command(*host))?;
                write!(f, "\n      fix:   {}", gate.fix)
            }
        }
    }
}

impl fmt::Display for Summary<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "== summary ==")?;
        for result in &self.results {
            writeln!(f, "{result}")?;
        }
        match self.failed().count() {
            0 => writeln!(f, "all gates passed: {}", self.with(GateVerdict::Pass).count()),
            failed => writeln!(f, "{failed} of {} gates failed", self.results.len()),
        }
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;

    #[test]
    fn a_failure_does_not_stop_the_rest() {
        let mut seen = Vec::new();
        let mut summary = run_gates(&select(&Chosen::Every), Host::Desk, |gate| {
            seen.push(gate.name);
            match gate.name {
                "fmt" | "doc" => GateVerdict::Fail,
                "corpus" => GateVerdict::Skip,
                _ => GateVerdict::Pass,
            }
        });
        assert_eq!(seen, GATES.iter().map(|gate| gate.name).collect::<Vec<_>>());
        for result in &mut summary.results {
            result.took = Duration::from_millis(1250);
        }
        expect![[r#"
            == summary ==
            FAIL  fmt (1.2 s)
                  again: cargo fmt --all --check
                  fix:   cargo fmt --all
            pass  check (1.2 s)
            pass  dependencies (1.2 s)
            pass  clippy (1.2 s)
            FAIL  doc (1.2 s)
                  again: RUSTDOCFLAGS="-D warnings" cargo doc --workspace --all-features --no-deps
                  fix:   mend the comments it names
            pass  features (1.2 s)
            pass  test (1.2 s)
            pass  quickstart (1.2 s)
            pass  generate (1.2 s)
            pass  review (1.2 s)
            pass  fleet (1.2 s)
            SKIP  corpus (what it needs is not on this machine)
            pass  package (1.2 s)
            pass  application (1.2 s)
            pass  readme (1.2 s)
            2 of 15 gates failed
        "#]]
        .assert_eq(&summary.to_string());
    }

    #[test]
    fn gates_are_selected_in_their_order() {
        let names = |names: &[&str]| -> Vec<_> {
            let names: Vec<_> = names.iter().map(|&name| name.to_owned()).collect();
            select(&Chosen::Named(names)).iter().map(|gate| gate.name).collect()
        };
        assert_eq!(names(&["fuzz", "test", "fmt"]), ["fmt", "test", "fuzz"]);
        assert_eq!(select(&Chosen::Long).len(), LONG.len());
    }

    #[test]
    fn every_gate_has_a_name_of_its_own_and_a_remedy() {
        let all = || GATES.iter().chain(LONG);
        for gate in all() {
            assert_eq!(all().filter(|other| other.name == gate.name).count(), 1, "{}", gate.name);
            assert!(!gate.fix.is_empty(), "{}", gate.name);
        }
    }
}
