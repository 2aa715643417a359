//! Announces the types that typify must not write to it: enums of strings, texts of a format, unions, tuples, and
//! types that the status decides.

use progenitor::{GenerationSettings, TypeImpl};
use quote::{format_ident, quote};
use syn::visit_mut::{VisitMut, visit_item_mod_mut, visit_path_mut};
use syn::{File, ItemMod, Path, parse_quote};

use crate::plan::Plan;

/// The path under which typify knows the types; [`settle`] replaces it.
const ELSEWHERE: &str = "generated_elsewhere";

pub(super) fn announce(settings: &mut GenerationSettings, plan: &Plan) {
    for name in plan.enums.keys().chain(plan.formats.keys()) {
        let impls = [TypeImpl::Display, TypeImpl::FromStr];
        settings.with_replacement(name, format!("{ELSEWHERE}::{name}"), impls.into_iter());
    }
    for name in plan.unions.keys().chain(plan.tuples.keys()).chain(plan.by_status.keys()).chain(&plan.file_part) {
        settings.with_replacement(name, format!("{ELSEWHERE}::{name}"), std::iter::empty());
    }
}

/// Replaces the paths to the types by the right ones in each module.
pub(super) fn settle(file: &mut File) {
    Settle { modules: Vec::new() }.visit_file_mut(file);
}

/// Removes the path from messages.
pub(super) fn settle_texts(rust: &str) -> String {
    rust.replace(&format!("{ELSEWHERE}::"), "").replace(&format!("{ELSEWHERE} :: "), "")
}

struct Settle {
    modules: Vec<String>,
}

impl VisitMut for Settle {
    fn visit_item_mod_mut(&mut self, module: &mut ItemMod) {
        self.modules.push(module.ident.to_string());
        visit_item_mod_mut(self, module);
        self.modules.pop();
    }

    fn visit_path_mut(&mut self, path: &mut Path) {
        visit_path_mut(self, path);
        if path.segments.first().is_some_and(|first| first.ident == ELSEWHERE) {
            let rest = path.segments.iter().skip(1);
            let modules: Vec<_> = self.modules.iter().map(String::as_str).collect();
            *path = match modules.as_slice() {
                ["types"] => parse_quote!(#(#rest)::*),
                ["types", inner @ ..] => {
                    let up = inner.iter().map(|_| format_ident!("super"));
                    parse_quote!(#(#up::)* #(#rest)::*)
                }
                inner => {
                    let up = inner.iter().map(|_| quote!(super::));
                    parse_quote!(#(#up)* types::#(#rest)::*)
                }
            };
        }
    }
}
