//! Names as progenitor and typify write them, in characters that rustc accepts without a warning.

use std::collections::BTreeSet;

use heck::{ToPascalCase as _, ToSnakeCase as _};
use unicode_ident::{is_xid_continue, is_xid_start};

/// The name of a field, parameter or method.
pub(crate) fn snake_name(name: &str) -> String {
    identifier(name, |text| text.to_snake_case())
}

/// The name of a variant or of an operation's builder.
pub(crate) fn pascal_name(name: &str) -> String {
    identifier(name, |text| text.to_pascal_case())
}

/// The name of a Rust type (RFC 430), which progenitor and typify keep unchanged.
pub(crate) fn rust_name(name: &str) -> String {
    let mut name = plain(name, |name| name.to_pascal_case());
    if !name.starts_with(is_xid_start) {
        name = format!("X{name}");
    }
    // One pass may join words that the next one separates.
    loop {
        let again = name.to_pascal_case();
        if again == name {
            break;
        }
        name = again;
    }
    // In generated code, these names mean something else.
    if ["Default", "Err", "None", "Ok", "Self", "Some", "String"].contains(&name.as_str()) {
        name.push_str("Type");
    }
    name
}

/// Takes the wanted name, or a free one of `wanted2`, `wanted3`, ...
pub(crate) fn unique_name(wanted: &str, taken: &mut BTreeSet<String>) -> String {
    if taken.insert(wanted.to_owned()) {
        return wanted.to_owned();
    }
    // `self_` needs no underscore once a number follows.
    let stem = wanted.trim_end_matches('_');
    let stem = if stem.is_empty() { wanted } else { stem };
    let numbered = |number: u64| format!("{stem}{number}");
    // A binary search, since many thousand names may collide.
    let (mut last, mut free) = (1, 2);
    while taken.contains(&numbered(free)) {
        (last, free) = (free, free * 2);
    }
    while last + 1 < free {
        let middle = last.midpoint(free);
        match taken.contains(&numbered(middle)) {
            true => last = middle,
            false => free = middle,
        }
    }
    taken.insert(numbered(free));
    numbered(free)
}

/// Whether a text is a token (RFC 9110, section 5.6.2): the name of a method, a header or a cookie.
pub(crate) fn is_token(name: &str) -> bool {
    let is_character = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !name.is_empty() && name.bytes().all(is_character)
}

/// Whether progenitor and typify would write a name as [`snake_name`] does.
pub(crate) fn is_left_as_it_is(name: &str) -> bool {
    name.is_ascii() || {
        let hyphened = name.replace(|character| !is_xid_continue(character), "-");
        hyphened.to_snake_case() == snake_name(name)
    }
}

/// The name in a case, with a hyphen for each character that rustc refuses in an identifier or warns of (UTS #39).
///
/// A name whose letters of another script all look like Latin ones is spelled in ASCII, since rustc warns of them.
#[cfg(feature = "unicode-names")]
pub(crate) fn plain(name: &str, case: fn(&str) -> String) -> String {
    use unicode_normalization::UnicodeNormalization as _;
    use unicode_security::{GeneralSecurityProfile as _, is_potential_mixed_script_confusable_char};

    let is_taken = |character: &char| is_xid_continue(*character) && character.identifier_allowed();
    let name: String = name.nfkc().map(|character| if is_taken(&character) { character } else { '-' }).collect();
    let name = case(&name);
    let mut others = name.chars().filter(|character| !character.is_ascii()).peekable();
    match others.peek().is_some() && others.all(is_potential_mixed_script_confusable_char) {
        true => case(&deunicode::deunicode(&name)),
        false => name,
    }
}

/// The name in a case, with a hyphen for each character that is not of an ASCII identifier.
#[cfg(not(feature = "unicode-names"))]
pub(crate) fn plain(name: &str, case: fn(&str) -> String) -> String {
    let is_taken = |character: char| character.is_ascii() && is_xid_continue(character);
    case(&name.replace(|character| !is_taken(character), "-"))
}

fn identifier(name: &str, case: fn(&str) -> String) -> String {
    let name = match name {
        "+1" => "plus1".to_owned(),
        "-1" => "minus1".to_owned(),
        _ => name.replace('\'', ""),
    };
    let name = plain(&name, case);
    let name = match name.chars().next() {
        None => case("x"),
        Some(first) if is_xid_start(first) => name,
        Some(_) => format!("_{name}"),
    };
    if syn::parse_str::<syn::Ident>(&name).is_ok() { name } else { format!("{name}_") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_are_taken() {
        let mut taken = BTreeSet::from(["a", "self_", "_"].map(str::to_owned));
        for (wanted, name) in [("a", "a2"), ("a", "a3"), ("a", "a4"), ("self_", "self2"), ("_", "_2"), ("b", "b")] {
            assert_eq!(unique_name(wanted, &mut taken), name);
        }
    }

    #[test]
    fn names_of_types() {
        for (name, expected) in
            [("SE", "Se"), ("nº", "No"), ("String", "StringType"), ("3d", "X3d"), ("<=", "X"), ("größe", "Größe")]
        {
            assert_eq!(rust_name(name), expected);
        }
    }

    #[test]
    fn names() {
        for (name, snake, pascal) in [
            ("worldId", "world_id", "WorldId"),
            ("@type", "type_", "Type"),
            ("self", "self_", "Self_"),
            ("200", "_200", "_200"),
            ("+1", "plus1", "Plus1"),
            ("-1", "minus1", "Minus1"),
            ("...", "x", "X"),
            ("größe", "größe", "Größe"),
            ("nº ﬁ x²", "no_fi_x2", "NoFiX2"),
            ("１Ａ", "_1a", "_1a"),
            ("e\u{301}te\u{301}", "été", "Été"),
            ("日本語", "日本語", "日本語"),
            ("<=", "x", "X"),
            ("µm", "μm", "Mm"),
            ("аррӏе", "arrhe", "Arrhe"),
            ("нет", "нет", "Net"),
            ("да", "да", "Да"),
            ("цена", "цена", "Цена"),
            ("", "x", "X"),
        ] {
            assert_eq!((snake_name(name).as_str(), pascal_name(name).as_str()), (snake, pascal), "{name}");
        }
    }

    #[test]
    fn names_that_others_would_write_in_another_way() {
        for (name, same) in [
            ("a-b", true),
            ("größe", true),
            ("日本語", true),
            ("nº", false),
            ("Ａ", false),
            ("№", false),
            ("e\u{301}", false),
        ] {
            assert_eq!(is_left_as_it_is(name), same, "{name}");
        }
    }
}
