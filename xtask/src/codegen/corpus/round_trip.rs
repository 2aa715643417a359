//! Compiling the generated clients, and reading and writing the documents' own examples with them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, Write};
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::Value;

use super::compare::{differences, shortened};
use super::document::{Compiled, Document};
use super::scaffold::{PROGRAM, Scaffold, crate_names};
use crate::problem::Problem;
use crate::worker::process::{self, Ending};
use crate::workspace::Workspace;

/// How long the examples of one document may take.
const LIMIT: Duration = Duration::from_secs(60);

/// The number of compiler errors that are kept for a document.
const MOST_ERRORS: usize = 5;

const FIX: &str = "run cargo build in target/corpus, the generated workspace, and see what it says";

/// Compiles the clients of documents of at most this many bytes, and tries the examples with them.
///
/// # Errors
///
/// Only for I/O errors; code that does not compile is a cell of the table.
pub(crate) fn run(workspace: &Workspace, documents: &mut [Document], most_bytes: u64) -> Result<(), Problem> {
    let chosen = documents.iter().filter(|document| document.bytes <= most_bytes && document.client().is_some());
    let names = crate_names(chosen);
    if names.is_empty() {
        return Ok(());
    }
    let scaffold = Scaffold::write(workspace, &names)?;
    // From here on a document is identified by its file, so that it can be changed.
    let names: BTreeMap<String, String> =
        names.into_iter().map(|(name, document)| (document.name.clone(), name)).collect();

    eprintln!("compiling {} clients in {}; this may take minutes", names.len(), scaffold.root.display());
    let built = build(workspace, &scaffold, &["--workspace", "--exclude", PROGRAM])?;
    let mut compiled = BTreeSet::new();
    for document in documents.iter_mut() {
        let Some(name) = names.get(&document.name) else {
            continue;
        };
        if built.crates.contains(name) {
            document.compiled = Compiled::Yes;
            compiled.insert(name.as_str());
        } else {
            document.compiled = Compiled::No;
            let errors = built.errors.get(name).cloned().unwrap_or_default();
            document.failures.extend(errors.into_iter().take(MOST_ERRORS));
        }
    }
    scaffold.write_program(&compiled)?;
    let program = build(workspace, &scaffold, &["--package", PROGRAM])?.program;
    let program =
        program.ok_or_else(|| Problem::new("the program for the examples does not compile", "the crates do", FIX))?;
    for document in documents.iter_mut().filter(|document| document.compiled == Compiled::Yes) {
        try_examples(&program, &names[&document.name], document)?;
    }
    Ok(())
}

/// What cargo built.
#[derive(Debug, Default)]
struct Built {
    crates: BTreeSet<String>,
    /// The first line and the place of each error, by crate.
    errors: BTreeMap<String, Vec<String>>,
    program: Option<String>,
}

fn build(workspace: &Workspace, scaffold: &Scaffold, arguments: &[&str]) -> Result<Built, Problem> {
    let mut command = workspace.cargo();
    command.current_dir(&scaffold.root).env("CARGO_TARGET_DIR", scaffold.root.join("target"));
    command.args(["build", "--quiet", "--keep-going", "--message-format=json"]).args(arguments);
    let output =
        command.stderr(Stdio::null()).output().map_err(|error| Problem::new("cannot start cargo", error, FIX))?;
    let built = Built::of_messages(&String::from_utf8_lossy(&output.stdout));
    if built.crates.is_empty() && built.errors.is_empty() && !output.status.success() {
        let why = "cargo ended before it compiled anything";
        return Err(Problem::new("cannot compile the generated workspace", why, FIX));
    }
    Ok(built)
}

impl Built {
    /// From what cargo prints with `--message-format=json`.
    fn of_messages(text: &str) -> Self {
        let mut built = Self::default();
        for message in text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok()) {
            let name = message["target"]["name"].as_str().unwrap_or_default().to_owned();
            match message["reason"].as_str() {
                Some("compiler-artifact") => {
                    if let Some(program) = message["executable"].as_str() {
                        built.program = Some(program.to_owned());
                    }
                    built.crates.insert(name);
                }
                Some("compiler-message") if message["message"]["level"] == "error" => {
                    built.errors.entry(name).or_default().push(first_lines(&message["message"]));
                }
                _ => (),
            }
        }
        built
    }
}

