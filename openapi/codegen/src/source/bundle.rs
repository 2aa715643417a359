//! Makes one document of a document and the files that its references lead to.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt::Display;

use oxiri::{Iri, IriRef};
use serde_json::{Map, Value, json};

use super::{read, read_part};
use crate::document::{MAX_BYTES, beyond_bounds, size};
use crate::error::Error;
use crate::model::grammar::{ObjectKind, Shape, component_section};
use crate::model::names::unique_name;
use crate::model::pointer::{MAX_CHAIN, Pointer, percent_decoded};
use crate::model::visitor::visit_value_mut;

/// A document without references to other files.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Bundle {
    /// The document. What stood in other files is among its components.
    pub document: Value,
    /// The references that are left as they were, since what they lead to could not be read.
    pub unresolved: Vec<Unresolved>,
    /// The places in files of components and path items, by their pointers in the document.
    origins: BTreeMap<String, String>,
}

/// A reference to a file that could not be followed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Unresolved {
    /// The file with the reference, as [`Bundle::place`] names it; empty for the document itself.
    pub file: String,
    /// The reference.
    pub reference: String,
    /// The reason.
    pub reason: String,
}

/// Reads a document, and makes what its references to other files lead to a part of it.
///
/// `text_of` returns the text of a file, as JSON or YAML, by its absolute URI: that of the document first, then those of
/// references, resolved against the URI of the file that has them (RFC 3986, section 5). It is asked once for each file,
/// and decides which files may be read.
///
/// A file may hold a part of a document, or a whole one. A pointer in a reference starts at the top of its file; one that
/// leads to nothing there starts at the top of the document. References by anchors of other files are not followed.
///
/// # Errors
///
/// [`Error::Unreadable`] when `uri` is not absolute or the document cannot be read, and [`Error::Rejected`] when the files,
/// or the parts that are taken from them, have more than 20 MB. A reference that cannot be followed is no error: it is
/// among [`Bundle::unresolved`], and costs what reaches it.
///
/// # Examples
///
/// ```
/// use openapi_client_codegen::source::bundle;
///
/// let bundle = bundle("file:///api/openapi.yaml", |uri| match uri {
///     "file:///api/openapi.yaml" => Ok("openapi: 3.1.0\ncomponents: {schemas: {Lamp: {$ref: lamp.yaml}}}"),
///     "file:///api/lamp.yaml" => Ok("type: object"),
///     _ => Err("no such file"),
/// })?;
/// assert_eq!(bundle.document["components"]["schemas"]["Lamp"]["type"], "object");
/// # Ok::<(), openapi_client_codegen::Error>(())
/// ```
pub fn bundle<T: AsRef<str>, E: Display>(
    uri: &str,
    text_of: impl FnMut(&str) -> Result<T, E>,
) -> Result<Bundle, Error> {
    let unreadable = |message: String| Error::Unreadable { format: "OpenAPI", message };
    let mut text_of = text_of;
    let root = Iri::parse(uri).map_err(|error| unreadable(format!("`{uri}` is no absolute URI: {error}")))?;
    let text = text_of(uri).map_err(|error| unreadable(format!("it cannot be read: {error}")))?;
    let mut document = read(text.as_ref())?;
    let mut bundling = Bundling {
        text_of,
        root: root.as_str(),
        ids: BTreeSet::new(),
        files: BTreeMap::from([(uri.to_owned(), Ok(document.clone()))]),
        names: BTreeMap::new(),
        taken: BTreeMap::new(),
        pending: VecDeque::new(),
        unresolved: BTreeSet::new(),
        origins: BTreeMap::new(),
        chain: 0,
        bytes: text.as_ref().len(),
    };
    bundling.know(&mut document);
    bundling.rewrite(&mut document, ObjectKind::Document, uri, Pointer::default());
    while let Some(part) = bundling.pending.pop_front() {
        let Some(mut value) = bundling.value(&part.uri, &part.fragment).cloned() else { continue };
        bundling.take(size(&value))?;
        let at = Pointer::component(part.section, &part.name);
        bundling.originates(&at, &part.uri, &part.fragment);
        bundling.rewrite(&mut value, part.kind, &part.uri, at);
        // Where they are no objects, the document is malformed, and the rules say so.
        let components = object_in(&mut document, "components");
        if let Some(Value::Object(named)) = components.and_then(|components| object_in(components, part.section)) {
            named.insert(part.name, value);
        }
    }
    bundling.take(0)?;
    Ok(Bundle { document, unresolved: bundling.unresolved.into_iter().collect(), origins: bundling.origins })
}

