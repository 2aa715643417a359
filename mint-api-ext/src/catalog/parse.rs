//! Reads a definition.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::time::Duration;

use mint_api::types::{ConversionFormat, GenerationPreset};
use toml_edit::{Document, Item, TableLike};

use super::definition::{Definition, Entry, Make, Picture, Recorded};
use super::fields::{Fields, Lowest, Mistakes, kind, nearest};
use super::file_choice::{FileChoice, WORDS};
use super::{EntryId, Section, registry};
use crate::download::{checked_path, folded};
use crate::error::{Error, quoted};

const PRESETS: &[&str] = &["fast", "standard", "production"];
const LEVELS: &[&str] = &["light", "moderate", "aggressive"];
const FORMATS: &[&str] = &["glb", "obj", "stl", "usdz", "fbx"];
const POSES: &[&str] = &["t_pose", "a_pose"];
const SOUNDS: &[&str] = &["sound_effect", "general_audio"];

/// The longest name of an entry, in characters. Mint takes 120 for a name, and the end of the key is added to it.
const LONGEST_NAME: usize = 80;

impl Definition {
    /// Reads a definition. `path` is only for the errors.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument), with every mistake on a line of its own:
    /// `mint.toml:4:1: what is wrong; what to write`.
    ///
    /// # Examples
    ///
    /// ```
    /// use mint_api_ext::catalog::Definition;
    ///
    /// # fn main() -> Result<(), mint_api_ext::Error> {
    /// let definition = Definition::parse("mint.toml".as_ref(), "project = 'p'\n[models.lamp]\nprompt = 'a brass lamp'")?;
    /// assert_eq!(definition.entries.len(), 1);
    ///
    /// let error = Definition::parse("mint.toml".as_ref(), "project = 'p'\n[models.lamp]\npromt = 'a lamp'").unwrap_err();
    /// assert!(error.to_string().contains("mint.toml:3:1: [models.lamp] has no field `promt`; did you mean `prompt`?"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn parse(path: &Path, text: &str) -> Result<Self, Error> {
        let mut mistakes = Mistakes::new(text);
        let definition = match Document::parse(text) {
            Ok(document) => read(&mut mistakes, document.as_table()),
            Err(error) => {
                let what = format!("this is not TOML: {}", error.message().replace('\n', "; "));
                mistakes.add(error.span(), what);
                None
            }
        };
        match (mistakes.into_error(path), definition) {
            (None, Some(definition)) => Ok(definition),
            (error, _) => Err(error.unwrap_or_else(|| {
                let text = format!("{}:1:1: the definition cannot be read", path.display());
                Error::new(crate::error::ErrorKind::InvalidArgument, text)
            })),
        }
    }
}

/// The settings that entries take where they have none.
#[derive(Default)]
struct Defaults {
    preset: Option<GenerationPreset>,
    files: Option<Vec<FileChoice>>,
    review: bool,
}

fn read(mistakes: &mut Mistakes<'_>, root: &dyn TableLike) -> Option<Definition> {
    let mut fields = Fields::new(mistakes, root, "the file", None);
    let project = fields.required("project", "\"my-game-7f3a\", which keeps two projects of an account apart");
    if let (Some(name), Some(item)) = (&project, root.get("project"))
        && (name.len() > 100 || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte)))
    {
        fields
            .wrong::<()>(item, "`project` takes up to 100 letters, digits, `-`, `_` and `.`, such as \"my-game-7f3a\"");
    }
    let budget = fields.number("budget", Lowest::Zero);
    let key_lifetime = fields.number("key_lifetime", Lowest::Zero);
    let key_lifetime = key_lifetime.map(|seconds| Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX));
    let out = fields.text("out").unwrap_or_else(|| "assets".to_owned());
    check_path(&mut fields, root, "out", &out);
    let lock = match fields.word::<String>("lock", &["full", "public"]).as_deref() {
        None | Some("full") => Recorded::Full,
        Some("public") => Recorded::Public,
        Some(other) => {
            let other = quoted(other);
            let what = format!("`lock` is \"{other}\"; write \"full\" or \"public\"");
            root.get("lock").and_then(|item| fields.wrong(item, what)).unwrap_or_default()
        }
    };
    let registry = fields.text("registry");
    if let Some(path) = &registry {
        check_path(&mut fields, root, "registry", path);
    }
    let defaults = fields.item("defaults");
    let sections: Vec<_> =
        Section::ALL.iter().filter_map(|section| Some((*section, fields.item(section.as_str())?))).collect();
    fields.finish();
    let defaults = defaults.map(|item| read_defaults(mistakes, item)).unwrap_or_default();
    let mut entries = BTreeMap::new();
    for (section, item) in sections {
        read_section(mistakes, section, item, &defaults, &mut entries);
    }
    check_animations(mistakes, root, &entries);
    if registry.is_some() {
        check_registry_keys(mistakes, root, &entries);
    }
    Some(Definition { project: project?, budget, key_lifetime, out, lock, registry, entries })
}

