//! `cargo xtask regen`: refreshes the vendored document and the files written from it.

#[cfg(test)]
mod tests;

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use openapi_client_codegen::diff::Drift;
use openapi_client_codegen::overlay::{ActionOutcome, Misfit, Overlay, apply};
use openapi_client_codegen::source::{Lock, sha256};
use openapi_client_codegen::{Disposition, Report, canonical};

use crate::Exit;
use crate::changelog;
use crate::generation::Generation;
use crate::overlay;
use crate::problem::Problem;
use crate::reliance;
use crate::replace::{Change, replace_all};
use crate::source::{Taken, Vendored, version_of};
use crate::workspace::Workspace;

/// How to treat a document from which `mint-api` cannot be built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Obstacles {
    /// Nothing is written.
    Refuse,
    /// It is written, so that the problem can be fixed in place.
    Tell,
}

/// The result of a regen; its text is the output of the command.
#[derive(Debug)]
pub(crate) struct Regenerated {
    pub(crate) files: Vec<(String, Change)>,
    notes: Vec<String>,
    version: String,
    sha256: String,
    report: Option<Report>,
    /// The actions that do not fit this document; `check` prints the fixes.
    unsettled: Vec<ActionOutcome>,
    /// Why `mint-api` cannot be built.
    obstacles: Vec<Problem>,
    drift: Option<Drift>,
}

/// Writes `openapi.json`, `openapi.lock`, `lowering.md` and, when the document has changed, an entry in `CHANGELOG.md`.
///
/// The date in the lock becomes `today` (in UTC) if the bytes of the document changed.
///
/// # Errors
///
/// When there is no overlay, when `mint-api` cannot be built from the document without `--force`, or when a file cannot
/// be written. No file is changed then.
pub(crate) fn regen(
    workspace: &Workspace,
    taken: &Taken,
    today: NaiveDate,
    obstacles: Obstacles,
) -> Result<Regenerated, Problem> {
    let overlay = overlay::read(workspace)?;
    let generation = Generation::with_overlay(&taken.document, &overlay)?;
    let in_the_way = generation.obstacles();
    if !in_the_way.is_empty() && obstacles == Obstacles::Refuse {
        return Err(refusal(&taken.origin.location, &in_the_way));
    }
    let text = canonical(&taken.document);
    let sha256 = sha256(&text);
    refuse_hand_edit(workspace, taken, &sha256)?;

    let mut regenerated = Regenerated {
        files: Vec::new(),
        notes: taken.notes.clone(),
        version: version_of(&taken.document),
        sha256,
        report: None,
        unsettled: Vec::new(),
        obstacles: in_the_way,
        drift: None,
    };
    match drift(workspace, &overlay, &text, &generation)? {
        Ok(drift) => regenerated.drift = drift,
        Err(why) => regenerated.notes.push(why),
    }
    if let Some(old) = Vendored::read(workspace) {
        let effective = |document| apply(document, &overlay).document;
        regenerated.notes.extend(reliance::lost(&effective(&old.document), &effective(&taken.document)));
    }
    let date = today.format("%Y-%m-%d").to_string();
    let mut files = Vec::new();
    if let Some(drift) = regenerated.drift.as_ref().filter(|drift| !drift.is_empty()) {
        let entry = changelog::entry(drift, &regenerated.version, &date);
        files.push((workspace.changelog(), changelog::add(&read_changelog(workspace)?, &entry)?));
    }
    let lock = Lock {
        origin: taken.origin.clone(),
        date,
        etag: taken.etag.clone(),
        sha256: regenerated.sha256.clone(),
        version: regenerated.version.clone(),
    };
    files.extend([(workspace.document(), text), (workspace.lock(), next_lock(&workspace.lock(), lock))]);
    files.extend(generation.report().map(|report| (workspace.lowering(), report.to_markdown())));
    regenerated.files = write(workspace, &files)?;
    Ok(Regenerated { report: generation.report().cloned(), unsettled: generation.unsettled, ..regenerated })
}

