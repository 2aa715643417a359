//! Generates the client from the document that the build dependency `mint-openapi` carries.
//!
//! Cargo runs this again when that crate changes, and with it the document, its overlay, the lowering or the generator.

use std::error::Error;
use std::path::PathBuf;
use std::{env, fs};

use mint_openapi::Settings;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    let settings = Settings::default().with_inner_type("crate::seam::Seam").with_schemars();
    let generated = mint_openapi::generate(&mint_openapi::effective_document()?, &settings)?.without_rejections()?;
    let out_dir = PathBuf::from(env::var("OUT_DIR")?);
    fs::write(out_dir.join("mint.rs"), generated.rust)?;
    Ok(())
}
