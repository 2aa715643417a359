//! The error of files that were asked for, and that no place names.

use super::download::Download;
use super::selection::Absent;
use crate::asset::{AssetKind, Assets};
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

    /// What is absent, for a text.
    fn absent(&self, assets: &Assets) -> Option<String> {
        let selection = &self.selection;
        let is_fine = selection.absent == Absent::IsFine && !assets.is_empty();
        if !selection.picks.is_empty() {
            let of_kinds = selection.of_kinds(assets);
            let must = selection.picks.iter().filter(|pick| !is_fine || pick.has_half(&of_kinds));
            let absent: Vec<_> = must.filter_map(|pick| pick.absent(&of_kinds)).collect();
            return (!absent.is_empty()).then(|| absent.join(", "));
        }
        match selection.kinds.split_first() {
            None => assets.is_empty().then(|| "no file".to_owned()),
            Some(_) if is_fine => None,
            Some((first, others)) => {
                let wanted = first.iter().filter(|kind| others.iter().all(|kinds| kinds.contains(kind)));
                let is_absent = |kind: &&AssetKind| assets.of_kind(kind).is_none();
                let absent: Vec<_> = wanted.clone().filter(is_absent).map(ToString::to_string).collect();
                match absent.as_slice() {
                    [] if wanted.count() > 0 => None,
                    [] => Some("no file: `only` names no kind".to_owned()),
                    absent => Some(format!("no file of these kinds: {}", absent.join(", "))),
                }
            }
        }
    }
}
