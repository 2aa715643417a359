//! The verdict on Rust: compares the public items of the two generated sources.

mod attribution;
mod surface;

use std::fmt;

use serde::Serialize;

use super::ClientSource;
use super::change::{Bump, Change};
use super::document::Document;
use surface::{Item, ItemKind, Surface};

/// What became of a public item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ItemChange {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// Its declaration differs.
    Changed,
}

/// A public item that differs between the sources.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct PublicItem {
    /// Its path in the generated module, such as `types::Operation::assets`.
    pub path: String,
    /// What became of it.
    pub change: ItemChange,
    /// The change as part of a sentence.
    pub detail: String,
    /// What it asks of the version.
    pub bump: Bump,
}

/// The verdict on the public surface of the generated client.
#[derive(Clone, Debug, Default, Serialize)]
#[non_exhaustive]
pub struct RustVerdict {
    /// What the surface as a whole asks of the version: `None` when the sources are the same.
    pub bump: Option<Bump>,
    /// Items that no single change explains.
    pub others: Vec<PublicItem>,
    /// Why there is no verdict; `None` when there is one.
    pub unknown: Option<String>,
    /// The item with the greatest bump.
    #[serde(skip)]
    pub(super) worst: Option<PublicItem>,
    /// How many items differ.
    #[serde(skip)]
    pub(super) count: usize,
}

/// Compares the two sources, and attributes the differing items to the changes.
pub(super) fn judge(
    old: Document<'_>,
    new: Document<'_>,
    before: Result<&ClientSource, &String>,
    after: Result<&ClientSource, &String>,
    changes: &mut [Change],
) -> RustVerdict {
    let unknown = |which: &str, error: &dyn fmt::Display| RustVerdict {
        unknown: Some(format!("there is no client for the {which} document: {error}")),
        ..RustVerdict::default()
    };
    let (before, after) = match (before, after) {
        (Err(error), _) => return unknown("old", error),
        (_, Err(error)) => return unknown("new", error),
        (Ok(before), Ok(after)) => (before, after),
    };
    let (was, is) = match (Surface::of(&before.rust), Surface::of(&after.rust)) {
        (Err(error), _) => return unknown("old", &error),
        (_, Err(error)) => return unknown("new", &error),
        (Ok(was), Ok(is)) => (was, is),
    };
    let items = compare(&was, &is);
    let bump = items.iter().map(|item| item.bump).max();
    // The order of items is not part of the surface.
    let other_text = !changes.is_empty() && before.rust != after.rust;
    // The first item with the greatest bump; a builder's items follow from the type it builds.
    let of_builder = |item: &PublicItem| item.path.contains("builder::");
    let worst = items.iter().rev().max_by_key(|item| (item.bump, !of_builder(item))).cloned();
    let count = items.len();
    let others = attribution::attribute(old, new, [before, after], changes, items);
    RustVerdict { bump: bump.or(other_text.then_some(Bump::Patch)), others, unknown: None, worst, count }
}

fn compare(was: &Surface, is: &Surface) -> Vec<PublicItem> {
    let mut items = Vec::new();
    for (path, item) in &was.items {
        match is.items.get(path) {
            None if item.parent.as_ref().is_some_and(|parent| !is.items.contains_key(parent)) => {}
            None => items.push(item.became(path, ItemChange::Removed, Bump::Major, "is gone".into())),
            Some(other) => items.extend(changed(path, item, other)),
        }
    }
    for (path, item) in is.items.iter().filter(|(path, _)| !was.items.contains_key(*path)) {
        let parent = item.parent.as_ref();
        if parent.is_some_and(|parent| !was.items.contains_key(parent)) {
            continue;
        }
        // An exhaustive match or struct literal must now include this item.
        let closed = parent.and_then(|parent| was.items.get(parent)).is_some_and(|parent| parent.closed);
        let bump =
            if closed && matches!(item.kind, ItemKind::Field | ItemKind::Variant) { Bump::Major } else { Bump::Minor };
        items.push(item.became(path, ItemChange::Added, bump, "is new".into()));
    }
    items.sort_by(|one, other| one.path.cmp(&other.path));
    items
}

fn changed(path: &str, was: &Item, is: &Item) -> Option<PublicItem> {
    if was.kind != is.kind {
        let detail = format!("was of another kind: {}", was.kind);
        return Some(is.became(path, ItemChange::Changed, Bump::Major, detail));
    }
    if was.declaration != is.declaration {
        let detail = difference(was, is);
        return Some(is.became(path, ItemChange::Changed, Bump::Major, detail));
    }
    match (was.non_exhaustive, is.non_exhaustive) {
        (false, true) => Some(is.became(path, ItemChange::Changed, Bump::Major, "becomes `#[non_exhaustive]`".into())),
        (true, false) => {
            Some(is.became(path, ItemChange::Changed, Bump::Minor, "is no longer `#[non_exhaustive]`".into()))
        }
        _ => None,
    }
}

/// The shortest description of how a declaration differs.
fn difference(was: &Item, is: &Item) -> String {
    let split = |item: &Item| item.declaration.rsplit_once(" -> ").map(|(one, two)| (one.to_owned(), two.to_owned()));
    match (was.kind, split(was), split(is)) {
        (ItemKind::Function, Some((arguments, result)), Some((other_arguments, other_result))) => {
            if arguments == other_arguments {
                return format!("returns `{other_result}`, was `{result}`");
            }
            "takes other arguments".into()
        }
        _ => format!("becomes `{}`, was `{}`", is.declaration, was.declaration),
    }
}

impl Item {
    fn became(&self, path: &str, change: ItemChange, bump: Bump, what: String) -> PublicItem {
        PublicItem { path: path.to_owned(), change, detail: format!("{} `{path}` {what}", self.kind), bump }
    }
}
