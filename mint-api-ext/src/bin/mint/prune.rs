//! `mint prune`.

use mint_api_ext::catalog::Catalog;
use serde_json::json;

use crate::exit_code::Code;
use crate::failure::Failure;
use crate::output::Output;

/// Removes the files of entries that the definition no longer has.
pub(crate) fn run(output: &Output) -> Result<Code, Failure> {
    let pruned = Catalog::open(".")?.prune()?;
    for path in &pruned.removed {
        output.result("removed", json!({"path": path}), format_args!("removed `{}`", path.display()));
    }
    for path in &pruned.kept {
        let text = format!("kept `{}`, which somebody changed; remove it by hand if it is not needed", path.display());
        output.problem("kept", json!({"path": path}), text);
    }
    for entry in &pruned.unsettled {
        let text = format!(
            "kept {entry}, which has an unfinished operation that may be paid for; give it back to mint.toml and run `mint sync`"
        );
        output.problem("unsettled", json!({"entry": entry.to_string()}), text);
    }
    let counts = [pruned.removed.len(), pruned.kept.len(), pruned.unsettled.len()];
    let [removed, kept, unsettled] = counts;
    let data = json!({"removed": removed, "kept": kept, "unsettled": unsettled});
    output.result("pruned", data, format_args!("{removed} files removed, {kept} kept"));
    Ok(if pruned.unsettled.is_empty() { Code::Done } else { Code::Person })
}
