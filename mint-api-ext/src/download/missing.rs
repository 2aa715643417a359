//! The error of files that were asked for, and that no place names.

use super::download::Download;
use super::pick::Pick;
use super::selection::{Absent, Selection};
use crate::asset::{AssetKind, Assets, PackItem};
use crate::error::{Error, ErrorKind};

impl Download {
    /// The error of kinds and picks that no file has, or of no file at all.
    pub(super) fn missing(&self, assets: &Assets) -> Option<Error> {
        let what = self.absent(assets)?;
        let whose = assets.resource().map(|resource| format!(" of {}", resource.replace('/', " "))).unwrap_or_default();
        let places = match assets.looked() {
            [] if assets.is_empty() => "none was given".to_owned(),
            [] => format!("the files that were given are {}", assets.kinds()),
            looked => looked.join("; "),
        };
        let advice = match (self.selection.kinds.as_slice(), self.selection.picks.as_slice()) {
            _ if places.contains("downloads-disabled") => "let the owner allow downloads, then download again",
            ([], []) => "wait until the operation has ended, then read it and download again",
            (_, []) => "wait until the operation has ended, name other kinds, or let these be absent by `optional`",
            _ => "wait until the operation has ended, choose other files, or let these be absent by `optional`",
        };
        Some(Error::new(ErrorKind::Download, format!("found {what}{whose}: {places}; {advice}")))
    }

    /// What is absent and must not be, for a text.
    fn absent(&self, assets: &Assets) -> Option<String> {
        let selection = &self.selection;
        let absent = match selection.absent {
            Absent::IsFine if !assets.is_empty() => selection.halves_of(assets),
            _ => {
                let without_file = assets.without_file().iter().map(|item| format!("no file of {item}"));
                selection.absent_of(assets).into_iter().chain(without_file).collect()
            }
        };
        (!absent.is_empty()).then(|| absent.join(", "))
    }
}

impl Selection {
    /// The kinds and picks that no file has, of an asset pack no file of an item; for a text.
    pub(super) fn absent_of(&self, assets: &Assets) -> Vec<String> {
        let Some((first, others)) = self.kinds.split_first().filter(|_| self.picks.is_empty()) else {
            return match self.picks.as_slice() {
                [] if assets.is_empty() => vec!["no file".to_owned()],
                picks => self.absent_picks(assets, |_, _| true, picks),
            };
        };
        let wanted: Vec<_> = first.iter().filter(|kind| others.iter().all(|kinds| kinds.contains(kind))).collect();
        if wanted.is_empty() {
            return vec!["no file: `only` names no kind".to_owned()];
        }
        let of_all = |kind: &AssetKind| assets.iter().any(|asset| asset.item.is_none() && asset.kind == *kind);
        let absent = assets.by_item().into_iter().filter_map(|(item, assets)| {
            let is_absent = |kind: &&&AssetKind| assets.of_kind(kind).is_none() && !of_all(kind);
            let kinds: Vec<_> = wanted.iter().filter(is_absent).map(ToString::to_string).collect();
            (!kinds.is_empty()).then(|| format!("no file of these kinds{}: {}", of_item(item), kinds.join(", ")))
        });
        absent.collect()
    }

    /// The picks of several files of which some are there, and others are missing; for a text.
    fn halves_of(&self, assets: &Assets) -> Vec<String> {
        self.absent_picks(assets, Pick::has_half, &self.picks)
    }

    fn absent_picks(&self, assets: &Assets, counts: fn(&Pick, &Assets) -> bool, picks: &[Pick]) -> Vec<String> {
        let absent = assets.by_item().into_iter().flat_map(|(item, assets)| {
            let of_kinds = self.of_kinds(&assets);
            let picks = picks.iter().filter(|pick| counts(pick, &of_kinds));
            let absent = picks.filter_map(|pick| Some(format!("{}{}", pick.absent(&of_kinds)?, of_item(item))));
            absent.collect::<Vec<_>>()
        });
        absent.collect()
    }
}

fn of_item(item: Option<&PackItem>) -> String {
    item.map(|item| format!(" of item {:?}", item.name)).unwrap_or_default()
}
