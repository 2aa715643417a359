//! `cargo xtask codegen --spec FILE`: one document to one module of Rust.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use openapi_client_codegen::source::{Bundle, Unresolved};
use openapi_client_codegen::{Code, Disposition, Entry, canonical, select, source};
use serde_json::Value;

use super::corpus::measure;
use super::folder::bundled;

use crate::Exit;
use crate::input::Input;
use crate::problem::Problem;
use crate::replace::replace_all;
use crate::worker::{self, Client, Refusal};

/// Where the Rust and the report go.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Targets<'a> {
    /// stdout when there is none.
    pub(crate) rust: Option<&'a Path>,
    pub(crate) report: Option<&'a Path>,
    /// Whether a rejection is a failure.
    pub(crate) is_strict: bool,
}

/// Generates from a document and says what could not be.
///
/// # Errors
///
/// When no client can be generated, or a file cannot be read or written.
pub(crate) fn run(mut input: Input, only: &[String], targets: Targets<'_>) -> Result<Exit, Problem> {
    let bundle = bundled(&mut input)?;
    let bundle = bundle.as_ref();
    print_unresolved(bundle, &input.origin.location);
    let mut document = source::read(&input.text).unwrap_or_default();
    if !only.is_empty() && !document.is_null() {
        document = select(document, only).map_err(|error| {
            Problem::new("cannot select the operations", error, "correct --only, or see `operationId` in the document")
        })?;
        input.text = canonical(&document);
    }
    let answer = worker::ask(&input.text)?;
    let rejections: Vec<_> = match &answer {
        Ok(client) => client.report.rejections().cloned().collect(),
        Err(refusal) => refusal.rejections().to_vec(),
    };
    print_rejections(&document, bundle, &rejections);
    let mut client = answer.map_err(|refusal| problem(&input.origin.location, &refusal))?;
    print_losses(&document, bundle, &client);
    if let Some(bundle) = bundle {
        client.report.entries.iter_mut().for_each(|entry| entry.pointer = bundle.place(&entry.pointer));
    }
    let (generated, all) = (measure::measure(&client.rust).operations, measure::operations(&document));
    eprintln!("{generated} of {all} operations");
    if targets.is_strict && !rejections.is_empty() {
        return Err(Problem::new(
            format!("{} of {all} operations of `{}` have no method", all - generated, input.origin.location),
            "with --strict every operation must have one; nothing was written",
            "mend what is rejected above, or leave out --strict",
        ));
    }
    write(&client, targets)?;
    Ok(Exit::Done)
}

/// The widenings that no value is lost by: what is not checked, and what the server decides.
const OF_CHECKS: &[Code] = &[
    Code::W001,
    Code::W003,
    Code::W004,
    Code::W006,
    Code::W007,
    Code::W011,
    Code::W101,
    Code::W103,
    Code::W104,
    Code::W105,
    Code::W111,
    Code::W113,
    Code::W116,
    Code::W117,
];

/// Prints the references to files that could not be followed; the rules reject what reaches them.
fn print_unresolved(bundle: Option<&Bundle>, name: &str) {
    for Unresolved { file, reference, reason, .. } in bundle.into_iter().flat_map(|bundle| &bundle.unresolved) {
        let file = if file.is_empty() { name } else { file };
        eprintln!("not followed: `{reference}` in `{file}`: {reason}");
    }
}

fn print_rejections(document: &Value, bundle: Option<&Bundle>, rejections: &[Entry]) {
    for entry in rejections {
        eprintln!("rejected: {}", shown(document, bundle, entry));
    }
    if let Some(Entry { code, .. }) = rejections.first() {
        eprintln!("note: `cargo xtask explain {code}` says what a code means");
    }
}

/// Prints the first of each kind of widening by which the client reads or sends less than the document says.
fn print_losses(document: &Value, bundle: Option<&Bundle>, client: &Client) {
    let mut losses: BTreeMap<Code, Vec<&Entry>> = BTreeMap::new();
    for entry in client.report.with(Disposition::Widened).filter(|entry| !OF_CHECKS.contains(&entry.code)) {
        losses.entry(entry.code).or_default().push(entry);
    }
    for (code, entries) in &losses {
        let more = match entries.len() {
            1 => String::new(),
            count => format!(", and {} more", count - 1),
        };
        eprintln!("widened: {}: {}{more}", shown(document, bundle, entries[0]), code.summary());
    }
}

fn shown(document: &Value, bundle: Option<&Bundle>, Entry { code, pointer, reason, .. }: &Entry) -> String {
    let subject = subject(document, pointer.as_str());
    let pointer = bundle.map_or_else(|| pointer.clone(), |bundle| bundle.place(pointer));
    match subject {
        Some(subject) => format!("{code} {subject}: {reason} (at {pointer})"),
        None => format!("{code} at {pointer}: {reason}"),
    }
}

/// What a pointer into an operation names, in the words of the document: `getThing, parameter "limit" in query`.
fn subject(document: &Value, pointer: &str) -> Option<String> {
    let tokens: Vec<_> = pointer.split('/').skip(1).map(|token| token.replace("~1", "/").replace("~0", "~")).collect();
    let [paths, path, method, inner @ ..] = &tokens[..] else { return None };
    let item = document.get(paths).filter(|_| paths == "paths")?.get(path)?;
    let operation = item.get(method)?;
    let id =
        operation["operationId"].as_str().map_or_else(|| format!("{} {path}", method.to_uppercase()), str::to_owned);
    let part = match inner {
        [parameters, index, ..] if parameters == "parameters" => {
            let parameters = |holder: &Value| holder["parameters"].as_array().cloned().unwrap_or_default();
            let own = parameters(operation);
            // Those of the path come before those of the operation, which replace them.
            let is_own =
                |shared: &Value| own.iter().any(|own| own["name"] == shared["name"] && own["in"] == shared["in"]);
            let mut all = parameters(item);
            all.retain(|shared| !is_own(shared));
            all.extend(own.clone());
            let parameter = all.get(index.parse::<usize>().ok()?)?;
            let target = parameter["$ref"].as_str().and_then(|to| document.pointer(to.strip_prefix('#')?));
            let parameter = target.unwrap_or(parameter);
            let (name, place) = (parameter["name"].as_str()?, parameter["in"].as_str()?);
            format!(", parameter `{name}` in {place}")
        }
        [body, ..] if body == "requestBody" => ", body".to_owned(),
        [responses, status, ..] if responses == "responses" => format!(", reply {status}"),
        _ => String::new(),
    };
    Some(format!("{id}{part}"))
}

fn write(client: &Client, targets: Targets<'_>) -> Result<(), Problem> {
    let file = |path: Option<&Path>, text: &str| path.map(|path| (PathBuf::from(path), text.to_owned()));
    let files = [file(targets.report, &client.report.to_markdown()), file(targets.rust, &client.rust)];
    let files: Vec<_> = files.into_iter().flatten().collect();
    replace_all(&files)?;
    if targets.rust.is_some() {
        return Ok(());
    }
    let result = io::stdout().write_all(client.rust.as_bytes());
    result.map_err(|error| Problem::new("cannot write to stdout", error, "pass a file: --out FILE.rs"))
}

fn problem(name: &str, refusal: &Refusal) -> Problem {
    let what = format!("no client can be generated from `{name}`; nothing was written");
    match refusal {
        Refusal::Rejected(_) => Problem::new(
            what,
            "the document as a whole is rejected, for the reasons above",
            "change what they point at, or pass another document",
        ),
        Refusal::Unreadable(_) | Refusal::Unknown(_) => Problem::new(what, refusal, refusal.fix()),
    }
}
