//! Other names of types.

use quote::format_ident;
use syn::{Item, parse_quote};

use crate::plan::{Alias, Plan};

/// The aliases, which typify does not write.
pub(super) fn items(plan: &Plan) -> Vec<Item> {
    let items = plan.aliases.iter().map(|(name, Alias { target, description })| {
        let docs = description.clone().unwrap_or_else(|| format!("Another name of [`{target}`]."));
        let (name, target) = (format_ident!("{name}"), format_ident!("{target}"));
        parse_quote!(#[doc = #docs] pub type #name = #target;)
    });
    items.collect()
}
