//! The gate `minimal-versions`: the published crates with the oldest versions of the crates that their manifests permit.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use super::gate::GateVerdict;
use super::outsider::read;
use super::packaged::{PUBLISHED, Packaged};
use crate::problem::Problem;
use crate::workspace::Workspace;

/// Checks the packaged crates, with all features, where each crate that they name is of the oldest version that they permit.
/// Crates that only others name are of the newest version: what these permit is not ours to mend.
///
/// # Errors
///
/// When the crates cannot be packaged, or cargo cannot be started.
pub(super) fn run(workspace: &Workspace) -> Result<GateVerdict, Problem> {
    let folder = workspace.target().join("outside").join("minimal-versions");
    let packages = PUBLISHED.iter().flat_map(|name| ["-p", name]);
    let packaged = workspace
        .cargo()
        .args(["package", "--quiet", "--offline", "--no-verify", "--allow-dirty"])
        .args(packages)
        .status();
    if !packaged.map_err(Problem::of_cargo)?.success() {
        return Ok(GateVerdict::Fail);
    }
    write_workspace(&Packaged::unpack_to(workspace, folder.clone())?, &folder)?;
    let cargo = |arguments: &[&str]| {
        let mut command = workspace.cargo();
        command.current_dir(&folder).env("CARGO_TARGET_DIR", workspace.target()).args(arguments);
        command
    };
    // Only this command: build scripts ask whether the compiler has what is unstable.
    let mut resolve = cargo(&["update", "--quiet", "-Z", "direct-minimal-versions"]);
    let resolved = said(resolve.env("RUSTC_BOOTSTRAP", "1"))?;
    if let Err(why) = &resolved
        && is_conflict(why)
    {
        return Ok(GateVerdict::Fail);
    }
    if resolved.is_err() || said(&mut cargo(&["fetch", "--quiet", "--locked"]))?.is_err() {
        println!("SKIPPED: the oldest versions of the crates cannot be looked up or downloaded, so none was tried");
        return Ok(GateVerdict::Skip);
    }
    let checked = cargo(&["check", "--workspace", "--all-features", "--locked", "--offline"]).status();
    Ok(GateVerdict::of(checked.map_err(Problem::of_cargo)?.success()))
}

/// Makes the packages a workspace, without what only their tests need.
fn write_workspace(packaged: &Packaged, folder: &Path) -> Result<(), Problem> {
    let write = |path: &Path, text: String| {
        fs::write(path, text)
            .map_err(|error| Problem::of_path("write", path, error, "make the folder of build results writable"))
    };
    for name in PUBLISHED {
        let manifest = packaged.folder(name).join("Cargo.toml");
        write(&manifest, without_tests(&read(&manifest)?))?;
    }
    let workspace = format!("[workspace]\nresolver = \"3\"\nmembers = [\"*-{}\"]\n\n", packaged.version());
    write(&folder.join("Cargo.toml"), workspace + &packaged.patch(PUBLISHED))
}

/// A manifest as cargo packages it, with a section for each dependency, without those of tests.
fn without_tests(manifest: &str) -> String {
    let mut is_of_tests = false;
    let kept = manifest.split_inclusive('\n').filter(|line| {
        if line.starts_with('[') {
            is_of_tests = line.contains("dev-dependencies");
        }
        !is_of_tests
    });
    kept.collect()
}

/// What cargo says if it fails. It is printed, too.
fn said(command: &mut Command) -> Result<Result<(), String>, Problem> {
    let output = command.stdout(Stdio::inherit()).output().map_err(Problem::of_cargo)?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    eprint!("{said}");
    Ok(if output.status.success() { Ok(()) } else { Err(said) })
}

/// Whether no version is both the oldest that we permit and one that another crate permits.
fn is_conflict(said: &str) -> bool {
    // Without a network, cargo knows the versions only that it has downloaded.
    said.contains("failed to select a version") && !said.contains("offline mode")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_tests_need_is_left_out() {
        let manifest = "[package]\nname = \"a\"\n\n[dependencies.b]\nversion = \"1\"\n\n[dev-dependencies.c]\nversion = \"2\"\n\
                        features = [\n    \"d\",\n]\n\n[target.'cfg(unix)'.dev-dependencies.e]\nversion = \"3\"\n\n[lints.rust]\n";
        let kept = "[package]\nname = \"a\"\n\n[dependencies.b]\nversion = \"1\"\n\n[lints.rust]\n";
        assert_eq!(without_tests(manifest), kept);
    }

    #[test]
    fn a_registry_that_is_out_of_reach_is_no_conflict() {
        assert!(is_conflict("error: failed to select a version for `bytes`.\n"));
        assert!(!is_conflict("error: failed to get `axum` as a dependency of package `a`\n"));
        let offline =
            "error: failed to select a version for `uuid`.\nAs a reminder, you're using offline mode (--offline)\n";
        assert!(!is_conflict(offline));
    }
}