/// Checks a path that a field of the file has.
fn check_path(fields: &mut Fields<'_, '_, '_>, root: &dyn TableLike, field: &str, path: &str) {
    if let Err(why) = checked_path(path)
        && let Some(item) = root.get(field)
    {
        fields.wrong::<()>(item, format!("`{field}` is {path:?}: {why}"));
    }
}

fn read_defaults(mistakes: &mut Mistakes<'_>, item: &Item) -> Defaults {
    let Some(table) = item.as_table_like() else {
        mistakes.add(item.span(), format!("`defaults` is {}; write a table `[defaults]`", kind(item)));
        return Defaults::default();
    };
    let mut fields = Fields::new(mistakes, table, "[defaults]", item.span());
    let defaults = Defaults {
        preset: fields.word("preset", PRESETS),
        files: fields.words("files", WORDS),
        review: fields.flag("review").unwrap_or_default(),
    };
    fields.finish();
    defaults
}

fn read_section(
    mistakes: &mut Mistakes<'_>,
    section: Section,
    item: &Item,
    defaults: &Defaults,
    entries: &mut BTreeMap<EntryId, Entry>,
) {
    let Some(table) = item.as_table_like() else {
        let what = format!("`{section}` is {}; write a table for each entry, such as `[{section}.lamp]`", kind(item));
        return mistakes.add(item.span(), what);
    };
    let mut taken: HashMap<String, String> = HashMap::new();
    for (name, item) in table.iter() {
        let span = item.span().or_else(|| table.key(name).and_then(|key| key.span()));
        let shown = quoted(name);
        let why = match checked_path(name) {
            Err(why) => Some(why),
            Ok(checked) if checked != name => Some("the name must be in Unicode's form NFC".to_owned()),
            Ok(_) if name.chars().count() > LONGEST_NAME => Some(format!("use at most {LONGEST_NAME} characters")),
            Ok(_) => None,
        };
        if let Some(why) = why {
            mistakes.add(span.clone(), format!("the name `{shown}` cannot be that of files: {why}"));
        }
        if let Some(other) = taken.insert(folded(name), name.to_owned()) {
            let what = format!("`{shown}` and `{}` are one name where case does not count; rename one", quoted(&other));
            mistakes.add(span.clone(), what);
        }
        let Some(entry) = item.as_table_like() else {
            let what = format!("`{section}.{shown}` is {}; write a table `[{section}.{shown}]`", kind(item));
            mistakes.add(span, what);
            continue;
        };
        let id = EntryId::new(section, name);
        let fields = Fields::new(mistakes, entry, format!("[{section}.{shown}]"), span);
        if let Some(entry) = read_entry(fields, id.clone(), defaults) {
            entries.insert(id, entry);
        }
    }
}

fn read_entry(mut fields: Fields<'_, '_, '_>, id: EntryId, defaults: &Defaults) -> Option<Entry> {
    let prompt = fields.required("prompt", "\"what to make\"");
    let files = fields.words("files", WORDS);
    let price = fields.number("price", Lowest::Zero);
    let preset = |fields: &mut Fields<'_, '_, '_>| fields.word("preset", PRESETS).or(defaults.preset);
    let review = |fields: &mut Fields<'_, '_, '_>| fields.flag("review").unwrap_or(defaults.review);
    let make = match id.section {
        Section::Models => Some(Make::Model {
            preset: preset(&mut fields),
            pose: fields.word("pose", POSES),
            images: read_images(&mut fields),
            review: review(&mut fields),
            optimize: fields.word("optimize", LEVELS),
            convert: sorted(fields.words::<ConversionFormat>("convert", FORMATS).unwrap_or_default()),
            convert_price: fields.number("convert_price", Lowest::Zero),
        }),
        Section::Worlds => Some(Make::World {
            preset: preset(&mut fields),
            images: read_images(&mut fields),
            review: review(&mut fields),
        }),
        Section::Packs => read_count(&mut fields).map(|count| Make::Pack {
            preset: preset(&mut fields),
            count,
            pack_type: fields.text("type"),
            style: fields.text("style"),
        }),
        Section::Audio => Some(Make::Audio {
            preset: preset(&mut fields),
            kind: fields.word("kind", SOUNDS),
            seconds: fields.number("seconds", Lowest::AboveZero),
        }),
        Section::Animations => fields
            .required("model", "\"lamp\", the name of the entry of `[models]` to animate")
            .map(|model| Make::Animation { model, height: fields.number("height", Lowest::AboveZero) }),
    };
    if make.is_some() {
        fields.finish();
    }
    let usual = match id.section {
        Section::Models | Section::Worlds => defaults.files.clone(),
        _ => None,
    };
    let files = files.or(usual).unwrap_or_else(|| match id.section {
        Section::Models => vec![FileChoice::GLB],
        Section::Worlds => vec![FileChoice::RUNTIME],
        Section::Packs | Section::Audio | Section::Animations => vec![FileChoice::ALL],
    });
    Some(Entry { id, prompt: prompt?, files: sorted(files), price, make: make? })
}

