//! Merging documents that each describe a part of one API.

use serde_json::Value;

use crate::error::{Conflict, Error};
use crate::model::pointer::Pointer;

/// A document that describes a part of an API, such as the one in a docs page.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// Its name in errors: the name of its file, or its URL without query.
    pub name: String,
    /// The document.
    pub document: Value,
}

/// Merges documents that each describe a part of the same API.
///
/// Path items, operations, components and tags are collected in order of first occurrence. A construct of several parts
/// must be equal in all of them, except for the order of object keys. A single part is returned as it is.
///
/// # Errors
///
/// [`Error::Conflicts`] with every disagreement, and [`Error::Unreadable`] when `parts` is empty.
///
/// # Examples
///
/// ```
/// use openapi_client_codegen::source::{Part, merge, read};
///
/// let page = |name: &str, path: &str| {
///     let document = read(&format!("openapi: 3.1.0\npaths:\n  {path}: {{}}\n"))?;
///     Ok::<_, openapi_client_codegen::Error>(Part { name: name.into(), document })
/// };
/// let document = merge(&[page("a.md", "/a")?, page("b.md", "/b")?])?;
/// assert_eq!(document["paths"].as_object().map(|paths| paths.len()), Some(2));
/// # Ok::<(), openapi_client_codegen::Error>(())
/// ```
pub fn merge(parts: &[Part]) -> Result<Value, Error> {
    let Some((first, others)) = parts.split_first() else {
        return Err(Error::Unreadable { format: "OpenAPI", message: "there is no page with a document".into() });
    };
    let mut merger = Merger { parts, document: first.document.clone(), conflicts: Vec::new() };
    for part in others {
        merger.add(part);
    }
    match merger.conflicts.is_empty() {
        true => Ok(merger.document),
        false => Err(Error::Conflicts(merger.conflicts)),
    }
}

struct Merger<'a> {
    parts: &'a [Part],
    document: Value,
    conflicts: Vec<Conflict>,
}

impl Merger<'_> {
    fn add(&mut self, part: &Part) {
        let mut document = std::mem::take(&mut self.document);
        self.gather(&mut document, part, &part.document, &Pointer::default(), 1);
        self.document = document;
    }

    /// Adds to `target` the fields it lacks; objects are merged down to `depth` levels, and compared below that.
    fn gather(&mut self, target: &mut Value, part: &Part, value: &Value, pointer: &Pointer, depth: usize) {
        let (Value::Object(fields), Value::Object(new)) = (&mut *target, value) else {
            return self.compare(target, part, value, pointer);
        };
        for (name, value) in new {
            let pointer = pointer.join(name);
            match fields.get_mut(name) {
                None => {
                    fields.insert(name.clone(), value.clone());
                }
                Some(Value::Array(tags)) if pointer.as_str() == "/tags" && value.is_array() => {
                    self.gather_tags(tags, part, value);
                }
                Some(target) => match depth + below(&pointer) {
                    1 => self.compare(target, part, value, &pointer),
                    depth => self.gather(target, part, value, &pointer, depth - 1),
                },
            }
        }
    }

    fn gather_tags(&mut self, tags: &mut Vec<Value>, part: &Part, value: &Value) {
        for tag in value.as_array().into_iter().flatten() {
            match tags.iter().position(|known| known.get("name") == tag.get("name")) {
                None => tags.push(tag.clone()),
                Some(index) => {
                    let pointer = Pointer::default().join("tags").join(&index.to_string());
                    self.compare(&tags[index], part, tag, &pointer);
                }
            }
        }
    }

    fn compare(&mut self, known: &Value, part: &Part, value: &Value, subject: &Pointer) {
        if known == value {
            return;
        }
        let (at, values) = narrowest(known, value, subject.clone());
        let knows = |part: &&Part| part.document.pointer(subject.as_str()) == Some(known);
        // A tag may have another index in the part it came from.
        let first = self.parts.iter().find(knows).or(self.parts.first());
        let names = [first.map(|first| first.name.clone()).unwrap_or_default(), part.name.clone()];
        self.conflicts.push(Conflict { subject: subject.clone(), at, names, values });
    }
}

/// How many levels below a field of the document are merged: paths and their operations, sections of components.
fn below(pointer: &Pointer) -> usize {
    match pointer.as_str() {
        "/paths" | "/webhooks" | "/components" => 2,
        _ => 0,
    }
}

