//! Whether the vendored document is what regen wrote, and what is made from it is fresh.

#[cfg(test)]
mod tests;

use std::fs;
use std::io;
use std::path::Path;

use openapi_client_codegen::overlay::Misfit;
use openapi_client_codegen::source::{Lock, OriginKind, sha256};
use openapi_client_codegen::{canonical, parse_json};
use serde::Serialize;

use crate::generation::Generation;
use crate::overlay;
use crate::problem::Problem;
use crate::source::version_of;
use crate::workspace::Workspace;

/// Refreshes what is written from the document, when the document itself is right.
const REGEN_FROM_ITSELF: &str = "cargo xtask regen --from openapi/openapi.json (at the root of the workspace)";

/// Something that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Finding {
    /// It is older than what it goes with; a command or an edit refreshes it.
    OutOfDate(Problem),
    /// The code or the document must change before more can be told.
    Broken(Problem),
}

/// Everything that is out of date or broken; reads files of the workspace and nothing else.
///
/// A file that is missing is out of date like one with a wrong text: regen writes it.
///
/// # Errors
///
/// When a file is there and the system does not let us read it.
pub(crate) fn check(workspace: &Workspace) -> Result<Vec<Finding>, Problem> {
    let text = read(&workspace.document())?;
    let lock = read(&workspace.lock())?;
    let lowering = read(&workspace.lowering())?;

    let mut findings = Vec::new();
    let lock = lock.and_then(|text| Lock::parse(&text).map_err(|error| error.to_string()));
    let published = regen_from_published(lock.as_ref().ok());
    let out_of_date = |what: &str, why: String, fix: &str| Finding::OutOfDate(Problem::new(what, why, fix));
    if let Err(why) = &lock {
        findings.push(out_of_date("`openapi/openapi.lock` cannot be used", why.clone(), &published));
    }
    let document = text.and_then(|text| Ok((parse_json(&text).map_err(|error| error.to_string())?, text)));
    let (document, text) = match document {
        Ok(document) => document,
        Err(why) => {
            findings.push(out_of_date("`openapi/openapi.json` cannot be used", why, &published));
            return Ok(findings);
        }
    };

    let found = sha256(&text);
    if let Ok(Lock { sha256: locked, .. }) = &lock
        && *locked != found
    {
        let why = format!("its SHA-256 is {found}\nits lock says   {locked}");
        findings.push(out_of_date("`openapi/openapi.json` was changed by hand", why, &published));
    }
    if canonical(&document) != text {
        let why = "its layout is not the one that regen writes: two spaces, LF, a final newline";
        findings.push(out_of_date("`openapi/openapi.json` is not canonical", why.into(), &published));
    }
    // The document may be its own source only when it is known to be the published one.
    let refresh = if findings.is_empty() { REGEN_FROM_ITSELF } else { &published };
    if let Ok(Lock { version: locked, .. }) = &lock
        && version_of(&document) != *locked
    {
        let why = format!("the document says {}, its lock says {locked:?}", document["info"]["version"]);
        findings.push(out_of_date("`openapi/openapi.lock` has another version than the document", why, refresh));
    }
    let overlay = match overlay::read(workspace) {
        Ok(overlay) => overlay,
        Err(problem) => {
            findings.push(Finding::Broken(problem));
            return Ok(findings);
        }
    };
    let generation = Generation::with_overlay(&document, &overlay)?;
    let misfits = Misfit::of(&generation.unsettled);
    findings.extend(misfits.iter().map(|misfit| Finding::OutOfDate(overlay::problem(misfit))));
    findings.extend(generation.undefined_schemes().map(Finding::Broken));
    if let Some(refusal) = generation.refusal() {
        findings.push(Finding::Broken(Problem::new(
            "no client can be generated from `openapi/openapi.json`",
            &refusal,
            refusal.fix(),
        )));
    } else if let Some(report) = generation.report() {
        let fresh = report.to_markdown();
        let stale = match lowering {
            Err(why) => Some(why),
            Ok(lowering) => first_difference(&lowering, &fresh),
        };
        findings.extend(stale.map(|why| out_of_date("`openapi/lowering.md` is stale", why, refresh)));
    }
    Ok(findings)
}

/// The command that takes the document from where it is published.
fn regen_from_published(lock: Option<&Lock>) -> String {
    let origin = lock.map(|lock| &lock.origin);
    if let Some(origin) = origin.filter(|origin| matches!(origin.kind, OriginKind::Url | OriginKind::Index)) {
        return format!("cargo xtask regen --from {}", origin.location);
    }
    let last = origin.map(|origin| format!("; the last one was `{}`", origin.location)).unwrap_or_default();
    format!("cargo xtask regen --from FILE (the published document, or its docs page{last})")
}

/// The text of a file, or why the file is as good as none.
fn read(path: &Path) -> Result<Result<String, String>, Problem> {
    match fs::read(path) {
        Ok(bytes) => Ok(String::from_utf8(bytes).map_err(|error| error.to_string())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Err("it is missing".into())),
        Err(error) => Err(Problem::of_path("read", path, error, "make it a file that you may read")),
    }
}

/// Where a text and the fresh one part, if they do.
fn first_difference(text: &str, fresh: &str) -> Option<String> {
    if text == fresh {
        return None;
    }
    let same = text.split('\n').zip(fresh.split('\n')).take_while(|(old, new)| old == new).count();
    let line = |text: &str| text.split('\n').nth(same).map_or("nothing".into(), |line| format!("{line:?}"));
    Some(format!("line {} is    {}\nit should be {}", same + 1, line(text), line(fresh)))
}
