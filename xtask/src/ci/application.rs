//! The gate `application`: the quickstart of mint-api-ext, built from the packaged files alone.

use super::gate::GateVerdict;
use super::outsider::{Outsider, read};
use super::packaged::{PUBLISHED, Packaged};
use crate::problem::Problem;
use crate::workspace::Workspace;

/// Makes an application of the packaged quickstart, and runs it.
///
/// # Errors
///
/// When nothing was packaged, or the application cannot be written.
pub(crate) fn run(workspace: &Workspace) -> Result<GateVerdict, Problem> {
    let packaged = Packaged::unpack(workspace)?;
    let application = Outsider::new(workspace, "application");
    application.write("Cargo.toml", &manifest(&packaged))?;
    let quickstart = packaged.folder("mint-api-ext").join("examples/quickstart.rs");
    application.write("src/main.rs", &read(&quickstart)?)?;
    application.run()
}

fn manifest(packaged: &Packaged) -> String {
    format!(
        r#"[package]
name = "application"
version = "0.0.0"
edition = "2024"
publish = false

[workspace]

[dependencies]
futures = {{ version = "0.3", default-features = false, features = ["std"] }}
mint-api-ext = {{ version = "={}", features = ["progress", "simulator"] }}
tokio = {{ version = "1", default-features = false, features = ["macros", "rt-multi-thread"] }}

{}"#,
        packaged.version(),
        packaged.patch(PUBLISHED)
    )
}
