//! What `cargo package` left.

use std::path::PathBuf;

use super::features::{metadata, package};
use crate::problem::Problem;
use crate::workspace::Workspace;

/// The packages that are published, each after those it needs.
pub(crate) const PUBLISHED: &[&str] = &["openapi-client-codegen", "mint-openapi", "mint-api", "mint-api-ext"];

/// The folders with the packaged files of the published packages.
#[derive(Debug)]
pub(crate) struct Packaged {
    folder: PathBuf,
    version: String,
}

impl Packaged {
    /// Finds them.
    ///
    /// # Errors
    ///
    /// When a package was not packaged in the version of the workspace.
    pub(crate) fn find(workspace: &Workspace) -> Result<Self, Problem> {
        let packaged = Self { folder: workspace.target().join("package"), version: version(workspace)? };
        for name in PUBLISHED {
            let manifest = packaged.folder(name).join("Cargo.toml");
            if !manifest.is_file() {
                return Err(Problem::new(
                    format!("{name} {} is not packaged", packaged.version),
                    format!("there is no {}", manifest.display()),
                    "cargo xtask ci package",
                ));
            }
        }
        Ok(packaged)
    }

    /// The version that all of them have.
    pub(crate) fn version(&self) -> &str {
        &self.version
    }

    pub(crate) fn folder(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}-{}", self.version))
    }

    /// The section of a manifest that takes these packages from their folders, not from the registry.
    pub(crate) fn patch(&self, names: &[&str]) -> String {
        let mut text = String::from("[patch.crates-io]\n");
        for name in names {
            // A literal string of TOML: paths on Windows hold backslashes.
            text.push_str(&format!("{name} = {{ path = '{}' }}\n", self.folder(name).display()));
        }
        text
    }
}

fn version(workspace: &Workspace) -> Result<String, Problem> {
    let metadata = metadata(workspace)?;
    let version = package(&metadata, "mint-api-ext").and_then(|package| package["version"].as_str());
    version.map(str::to_owned).ok_or_else(|| {
        Problem::new("mint-api-ext has no version", "`cargo metadata` does not list it", "add it to the workspace")
    })
}
