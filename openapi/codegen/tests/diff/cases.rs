//! The cases: a base document, and patches (RFC 6902) with what is expected of each, in files to read.
//!
//! A case is a title after `#`, a patch operation on each line that starts with `{`, and the report below.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

/// A patch and what it is about.
pub(crate) struct Case {
    pub(crate) title: String,
    /// The lines of the patch.
    pub(crate) patch: Vec<String>,
}

impl Case {
    /// The document that the patch makes of another.
    pub(crate) fn apply(&self, document: &Value) -> Value {
        let mut patched = document.clone();
        for line in &self.patch {
            let operation =
                serde_json::from_str(line).unwrap_or_else(|error| panic!("{}: {line}: {error}", self.title));
            step(&mut patched, &operation).unwrap_or_else(|| panic!("{}: {line}: there is no such place", self.title));
        }
        patched
    }
}

fn folder() -> PathBuf {
    // Another package of the workspace includes this file; the folder is found upwards from either.
    let above = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    above.map(|above| above.join("openapi/codegen/tests/diff")).find(|folder| folder.is_dir()).unwrap()
}

/// The document that every patch is applied to.
pub(crate) fn base() -> Value {
    serde_json::from_str(&fs::read_to_string(folder().join("base.json")).unwrap()).unwrap()
}

/// The files with cases, in the order of their names.
pub(crate) fn files() -> Vec<(PathBuf, Vec<Case>)> {
    let mut paths: Vec<_> = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|end| end == "txt"));
    paths.sort();
    let read = |path: PathBuf| {
        let cases = parse(&fs::read_to_string(&path).unwrap());
        (path, cases)
    };
    paths.into_iter().map(read).collect()
}

fn parse(text: &str) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    for line in text.lines() {
        if let Some(title) = line.strip_prefix("# ") {
            cases.push(Case { title: title.to_owned(), patch: Vec::new() });
        } else if line.starts_with('{') {
            cases.last_mut().expect("a patch has a title").patch.push(line.to_owned());
        }
    }
    cases
}

/// One operation of a patch: `add`, `remove`, `replace` or `move`.
fn step(document: &mut Value, operation: &Value) -> Option<()> {
    let path = operation["path"].as_str()?;
    let value = operation["value"].clone();
    match operation["op"].as_str()? {
        "add" => add(document, path, value),
        "remove" => remove(document, path).map(drop),
        "replace" => {
            *document.pointer_mut(path)? = value;
            Some(())
        }
        "move" => {
            let value = remove(document, operation["from"].as_str()?)?;
            add(document, path, value)
        }
        _ => None,
    }
}

fn split(path: &str) -> Option<(&str, String)> {
    let (parent, last) = path.rsplit_once('/')?;
    Some((parent, last.replace("~1", "/").replace("~0", "~")))
}

fn add(document: &mut Value, path: &str, value: Value) -> Option<()> {
    let (parent, last) = split(path)?;
    match document.pointer_mut(parent) {
        Some(Value::Object(fields)) => drop(fields.insert(last, value)),
        Some(Value::Array(items)) if last == "-" => items.push(value),
        Some(Value::Array(items)) => items.insert(last.parse().ok()?, value),
        // A patch may say in one line what RFC 6902 says in two.
        None => return add(document, parent, serde_json::json!({ last: value })),
        Some(_) => return None,
    }
    Some(())
}

fn remove(document: &mut Value, path: &str) -> Option<Value> {
    let (parent, last) = split(path)?;
    match document.pointer_mut(parent)? {
        Value::Object(fields) => fields.shift_remove(&last),
        Value::Array(items) => Some(items.remove(last.parse().ok()?)),
        _ => None,
    }
}
