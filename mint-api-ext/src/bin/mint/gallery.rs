//! `mint gallery`.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::Path;

use mint_api_ext::asset::glb::Facts;
use mint_api_ext::catalog::{Bought, Catalog, Change, Definition, Make, PlannedEntry};
use mint_api_ext::download::replace_file;
use serde_json::json;

use crate::exit_code::Code;
use crate::failure::Failure;
use crate::gallery_page::{Card, Listed, MARK, page, relative};
use crate::output::Output;

#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Replace an index.html that this command did not write
    #[arg(long)]
    overwrite: bool,
}

/// Writes the page of the entries, beside their files. Needs no network.
pub(crate) fn run(options: Options, output: &Output) -> Result<Code, Failure> {
    let catalog = Catalog::open(".")?;
    let definition = catalog.definition();
    let plan = catalog.plan()?;
    let bought: BTreeMap<_, _> = catalog.bought().into_iter().map(|bought| (bought.entry.clone(), bought)).collect();
    let cards: Vec<_> = plan.entries.iter().map(|planned| card(planned, definition, bought.get(&planned.id))).collect();
    let path = Path::new(&definition.out).join("index.html");
    if !options.overwrite {
        refuse_others(&path)?;
    }
    let cannot =
        |error: io::Error| Failure::failed(format!("could not write `{}`: {error}; check the folder", path.display()));
    fs::create_dir_all(&definition.out).map_err(cannot)?;
    replace_file(&path, page(&definition.project, &cards).as_bytes()).map_err(cannot)?;
    let data = json!({"path": path, "entries": cards.len()});
    output.result("written", data, format_args!("wrote `{}`", path.display()));
    Ok(Code::Done)
}

/// Refuses to replace a page that somebody else wrote.
fn refuse_others(path: &Path) -> Result<(), Failure> {
    let mut head = vec![0; MARK.len()];
    match File::open(path).and_then(|mut file| file.read_exact(&mut head)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Ok(()) if head == MARK.as_bytes() => Ok(()),
        _ => Err(Failure::usage(format!(
            "`{}` was not written by `mint gallery`, and stays as it is; move it, or run with --overwrite",
            path.display()
        ))),
    }
}

fn card(planned: &PlannedEntry, definition: &Definition, bought: Option<&Bought>) -> Card {
    let entry = definition.entries.get(&planned.id);
    let files = bought.map(|bought| bought.files.as_slice()).unwrap_or_default();
    let files: Vec<_> = files.iter().filter(|(path, _)| Path::new(path).is_file()).collect();
    let poster = files.iter().filter_map(|(path, _)| Some((picture_rank(path)?, path))).min();
    let is_reviewed = entry
        .is_some_and(|entry| matches!(entry.make, Make::Model { review: true, .. } | Make::World { review: true, .. }));
    let (status, person) = match &planned.change {
        Change::Unchanged => ("ready".to_owned(), None),
        Change::Stopped { why } => ("stopped".to_owned(), Some(why.clone())),
        Change::Unfinished if is_reviewed => {
            let text = "Its preview may wait for review: run mint sync to see.";
            ("unfinished".to_owned(), Some(text.to_owned()))
        }
        Change::Unreadable(error) => ("unreadable".to_owned(), Some(error.to_string())),
        Change::Renamed { from } => (format!("renamed from {from}"), None),
        Change::Damaged => ("damaged".to_owned(), Some("A file was changed by hand.".to_owned())),
        other => (other.as_str().to_owned(), None),
    };
    Card {
        entry: planned.id.to_string(),
        prompt: entry.map(|entry| entry.prompt.clone()).unwrap_or_default(),
        status,
        person,
        credits: bought.and_then(|bought| bought.credits),
        poster: poster.map(|(_, path)| relative(&definition.out, path)),
        files: files.into_iter().map(|(path, bytes)| listed(&definition.out, path, *bytes)).collect(),
    }
}

/// Which picture shows an entry best: the lowest. `None` for what is no picture.
fn picture_rank(path: &str) -> Option<usize> {
    let lower = path.to_ascii_lowercase();
    [".webp", ".png", ".jpg", ".jpeg"].iter().any(|end| lower.ends_with(end)).then(|| {
        let names = ["poster", "preview", "thumbnail"];
        names.iter().position(|name| lower.contains(name)).unwrap_or(names.len())
    })
}

fn listed(out: &str, path: &str, bytes: Option<u64>) -> Listed {
    let is_glb = path.to_ascii_lowercase().ends_with(".glb");
    let facts = is_glb.then(|| Facts::read(File::open(path).ok()?).ok()).flatten();
    Listed {
        name: path.rsplit('/').next().unwrap_or(path).to_owned(),
        link: relative(out, path),
        bytes,
        triangles: facts.as_ref().map(|facts| facts.triangles),
        extensions: facts.map(|facts| facts.extensions_used).unwrap_or_default(),
    }
}
