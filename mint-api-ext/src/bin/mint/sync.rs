//! `mint sync`.

use futures::StreamExt as _;
use mint_api_ext::catalog::{Catalog, Change, EntryId, Event, Plan, Run, Summary};
use mint_api_ext::{Error, Mint};
use serde_json::json;

use crate::args::entry;
use crate::bars::RunProgress;
use crate::event_data;
use crate::exit_code::Code;
use crate::failure::Failure;
use crate::key::{client, client_if_any};
use crate::output::{Answer, Output};
use crate::paying::credits;

#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Show what a run would do, and do nothing
    #[arg(long)]
    dry_run: bool,
    /// Pay without a question
    #[arg(long, short)]
    yes: bool,
    /// The credits that the run may spend, in place of `budget` in mint.toml
    #[arg(long, value_name = "N", value_parser = credits)]
    budget: Option<f64>,
    /// Make another attempt at this entry, which costs credits again
    #[arg(long, value_name = "ENTRY", value_parser = entry)]
    again: Vec<EntryId>,
    /// Send a call of this entry again whose fate is unknown: look for what it made first, or it may be paid for twice
    #[arg(long, value_name = "ENTRY", value_parser = entry)]
    resend: Vec<EntryId>,
    /// Replace the files of this entry, whoever changed them
    #[arg(long, value_name = "ENTRY", value_parser = entry)]
    overwrite: Vec<EntryId>,
}

impl Options {
    fn named(&self) -> impl Iterator<Item = &EntryId> {
        self.again.iter().chain(&self.resend).chain(&self.overwrite)
    }
}

/// Makes the entries into files, or says what would be made.
pub(crate) async fn run(options: Options, output: &Output) -> Result<Code, Failure> {
    let catalog = Catalog::open(".")?;
    if let Some(unknown) = options.named().find(|id| !catalog.definition().entries.contains_key(id)) {
        return Err(Failure::usage(format!("mint.toml has no entry {unknown}; check its name")));
    }
    let mut plan = catalog.plan()?;
    let is_registry_current = catalog.is_registry_current()?;
    if options.dry_run {
        return dry_run(&mut plan, is_registry_current, output).await;
    }
    if is_up_to_date(&plan) && options.named().next().is_none() {
        if !is_registry_current {
            write_registry(&client()?, output).await?;
        }
        output.result("finished", event_data::unchanged(&plan), "everything is up to date");
        return Ok(Code::Done);
    }
    let mint = client()?;
    plan.estimate(&mint).await?;
    consent(&options, &plan, output)?;
    let run = with(&options, catalog.run(&mint, plan));
    let summary = follow(run, output).await?;
    let registry = write_registry(&mint, output).await;
    let code = finish(&summary, output);
    match registry {
        Ok(()) => Ok(code),
        Err(error) => {
            output.problem_text(format_args!("the registry was not written: {error}"));
            Ok(Code::most_important([code, Code::Failed]))
        }
    }
}

/// Writes the registry that mint.toml names, if what the lock says is not in it.
async fn write_registry(mint: &Mint, output: &Output) -> Result<(), Error> {
    let catalog = Catalog::open(".")?;
    if let Some(path) = &catalog.definition().registry
        && catalog.write_registry(mint).await?
    {
        output.data("registry", json!({"path": path}));
        output.progress(format_args!("{path} is written"));
    }
    Ok(())
}

/// Prints the plan. Without a key, only the prices in the definition are known.
async fn dry_run(plan: &mut Plan, is_registry_current: bool, output: &Output) -> Result<Code, Failure> {
    match client_if_any()? {
        Some(mint) => plan.estimate(&mint).await?,
        None => output.progress("there is no key, so that only the prices in mint.toml are known"),
    }
    output.result("plan", event_data::plan(plan), &*plan);
    let unreadable = plan.entries.iter().any(|entry| matches!(entry.change, Change::Unreadable(_)));
    if !is_registry_current {
        output.progress("the registry is out of date");
    }
    let is_current = is_up_to_date(plan) && is_registry_current;
    let codes = [(unreadable, Code::Failed), (!is_current, Code::OutOfDate)];
    Ok(Code::most_important(codes.into_iter().filter_map(|(applies, code)| applies.then_some(code))))
}

fn is_up_to_date(plan: &Plan) -> bool {
    plan.entries
        .iter()
        .all(|entry| matches!(entry.change, Change::Unchanged | Change::Orphaned) && entry.steps.is_empty())
}

/// Asks before anything is paid.
fn consent(options: &Options, plan: &Plan, output: &Output) -> Result<(), Failure> {
    let again: Vec<_> = options.again.iter().chain(&options.resend).map(EntryId::to_string).collect();
    if options.yes || (plan.total() == 0.0 && plan.unpriced() == 0 && again.is_empty()) {
        return Ok(());
    }
    let mut price = format!("{} credits", plan.total());
    if plan.unpriced() > 0 {
        price.push_str(&format!(", and {} steps at an unknown price", plan.unpriced()));
    }
    if !again.is_empty() {
        price.push_str(&format!(", and the full price of another call for {}", again.join(", ")));
    }
    match output.ask(&format!("{plan}\nPay {price}?")) {
        Some(Answer::Yes) => Ok(()),
        Some(Answer::No) => Err(Failure::new(Code::Person, "nothing was paid, and nothing was done")),
        None => Err(Failure::usage(format!(
            "this run pays {price}, and there is no terminal to ask at; look at `mint sync --dry-run`, then run with --yes"
        ))),
    }
}

fn with(options: &Options, run: Run) -> Run {
    let run = options.again.iter().cloned().fold(run, Run::again);
    let run = options.resend.iter().cloned().fold(run, Run::resend);
    let run = options.overwrite.iter().cloned().fold(run, Run::overwrite);
    match options.budget {
        Some(budget) => run.budget(budget),
        None => run,
    }
}

/// Reports the events of a run until it ends, or until Ctrl-C.
async fn follow(mut run: Run, output: &Output) -> Result<Summary, Failure> {
    let interrupted = tokio::signal::ctrl_c();
    tokio::pin!(interrupted);
    let mut progress = RunProgress::new(output);
    loop {
        let event = tokio::select! {
            event = run.next() => event,
            Ok(()) = &mut interrupted => return Err(Failure::new(
                Code::Unknown,
                "interrupted; what was started goes on at the server, and mint.lock has it: run `mint sync` to go on",
            )),
        };
        match event.transpose().map_err(|error| Failure::from(error).with_something_done())? {
            Some(Event::Finished(summary)) => return Ok(summary),
            Some(event) => {
                let (kind, data) = event_data::event(&event);
                output.data(kind, data);
                progress.show(&event);
            }
            None => return Err(Failure::failed("the run ended early; run `mint sync` again to go on")),
        }
    }
}

fn finish(summary: &Summary, output: &Output) -> Code {
    for (entry, waiting) in &summary.waiting {
        let (_, option) = event_data::waiting(waiting);
        let command = option.map(|option| format!(" (`mint sync {option} {entry}`)")).unwrap_or_default();
        output.problem_text(format_args!("{entry}: {waiting}{command}"));
    }
    for (entry, error) in &summary.failed {
        output.problem_text(format_args!("{entry}: {error}"));
    }
    let counts = [summary.done.len(), summary.unchanged.len(), summary.waiting.len(), summary.failed.len()];
    let [made, unchanged, waiting, failed] = counts;
    let text = format!("{made} made, {unchanged} unchanged, {waiting} waiting, {failed} failed");
    output.result("finished", event_data::finished(summary), text);
    Code::of_summary(summary)
}