fn sorted<T: Ord>(mut list: Vec<T>) -> Vec<T> {
    list.sort();
    list.dedup();
    list
}

fn read_count(fields: &mut Fields<'_, '_, '_>) -> Option<u32> {
    let Some(item) = fields.item("count") else {
        fields.required("count", "5, the number of items");
        return None;
    };
    match item.as_integer() {
        Some(count @ 2..=25) => u32::try_from(count).ok(),
        Some(count) => fields.wrong(item, format!("`count` is {count}; a pack has 2 to 25 items")),
        None => fields.wrong(item, format!("`count` is {}; write a whole number from 2 to 25", kind(item))),
    }
}

fn read_images(fields: &mut Fields<'_, '_, '_>) -> Vec<Picture> {
    let (one, several) = (fields.item("image"), fields.item("images"));
    if let (Some(_), Some(item)) = (one, several) {
        fields.wrong::<()>(item, "`image` and `images` exclude each other; keep one of them");
    }
    if let Some(item) = one {
        let picture = match item.as_str() {
            Some(text) => picture(text),
            None => Err(format!("`image` is {}; write the path of a picture or its https URL", kind(item))),
        };
        return picture.map_err(|what| fields.wrong::<()>(item, what)).into_iter().collect();
    }
    let Some(item) = several else { return Vec::new() };
    let views: Option<Vec<&str>> =
        item.as_array().and_then(|array| array.iter().map(toml_edit::Value::as_str).collect());
    match views {
        Some(views) if (2..=8).contains(&views.len()) => {
            let pictures: Result<Vec<_>, _> = views.into_iter().map(picture).collect();
            pictures.map_err(|what| fields.wrong::<()>(item, what)).unwrap_or_default()
        }
        Some(views) => {
            let what = format!("`images` has {} pictures; give 2 to 8 views, or one as `image`", views.len());
            fields.wrong(item, what).unwrap_or_default()
        }
        None => {
            let what = format!("`images` is {}; write a list of paths or https URLs", kind(item));
            fields.wrong(item, what).unwrap_or_default()
        }
    }
}

fn picture(text: &str) -> Result<Picture, String> {
    if text.starts_with("https://") {
        return match url::Url::parse(text) {
            Ok(_) => Ok(Picture::Url(text.to_owned())),
            Err(error) => Err(format!("a picture has a URL that cannot be read ({error}); write a public https URL")),
        };
    }
    match text {
        "" => Err("a picture has an empty path; write the path of a file or its https URL".to_owned()),
        _ if text.contains("://") => Err("a picture has a URL that is not https; write a public https URL".to_owned()),
        _ if Path::new(text).is_absolute() => {
            Err("a picture has an absolute path, which another machine does not have; write one from here".to_owned())
        }
        _ => Ok(Picture::File(PathBuf::from(text))),
    }
}

/// What the file has under the name of an entry.
fn item_of<'r>(root: &'r dyn TableLike, id: &EntryId) -> Option<&'r Item> {
    root.get(id.section.as_str())?.as_table_like()?.get(&id.name)
}

/// Checks that every animation names a model entry.
fn check_animations(mistakes: &mut Mistakes<'_>, root: &dyn TableLike, entries: &BTreeMap<EntryId, Entry>) {
    let models: Vec<&str> =
        entries.keys().filter(|id| id.section == Section::Models).map(|id| id.name.as_str()).collect();
    for (id, entry) in entries {
        let Make::Animation { model, .. } = &entry.make else { continue };
        if models.contains(&model.as_str()) {
            continue;
        }
        let item = item_of(root, id).and_then(Item::as_table_like);
        let span = item.and_then(|table| table.get("model")).and_then(Item::span);
        let what = match nearest(model, &models) {
            Some(near) => format!("`model` is \"{}\"; did you mean \"{near}\"?", quoted(model)),
            None => {
                format!("`model` is \"{0}\"; add an entry `[models.{0}]`, or name one that there is", quoted(model))
            }
        };
        mistakes.add(span, what);
    }
}

/// Checks that the names of the entries are keys of a registry, which has one table for all sections.
fn check_registry_keys(mistakes: &mut Mistakes<'_>, root: &dyn TableLike, entries: &BTreeMap<EntryId, Entry>) {
    let mut taken: HashMap<&str, &EntryId> = HashMap::new();
    for id in entries.keys() {
        let why = match taken.insert(&id.name, id) {
            Some(other) => format!("{other} has the same key in the registry; rename one"),
            None if !registry::is_key(&id.name) => {
                "a key of the registry has lower-case letters, digits, `.`, `_` and single `-`, and begins and ends with \
                 none of `.` and `-`; rename the entry"
                    .to_owned()
            }
            None => continue,
        };
        let span = item_of(root, id).and_then(Item::span);
        mistakes.add(span, format!("[{}.{}]: {why}", id.section, quoted(&id.name)));
    }
}