/// A field of an object, which is an object of its own if it was absent.
fn object_in<'v>(object: &'v mut Value, field: &str) -> Option<&'v mut Value> {
    let inner = object.as_object_mut()?.entry(field).or_insert(Value::Null);
    if inner.is_null() {
        *inner = json!({});
    }
    Some(inner)
}

impl Bundle {
    /// Whether the document had no references to other files.
    pub fn is_one_file(&self) -> bool {
        self.origins.is_empty() && self.unresolved.is_empty()
    }

    /// The place of a construct in the file that has it: `lamps.yaml#/Lamp/properties/id`, or the same pointer for one of the
    /// document itself.
    pub fn place(&self, pointer: &Pointer) -> Pointer {
        let mut place = Pointer::default();
        let mut value = Some(&self.document);
        let mut inside = Pointer::default();
        for token in pointer.tokens() {
            // A rule may have put the target in the place of its reference.
            if let Some(target) = value.and_then(|value| value.get("$ref")?.as_str()?.strip_prefix('#'))
                && let Some(origin) = self.origins.get(target)
            {
                place = Pointer::parse(origin);
                value = self.document.pointer(target);
            }
            place.push(&token);
            inside.push(&token);
            value = value.and_then(|value| match value {
                Value::Array(list) => list.get(token.parse::<usize>().ok()?),
                value => value.get(&token),
            });
            if let Some(origin) = self.origins.get(inside.as_str()) {
                place = Pointer::parse(origin);
            }
        }
        place
    }
}

/// A part of a file that becomes a component.
struct Part {
    kind: ObjectKind,
    section: &'static str,
    name: String,
    uri: String,
    /// A JSON pointer.
    fragment: String,
}

struct Bundling<'a, R> {
    text_of: R,
    /// The URI of the document.
    root: &'a str,
    /// The names by which schemas of the document are known, which no file has.
    ids: BTreeSet<String>,
    files: BTreeMap<String, Result<Value, String>>,
    /// The names of the components for parts of files: by URI, pointer and section.
    names: BTreeMap<(String, String, &'static str), String>,
    taken: BTreeMap<&'static str, BTreeSet<String>>,
    pending: VecDeque<Part>,
    unresolved: BTreeSet<Unresolved>,
    origins: BTreeMap<String, String>,
    /// How many path items refer to the one at hand.
    chain: usize,
    bytes: usize,
}

