//! Makes timestamps keep their text; with chrono's types, a malformed one would fail the whole reply.

use syn::visit_mut::{VisitMut, visit_item_mod_mut, visit_type_mut};
use syn::{File, ItemMod, Type, parse_quote};

pub(super) fn keep_text(file: &mut File) {
    KeepText { depth: 0 }.visit_file_mut(file);
}

struct KeepText {
    depth: usize,
}

impl VisitMut for KeepText {
    fn visit_item_mod_mut(&mut self, module: &mut ItemMod) {
        self.depth += 1;
        visit_item_mod_mut(self, module);
        self.depth -= 1;
    }

    fn visit_type_mut(&mut self, ty: &mut Type) {
        if let Type::Path(path) = &ty
            && path.path.segments.first().is_some_and(|first| first.ident == "chrono")
            && path.path.segments.last().is_some_and(|last| last.ident == "DateTime")
        {
            let up = (0..self.depth).map(|_| quote::quote!(super::));
            *ty = parse_quote!(#(#up)* support::Timestamp);
            return;
        }
        visit_type_mut(self, ty);
    }
}
