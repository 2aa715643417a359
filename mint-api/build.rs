//! Generates the client from the document in the build dependency `mint-openapi`.
//!
//! Cargo runs this again when that crate or the code generator changes.

use std::error::Error;
use std::path::PathBuf;
use std::{env, fs};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    let out_dir = PathBuf::from(env::var("OUT_DIR")?);
    let mut settings = mint_openapi::settings();
    if env::var_os("CARGO_FEATURE_TEST_BUILDERS").is_some() {
        settings = settings.with_reply_builders();
    }
    fs::write(out_dir.join("mint.rs"), mint_openapi::generate_with(&settings)?.rust)?;
    Ok(())
}
