//! Which patterns a generated client can check.

use std::iter::Peekable;
use std::str::Chars;

/// Whether the generated client matches the pattern as the server does.
///
/// JSON Schema's patterns are those of ECMA-262 with the flag `u`. The generated code sets no flag, and an escape that only
/// `u` or another dialect knows is then the letter itself: such a pattern would refuse what the server accepts.
pub(super) fn can_be_checked(pattern: &str) -> bool {
    regress::Regex::new(pattern).is_ok() && is_read_alike(pattern)
}

fn is_read_alike(pattern: &str) -> bool {
    let mut chars = pattern.chars().peekable();
    while let Some(found) = chars.next() {
        let is_alike = match found {
            '\\' => is_known_escape(&mut chars),
            // A class of POSIX, such as `[[:alpha:]]`.
            '[' => !starts_with(&chars, "[:") && !starts_with(&chars, "[=") && !starts_with(&chars, "[."),
            // A group of another dialect, such as `(?i)` or `(?P<name>a)`.
            '(' => !starts_with(&chars, "?") || ["?:", "?=", "?!", "?<"].iter().any(|known| starts_with(&chars, known)),
            // A character that is two units without `u`.
            other => u32::from(other) <= 0xffff,
        };
        if !is_alike {
            return false;
        }
    }
    true
}

/// Takes the rest of an escape.
fn is_known_escape(chars: &mut Peekable<Chars<'_>>) -> bool {
    match chars.next() {
        // A code point of any length needs `u`.
        Some('u') => !starts_with(chars, "{"),
        Some(letter) if letter.is_ascii_alphabetic() => "bBcdDfknrsStvwWx".contains(letter),
        Some(other) => u32::from(other) <= 0xffff,
        None => false,
    }
}

fn starts_with(chars: &Peekable<Chars<'_>>, text: &str) -> bool {
    let mut chars = chars.clone();
    text.chars().all(|wanted| chars.next() == Some(wanted))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_that_every_engine_reads_alike_are_checked() {
        for (pattern, expected) in [
            ("^[a-z0-9._-]+$", true),
            (r"^\d{4}-\d{2}\-[\w\s]+\.\/$", true),
            (r"^(?:a|b)(?=c)(?!d)(?<=e)(?<!f)(?<name>g)\k<name>\u00e9\x41$", true),
            ("^[äöü]+$", true),
            (r"\\p\\A", true),
            // With the flag `u`.
            (r"^\p{L}+$", false),
            (r"^[\P{Nd}]$", false),
            (r"^\u{1F600}$", false),
            ("^[😀-😂]$", false),
            // Of Ruby, PCRE, Java and POSIX.
            (r"\A[a-z]+\z", false),
            (r"^a\Z", false),
            (r"^\h+$", false),
            (r"\Qa.b\E", false),
            ("^[[:alpha:]]+$", false),
            ("(?i)^a$", false),
            ("(?P<year>a)", false),
            ("(?>a)", false),
            // No pattern at all.
            ("[a-", false),
            (r"a\", false),
            ("a++", false),
        ] {
            assert_eq!(can_be_checked(pattern), expected, "{pattern}");
        }
    }
}
