//! What mint.lock says about each entry.

use std::fs;
use std::io;

use serde_json::{Value, json};
use toml_edit::{DocumentMut, Item, Table};

use crate::failure::Failure;

const LOCK: &str = "mint.lock";

/// The format that this version reads.
const FORMAT: i64 = 1;

/// The sections, in the order in which they are shown.
const SECTIONS: [&str; 5] = ["models", "worlds", "packs", "audio", "animations"];

/// What mint.lock says about an entry.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Locked {
    /// The entry, such as `models.lamp`.
    pub(crate) entry: String,
    /// What its steps cost, of all its versions, where the lock has it.
    pub(crate) credits: Option<f64>,
    /// Its files, with their bytes.
    pub(crate) files: Vec<(String, Option<u64>)>,
}

impl Locked {
    /// The data for `--json`.
    pub(crate) fn data(&self) -> Value {
        json!({"entry": self.entry, "credits": self.credits})
    }
}

/// Reads the lock in this folder. Without one, nothing was bought.
pub(crate) fn read() -> Result<Vec<Locked>, Failure> {
    let text = match fs::read_to_string(LOCK) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        read => read.map_err(|error| Failure::failed(format!("could not read `{LOCK}`: {error}; check the file")))?,
    };
    parse(&text).map_err(|why| Failure::failed(format!("could not read `{LOCK}`: {why}")))
}

fn parse(text: &str) -> Result<Vec<Locked>, String> {
    let document: DocumentMut = text.parse().map_err(|error: toml_edit::TomlError| {
        format!("{}; resolve conflicts, or take it from the repository again", error.message())
    })?;
    match document.get("format").and_then(Item::as_integer) {
        Some(FORMAT) => {}
        _ => return Err(format!("it is not of format {FORMAT}; use the version of mint that wrote it")),
    }
    let mut locked = Vec::new();
    for section in SECTIONS {
        for (name, entry) in document.get(section).and_then(Item::as_table).into_iter().flatten() {
            let Some(entry) = entry.as_table() else { continue };
            let files = table(entry, "files");
            let bytes =
                |file: &Item| file.get("bytes").and_then(Item::as_integer).and_then(|bytes| bytes.try_into().ok());
            locked.push(Locked {
                entry: format!("{section}.{name}"),
                credits: credits(entry),
                files: files.map(|(path, file)| (path.to_owned(), bytes(file))).collect(),
            });
        }
    }
    Ok(locked)
}

/// What all steps of all versions cost. `None` if the lock does not say it for any.
fn credits(entry: &Table) -> Option<f64> {
    let mut sum = None;
    for (_, version) in table(entry, "versions") {
        let Some(version) = version.as_table() else { continue };
        let generate = version.get("generate").into_iter();
        let others = ["optimize", "convert"].into_iter().flat_map(|step| table(version, step));
        for record in generate.chain(others.map(|(_, record)| record)) {
            if let Some(credits) = record.get("credits").and_then(number) {
                sum = Some(sum.unwrap_or(0.0) + credits);
            }
        }
    }
    sum
}

fn table<'a>(parent: &'a Table, name: &str) -> impl Iterator<Item = (&'a str, &'a Item)> + use<'a> {
    parent.get(name).and_then(Item::as_table).into_iter().flat_map(Table::iter)
}

fn number(item: &Item) -> Option<f64> {
    #[allow(clippy::cast_precision_loss, reason = "credits are far below the limit")]
    item.as_float().or_else(|| item.as_integer().map(|number| number as f64))
}