impl<R, T: AsRef<str>, E: Display> Bundling<'_, R>
where
    R: FnMut(&str) -> Result<T, E>,
{
    /// Takes the names of the document. A component that only refers to a part of a file is the place for that part.
    fn know(&mut self, document: &mut Value) {
        let ids = &mut self.ids;
        visit_value_mut(document, Shape::One(ObjectKind::Document), &mut Pointer::default(), &mut |kind, _, object| {
            if kind == ObjectKind::Schema {
                ids.extend(object.get("$id").and_then(Value::as_str).map(|id| id.trim_end_matches('#').to_owned()));
            }
        });
        let mut aliases = Vec::new();
        for (section, named) in document["components"].as_object().into_iter().flatten() {
            let Some((kind, section)) = component_section(section) else { continue };
            for (name, component) in named.as_object().into_iter().flatten() {
                self.taken.entry(section).or_default().insert(name.clone());
                let reference = component.as_object().filter(|fields| fields.len() == 1);
                let reference = reference.and_then(|fields| fields.get("$ref")?.as_str());
                aliases.extend(reference.map(|reference| (kind, section, name.clone(), reference.to_owned())));
            }
        }
        let root = self.root.to_owned();
        for (kind, section, name, reference) in aliases {
            let Ok(Some((uri, fragment))) = self.target(&reference, &root) else { continue };
            let key = (uri.clone(), fragment.clone(), section);
            if uri != root && !self.names.contains_key(&key) {
                self.names.insert(key, name.clone());
                self.pending.push_back(Part { kind, section, name, uri, fragment });
            }
        }
    }

    /// Points the references of a value at components of the document.
    fn rewrite(&mut self, value: &mut Value, kind: ObjectKind, uri: &str, mut at: Pointer) {
        visit_value_mut(value, Shape::One(kind), &mut at, &mut |kind, at, object| {
            if kind == ObjectKind::PathItem {
                return self.path_item(object, uri, at);
            }
            if let Some(Value::String(reference)) = object.get_mut("$ref") {
                self.reference(reference, kind, uri);
            }
            let mapping = object.get_mut("discriminator").and_then(|value| value.get_mut("mapping"));
            if kind == ObjectKind::Schema
                && let Some(Value::Object(mapping)) = mapping
            {
                self.mapping(mapping, uri);
            }
        });
    }

    /// Puts a path item of another file in the place of its reference: what lists operations looks for them in paths.
    fn path_item(&mut self, item: &mut Map<String, Value>, file: &str, at: &Pointer) {
        let Some(Value::String(reference)) = item.get("$ref") else { return };
        let found = match self.target(reference, file) {
            Ok(None) => return,
            Ok(Some(_)) if self.chain > MAX_CHAIN => Err("it leads back to itself".to_owned()),
            Ok(Some((uri, fragment))) => Ok((uri, fragment)),
            Err(reason) => Err(reason),
        };
        match found {
            Err(reason) => self.leave(reference.clone(), file, reason),
            Ok((uri, fragment)) => {
                let Some(mut value) = self.value(&uri, &fragment).cloned() else { return };
                self.bytes += size(&value);
                if self.bytes > MAX_BYTES {
                    return;
                }
                item.shift_remove("$ref");
                self.originates(at, &uri, &fragment);
                self.chain += 1;
                self.rewrite(&mut value, ObjectKind::PathItem, &uri, at.clone());
                self.chain -= 1;
                for (field, value) in value.as_object_mut().map(std::mem::take).into_iter().flatten() {
                    item.entry(field).or_insert(value);
                }
            }
        }
    }

    fn originates(&mut self, at: &Pointer, uri: &str, fragment: &str) {
        if uri != self.root {
            self.origins.insert(at.to_string(), format!("{}#{fragment}", self.shown(uri)));
        }
    }

    fn leave(&mut self, reference: String, file: &str, reason: String) {
        let file = if file == self.root { String::new() } else { self.shown(file) };
        self.unresolved.insert(Unresolved { file, reference, reason });
    }

    /// A value of a mapping is the name of a schema, or a reference.
    fn mapping(&mut self, mapping: &mut Map<String, Value>, uri: &str) {
        for (_, target) in mapping {
            if let Value::String(target) = target
                && target.contains(['#', '/', '.'])
            {
                self.reference(target, ObjectKind::Schema, uri);
            }
        }
    }

    fn reference(&mut self, reference: &mut String, kind: ObjectKind, file: &str) {
        match self.target(reference, file) {
            Ok(None) => {}
            Ok(Some((uri, fragment))) if uri == self.root => *reference = format!("#{fragment}"),
            Ok(Some((uri, fragment))) => {
                let Some((kind, section)) = kind.section().and_then(component_section) else { return };
                let key = (uri.clone(), fragment.clone(), section);
                let name = match self.names.get(&key) {
                    Some(name) => name.clone(),
                    None => {
                        let name = unique_name(&wanted(&uri, &fragment), self.taken.entry(section).or_default());
                        self.names.insert(key, name.clone());
                        self.pending.push_back(Part { kind, section, name: name.clone(), uri, fragment });
                        name
                    }
                };
                *reference = format!("#{}", Pointer::component(section, &name));
            }
            Err(reason) => self.leave(reference.clone(), file, reason),
        }
    }

    /// The URI and the pointer that a reference in a file leads to; `None` for one that stays as it is.
    fn target(&mut self, reference: &str, file: &str) -> Result<Option<(String, String)>, String> {
        let (relative, fragment) = reference.split_once('#').unwrap_or((reference, ""));
        if relative.is_empty() && file == self.root || self.ids.contains(relative) {
            return Ok(None);
        }
        let base = Iri::parse(file).map_err(|error| error.to_string())?;
        let relative = IriRef::parse(relative).map_err(|error| format!("it is no URI: {error}"))?;
        let uri = base.resolve(&relative).map_err(|error| error.to_string())?.as_str().to_owned();
        let fragment = percent_decoded(fragment);
        self.load(&uri)?;
        if self.value(&uri, &fragment).is_some() {
            return Ok(Some((uri, fragment)));
        }
        match self.value(self.root, &fragment) {
            // Some tools read it so.
            Some(_) if relative.as_str().is_empty() => Ok(Some((self.root.to_owned(), fragment))),
            _ if !fragment.is_empty() && !fragment.starts_with('/') => {
                Err("it names an anchor; refer to the place by a JSON pointer".to_owned())
            }
            _ => Err(format!("`{}` has nothing at `{fragment}`", self.shown(&uri))),
        }
    }

    fn load(&mut self, uri: &str) -> Result<(), String> {
        if !self.files.contains_key(uri) {
            // The whole fails before the next part is taken.
            let is_too_large = self.bytes > MAX_BYTES;
            let read = if is_too_large { Err("the files are too large".to_owned()) } else { self.read(uri) };
            self.files.insert(uri.to_owned(), read);
        }
        self.files[uri].as_ref().map(|_| ()).map_err(Clone::clone)
    }

    fn read(&mut self, uri: &str) -> Result<Value, String> {
        let shown = self.shown(uri);
        let text = (self.text_of)(uri).map_err(|error| format!("`{shown}` cannot be read: {error}"))?;
        // A file without a text has costs, too.
        self.bytes += text.as_ref().len() + 1024;
        read_part(text.as_ref()).map_err(|error| format!("`{shown}`: {error}"))
    }

    fn value(&self, uri: &str, fragment: &str) -> Option<&Value> {
        self.files.get(uri)?.as_ref().ok()?.pointer(fragment)
    }

    /// Counts bytes of files and of the parts taken from them: a part may be in another.
    fn take(&mut self, bytes: usize) -> Result<(), Error> {
        self.bytes += bytes;
        match self.bytes > MAX_BYTES {
            true => Err(beyond_bounds("the files have more than 20 MB together".to_owned())),
            false => Ok(()),
        }
    }

    /// A URI from the folder of the document.
    fn shown(&self, uri: &str) -> String {
        let folder = self.root.rfind('/').map_or("", |end| &self.root[..=end]);
        uri.strip_prefix(folder).unwrap_or(uri).to_owned()
    }
}

/// The name for a component: the last part of the pointer, or the name of the file.
fn wanted(uri: &str, fragment: &str) -> String {
    let last = Pointer::parse(fragment).tokens().pop().filter(|name| !name.is_empty());
    last.unwrap_or_else(|| {
        let file = percent_decoded(uri.rsplit('/').next().unwrap_or_default());
        file.split('.').find(|part| !part.is_empty()).unwrap_or("Part").to_owned()
    })
}

#[cfg(test)]
mod tests;
