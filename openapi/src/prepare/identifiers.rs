//! Names as progenitor and typify will write them, of characters that rustc takes without a warning.

use heck::{ToPascalCase as _, ToSnakeCase as _};
use unicode_ident::{is_xid_continue, is_xid_start};
use unicode_normalization::UnicodeNormalization as _;
use unicode_security::{GeneralSecurityProfile as _, is_potential_mixed_script_confusable_char};

/// The name of a field, parameter or method.
pub(crate) fn snake_name(name: &str) -> String {
    identifier(name, |text| text.to_snake_case())
}

/// The name of a variant or of an operation's builder.
pub(crate) fn pascal_name(name: &str) -> String {
    identifier(name, |text| text.to_pascal_case())
}

/// Whether progenitor and typify would write a name as [`snake_name`] does.
pub(super) fn is_left_as_it_is(name: &str) -> bool {
    name.is_ascii() || {
        let hyphened = name.replace(|character| !is_xid_continue(character), "-");
        hyphened.to_snake_case() == snake_name(name)
    }
}

/// Words in a case, with a hyphen for what rustc does not take in an identifier or warns of (UTS #39).
pub(super) fn plain(name: &str, case: fn(&str) -> String) -> String {
    let is_taken = |character: &char| is_xid_continue(*character) && character.identifier_allowed();
    let name: String = name.nfkc().map(|character| if is_taken(&character) { character } else { '-' }).collect();
    let name = case(&name);
    // Letters of another script that could all be Latin ones.
    let mut others = name.chars().filter(|character| !character.is_ascii()).peekable();
    match others.peek().is_some() && others.all(is_potential_mixed_script_confusable_char) {
        true => case(&name.replace(|character: char| !character.is_ascii(), "-")),
        false => name,
    }
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
            ("µm", "μm", "M"),
            ("аррӏе", "x", "X"),
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
