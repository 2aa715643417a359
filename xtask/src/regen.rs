//! `cargo xtask regen`: refreshes the vendored document and what is written from it.

#[cfg(test)]
mod tests;

use std::fmt;
use std::fs;
use std::path::Path;

use chrono::NaiveDate;
use mint_openapi::overlay::{Outcome, apply};
use mint_openapi::source::{Lock, sha256};
use mint_openapi::{Disposition, Report, canonical};

use crate::generate::generate_whole;
use crate::overlay;
use crate::problem::Problem;
use crate::replace::{Change, replace_all};
use crate::source::Taken;
use crate::workspace::Workspace;

/// What a regen did; its text is what the user reads.
#[derive(Debug)]
pub(crate) struct Regenerated {
    pub(crate) files: Vec<(String, Change)>,
    version: String,
    sha256: String,
    report: Report,
    /// What of the overlay does not fit this document; `check` says how to mend it.
    unsettled: Vec<Outcome>,
}

/// Writes `openapi.json`, `openapi.lock` and `lowering.md` from a document.
///
/// An action of the overlay that does not fit the document is left out, and listed: the document comes first, and the
/// overlay can only be mended against one that is there.
///
/// The date in the lock becomes `today` (a day in UTC) when the bytes of the document are not those the lock knows;
/// else the lock stays as it is.
///
/// # Errors
///
/// When the text is no document, when there is no overlay, when no client can be generated from it, or when a file cannot be written. No file
/// is changed then.
pub(crate) fn regen(workspace: &Workspace, taken: &Taken, today: NaiveDate) -> Result<Regenerated, Problem> {
    let Taken { document, origin, .. } = taken;
    let applied = apply(document, &overlay::read(workspace)?);
    let unsettled: Vec<_> = applied.unsettled().cloned().collect();
    let generated = generate_whole(&applied.document).map_err(|error| {
        let what = format!("no client can be generated from `{}`; nothing was written", origin.location);
        let why = unsettled.iter().fold(error.to_string(), |why, outcome| format!("{why}\noverlay: {outcome}"));
        Problem::new(what, why, "add the rule that is missing to `openapi/src/lower`, or pass another document")
    })?;

    let text = canonical(document);
    let version = document["info"]["version"].as_str().unwrap_or_default().to_owned();
    let sha256 = sha256(&text);
    refuse_hand_edit(workspace, taken, &sha256)?;
    let lock = next_lock(
        &workspace.lock(),
        Lock {
            origin: origin.clone(),
            date: today.format("%Y-%m-%d").to_string(),
            etag: taken.etag.clone(),
            sha256: sha256.clone(),
            version: version.clone(),
        },
    );

    let files = [
        (workspace.document(), text),
        (workspace.lock(), lock),
        (workspace.lowering(), generated.report.to_markdown()),
    ];
    let changes = replace_all(&files)?;
    let files = files.iter().zip(changes).map(|((path, _), change)| (workspace.shown(path), change)).collect();
    Ok(Regenerated { files, version, sha256, report: generated.report, unsettled })
}

/// Refuses to take the vendored document for its own source when it is not what the lock says.
///
/// Else an edit by hand would become the published document in the eyes of every later check.
fn refuse_hand_edit(workspace: &Workspace, taken: &Taken, sha256: &str) -> Result<(), Problem> {
    let Some(path) = &taken.path else {
        return Ok(());
    };
    let same_file = match (fs::canonicalize(path), fs::canonicalize(workspace.document())) {
        (Ok(path), Ok(document)) => path == document,
        _ => false,
    };
    if !same_file || read_lock(&workspace.lock()).is_some_and(|(_, lock)| lock.sha256 == sha256) {
        return Ok(());
    }
    Err(Problem::new(
        format!("`{}` is not the document that its lock describes", workspace.shown(&workspace.document())),
        "it was changed by hand, or its lock is gone, so it cannot stand for what upstream publishes",
        "pass the published document (cargo xtask regen --from FILE), or restore both: git checkout -- openapi",
    ))
}

/// The text of the lock: the old one as long as it describes the same bytes.
fn next_lock(path: &Path, new: Lock) -> String {
    match read_lock(path) {
        Some((text, old)) if old.sha256 == new.sha256 && old.version == new.version => text,
        Some((_, old)) if old.sha256 == new.sha256 => Lock { version: new.version, ..old }.to_text(),
        _ => new.to_text(),
    }
}

/// The lock, if there is one that can be read. `check` says what is wrong with another; here it is replaced.
fn read_lock(path: &Path) -> Option<(String, Lock)> {
    let text = fs::read_to_string(path).ok()?;
    let lock = Lock::parse(&text).ok()?;
    Some((text, lock))
}

impl fmt::Display for Regenerated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (path, change) in &self.files {
            let change = match change {
                Change::Changed => "changed",
                Change::Unchanged => "unchanged",
            };
            writeln!(f, "{change:<9}  {path}")?;
        }
        writeln!(f, "version    {}", self.version)?;
        writeln!(f, "sha256     {}", self.sha256)?;
        write!(f, "constructs {} kept", self.report.kept.values().sum::<usize>())?;
        for disposition in [Disposition::Lowered, Disposition::Widened, Disposition::Omitted] {
            write!(f, ", {} {disposition}", self.report.with(disposition).count())?;
        }
        writeln!(f)?;
        for outcome in &self.unsettled {
            writeln!(f, "overlay    {outcome}")?;
        }
        if !self.unsettled.is_empty() {
            writeln!(f, "next       mend `openapi/overlay.json`: `cargo xtask check` says how")?;
        }
        Ok(())
    }
}
