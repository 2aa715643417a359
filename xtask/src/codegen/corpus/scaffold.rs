//! The workspace that the generated code is compiled in: one crate per document, and one program that runs them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use super::document::Document;
use crate::problem::Problem;
use crate::workspace::Workspace;

/// The dependencies of generated code, with the versions of this workspace.
///
/// The last three are for streams of items.
const DEPENDENCIES: [&str; 9] = [
    "chrono",
    "percent-encoding",
    "progenitor-client",
    "reqwest",
    "serde",
    "serde_json",
    "bytes",
    "futures-core",
    "sse-stream",
];

/// Further dependencies for a `pattern` and for `format: uuid`.
const OF_TYPIFY: &str = "regress = \"0.12\"\nuuid = { version = \"1\", features = [\"serde\"] }\n";

/// The application decides by a feature how exactly decimals are read.
const JSON: &str = "serde_json = { workspace = true, features = [\"float_roundtrip\"] }\n";

/// The lints that are off for a generated module, as where this workspace includes one.
const ALLOWED: &str = "\
#[allow(clippy::all, missing_docs, unreachable_patterns, unreachable_pub, unused_imports)]
#[allow(clippy::future_not_send, clippy::use_self, missing_debug_implementations)]
";

/// The program that reads and writes the examples.
pub(crate) const PROGRAM: &str = "round-trip";

/// The workspace of generated crates.
#[derive(Debug)]
pub(crate) struct Scaffold {
    pub(crate) root: PathBuf,
}

impl Scaffold {
    /// Writes a crate for each of these documents, under the names given, and removes those of other runs.
    ///
    /// A file that has its text already is not touched, so that cargo compiles only what changed.
    ///
    /// # Errors
    ///
    /// When the folder is not ours to write to, or this workspace's manifest cannot be read.
    pub(crate) fn write(workspace: &Workspace, crates: &BTreeMap<String, &Document>) -> Result<Self, Problem> {
        let scaffold = Self { root: workspace.target().join("corpus") };
        scaffold.remove_others(crates)?;
        let manifest = workspace.root().join("Cargo.toml");
        let text = fs::read_to_string(&manifest).map_err(|error| {
            Problem::of_path("read", &manifest, error, "run the command in a checkout of the workspace")
        })?;
        let versions: String = DEPENDENCIES.iter().filter_map(|name| dependency(&text, name)).collect();
        scaffold.put("Cargo.toml", &format!(
            "[workspace]\nresolver = \"3\"\nmembers = [\"crates/*\", \"{PROGRAM}\"]\n\n[workspace.dependencies]\n{versions}{OF_TYPIFY}\n\
             [profile.dev]\ndebug = false\nincremental = false\n",
        ))?;
        // The tested versions, which are also downloaded already.
        if let Ok(lock) = fs::read_to_string(workspace.root().join("Cargo.lock"))
            && !scaffold.root.join("Cargo.lock").exists()
        {
            scaffold.put("Cargo.lock", &lock)?;
        }
        scaffold.write_program(&BTreeSet::new())?;
        for (name, document) in crates {
            scaffold.write_crate(name, document)?;
        }
        Ok(scaffold)
    }

    fn write_crate(&self, name: &str, document: &Document) -> Result<(), Problem> {
        let Some(client) = document.client() else {
            return Ok(());
        };
        let components = document.examples.iter().map(|example| example.component.as_str()).collect::<BTreeSet<_>>();
        let types = components.into_iter().filter_map(|component| client.type_names.get(component));
        self.put(&format!("crates/{name}/Cargo.toml"), &package(name, dependencies()))?;
        self.put(&format!("crates/{name}/src/generated.rs"), &client.rust)?;
        self.put(&format!("crates/{name}/src/lib.rs"), &library(types.map(String::as_str).collect()))
    }

    /// Writes the program that goes through the types of these crates.
    ///
    /// # Errors
    ///
    /// When the folder is not ours to write to.
    pub(crate) fn write_program(&self, crates: &BTreeSet<&str>) -> Result<(), Problem> {
        let paths = crates.iter().map(|name| format!("{name} = {{ path = \"../crates/{name}\" }}\n"));
        let dependencies = paths.chain([JSON.to_owned()]).collect();
        self.put(&format!("{PROGRAM}/Cargo.toml"), &package(PROGRAM, dependencies))?;
        let arms: String = crates.iter().map(|name| format!("        \"{name}\" => {name}::round_trip,\n")).collect();
        self.put(&format!("{PROGRAM}/src/main.rs"), &include_str!("program.rs.txt").replace("        // ARMS\n", &arms))
    }

