//! What upstream publishes, against what is vendored.

use std::fs;

use openapi_client_codegen::diff::Drift;
use openapi_client_codegen::source::{Origin, sha256};
use openapi_client_codegen::{canonical, parse_json};
use serde::Serialize;

use crate::generation::Generation;
use crate::problem::Problem;
use crate::source::{Taken, version_of};
use crate::workspace::Workspace;
use crate::{Exit, diff, overlay};

/// How what upstream publishes compares with the vendored document.
#[derive(Debug, Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub(crate) enum Upstream {
    /// It is the same, to the byte.
    Same(Published),
    /// It is another one.
    Drifted(Box<Drifted>),
    /// There is nothing to compare.
    Unknown(Problem),
}

/// What upstream publishes.
#[derive(Debug, Serialize)]
pub(crate) struct Published {
    pub(crate) origin: Origin,
    pub(crate) version: String,
    pub(crate) sha256: String,
    /// What is worth knowing of how it was taken.
    pub(crate) notes: Vec<String>,
}

/// What going to what upstream publishes means.
#[derive(Debug, Serialize)]
pub(crate) struct Drifted {
    #[serde(flatten)]
    pub(crate) published: Published,
    /// What keeps `mint-api` from being built from it.
    pub(crate) obstacles: Vec<Problem>,
    /// What of the overlay it overtook.
    pub(crate) superseded: Vec<String>,
    pub(crate) drift: Drift,
}

impl Upstream {
    pub(super) fn compare(workspace: &Workspace, taken: Result<Taken, Problem>) -> Self {
        taken.and_then(|taken| compare(workspace, taken)).unwrap_or_else(Self::Unknown)
    }

    pub(super) fn end(&self) -> Exit {
        match self {
            Self::Same(_) => Exit::Done,
            Self::Unknown(_) => Exit::Failed,
            // Where only the layout or the order of fields is another, regen has something to write all the same.
            Self::Drifted(drifted) if drifted.drift.is_empty() => Exit::OutOfDate,
            Self::Drifted(drifted) => diff::end(&drifted.drift),
        }
    }
}

fn compare(workspace: &Workspace, taken: Taken) -> Result<Upstream, Problem> {
    let path = workspace.document();
    let fix = "restore it: git checkout -- openapi, or take the new one: cargo xtask regen";
    let vendored = fs::read_to_string(&path).map_err(|error| Problem::of_path("read", &path, error, fix))?;
    let text = canonical(&taken.document);
    let published = Published {
        version: version_of(&taken.document),
        sha256: sha256(&text),
        origin: taken.origin,
        notes: taken.notes,
    };
    if vendored == text {
        return Ok(Upstream::Same(published));
    }
    let problem =
        |error| Problem::new("what upstream publishes cannot be compared with `openapi/openapi.json`", error, fix);
    let old = parse_json(&vendored).map_err(problem)?;
    let overlay = overlay::read(workspace)?;
    let new = Generation::with_overlay(&taken.document, &overlay)?;
    let drift = Generation::with_overlay(&old, &overlay)?.drift_to(&new).map_err(problem)?;
    let superseded = new.superseded().map(ToString::to_string).collect();
    Ok(Upstream::Drifted(Box::new(Drifted { published, obstacles: new.obstacles(), superseded, drift })))
}
