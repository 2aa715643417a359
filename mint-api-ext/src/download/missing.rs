//! Files that were asked for, and that no place names.

use super::download::{Absent, Download};
use crate::asset::{AssetKind, Assets};
use crate::error::{Error, ErrorKind};

impl Download {
    /// The error of kinds that no file has, or of no file at all.
    pub(super) fn missing(&self, assets: &Assets) -> Option<Error> {
        let what = match (assets.is_empty(), self.wanted.split_first()) {
            (true, None) => "no file".to_owned(),
            (false, None) => return None,
            (false, Some(_)) if self.absent == Absent::IsFine => return None,
            (_, Some((first, others))) => {
                let wanted = first.iter().filter(|kind| others.iter().all(|kinds| kinds.contains(kind)));
                let is_absent = |kind: &&AssetKind| !assets.iter().any(|asset| asset.kind == **kind);
                let absent: Vec<_> = wanted.clone().filter(is_absent).map(ToString::to_string).collect();
                match absent.as_slice() {
                    [] if wanted.count() > 0 => return None,
                    [] => "no file: `only` names no kind".to_owned(),
                    absent => format!("no file of these kinds: {}", absent.join(", ")),
                }
            }
        };
        let whose = assets.resource().map(|resource| format!(" of {}", resource.replace('/', " "))).unwrap_or_default();
        let places = match assets.looked() {
            [] if assets.is_empty() => "none was given".to_owned(),
            [] => "the files that were given have none".to_owned(),
            looked => looked.join("; "),
        };
        let advice = match self.wanted.as_slice() {
            _ if places.contains("downloads-disabled") => "let the owner allow downloads, then download again",
            [] => "wait until the operation has ended, then read it and download again",
            _ => "wait until the operation has ended, name other kinds, or let these be absent by `optional`",
        };
        Some(Error::new(ErrorKind::Download, format!("found {what}{whose}: {places}; {advice}")))
    }
}
