//! The public items of a generated source.

use std::collections::BTreeMap;
use std::fmt;

use quote::ToTokens;
use syn::punctuated::Punctuated;
use syn::{Attribute, Field, Fields, ImplItem, ItemImpl, Path, Token, Type, Visibility};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ItemKind {
    Module,
    Struct,
    Enum,
    Field,
    Variant,
    Function,
    Constant,
    Alias,
    Implementation,
    Other,
}

/// A public item.
#[derive(Clone, Debug)]
pub(super) struct Item {
    pub(super) kind: ItemKind,
    /// The path of the type that it belongs to.
    pub(super) parent: Option<String>,
    /// What its users rely on, other than its name.
    pub(super) declaration: String,
    pub(super) non_exhaustive: bool,
    /// Whether a user can name every field or variant.
    pub(super) closed: bool,
}

/// Every public item by its path.
#[derive(Debug, Default)]
pub(super) struct Surface {
    pub(super) items: BTreeMap<String, Item>,
}

impl Surface {
    pub(super) fn of(rust: &str) -> syn::Result<Self> {
        let mut surface = Self::default();
        surface.module(&[], &syn::parse_file(rust)?.items);
        // Items of private types are not public.
        let public: Vec<_> = surface.items.keys().cloned().collect();
        let is_public = |path: &String| public.binary_search(path).is_ok();
        surface.items.retain(|_, item| item.parent.as_ref().is_none_or(is_public));
        Ok(surface)
    }

    fn module(&mut self, path: &[String], items: &[syn::Item]) {
        for item in items {
            self.item(path, item);
        }
    }

    fn item(&mut self, module: &[String], item: &syn::Item) {
        let at = |name: &dyn fmt::Display| join(module, name);
        match item {
            syn::Item::Mod(inner) if is_public(&inner.vis) => {
                let path = [module, &[inner.ident.to_string()]].concat();
                self.put(path.join("::"), ItemKind::Module, None, String::new());
                self.module(&path, inner.content.as_ref().map_or(&[], |(_, items)| items));
            }
            syn::Item::Struct(item) if is_public(&item.vis) => {
                let path = at(&item.ident);
                self.put(path.clone(), ItemKind::Struct, None, text(&item.generics));
                let open = non_exhaustive(&item.attrs);
                let all_public = item.fields.iter().all(|field| is_public(&field.vis));
                self.set_open(&path, open, !open && all_public);
                self.fields(&path, &item.fields);
                self.derives(&path, &item.attrs);
            }
            syn::Item::Enum(item) if is_public(&item.vis) => {
                let path = at(&item.ident);
                self.put(path.clone(), ItemKind::Enum, None, text(&item.generics));
                let open = non_exhaustive(&item.attrs);
                self.set_open(&path, open, !open);
                for variant in &item.variants {
                    let fields = text(&variant.fields);
                    self.put(format!("{path}::{}", variant.ident), ItemKind::Variant, Some(path.clone()), fields);
                }
                self.derives(&path, &item.attrs);
            }
            syn::Item::Impl(item) => self.implementation(module, item),
            syn::Item::Fn(item) if is_public(&item.vis) => {
                self.put(at(&item.sig.ident), ItemKind::Function, None, text(&item.sig));
            }
            syn::Item::Const(item) if is_public(&item.vis) => {
                self.put(at(&item.ident), ItemKind::Constant, None, text(&item.ty));
            }
            syn::Item::Type(item) if is_public(&item.vis) => {
                self.put(at(&item.ident), ItemKind::Alias, None, text(&item.ty));
            }
            syn::Item::Use(item) if is_public(&item.vis) => {
                self.put(at(&text(&item.tree)), ItemKind::Other, None, String::new());
            }
            syn::Item::Trait(item) if is_public(&item.vis) => {
                self.put(at(&item.ident), ItemKind::Other, None, text(item));
            }
            _ => {}
        }
    }

    fn implementation(&mut self, module: &[String], item: &ItemImpl) {
        let Type::Path(of) = &*item.self_ty else { return };
        let parent = absolute(module, &of.path);
        if let Some((trait_path, _)) = &item.trait_ {
            let name = trait_name(trait_path);
            return self.put(format!("{parent}: {name}"), ItemKind::Implementation, Some(parent), text(&item.generics));
        }
        for inner in &item.items {
            match inner {
                ImplItem::Fn(function) if is_public(&function.vis) => {
                    let path = format!("{parent}::{}", function.sig.ident);
                    self.put(path, ItemKind::Function, Some(parent.clone()), text(&function.sig));
                }
                ImplItem::Const(constant) if is_public(&constant.vis) => {
                    let path = format!("{parent}::{}", constant.ident);
                    self.put(path, ItemKind::Constant, Some(parent.clone()), text(&constant.ty));
                }
                _ => {}
            }
        }
    }

    fn fields(&mut self, parent: &str, fields: &Fields) {
        let public = fields.iter().enumerate().filter(|(_, field)| is_public(&field.vis));
        for (index, Field { ident, ty, .. }) in public {
            let name = ident.as_ref().map_or_else(|| index.to_string(), ToString::to_string);
            self.put(format!("{parent}::{name}"), ItemKind::Field, Some(parent.to_owned()), text(ty));
        }
    }

