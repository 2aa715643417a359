//! `mint init`.

use std::env;
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};

use serde_json::json;
use uuid::Uuid;

use crate::exit_code::Code;
use crate::failure::Failure;
use crate::output::Output;

const DEFINITION: &str = "mint.toml";
const IGNORED: &str = ".mint/";

/// The longest beginning of a project's name that is taken from its folder, in characters.
const LONGEST: usize = 40;

/// Writes a definition to begin with, and lets git ignore the state.
pub(crate) fn run(output: &Output) -> Result<Code, Failure> {
    let folder = env::current_dir().ok();
    let folder = folder.as_ref().and_then(|folder| folder.file_name()).map(|name| name.to_string_lossy());
    let project = project(folder.as_deref().unwrap_or_default(), Uuid::new_v4());
    let mut file =
        OpenOptions::new().write(true).create_new(true).open(DEFINITION).map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => {
                Failure::usage(format!("`{DEFINITION}` exists, and was not changed; edit it, then run `mint sync`"))
            }
            _ => cannot_write(DEFINITION, &error),
        })?;
    file.write_all(definition(&project).as_bytes()).map_err(|error| cannot_write(DEFINITION, &error))?;
    ignore()?;
    let text = format!("wrote `{DEFINITION}`; edit it, then run `mint sync --dry-run` to see what it would cost");
    output.result("initialized", json!({"project": project, "path": DEFINITION}), text);
    Ok(Code::Done)
}

/// Adds the folder of the state to `.gitignore`, unless it is there.
fn ignore() -> Result<(), Failure> {
    let path = ".gitignore";
    let before = match fs::read(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        read => read.map_err(|error| cannot_write(path, &error))?,
    };
    if is_ignored(&before) {
        return Ok(());
    }
    let line = if before.is_empty() || before.ends_with(b"\n") { "" } else { "\n" };
    let added = OpenOptions::new().append(true).create(true).open(path);
    added
        .and_then(|mut file| file.write_all(format!("{line}{IGNORED}\n").as_bytes()))
        .map_err(|error| cannot_write(path, &error))
}

fn is_ignored(text: &[u8]) -> bool {
    String::from_utf8_lossy(text).lines().any(|line| line.trim().trim_matches('/') == ".mint")
}

fn cannot_write(path: &str, error: &io::Error) -> Failure {
    Failure::failed(format!("could not write `{path}`: {error}; check the folder, then add `{IGNORED}` to .gitignore"))
}

/// The name of a project: that of its folder and a random end, which keeps two projects of one name apart.
fn project(folder: &str, random: Uuid) -> String {
    let mut name: String = folder.to_lowercase().chars().filter_map(allowed).take(LONGEST).collect();
    name = name.trim_matches('-').to_owned();
    if name.is_empty() {
        name.push_str("project");
    }
    let random = random.simple().to_string();
    format!("{name}-{}", &random[..8])
}

fn allowed(character: char) -> Option<char> {
    match character {
        'a'..='z' | '0'..='9' => Some(character),
        '-' | '_' | ' ' | '.' => Some('-'),
        _ => None,
    }
}

fn definition(project: &str) -> String {
    format!(
        "\
# A list of wanted assets. `mint sync` makes its entries into files.
# Commit this file, mint.lock and the files.

# Part of every idempotency key. Never change it, or everything is made and paid for anew.
project = \"{project}\"
# The credits that one run may spend.
budget = 1000
# The folder of the files.
out = \"assets\"
# A registry of the files for Mint's skills and for applications:
# registry = \"mint-assets.json\"

[defaults]
preset = \"fast\"                      # or \"standard\", \"production\"
files = [\"glb\"]                      # or \"all\", \"poster\", ...

# An entry to begin with. It becomes assets/models/lamp.glb.
[models.lamp]
prompt = \"a brass lamp, low poly\"

# More kinds of entries:
#
# [models.chair]
# prompt = \"the same chair as in the picture\"
# image = \"refs/chair.png\"            # uploaded once
# optimize = \"moderate\"               # or \"light\", \"aggressive\"
# review = true                       # stops at the preview
#
# [worlds.harbour]
# prompt = \"a harbour at dawn\"
# files = [\"all\"]
# price = 1650                        # in credits, where the server estimates none
#
# [audio.bell]
# prompt = \"a ship's bell\"
# files = [\"all\"]
# price = 20
"
    )
}

#[cfg(test)]
mod tests {
    use mint_api_ext::catalog::Definition;

    use super::*;

    #[test]
    fn names_of_projects() {
        for (folder, expected) in [
            ("harbour-game", "harbour-game-00000000"),
            ("My Game 2.0", "my-game-2-0-00000000"),
            ("..", "project-00000000"),
            ("港", "project-00000000"),
            ("a\"b\\", "ab-00000000"),
            (&"long".repeat(50), &format!("{}-00000000", "long".repeat(10))),
        ] {
            assert_eq!(project(folder, Uuid::nil()), *expected);
        }
    }

    /// Also with every entry that it shows in a comment.
    #[test]
    fn the_definition_is_valid() {
        let text = definition("p-1");
        let (head, more) = text.split_once("# More kinds of entries:\n#\n").unwrap();
        let shown: String = more.lines().map(|line| format!("{}\n", line.trim_start_matches(['#', ' ']))).collect();
        for (text, entries) in [(text.clone(), 1), (format!("{head}{shown}"), 4)] {
            assert_eq!(Definition::parse("mint.toml".as_ref(), &text).unwrap().entries.len(), entries);
        }
    }

    #[test]
    fn a_line_that_ignores_the_state() {
        for (text, expected) in [(".mint/\n", true), ("/.mint", true), ("target\n", false), ("# .mint/\n", false)] {
            assert_eq!(is_ignored(text.as_bytes()), expected, "{text:?}");
        }
    }
}
