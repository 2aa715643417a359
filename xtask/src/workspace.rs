//! Where the files are.

use std::path::{Path, PathBuf};

/// A checkout of the workspace, or a copy of a part of it.
#[derive(Clone, Debug)]
pub(crate) struct Workspace {
    root: PathBuf,
}

impl Workspace {
    /// The workspace this tool was built in.
    pub(crate) fn of_this_build() -> Self {
        let manifest_dir = Path::new(env!("CARGO_MANIFEST_DIR"));
        Self::at(manifest_dir.parent().unwrap_or(manifest_dir))
    }

    pub(crate) fn at(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// The vendored document.
    pub(crate) fn document(&self) -> PathBuf {
        self.root.join("openapi").join("openapi.json")
    }

    /// The record of where the document came from.
    pub(crate) fn lock(&self) -> PathBuf {
        self.root.join("openapi").join("openapi.lock")
    }

    /// The report of what became of every construct of the document.
    pub(crate) fn lowering(&self) -> PathBuf {
        self.root.join("openapi").join("lowering.md")
    }

    /// A path as a reader of this workspace knows it: from the root, with `/`.
    pub(crate) fn shown(&self, path: &Path) -> String {
        let path = path.strip_prefix(&self.root).unwrap_or(path);
        path.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
    }
}
