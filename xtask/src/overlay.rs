//! The overlay of a workspace, and the fix for an action that no longer fits.

use std::fs;

use openapi_client_codegen::overlay::{ActionOutcome, Overlay, Verdict};

use crate::problem::Problem;
use crate::workspace::Workspace;

/// Reads `openapi/overlay.json`, in which every action has its provenance.
///
/// # Errors
///
/// When the file is missing or is not such an overlay.
pub(crate) fn read(workspace: &Workspace) -> Result<Overlay, Problem> {
    let path = workspace.overlay();
    let text = fs::read_to_string(&path)
        .map_err(|error| Problem::of_path("read", &path, error, "git checkout -- openapi/overlay.json"))?;
    let overlay = Overlay::parse(&text);
    let overlay = overlay.and_then(|overlay| overlay.provenances().map(|_| overlay));
    overlay.map_err(|error| {
        let what = format!("`{}` is no overlay", workspace.shown(&path));
        Problem::new(what, error, "change what is named; `openapi/README.md` says how an action is written")
    })
}

/// The fix for an action that was not applied unchanged.
pub(crate) fn problem(outcome: &ActionOutcome) -> Problem {
    let ActionOutcome { index, target, verdict, why, .. } = outcome;
    let fix = match verdict {
        Verdict::Superseded => "remove what is there from the action, or the action when nothing is left",
        Verdict::Dead => "point it at where that is now, or remove the action when it is not needed any more",
        _ => "make the action agree with the document; to replace a value, remove it by an action before",
    };
    let what = format!("`openapi/overlay.json`: actions[{index}] (`{target}`) is {verdict}");
    Problem::new(what, why, format!("{fix}; then cargo xtask regen --from openapi/openapi.json"))
}
