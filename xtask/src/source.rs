//! Where `regen` takes the document from: upstream, a URL, a file, a folder or stdin.

mod address;
mod fetch;
mod pages;
#[cfg(test)]
mod tests;
mod upstream;

use std::path::{Path, PathBuf};
use std::{fs, io};

use openapi_client_codegen::parse_json;
use openapi_client_codegen::source::{self, Lock, Origin, OriginKind, sha256};
use serde_json::Value;
use url::Url;

use crate::input::Input;
use crate::problem::Problem;
use crate::workspace::Workspace;

pub(crate) use fetch::Fetcher;
pub(crate) use upstream::Upstream;

/// What to do when a document cannot be fetched.
const SAVE_IT: &str = "save the document, or its docs page, and pass it: cargo xtask regen --from FILE";

/// A place where the document is.
#[derive(Clone, Debug)]
pub(crate) enum Source {
    /// Wherever upstream has it.
    Upstream(Upstream),
    /// The document, a docs page that holds it, or the index of several.
    Url(Url),
    /// The document, a docs page, or a folder of them.
    Path(PathBuf),
    Stdin,
}

/// A document and where it came from.
#[derive(Clone, Debug)]
pub(crate) struct Taken {
    pub(crate) document: Value,
    /// Its origin in the lock, without folder and query: a folder describes a person's machine, a query may be a secret.
    pub(crate) origin: Origin,
    pub(crate) etag: Option<String>,
    /// The file, if it was one.
    pub(crate) path: Option<PathBuf>,
    /// What is worth knowing of how it was taken.
    pub(crate) notes: Vec<String>,
}

/// The vendored document, when it is the one that its lock describes.
#[derive(Clone, Debug)]
pub(crate) struct Vendored {
    pub(crate) document: Value,
    pub(crate) lock: Lock,
    pub(crate) path: PathBuf,
}

impl Vendored {
    /// Reads it; `None` when it is not what its lock says, so that nothing may rest on the lock.
    pub(crate) fn read(workspace: &Workspace) -> Option<Self> {
        let path = workspace.document();
        let text = fs::read_to_string(&path).ok()?;
        let lock = Lock::parse(&fs::read_to_string(workspace.lock()).ok()?).ok()?;
        let document = parse_json(&text).ok().filter(|_| sha256(&text) == lock.sha256)?;
        Some(Self { document, lock, path })
    }
}

impl Source {
    /// The source that `--from` names, or upstream.
    ///
    /// # Errors
    ///
    /// For a URL that may not be asked.
    pub(crate) fn parse(from: Option<&Path>, upstream: Upstream) -> Result<Self, Problem> {
        let Some(path) = from else {
            return Ok(Self::Upstream(upstream));
        };
        Ok(match path.to_str() {
            Some("-") => Self::Stdin,
            Some(text) if text.contains("://") => Self::Url(address::parse(text)?),
            _ => Self::Path(path.to_owned()),
        })
    }

    /// Takes the document.
    ///
    /// A server that said by an `ETag` which version it sent is asked for it on condition that it is another one by
    /// now. If it is not, what is taken is the vendored document.
    ///
    /// # Errors
    ///
    /// For what cannot be read or fetched, has more than 20 MB, or holds no OpenAPI document.
    pub(crate) async fn take(&self, fetcher: &Fetcher, vendored: Option<&Vendored>) -> Result<Taken, Problem> {
        match self {
            Self::Upstream(upstream) => upstream.take(fetcher, vendored).await,
            Self::Url(url) if url.path().ends_with("/llms.txt") => pages::of_index(fetcher, url).await,
            Self::Url(url) => of_url(fetcher, url, vendored).await,
            Self::Path(path) if path.is_dir() => pages::of_folder(path),
            Self::Path(path) => of_input(Input::read(path, io::empty())?),
            Self::Stdin => of_input(Input::read(Path::new("-"), io::stdin())?),
        }
    }
}

/// The version of the API as a text; a number in its place, which is not valid OpenAPI, as JSON writes it.
pub(crate) fn version_of(document: &Value) -> String {
    match &document["info"]["version"] {
        Value::String(version) => version.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

/// Takes the document in a text.
///
/// # Errors
///
/// When upstream gave no document.
pub(crate) fn of_input(input: Input) -> Result<Taken, Problem> {
    let document = source::read(&input.text).map_err(|error| no_document(&input.origin.location, error))?;
    Ok(Taken { document, origin: input.origin, etag: None, path: input.path, notes: Vec::new() })
}

/// Takes the document from its URL.
async fn of_url(fetcher: &Fetcher, url: &Url, vendored: Option<&Vendored>) -> Result<Taken, Problem> {
    // The lock has no queries, so a URL with one is never that of the lock.
    let known = vendored.filter(|vendored| vendored.lock.origin.location == url.as_str());
    let etag = known.and_then(|known| known.lock.etag.as_deref());
    let reply = fetcher.get(url, etag, &mut fetch::Budget::of_a_source()).await?;
    let location = address::shown(url);
    match (reply, known) {
        (Some(fetched), _) => Ok(Taken {
            document: source::read(&fetched.text).map_err(|error| no_document(&location, error))?,
            origin: Origin { kind: OriginKind::Url, location },
            etag: fetched.etag,
            path: None,
            notes: Vec::new(),
        }),
        (None, Some(Vendored { document, lock, path })) => Ok(Taken {
            document: document.clone(),
            origin: lock.origin.clone(),
            etag: lock.etag.clone(),
            path: Some(path.clone()),
            notes: vec![format!("`{location}` has not changed: its ETag is the one in the lock")],
        }),
        (None, None) => Err(Problem::new(
            format!("cannot fetch `{location}`"),
            "it says that the document has not changed, but nothing was there to change from",
            SAVE_IT,
        )),
    }
}

fn no_document(name: &str, error: openapi_client_codegen::Error) -> Problem {
    let what = format!("`{name}` holds no OpenAPI document");
    Problem::new(what, error, "pass the document as JSON, as YAML, or as a docs page in Markdown")
}