/// The narrowest place that contains every difference, and both values there.
fn narrowest(known: &Value, new: &Value, at: Pointer) -> (Pointer, [Option<Value>; 2]) {
    if let (Value::Object(known), Value::Object(new)) = (known, new) {
        let added = new.keys().filter(|name| !known.contains_key(*name));
        let mut differing = known.keys().chain(added).filter(|name| known.get(*name) != new.get(*name));
        if let (Some(name), None) = (differing.next(), differing.next()) {
            let at = at.join(name);
            return match (known.get(name), new.get(name)) {
                (Some(known), Some(new)) => narrowest(known, new, at),
                (known, new) => (at, [known.cloned(), new.cloned()]),
            };
        }
    }
    (at, [Some(known.clone()), Some(new.clone())])
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};
    use serde_json::json;

    use super::*;

    fn merged(documents: &[Value]) -> Result<Value, Error> {
        let parts: Vec<_> = documents
            .iter()
            .zip('a'..)
            .map(|(document, name)| Part { name: format!("{name}.md"), document: document.clone() })
            .collect();
        merge(&parts)
    }

    fn page(path: &str, components: Value) -> Value {
        json!({
            "openapi": "3.1.0",
            "tags": [{"name": path}, {"name": "All"}],
            "paths": {path: {"parameters": [1], "get": {"operationId": path}}},
            "components": components,
        })
    }

    #[test]
    fn parts_are_gathered_in_their_order() {
        let a = page("/b", json!({"schemas": {"Z": {"type": "string", "format": "uri"}}}));
        let mut b = page("/a", json!({"schemas": {"A": {}, "Z": {"format": "uri", "type": "string"}}}));
        b["paths"]["/b"] = json!({"post": {}, "parameters": [1]});
        b["security"] = json!([]);
        let c = page("/b", json!({"responses": {"R": {}}}));
        let expected = json!({
            "openapi": "3.1.0",
            "tags": [{"name": "/b"}, {"name": "All"}, {"name": "/a"}],
            "paths": {
                "/b": {"parameters": [1], "get": {"operationId": "/b"}, "post": {}},
                "/a": {"parameters": [1], "get": {"operationId": "/a"}},
            },
            "components": {"schemas": {"Z": {"type": "string", "format": "uri"}, "A": {}}, "responses": {"R": {}}},
            "security": [],
        });
        assert_eq!(merged(&[a.clone(), b, c]).unwrap().to_string(), expected.to_string());
        assert_eq!(merged(std::slice::from_ref(&a)).unwrap(), a);
        assert!(merged(&[]).is_err());
    }

    #[track_caller]
    fn check_conflict(change: impl FnOnce(&mut Value), expected: Expect) {
        let document = || {
            let mut page = page("/a", json!({"schemas": {"Thing": {"type": "object", "properties": {"a": {}}}}}));
            page["info"] = json!({"title": "T", "version": "1"});
            page
        };
        let mut other = document();
        change(&mut other);
        // The third agrees with the first: it adds no conflict of its own.
        let error = merged(&[document(), other, document()]).unwrap_err();
        expected.assert_eq(&error.to_string());
    }

    #[test]
    fn a_disagreement_shows_both() {
        check_conflict(
            |page| page["components"]["schemas"]["Thing"]["properties"]["a"]["enum"] = json!(["x"]),
            expect![[r#"
                the pages do not agree on 1 thing(s):
                /components/schemas/Thing, at /components/schemas/Thing/properties/a/enum
                  `a.md` has nothing
                  `b.md` has ["x"]"#]],
        );
        check_conflict(
            |page| {
                page["components"]["schemas"]["Thing"] = json!({"type": "string", "properties": {"b": {}}});
                page["paths"]["/a"]["get"]["operationId"] = json!("b");
                page["paths"]["/a"]["parameters"] = json!([2]);
                page["tags"][1]["description"] = json!("D");
                page["info"]["version"] = json!("2");
                page["openapi"] = json!("3.0.3");
            },
            expect![[r#"
                the pages do not agree on 6 thing(s):
                /openapi
                  `a.md` has "3.1.0"
                  `b.md` has "3.0.3"
                /tags/1, at /tags/1/description
                  `a.md` has nothing
                  `b.md` has "D"
                /paths/~1a/parameters
                  `a.md` has [1]
                  `b.md` has [2]
                /paths/~1a/get, at /paths/~1a/get/operationId
                  `a.md` has "/a"
                  `b.md` has "b"
                /components/schemas/Thing
                  `a.md` has {"type":"object","properties":{"a":{}}}
                  `b.md` has {"type":"string","properties":{"b":{}}}
                /info, at /info/version
                  `a.md` has "1"
                  `b.md` has "2""#]],
        );
    }

    #[test]
    fn what_is_no_object_is_compared() {
        for (a, b) in [
            (json!({"paths": []}), json!({"paths": {"/a": {}}})),
            (json!({"components": {"schemas": 1}}), json!({"components": {"schemas": {}}})),
            (json!({"tags": [1]}), json!({"tags": 1})),
            (json!([]), json!({})),
        ] {
            assert!(matches!(merged(&[a, b]), Err(Error::Conflicts(conflicts)) if conflicts.len() == 1));
        }
    }
}