    fn derives(&mut self, parent: &str, attributes: &[Attribute]) {
        for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("derive")) {
            let traits = attribute.parse_args_with(Punctuated::<Path, Token![,]>::parse_terminated).unwrap_or_default();
            for name in &traits {
                let path = format!("{parent}: {}", trait_name(name));
                self.put(path, ItemKind::Implementation, Some(parent.to_owned()), String::new());
            }
        }
    }

    fn put(&mut self, path: String, kind: ItemKind, parent: Option<String>, declaration: String) {
        let item = Item { kind, parent, declaration, non_exhaustive: false, closed: false };
        self.items.insert(path, item);
    }

    fn set_open(&mut self, path: &str, non_exhaustive: bool, closed: bool) {
        if let Some(item) = self.items.get_mut(path) {
            item.non_exhaustive = non_exhaustive;
            item.closed = closed;
        }
    }
}

impl fmt::Display for ItemKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Module => "module",
            Self::Struct => "struct",
            Self::Enum => "enum",
            Self::Field => "field",
            Self::Variant => "variant",
            Self::Function => "function",
            Self::Constant => "constant",
            Self::Alias => "type",
            Self::Implementation => "implementation",
            Self::Other => "item",
        })
    }
}

fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

fn non_exhaustive(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| attribute.path().is_ident("non_exhaustive"))
}

fn join(module: &[String], name: &dyn fmt::Display) -> String {
    let mut path = module.join("::");
    if !path.is_empty() {
        path.push_str("::");
    }
    path + &name.to_string()
}

/// The path of a type from the root of the source, without its generic arguments.
fn absolute(module: &[String], path: &Path) -> String {
    let mut absolute = module.to_vec();
    for segment in &path.segments {
        match segment.ident.to_string().as_str() {
            "super" => drop(absolute.pop()),
            "self" => {}
            name => absolute.push(name.to_owned()),
        }
    }
    absolute.join("::")
}

/// The last name of a trait, with its arguments: `From<WorldAssets>`.
fn trait_name(path: &Path) -> String {
    path.segments.last().map(text).unwrap_or_default()
}

/// Tokens formatted as in source code, without the paths of the standard library.
fn text(tokens: &impl ToTokens) -> String {
    let spaced = tokens.to_token_stream().to_string();
    let mut text = String::with_capacity(spaced.len());
    let mut characters = spaced.chars().peekable();
    while let Some(character) = characters.next() {
        let word = |character: char| character.is_alphanumeric() || "_'".contains(character);
        let (before, after) = (text.chars().last(), characters.peek().copied());
        let between_words = before.is_some_and(|c| word(c) || c == ')' || c == '>') && after.is_some_and(word);
        let after_sign = before.is_some_and(|c| ",=+".contains(c))
            || text.ends_with("->")
            || (text.ends_with(':') && !text.ends_with("::"));
        let before_sign = matches!(after, Some('=' | '+' | '{')) || (after == Some('-') && before == Some(')'));
        if character != ' ' || between_words || after_sign || before_sign {
            text.push(character);
        }
    }
    // The formatter ends a list of several lines with a comma.
    for (from, to) in [(",)", ")"), (", >", ">"), (",>", ">")] {
        text = text.replace(from, to);
    }
    for path in [
        "::std::option::",
        "::std::string::",
        "::std::vec::",
        "::std::collections::",
        "::std::boxed::",
        "::std::convert::",
        "::std::fmt::",
        "::std::result::",
        "super::support::",
    ] {
        text = text.replace(path, "");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn public_items_by_path() {
        let source = r#"
            pub mod types {
                #[derive(Clone, ::serde::Serialize)]
                #[non_exhaustive]
                pub struct A { pub a: ::std::option::Option<::std::string::String>, b: u8 }
                struct Hidden;
                impl Hidden { pub fn f() {} }
                pub enum E { X, Y(A) }
                impl A { pub fn builder() -> builder::A { todo!() } fn g() {} }
                pub mod builder {
                    pub struct A;
                    impl ::std::convert::TryFrom<A> for super::A { type Error = (); }
                }
            }
            impl<'a> Client<'a> { pub async fn send(self, n: u8) -> Result<A, E> { } }
            pub struct Client<'a>(&'a str);
        "#;
        let surface = Surface::of(source).unwrap();
        let lines: Vec<_> =
            surface.items.iter().map(|(path, item)| format!("{path} | {} | {}", item.kind, item.declaration)).collect();
        expect_test::expect![[r#"
            Client | struct | <'a>
            Client::send | function | async fn send(self, n: u8) -> Result<A, E>
            types | module | 
            types::A | struct | 
            types::A: Clone | implementation | 
            types::A: Serialize | implementation | 
            types::A: TryFrom<A> | implementation | 
            types::A::a | field | Option<String>
            types::A::builder | function | fn builder() -> builder::A
            types::E | enum | 
            types::E::X | variant | 
            types::E::Y | variant | (A)
            types::builder | module | 
            types::builder::A | struct | "#]]
        .assert_eq(&lines.join("\n"));
        let closed: Vec<_> = surface.items.iter().filter(|(_, item)| item.closed).map(|(path, _)| path).collect();
        assert_eq!(closed, ["types::E", "types::builder::A"]);
    }
}
