//! Names of parameters: unique in Rust, and unchanged on the wire.

use std::collections::BTreeSet;

use super::{Parameter, Parameters};
use crate::model::names::unique_name;
use crate::model::names::{is_left_as_it_is, snake_name};
use crate::plan::PathValue;
use crate::report::Code;

/// Names with a meaning of their own in a generated builder.
const RESERVED: &[&str] = &["body", "body_map", "send", "send_streaming", "new", "header_map", "client"];

impl Parameters<'_> {
    /// Gives each parameter a unique name, records what it is on the wire, and returns the path with the new names.
    pub(super) fn rust_names(&mut self, path: &str, parameters: &mut [Parameter]) -> String {
        let mut path = path.to_owned();
        let mut taken: BTreeSet<_> = RESERVED.iter().map(|name| (*name).to_owned()).collect();
        // Path parameters first, so that their names stay those of the documented path.
        for in_path in [true, false] {
            for parameter in parameters.iter_mut().filter(|parameter| (parameter.value["in"] == "path") == in_path) {
                let (form, parts) = (parameter.form, parameter.parts);
                let parameter = &mut parameter.value;
                let name = parameter["name"].as_str().unwrap_or_default().to_owned();
                let wanted = snake_name(&name);
                let unique = unique_name(&wanted, &mut taken);
                if let Some(form) = form {
                    self.facts.forms.insert(name.clone(), form);
                }
                if let Some((style, explode)) = parts {
                    match in_path {
                        true => {
                            let value = PathValue { name: name.clone(), style, explode };
                            self.facts.path_values.insert(unique.clone(), value);
                        }
                        false => drop(self.facts.headers.insert(name.clone(), explode)),
                    }
                }
                if parameter["in"] == "cookie" {
                    // progenitor knows no cookies; the pass over the generated code makes one of this header.
                    parameter["in"] = "header".into();
                    self.facts.cookies.insert(unique.clone(), name.clone());
                    parameter["name"] = unique.into();
                    continue;
                }
                if unique == wanted && !name.is_empty() && is_left_as_it_is(&name) {
                    continue;
                }
                self.log.add(Code::L109, self.at, format!("`{name}` is named `{unique}`"));
                if in_path {
                    path = path.replace(&format!("{{{name}}}"), &format!("{{{unique}}}"));
                } else {
                    self.facts.wire_names.insert(unique.clone(), name);
                }
                parameter["name"] = unique.into();
            }
        }
        path
    }
}

/// The names of the parameters in a path, or `None` if it does not start with a slash or its braces do not match.
pub(super) fn names_in(path: &str) -> Option<Vec<String>> {
    let mut names = Vec::new();
    let mut rest = path.strip_prefix('/')?;
    while let Some(start) = rest.find(['{', '}']) {
        if rest[start..].starts_with('}') {
            return None;
        }
        let (name, after) = rest[start + 1..].split_once('}')?;
        if name.is_empty() || name.contains('{') {
            return None;
        }
        if !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
        rest = after;
    }
    Some(names)
}
