//! The packages that `cargo package` wrote.

use std::fs::{self, File};
use std::io;
use std::path::PathBuf;

use flate2::read::GzDecoder;

use super::features::{metadata, package};
use crate::problem::Problem;
use crate::workspace::Workspace;

/// The packages that are published, each after those it needs.
pub(crate) const PUBLISHED: &[&str] = &["openapi-client-codegen", "mint-openapi", "mint-api", "mint-api-ext"];

/// The unpacked files of the published packages.
#[derive(Debug)]
pub(crate) struct Packaged {
    folder: PathBuf,
    version: String,
}

impl Packaged {
    /// Unpacks them, in place of what was unpacked before.
    ///
    /// # Errors
    ///
    /// When a package was not packaged in the version of the workspace, or cannot be unpacked.
    pub(crate) fn unpack(workspace: &Workspace) -> Result<Self, Problem> {
        Self::unpack_to(workspace, workspace.target().join("package").join("unpacked"))
    }

    /// Unpacks them to this folder, in place of what it has.
    ///
    /// # Errors
    ///
    /// As of [`unpack`](Self::unpack).
    pub(crate) fn unpack_to(workspace: &Workspace, folder: PathBuf) -> Result<Self, Problem> {
        let packages = workspace.target().join("package");
        let packaged = Self { folder, version: version(workspace)? };
        let failed = |error| Problem::of_path("unpack to", &packaged.folder, error, "cargo xtask ci package");
        match fs::remove_dir_all(&packaged.folder) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(error)),
            _ => {}
        }
        for name in PUBLISHED {
            let path = packages.join(format!("{name}-{}.crate", packaged.version));
            let file =
                File::open(&path).map_err(|error| Problem::of_path("open", &path, error, "cargo xtask ci package"))?;
            tar::Archive::new(GzDecoder::new(file)).unpack(&packaged.folder).map_err(failed)?;
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
