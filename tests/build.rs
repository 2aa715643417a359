//! Generates clients for the tests from documents other than that of the Mint API.

use std::error::Error;
use std::path::PathBuf;
use std::{env, fs};

use openapi_client_codegen::{Format, Settings, generate, parse_json};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    write("documents/operations.json", &Settings::default(), "operations.rs")?;
    write("documents/replies.json", &Settings::default().with_user_agent("replies/1.0"), "replies.rs")?;
    write("documents/names.json", &Settings::default(), "names.rs")?;
    write("documents/uploads.json", &Settings::default(), "uploads.rs")?;
    write("documents/requests.json", &Settings::default(), "requests.rs")?;
    write("documents/streams.json", &Settings::default(), "streams.rs")?;
    write("documents/methods.json", &Settings::default(), "methods.rs")?;
    write("documents/types.json", &Settings::default(), "types.rs")?;
    write("documents/tuples.json", &Settings::default(), "tuples.rs")?;
    let formats = Settings::default().with_formats(Format::ALL.iter().copied()).with_reply_builders();
    write("documents/formats.json", &formats, "formats.rs")?;
    write("documents/security.json", &Settings::default(), "security.rs")?;
    // The base document of the cases of `diff`. Its client takes the part of a released and running client.
    let canned = Settings::default().with_inner_type("crate::Canned");
    write("../openapi/codegen/tests/diff/base.json", &canned, "base.rs")
}

fn write(document: &str, settings: &Settings, client: &str) -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed={document}");
    let document = parse_json(&fs::read_to_string(document)?)?;
    let generated = generate(&document, settings)?.without_rejections()?;
    fs::write(PathBuf::from(env::var("OUT_DIR")?).join(client), generated.rust)?;
    Ok(())
}
