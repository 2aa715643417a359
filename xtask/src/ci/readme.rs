//! The gate `readme`: the crate that the README of openapi-client-codegen describes, built from the packaged files alone.

use super::gate::GateVerdict;
use super::outsider::{Outsider, read};
use super::packaged::Packaged;
use crate::problem::Problem;
use crate::workspace::Workspace;

const PACKAGE: &str = "openapi-client-codegen";

/// The files that the README shows, each in a block after its name.
const FILES: [&str; 4] = ["Cargo.toml", "openapi.json", "build.rs", "src/lib.rs"];

/// Reads a reply with a value that the document of the README does not name, and writes it back.
const PROGRAM: &str = r##"use lamps::types::{Lamp, LampState};

fn main() {
    let text = r#"{"id":"l1","room":null,"state":"dimmed"}"#;
    let lamp: Lamp = serde_json::from_str(text).unwrap();
    assert!(matches!(lamp.state, LampState::Unknown(_)), "{lamp:?}");
    assert_eq!(serde_json::to_string(&lamp).unwrap(), text);
    println!("an unknown value survives: {}", lamp.state);
}
"##;

/// Makes a crate of the blocks in the packaged README, and runs a program that uses it.
///
/// # Errors
///
/// When nothing was packaged, the README lacks a file, or the crate cannot be written.
pub(crate) fn run(workspace: &Workspace) -> Result<GateVerdict, Problem> {
    let packaged = Packaged::unpack(workspace)?;
    let readme = read(&packaged.folder(PACKAGE).join("README.md"))?;
    let stranger = Outsider::new(workspace, "readme");
    for name in FILES {
        let text = block(&readme, name).ok_or_else(|| {
            let fix = format!("write the block after a line that ends in \"`{name}`:\"");
            Problem::new(format!("openapi/codegen/README.md shows no `{name}`"), "the gate builds what it shows", fix)
        })?;
        match name {
            "Cargo.toml" => stranger.write(name, &format!("{text}\n[workspace]\n\n{}", packaged.patch(&[PACKAGE])))?,
            _ => stranger.write(name, text)?,
        }
    }
    stranger.write("src/main.rs", PROGRAM)?;
    stranger.run(&[])
}

/// The fenced block after the line that ends with the name of a file.
fn block<'a>(readme: &'a str, name: &str) -> Option<&'a str> {
    let (_, after) = readme.split_once(&format!("`{name}`:\n\n```"))?;
    let (_, text) = after.split_once('\n')?;
    Some(text.split_once("```")?.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_is_known_by_the_line_before() {
        let text = "# T\n\nThe manifest, `a.toml`:\n\n```toml\n[a]\n```\n\n`b.rs`:\n\n```rust,ignore\nfn b() {}\n```\n";
        assert_eq!(block(text, "a.toml"), Some("[a]\n"));
        assert_eq!(block(text, "b.rs"), Some("fn b() {}\n"));
        assert_eq!(block(text, "c.rs"), None);
    }

    #[test]
    fn the_readme_shows_every_file() {
        let readme = read(&Workspace::of_this_build().root().join("openapi/codegen/README.md")).unwrap();
        for name in FILES {
            assert!(block(&readme, name).is_some_and(|text| !text.is_empty()), "{name}");
        }
    }
}
