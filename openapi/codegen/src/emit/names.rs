//! Finding and making modules of a generated file.

use syn::{File, Ident, Item, ItemMod, parse_quote};

/// The items of a module at the top of the file.
pub(super) fn module_items<'a>(file: &'a mut File, name: &str) -> Option<&'a mut Vec<Item>> {
    module_items_of(&mut file.items, name)
}

/// The items of a module among the items.
pub(super) fn module_items_of<'a>(items: &'a mut [Item], name: &str) -> Option<&'a mut Vec<Item>> {
    items.iter_mut().find_map(|item| match item {
        Item::Mod(module) if module.ident == name => module.content.as_mut().map(|(_, items)| items),
        _ => None,
    })
}

/// A public module that holds the items.
pub(super) fn module(name: &str, items: Vec<Item>) -> ItemMod {
    let name = Ident::new(name, proc_macro2::Span::call_site());
    parse_quote! {
        #[doc = "What the generated types stand on."]
        pub mod #name { #(#items)* }
    }
}

/// A private module that holds the items, and a re-export of all of them.
pub(super) fn flattened(name: &str, items: Vec<Item>) -> [Item; 2] {
    let name = Ident::new(name, proc_macro2::Span::call_site());
    [
        parse_quote!(
            #[allow(dead_code, unused_macros)]
            mod #name { #(#items)* }
        ),
        parse_quote!(
            #[allow(unused_imports)]
            pub use #name::*;
        ),
    ]
}