/// What the compiler says, and where.
fn first_lines(message: &Value) -> String {
    let span = message["spans"].as_array().into_iter().flatten().find(|span| span["is_primary"] == true);
    let text = message["message"].as_str().unwrap_or_default();
    let Some(span) = span else {
        return text.to_owned();
    };
    let code = span["text"][0]["text"].as_str().unwrap_or_default().trim();
    format!("{text} (generated.rs:{}: `{}`)", span["line_start"], shortened(code))
}

fn try_examples(program: &str, name: &str, document: &mut Document) -> Result<(), Problem> {
    let problem =
        |error: io::Error| Problem::new(format!("cannot try the examples of `{}`", document.name), error, FIX);
    let types = document.client().map(|client| client.type_names.clone()).unwrap_or_default();
    let type_of = |component: &str| types.get(component).map_or("", String::as_str);
    let folder = tempfile::tempdir().map_err(problem)?;
    let (stdin, stdout) = (folder.path().join("in"), folder.path().join("out"));
    let mut lines = File::create(&stdin).map_err(problem)?;
    for example in &document.examples {
        let line = serde_json::json!([type_of(&example.component), example.value.to_string()]);
        writeln!(lines, "{line}").map_err(problem)?;
    }
    drop(lines);
    let mut command = Command::new(program);
    command.arg(name).stdin(File::open(&stdin).map_err(problem)?).stdout(File::create(&stdout).map_err(problem)?);
    let ending = process::run(&mut command, LIMIT).map_err(problem)?;
    let text = fs::read_to_string(&stdout).map_err(problem)?;
    let mut results = text.lines().map(serde_json::from_str::<Result<(String, String), String>>);

    for example in &document.examples {
        let at =
            format!("example at `{}` of `{}` ({})", example.pointer, example.component, type_of(&example.component));
        let (back, debug) = match results.next() {
            _ if type_of(&example.component).is_empty() => {
                document.failures.push(format!("{at}: the component has no Rust type"));
                continue;
            }
            Some(Ok(Ok(came))) => came,
            Some(Ok(Err(why))) => {
                document.failures.push(format!("{at}: {why}"));
                continue;
            }
            _ => {
                document.failures.push(format!("{at}: the program did not get through it: {ending:?}"));
                break;
            }
        };
        let back = serde_json::from_str(&back).unwrap_or(Value::Null);
        let differences = differences(&example.value, &back, &example.known);
        if differences.is_empty() {
            document.equal += 1;
            document.unknown += usize::from(debug.contains("Unknown("));
        } else {
            document.failures.push(format!("{at}: {}", differences.join("; ")));
        }
    }
    if let Ending::TimedOut(limit) = ending {
        document.failures.push(format!("the examples took more than {} s", limit.as_secs()));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cargo_built_is_read_from_its_messages() {
        let built = Built::of_messages(
            r#"{"reason":"compiler-artifact","target":{"name":"a"},"executable":null}
{"reason":"compiler-message","target":{"name":"b"},"message":{"level":"error","message":"no such field","spans":[{"is_primary":true,"line_start":7,"text":[{"text":"  x.y "}]}]}}
{"reason":"compiler-message","target":{"name":"b"},"message":{"level":"note","message":"a note","spans":[]}}
{"reason":"compiler-artifact","target":{"name":"round-trip"},"executable":"/t/round-trip"}
not JSON
"#,
        );
        assert_eq!(built.crates, BTreeSet::from(["a".to_owned(), "round-trip".to_owned()]));
        let error = "no such field (generated.rs:7: `x.y`)".to_owned();
        assert_eq!(built.errors, BTreeMap::from([("b".to_owned(), vec![error])]));
        assert_eq!(built.program.as_deref(), Some("/t/round-trip"));
    }
}
