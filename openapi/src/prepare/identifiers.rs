//! Names as progenitor and typify will write them.

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

fn identifier(name: &str, case: fn(&str) -> String) -> String {
    let name = match name {
        "+1" => "plus1".to_owned(),
        "-1" => "minus1".to_owned(),
        _ => name.replace('\'', "").replace(|character| !is_xid_continue(character), "-"),
    };
    let name = case(&name);
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
            ("", "x", "X"),
        ] {
            assert_eq!((snake_name(name).as_str(), pascal_name(name).as_str()), (snake, pascal), "{name}");
        }
    }
}
