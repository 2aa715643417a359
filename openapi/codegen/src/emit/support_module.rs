//! The module `support` of every generated client.

use syn::{File, Item, ItemMod};

use super::{Settings, attributes, names};
use crate::error::Error;
use crate::plan::Plan;

/// The helpers of generated types, in files of one concern each.
const SUPPORT: &[(&str, &str)] = &[
    ("builders", include_str!("support/builders.rs")),
    ("cookies", include_str!("support/cookies.rs")),
    ("error", include_str!("support/error.rs")),
    ("integers", include_str!("support/integers.rs")),
    ("json", include_str!("support/json.rs")),
    ("members", include_str!("support/members.rs")),
    ("objects", include_str!("support/objects.rs")),
    ("query", include_str!("support/query.rs")),
    ("reply", include_str!("support/reply.rs")),
    ("salvage", include_str!("support/salvage.rs")),
    ("texts", include_str!("support/texts.rs")),
    ("timestamp", include_str!("support/timestamp.rs")),
    ("undecoded", include_str!("support/undecoded.rs")),
    ("unknown_value", include_str!("support/unknown_value.rs")),
    ("urls", include_str!("support/urls.rs")),
];

/// Only for documents with multipart bodies: it needs the feature `multipart` of reqwest.
const MULTIPART: (&str, &str) = ("multipart", include_str!("support/multipart.rs"));

pub(super) fn support_module(plan: &Plan, settings: &Settings) -> Result<ItemMod, Error> {
    let mut files = Vec::new();
    let multipart = plan.operations.values().any(|operation| operation.multipart.is_some()).then_some(&MULTIPART);
    for (name, text) in SUPPORT.iter().chain(multipart) {
        let mut items = syn::parse_str::<File>(text)?.items;
        items.retain(|item| !matches!(item, Item::Mod(tests) if tests.ident == "tests"));
        if settings.schemars {
            attributes::derive_schemars(&mut items);
        }
        files.extend(names::flattened(name, items));
    }
    Ok(names::module("support", files))
}
