//! The overlay of a workspace, and the fix for actions that no longer fit.

use std::fs;

use openapi_client_codegen::overlay::{Misfit, Overlay, Verdict};

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

/// The fix for actions that were not applied unchanged.
pub(crate) fn problem(misfit: &Misfit) -> Problem {
    let fix = match misfit.verdict {
        Verdict::Superseded => {
            "remove what the document has, or no longer has, from the action; remove an empty action"
        }
        Verdict::Dead => "point each action at the new place, or remove it when it is not needed any more",
        _ => "make the action agree with the document; to replace a value, remove it by an action before",
    };
    let what = format!("`openapi/overlay.json`: {}", misfit.headline());
    Problem::new(what, &misfit.why, format!("{fix}; then cargo xtask regen --from openapi/openapi.json"))
}
