//! The content hashes of steps, and the idempotency keys that derive from them.
//!
//! A change here makes things again that are paid for: tests hold some hashes.

use super::definition::{Definition, Entry, Make};
use super::lock_file::Version;
use super::{EntryId, Step};
use crate::client::{Sha256, idempotency};
use crate::download::hex;

/// The content of a step: named texts in a fixed order. A text that is not set is left out, so that a new field changes no
/// hash.
#[derive(Default)]
struct Content(Sha256);

impl Content {
    fn of(step: &str) -> Self {
        Self::default().with("step", step)
    }

    fn with(mut self, name: &str, value: impl ToString) -> Self {
        for part in [name, &value.to_string()] {
            self.0.update((part.len() as u64).to_be_bytes());
            self.0.update(part);
        }
        self
    }

    fn with_some(self, name: &str, value: Option<impl ToString>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// The first 16 of the 64 digits: enough for the versions of an entry, and short in a lock.
    fn finish(self) -> String {
        let mut digits = hex(&self.0.finalize());
        digits.truncate(16);
        digits
    }
}

/// The hash of what goes into the generation of an entry. `images` are the contents or URLs of its pictures; `base` is the
/// hash of the model that an animation moves.
pub(super) fn generation(entry: &Entry, images: &[String], base: Option<&str>) -> String {
    let mut content = Content::of(entry.id.section.as_str()).with("prompt", &entry.prompt);
    content = match &entry.make {
        Make::Model { preset, pose, .. } => content.with_some("preset", *preset).with_some("pose", *pose),
        Make::World { preset, .. } => content.with_some("preset", *preset),
        Make::Pack { preset, count, pack_type, style } => content
            .with_some("preset", *preset)
            .with("count", count)
            .with_some("type", pack_type.as_ref())
            .with_some("style", style.as_ref()),
        Make::Audio { preset, kind, seconds } => {
            content.with_some("preset", *preset).with_some("kind", *kind).with_some("seconds", *seconds)
        }
        Make::Animation { height, .. } => content.with_some("height", *height),
    };
    images.iter().fold(content.with_some("base", base), |content, image| content.with("image", image)).finish()
}

/// The hash of the optimization of an entry, if it has one.
pub(super) fn optimization(entry: &Entry, generation: &str) -> Option<String> {
    match &entry.make {
        Make::Model { optimize: Some(level), .. } => {
            Some(Content::of("optimize").with("generation", generation).with("level", level).finish())
        }
        _ => None,
    }
}

/// The hash of the conversion of an entry, if it has one.
pub(super) fn conversion(entry: &Entry, generation: &str) -> Option<String> {
    match &entry.make {
        Make::Model { convert, .. } if !convert.is_empty() => {
            let content = Content::of("convert").with("generation", generation);
            Some(convert.iter().fold(content, |content, format| content.with("format", format)).finish())
        }
        _ => None,
    }
}

/// The hash of the download of an entry; `None` before everything is made that it needs.
pub(super) fn download(definition: &Definition, entry: &Entry, generation: &str, version: &Version) -> Option<String> {
    let mut content = Content::of("download").with("out", &definition.out);
    content = content.with("generate", &version.generate.as_ref()?.key);
    if let Some(hash) = optimization(entry, generation) {
        content = content.with("optimize", &version.optimize.get(&hash)?.key);
    }
    if let Some(hash) = conversion(entry, generation) {
        content = content.with("convert", &version.convert.get(&hash)?.key);
    }
    Some(entry.files.iter().fold(content, |content, files| content.with("files", files)).finish())
}

/// The key of a paid call.
pub(super) fn key(project: &str, entry: &EntryId, step: Step, hash: &str, attempt: u32) -> String {
    let (entry, attempt) = (entry.to_string(), attempt.to_string());
    idempotency::derived(["catalog", project, &entry, step.as_str(), hash, &attempt])
}

/// The key of an upload, which depends on nothing but the project and the content.
pub(super) fn upload_key(project: &str, sha256: &str) -> String {
    idempotency::derived(["catalog", project, "upload", sha256])
}

/// The name that Mint shows: that of the entry, and the beginning of the key's hash, by which a lost start is found.
pub(super) fn shown_name(entry: &EntryId, key: &str) -> String {
    let digits = hex(&Sha256::digest(key));
    format!("{} #{}", entry.name, &digits[..12])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Section;

    fn entry(text: &str) -> Entry {
        let text = format!("project = 'p'\n[models.lamp]\nprompt = 'a lamp'\n{text}");
        let mut definition = Definition::parse("mint.toml".as_ref(), &text).unwrap();
        definition.entries.remove(&EntryId::new(Section::Models, "lamp")).unwrap()
    }

    #[test]
    fn hashes_and_keys_are_the_same_in_every_version() {
        let hash = generation(&entry(""), &[], None);
        assert_eq!(hash, "f7bf590f356e65eb");
        assert_eq!(generation(&entry("preset = 'fast'"), &["x".into()], None), "396e512aefdb6864");
        let id = EntryId::new(Section::Models, "lamp");
        assert_eq!(key("p", &id, Step::Generate, &hash, 1), "0bfda0bd-ad6f-8bc2-a4f4-7146b5a6b04e");
        assert_eq!(shown_name(&id, "k"), "lamp #8254c329a928");
    }

    #[test]
    fn only_what_goes_into_the_generation_makes_a_new_version() {
        let of = |text: &str| generation(&entry(text), &[], None);
        for same in
            ["optimize = 'light'", "files = 'all'", "review = true", "price = 5", "convert = 'fbx'", "# comment"]
        {
            assert_eq!(of(same), of(""), "{same}");
        }
        let mut different: Vec<_> = ["", "preset = 'fast'", "pose = 't_pose'"].map(of).into();
        different.push(generation(&entry(""), &["x".into()], None));
        different.push(generation(&entry(""), &["y".into()], None));
        different.sort();
        different.dedup();
        assert_eq!(different.len(), 5);
    }

    #[test]
    fn a_key_depends_on_each_of_its_parts() {
        let (lamp, desk) = (EntryId::new(Section::Models, "lamp"), EntryId::new(Section::Worlds, "lamp"));
        let mut keys = [
            key("p", &lamp, Step::Generate, "h", 1),
            key("q", &lamp, Step::Generate, "h", 1),
            key("p", &desk, Step::Generate, "h", 1),
            key("p", &lamp, Step::Optimize, "h", 1),
            key("p", &lamp, Step::Generate, "i", 1),
            key("p", &lamp, Step::Generate, "h", 2),
            upload_key("p", "h"),
        ];
        keys.sort();
        assert!(keys.windows(2).all(|pair| pair[0] != pair[1]));
    }
}
