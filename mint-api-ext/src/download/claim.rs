//! Whether a download may have a name that is taken.

use std::io;

use super::destination::{Found, Item};
use super::download::Overwrite;
use super::manifest::Entry;
use super::publish::Clobber;
use crate::error::{Error, ErrorKind};

/// What a download may do with the name of a file.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Claim {
    /// The name is free. A file that gets it meanwhile is not replaced.
    Free,
    /// The file may be replaced: an earlier download of the same asset wrote it, or the caller says so.
    Ours,
    /// The file stays, and counts as the asset's.
    Keep,
    /// No manifest records the file. It may be replaced by one of the same bytes only: a download that was killed after
    /// it published the file could not record it.
    Unrecorded {
        /// The size of the file, in bytes.
        bytes: u64,
    },
    /// The manifest records the file, which was changed since. It may be replaced by one of the same bytes only, as
    /// [`Unrecorded`](Self::Unrecorded).
    Edited {
        /// The size of the file, in bytes.
        bytes: u64,
    },
    /// The file is another asset's.
    Anothers,
}

impl Claim {
    /// Decides by what has the name, and by the entry of that name in the manifest.
    pub(super) fn of(item: &Item, overwrite: Overwrite, found: Found, entry: Option<&Entry>) -> Self {
        let bytes = match found {
            Found::Nothing => return Self::Free,
            Found::Link if overwrite == Overwrite::Never => return Self::Free,
            Found::Link => return Self::Ours,
            Found::File(bytes) => bytes,
        };
        match (overwrite, entry) {
            (Overwrite::Always, _) => Self::Ours,
            (_, Some(entry)) if !entry.is_of(item) => Self::Anothers,
            (Overwrite::Never, _) => Self::Keep,
            (Overwrite::IfChanged, Some(_)) => Self::Ours,
            (Overwrite::IfChanged, None) => Self::Unrecorded { bytes },
        }
    }

    /// How the file is published.
    pub(super) fn clobber(self) -> Clobber {
        match self {
            Self::Ours | Self::Unrecorded { .. } | Self::Edited { .. } => Clobber::Replace,
            Self::Free | Self::Keep | Self::Anothers => Clobber::Keep,
        }
    }

    /// The size of a file that may be replaced by one of the same bytes only.
    pub(super) fn must_equal(self) -> Option<u64> {
        match self {
            Self::Unrecorded { bytes } | Self::Edited { bytes } => Some(bytes),
            Self::Free | Self::Ours | Self::Keep | Self::Anothers => None,
        }
    }

    /// Refuses a file whose length shows that it is not the one that has the name.
    pub(super) fn admit(self, item: &Item, announced: Option<u64>) -> Result<(), Error> {
        match (self.must_equal(), announced) {
            (Some(bytes), Some(announced)) if announced != bytes => Err(self.taken(item, None)),
            _ => Ok(()),
        }
    }

    /// The error of a name that another file has; `entry` is that of the file in the manifest.
    pub(super) fn taken(self, item: &Item, entry: Option<&Entry>) -> Error {
        let whose = match (self, entry) {
            (Self::Edited { .. }, _) => "it was changed after a download wrote it".to_owned(),
            (_, Some(Entry { kind, url, .. })) => {
                format!("an earlier download saved another file there, {kind} from `{url}`")
            }
            (_, None) => "a file is there that no download recorded".to_owned(),
        };
        let text = format!(
            "could not save `{}`: {whose}; it was not replaced; choose a directory for each operation, choose \
             another name by `named` or `Asset::file_name`, or replace it by `Overwrite::Always`",
            item.path.display()
        );
        Error::new(ErrorKind::Io, text).with_source(io::Error::from(io::ErrorKind::AlreadyExists))
    }
}

#[cfg(test)]
mod tests {
    use super::super::destination::UnpackedFrom;
    use super::*;
    use crate::asset::{Asset, AssetKind};

    #[test]
    fn who_may_have_a_name() {
        use Overwrite::{Always, IfChanged, Never};
        let item = Item {
            asset: Asset::new(AssetKind::Stl, "https://a/new.stl?s=1"),
            resource: Some("model/m".into()),
            pick: None,
            open_extension: true,
            name: "model.stl".into(),
            saved_as: "model.stl".into(),
            path: "model.stl".into(),
            unpacked_before: Vec::new(),
            unpacked_from: UnpackedFrom::This,
        };
        let entry = |kind: &str, url: &str, resource: Option<&str>| -> Entry {
            let entry = serde_json::json!({"kind": kind, "url": url, "resource": resource, "bytes": 1, "sha256": "0"});
            serde_json::from_value(entry).unwrap()
        };
        let same_url = entry("stl", "https://a/new.stl", None);
        let new_version = entry("stl", "https://a/old.stl", Some("model/m"));
        let other_model = entry("stl", "https://a/old.stl", Some("model/n"));
        let other_kind = entry("glb", "https://a/old.stl", Some("model/m"));
        let before_resources = entry("stl", "https://a/old.stl", None);
        let file = Found::File(7);
        let unrecorded = Claim::Unrecorded { bytes: 7 };
        for (found, entry, [if_changed, always, never]) in [
            (Found::Nothing, None, [Claim::Free, Claim::Free, Claim::Free]),
            (Found::Nothing, Some(&other_model), [Claim::Free, Claim::Free, Claim::Free]),
            (Found::Link, None, [Claim::Ours, Claim::Ours, Claim::Free]),
            (file, None, [unrecorded, Claim::Ours, Claim::Keep]),
            (file, Some(&same_url), [Claim::Ours, Claim::Ours, Claim::Keep]),
            (file, Some(&new_version), [Claim::Ours, Claim::Ours, Claim::Keep]),
            (file, Some(&other_model), [Claim::Anothers, Claim::Ours, Claim::Anothers]),
            (file, Some(&other_kind), [Claim::Anothers, Claim::Ours, Claim::Anothers]),
            (file, Some(&before_resources), [Claim::Anothers, Claim::Ours, Claim::Anothers]),
        ] {
            for (overwrite, claim) in [(IfChanged, if_changed), (Always, always), (Never, never)] {
                assert_eq!(Claim::of(&item, overwrite, found, entry), claim, "{overwrite:?} {found:?} {entry:?}");
            }
        }
        // Nothing to compare with: a file of no resource is known by its URL.
        let chosen = Item { resource: None, ..item };
        assert_eq!(Claim::of(&chosen, IfChanged, file, Some(&before_resources)), Claim::Anothers);
    }
}
