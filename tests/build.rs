//! Generates a client from a document of this crate, whose operations are unlike those of the Mint API.

use std::error::Error;
use std::path::PathBuf;
use std::{env, fs};

use mint_openapi::{Settings, generate, parse_json};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=documents/operations.json");
    let document = parse_json(&fs::read_to_string("documents/operations.json")?)?;
    let generated = generate(&document, &Settings::default())?.without_rejections()?;
    fs::write(PathBuf::from(env::var("OUT_DIR")?).join("operations.rs"), generated.rust)?;
    Ok(())
}
