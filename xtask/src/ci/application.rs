//! The gate `application`: the quickstart of mint-api-ext and a program that stores a request, built from the packaged files
//! alone.

use super::gate::GateVerdict;
use super::outsider::{Outsider, read};
use super::packaged::{PUBLISHED, Packaged};
use crate::problem::Problem;
use crate::workspace::Workspace;

/// Stores a request and reads it again. Its numbers keep their last digit by a feature of `serde_json`, which must come with
/// the packages: in the workspace, any member could turn it on.
const STORED: &str = r#"use mint_api_ext::request::SavedRequest;
use mint_api_ext::{Credentials, Mint};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mint = Mint::builder(Credentials::api_key("mint_key")?).build()?;
    let six_feet = 6.0 * 0.3048;
    let request = mint.animate_model("model_1", "waves").height_meters(six_feet).max_credits(1.0 / 11.0);
    let text = serde_json::to_string(&request)?;
    let again: SavedRequest = serde_json::from_str(&text)?;
    assert_eq!(serde_json::to_string(&again)?, text, "a stored request changes when it is read");
    Ok(())
}
"#;

/// Makes an application of the packaged quickstart and of [`STORED`], and runs both.
///
/// # Errors
///
/// When nothing was packaged, or the application cannot be written.
pub(crate) fn run(workspace: &Workspace) -> Result<GateVerdict, Problem> {
    let packaged = Packaged::unpack(workspace)?;
    let application = Outsider::new(workspace, "application");
    application.write("Cargo.toml", &manifest(&packaged))?;
    let quickstart = packaged.folder("mint-api-ext").join("examples/quickstart.rs");
    application.write("src/bin/quickstart.rs", &read(&quickstart)?)?;
    application.write("src/bin/stored.rs", STORED)?;
    Ok(application.run(&["--bin", "stored"])?.and(application.run(&["--bin", "quickstart"])?))
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
serde_json = "1"
tokio = {{ version = "1", default-features = false, features = ["macros", "rt-multi-thread"] }}

{}"#,
        packaged.version(),
        packaged.patch(PUBLISHED)
    )
}
