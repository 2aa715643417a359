//! An application built from the packaged files alone, as one that takes the crates from the registry.

use std::fs;
use std::path::{Path, PathBuf};

use super::features::{metadata, package};
use super::gate::Verdict;
use crate::problem::Problem;
use crate::workspace::Workspace;

/// The packages that are published, each after those it needs.
pub(crate) const PUBLISHED: &[&str] = &["openapi-client-codegen", "mint-openapi", "mint-api", "mint-api-ext"];

/// Makes an application of the packaged quickstart, and runs it. Only what `cargo package` left is used.
///
/// # Errors
///
/// When nothing was packaged, or the application cannot be written.
pub(crate) fn run(workspace: &Workspace) -> Result<Verdict, Problem> {
    let version = version(workspace)?;
    let packaged = |name: &str| workspace.target().join("package").join(format!("{name}-{version}"));
    for name in PUBLISHED {
        let manifest = packaged(name).join("Cargo.toml");
        if !manifest.is_file() {
            let fix = "cargo xtask ci package application";
            return Err(Problem::new(
                format!("{name} {version} is not packaged"),
                format!("there is no {}", manifest.display()),
                fix,
            ));
        }
    }
    let root = workspace.target().join("application");
    write(&root.join("Cargo.toml"), &manifest(&version, packaged))?;
    copy(&packaged("mint-api-ext").join("examples/quickstart.rs"), &root.join("src/main.rs"))?;
    // The same versions of everything else.
    copy(&workspace.root().join("Cargo.lock"), &root.join("Cargo.lock"))?;
    let mut command = workspace.cargo();
    let status = command
        .current_dir(&root)
        .env("CARGO_TARGET_DIR", root.join("target"))
        .args(["run", "--quiet", "--offline"])
        .status();
    Ok(Verdict::of(status.is_ok_and(|status| status.success())))
}

fn version(workspace: &Workspace) -> Result<String, Problem> {
    let metadata = metadata(workspace)?;
    let version = package(&metadata, "mint-api-ext").and_then(|package| package["version"].as_str());
    version.map(str::to_owned).ok_or_else(|| {
        Problem::new("mint-api-ext has no version", "`cargo metadata` does not list it", "add it to the workspace")
    })
}

fn manifest(version: &str, packaged: impl Fn(&str) -> PathBuf) -> String {
    let mut text = format!(
        r#"[package]
name = "application"
version = "0.0.0"
edition = "2024"
publish = false

[workspace]

[dependencies]
futures = {{ version = "0.3", default-features = false, features = ["std"] }}
mint-api-ext = {{ version = "={version}", features = ["progress", "simulator"] }}
tokio = {{ version = "1", default-features = false, features = ["macros", "rt-multi-thread"] }}

[profile.dev]
debug = false

[patch.crates-io]
"#
    );
    for name in PUBLISHED {
        // A literal string of TOML: the folders of Windows hold backslashes.
        text.push_str(&format!("{name} = {{ path = '{}' }}\n", packaged(name).display()));
    }
    text
}

fn write(path: &Path, text: &str) -> Result<(), Problem> {
    let fix = "make room, or let this user write there";
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder).map_err(|error| Problem::of_path("make", folder, error, fix))?;
    fs::write(path, text).map_err(|error| Problem::of_path("write", path, error, fix))
}

fn copy(from: &Path, to: &Path) -> Result<(), Problem> {
    let text = fs::read_to_string(from);
    write(to, &text.map_err(|error| Problem::of_path("read", from, error, "cargo xtask ci package application"))?)
}
