//! The input of a command: a file, or stdin.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use openapi_client_codegen::Code;
use openapi_client_codegen::source::{Origin, OriginKind};

use crate::problem::Problem;

/// The greatest size of a document, in bytes: about twice that of the largest published ones.
pub(crate) const MOST_BYTES: u64 = 20_000_000;

const PASS_A_FILE: &str = "pass a file that holds an API description, or a docs page in Markdown";

/// A text and its origin.
#[derive(Clone, Debug)]
pub(crate) struct Input {
    pub(crate) text: String,
    /// Its origin in the lock, without the folder, which describes a person's machine.
    pub(crate) origin: Origin,
    /// The file, if it was one.
    pub(crate) path: Option<PathBuf>,
}

impl Input {
    /// Reads a file, or `stdin` for `-`.
    ///
    /// # Errors
    ///
    /// For an unreadable file, one of more than 20 MB, or one that is not UTF-8.
    pub(crate) fn read(path: &Path, stdin: impl Read) -> Result<Self, Problem> {
        if path == Path::new("-") {
            let text = read_text("stdin", stdin, MOST_BYTES)?;
            return Ok(Self { text, origin: Origin { kind: OriginKind::File, location: "stdin".into() }, path: None });
        }
        let shown = path.display().to_string();
        if shown.contains("://") {
            return Err(Problem::new("a URL was given", "this command reads files only", PASS_A_FILE));
        }
        if path.is_dir() {
            return Err(Problem::new(
                format!("`{shown}` is a folder"),
                "one document is read from one file",
                PASS_A_FILE,
            ));
        }
        let file = File::open(path).map_err(|error| Problem::of_path("read", path, error, "check the path"))?;
        let text = read_text(&shown, file, MOST_BYTES)?;
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        Ok(Self { text, origin: Origin { kind: OriginKind::File, location: name }, path: Some(path.to_owned()) })
    }
}

/// Reads a text of at most `most` bytes.
///
/// # Errors
///
/// When it cannot be read, has more bytes or is not UTF-8.
pub(crate) fn read_text(name: &str, reader: impl Read, most: u64) -> Result<String, Problem> {
    let mut bytes = Vec::new();
    // One byte more than allowed shows that the text exceeds the bound.
    reader
        .take(most + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| Problem::new(format!("cannot read `{name}`"), error, PASS_A_FILE))?;
    if bytes.len() as u64 > most {
        let why = format!(
            "{}: it has more than {} MB, so it is hardly an API description",
            Code::R009,
            MOST_BYTES / 1_000_000
        );
        return Err(Problem::new(format!("`{name}` is too large"), why, PASS_A_FILE));
    }
    String::from_utf8(bytes).map_err(|error| {
        let why = format!("byte {} is not UTF-8", error.utf8_error().valid_up_to());
        Problem::new(format!("`{name}` is not a text"), why, PASS_A_FILE)
    })
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    fn refused(path: &str, stdin: impl Read) -> String {
        Input::read(Path::new(path), stdin).unwrap_err().to_string()
    }

    #[test]
    fn a_file_is_known_by_its_name_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("page.md");
        std::fs::write(&path, "# T\n").unwrap();
        let input = Input::read(&path, io::empty()).unwrap();
        assert_eq!(input.text, "# T\n");
        assert_eq!(input.origin, Origin { kind: OriginKind::File, location: "page.md".into() });
        let input = Input::read(Path::new("-"), "piped".as_bytes()).unwrap();
        assert_eq!((input.text.as_str(), input.origin.location.as_str()), ("piped", "stdin"));
    }

    #[test]
    fn what_is_no_text_is_refused() {
        let endless = || io::repeat(b'a');
        for (from, stdin, message) in [
            ("https://api.mint.gg/openapi.json", Box::new(io::empty()) as Box<dyn Read>, "a URL was given"),
            (env!("CARGO_MANIFEST_DIR"), Box::new(io::empty()), "is a folder"),
            ("no/such/file.json", Box::new(io::empty()), "cannot read `no/such/file.json`"),
            ("-", Box::new(&b"ab\xff"[..]), "byte 2 is not UTF-8"),
            ("-", Box::new(endless()), "more than 20 MB"),
        ] {
            let error = refused(from, stdin);
            assert!(error.contains(message), "{from:?}: {error}");
            assert!(error.contains("fix: "), "{from:?}: {error}");
        }
    }

    #[test]
    fn a_text_may_have_as_many_bytes_as_the_bound() {
        let input = Input::read(Path::new("-"), io::repeat(b'a').take(MOST_BYTES)).unwrap();
        assert_eq!(input.text.len() as u64, MOST_BYTES);
    }
}