    fn put(&self, name: &str, text: &str) -> Result<(), Problem> {
        let path = self.root.join(name);
        if fs::read(&path).is_ok_and(|old| old == text.as_bytes()) {
            return Ok(());
        }
        let problem = |error| Problem::of_path("write", &path, error, "make the folder of build results writable");
        fs::create_dir_all(path.parent().unwrap_or(&self.root)).map_err(problem)?;
        fs::write(&path, text).map_err(problem)
    }

    fn remove_others(&self, crates: &BTreeMap<String, &Document>) -> Result<(), Problem> {
        let folder = self.root.join("crates");
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            if entry.file_name().to_str().is_some_and(|name| crates.contains_key(name)) {
                continue;
            }
            let path = entry.path();
            fs::remove_dir_all(&path).map_err(|error| Problem::of_path("remove", &path, error, "remove it by hand"))?;
        }
        Ok(())
    }
}

/// The line of a manifest that gives a dependency its version.
fn dependency(manifest: &str, name: &str) -> Option<String> {
    let line = manifest.lines().find(|line| line.split_once(" = ").is_some_and(|(key, _)| key == name))?;
    // For documents with multipart bodies.
    let line = if name == "reqwest" { line.replace("\"json\",", "\"json\", \"multipart\",") } else { line.to_owned() };
    Some(format!("{line}\n"))
}

fn dependencies() -> String {
    let names = DEPENDENCIES.into_iter().chain(["regress", "uuid"]);
    let others = names.filter(|name| *name != "serde_json").map(|name| format!("{name}.workspace = true\n"));
    others.chain([JSON.to_owned()]).collect()
}

fn package(name: &str, dependencies: String) -> String {
    format!(
        "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\npublish = false\n\n[dependencies]\n{dependencies}"
    )
}

/// A crate with the generated module, and a function that goes through the types that have examples.
fn library(types: BTreeSet<&str>) -> String {
    let arms: String =
        types.iter().map(|name| format!("        {name:?} => through::<generated::types::{name}>(json),\n")).collect();
    let through = if types.is_empty() { "" } else { THROUGH };
    format!(
        "#![deny(warnings)]\n\n{ALLOWED}pub mod generated;\n\n\
         /// What a type makes of a JSON text, and how it looks in between.\n\
         pub fn round_trip(name: &str, json: &str) -> Result<(String, String), String> {{\n    let _ = json;\n    match name {{\n\
         {arms}        _ => Err(format!(\"there is no type `{{name}}`\")),\n    }}\n}}\n{through}"
    )
}

const THROUGH: &str = r#"
fn through<T>(json: &str) -> Result<(String, String), String>
where
    T: serde::de::DeserializeOwned + serde::Serialize + std::fmt::Debug,
{
    let value: T = serde_json::from_str(json).map_err(|error| format!("not read: {error}"))?;
    let back = serde_json::to_string(&value).map_err(|error| format!("not written: {error}"))?;
    Ok((back, format!("{value:?}")))
}
"#;

/// Names for crates, from the names of files; they stay the same as long as those do.
pub(crate) fn crate_names<'a>(documents: impl Iterator<Item = &'a Document>) -> BTreeMap<String, &'a Document> {
    let mut names = BTreeMap::new();
    for document in documents {
        let stem = document.name.rsplit_once('.').map_or(document.name.as_str(), |(stem, _)| stem);
        let mut name = String::from("d");
        for character in stem.chars() {
            match character.is_ascii_alphanumeric() {
                true => name.push(character.to_ascii_lowercase()),
                false if name.ends_with('_') => (),
                false => name.push('_'),
            }
        }
        let mut unique = name.clone();
        let mut number = 2;
        while names.contains_key(&unique) {
            unique = format!("{name}_{number}");
            number += 1;
        }
        names.insert(unique, document);
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str) -> String {
        fs::read_to_string(Workspace::of_this_build().root().join(name)).unwrap()
    }

    #[test]
    fn generated_code_is_judged_as_where_it_is_used() {
        assert!(file("mint-api/src/lib.rs").contains(&format!("{ALLOWED}mod generated")));
    }

    #[test]
    fn every_dependency_has_a_version_here() {
        let manifest = file("Cargo.toml");
        for name in DEPENDENCIES {
            assert!(dependency(&manifest, name).is_some(), "{name}");
        }
    }
}