fn write(workspace: &Workspace, files: &[(PathBuf, String)]) -> Result<Vec<(String, Change)>, Problem> {
    let changes = replace_all(files)?;
    Ok(files.iter().zip(changes).map(|((path, _), change)| (workspace.shown(path), change)).collect())
}

fn refusal(location: &str, obstacles: &[Problem]) -> Problem {
    let why: Vec<_> = obstacles.iter().map(|obstacle| format!("{}\n{}", obstacle.what, obstacle.why)).collect();
    let fixes: Vec<_> = obstacles.iter().map(|obstacle| obstacle.fix.as_str()).collect();
    Problem::new(
        format!("`{location}` cannot be taken; nothing was written"),
        why.join("\n"),
        format!("{}; or write it all the same, to mend it there: --force", fixes.join("; ")),
    )
}

/// The changes from the vendored document to this one, or why they are unknown; `None` when the bytes are equal.
///
/// # Errors
///
/// Only for I/O errors.
fn drift(
    workspace: &Workspace,
    overlay: &Overlay,
    text: &str,
    newer: &Generation,
) -> Result<Result<Option<Drift>, String>, Problem> {
    let Some(old) = Vendored::read(workspace) else {
        return Ok(Err(
            "the document before is missing or not the one its lock describes, so what changed is not told".into(),
        ));
    };
    if canonical(&old.document) == text {
        return Ok(Ok(None));
    }
    let drift = Generation::with_overlay(&old.document, overlay)?.drift_to(newer);
    Ok(drift.map(Some).map_err(|error| format!("what changed cannot be told: {error}")))
}

fn read_changelog(workspace: &Workspace) -> Result<String, Problem> {
    let path = workspace.changelog();
    fs::read_to_string(&path).map_err(|error| Problem::of_path("read", &path, error, "git checkout -- CHANGELOG.md"))
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
///
/// A source that sent an `ETag` takes the place of one that did not: only with it can the next request be conditional.
fn next_lock(path: &Path, new: Lock) -> String {
    let Some((text, old)) = read_lock(path).filter(|(_, old)| old.sha256 == new.sha256) else {
        return new.to_text();
    };
    let next = match new.etag.is_some() || new.origin == old.origin {
        true => Lock { date: old.date.clone(), ..new },
        false => Lock { version: new.version, ..old.clone() },
    };
    if next == old { text } else { next.to_text() }
}

/// The lock, if there is one that can be read. `check` says what is wrong with another; here it is replaced.
fn read_lock(path: &Path) -> Option<(String, Lock)> {
    let text = fs::read_to_string(path).ok()?;
    let lock = Lock::parse(&text).ok()?;
    Some((text, lock))
}

impl Regenerated {
    /// How the command ends.
    pub(crate) fn end(&self) -> Exit {
        match self.obstacles.is_empty() {
            true => Exit::Done,
            false => Exit::Failed,
        }
    }
}

impl fmt::Display for Regenerated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for note in self.notes.iter().flat_map(|note| note.lines()) {
            writeln!(f, "note       {note}")?;
        }
        for (path, change) in &self.files {
            let change = match change {
                Change::Changed => "changed",
                Change::Unchanged => "unchanged",
            };
            writeln!(f, "{change:<9}  {path}")?;
        }
        writeln!(f, "version    {}", self.version)?;
        writeln!(f, "sha256     {}", self.sha256)?;
        if let Some(report) = &self.report {
            write!(f, "constructs {} kept", report.kept.values().sum::<usize>())?;
            for disposition in [Disposition::Lowered, Disposition::Widened, Disposition::Omitted] {
                write!(f, ", {} {disposition}", report.with(disposition).count())?;
            }
            writeln!(f)?;
        }
        for misfit in Misfit::of(&self.unsettled) {
            writeln!(f, "overlay    {misfit}")?;
        }
        if !self.unsettled.is_empty() {
            writeln!(f, "next       mend `openapi/overlay.json`: `cargo xtask check` says how")?;
        }
        for obstacle in &self.obstacles {
            writeln!(f, "broken     {}", obstacle.to_string().replace('\n', "\n           "))?;
        }
        match &self.drift {
            Some(drift) => write!(f, "\n{}", drift.to_text()),
            None => Ok(()),
        }
    }
}
