//! The document in pieces: docs pages that an index lists, or that lie in a folder.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use openapi_client_codegen::source::{Origin, OriginKind, Part, merge, read, read_page, reference_pages};
use serde_json::Value;
use url::Url;

use super::fetch::{Budget, Fetcher};
use super::{SAVE_IT, Taken, address, no_document};
use crate::input::{MOST_BYTES, read_text};
use crate::problem::Problem;

/// No documentation has more pages about one API.
const MOST_PAGES: usize = 1000;

/// Takes the document from the pages that an index lists.
///
/// # Errors
///
/// When the index or one of its pages cannot be fetched or read, or when pages do not agree.
pub(super) async fn of_index(fetcher: &Fetcher, url: &Url) -> Result<Taken, Problem> {
    let location = address::shown(url);
    let what = || format!("`{location}` lists no pages to take the document from");
    let mut budget = Budget::of_a_source();
    let Some(index) = fetcher.get(url, None, &mut budget).await? else {
        return Err(Problem::new(what(), "it says that it has not changed", SAVE_IT));
    };
    let links = reference_pages(&index.text);
    let why = match links.len() {
        0 => Some("no link in it goes to a page under `api-reference`".into()),
        1..=MOST_PAGES => None,
        many => Some(format!("it lists {many} pages, more than {MOST_PAGES}")),
    };
    if let Some(why) = why {
        return Err(Problem::new(what(), why, SAVE_IT));
    }
    let mut pages = Pages::default();
    for link in links {
        let page = address::follow(url, &link).map_err(|why| Problem::new(what(), why, SAVE_IT))?;
        let name = address::shown(&page);
        if let Some(fetched) = fetcher.get(&page, None, &mut budget).await? {
            let document = read_page(&fetched.text).map_err(|error| no_document(&name, error))?;
            pages.add(name, document);
        }
    }
    pages.taken(Origin { kind: OriginKind::Index, location })
}

/// Takes the document from the files of a folder and of the folders in it: documents and docs pages.
///
/// Files are taken by their endings, in the order of their names; those that start with a dot, and links, are not.
///
/// # Errors
///
/// When a file cannot be read, or when pages do not agree.
pub(super) fn of_folder(folder: &Path) -> Result<Taken, Problem> {
    let name = fs::canonicalize(folder).ok().and_then(|path| Some(path.file_name()?.to_string_lossy().into_owned()));
    let files =
        files(folder).map_err(|error| Problem::of_path("read", folder, error, "check the path after `--from`"))?;
    let mut pages = Pages::default();
    let mut left = MOST_BYTES;
    for path in files {
        let name = path.strip_prefix(folder).unwrap_or(&path).display().to_string().replace('\\', "/");
        let file = File::open(&path)
            .map_err(|error| Problem::of_path("read", &path, error, "check the path after `--from`"))?;
        let text = read_text(&name, file, left)?;
        left -= text.len() as u64;
        let document = match is_page(&path) {
            true => read_page(&text),
            false => read(&text).map(Some),
        };
        pages.add(name.clone(), document.map_err(|error| no_document(&name, error))?);
    }
    pages.taken(Origin { kind: OriginKind::Folder, location: name.unwrap_or_else(|| "folder".into()) })
}

/// What was found on each page.
#[derive(Default)]
struct Pages {
    parts: Vec<Part>,
    without: Vec<String>,
}

impl Pages {
    fn add(&mut self, name: String, document: Option<Value>) {
        match document {
            Some(document) => self.parts.push(Part { name, document }),
            None => self.without.push(name),
        }
    }

    fn taken(self, origin: Origin) -> Result<Taken, Problem> {
        let document = merge(&self.parts).map_err(|error| {
            let what = format!("the pages of `{}` do not make one document", origin.location);
            Problem::new(what, error, "find out which page is out of date, and pass a folder with the right ones")
        })?;
        let mut notes = vec![format!("pages with a document: {}", self.parts.len())];
        if !self.without.is_empty() {
            notes.push(format!("pages without a document: {}", self.without.join(", ")));
        }
        Ok(Taken { document, origin, etag: None, path: None, notes })
    }
}

fn is_page(path: &Path) -> bool {
    matches!(ending(path), "md" | "mdx" | "txt")
}

fn ending(path: &Path) -> &str {
    path.extension().and_then(|ending| ending.to_str()).unwrap_or_default()
}

fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let (path, kind) = (entry.path(), entry.file_type()?);
        if entry.file_name().to_string_lossy().starts_with('.') {
            continue;
        }
        if kind.is_dir() {
            files.extend(self::files(&path)?);
        } else if kind.is_file() && (is_page(&path) || matches!(ending(&path), "json" | "yaml" | "yml")) {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}
