//! What holds for every input of a download.

pub(crate) mod names;
pub(crate) mod transfer;
#[cfg(feature = "unpack")]
pub(crate) mod unpack;

use std::collections::HashSet;

use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};

/// What file systems that ignore case and composition compare: NTFS maps each letter to one upper-case letter, APFS and HFS+
/// decompose and fold.
const FOLDINGS: [fn(&str) -> String; 4] = [
    |name| ComposingNormalizerBorrowed::new_nfc().normalize(name).to_lowercase(),
    |name| decomposed(&decomposed(name).chars().flat_map(char::to_lowercase).collect::<String>()),
    |name| decomposed(&name.to_uppercase()),
    |name| name.chars().map(simple_upper_case).collect(),
];

fn decomposed(name: &str) -> String {
    DecomposingNormalizerBorrowed::new_nfd().normalize(name).into_owned()
}

fn simple_upper_case(character: char) -> char {
    let mut upper = character.to_uppercase();
    match (upper.next(), upper.next()) {
        (Some(upper), None) => upper,
        _ => character,
    }
}

/// Panics if two of the paths are one on some system.
pub(crate) fn assert_distinct<'a>(paths: impl Iterator<Item = &'a str> + Clone) {
    for folding in FOLDINGS {
        let mut taken = HashSet::new();
        for path in paths.clone() {
            assert!(taken.insert(folding(path)), "{path:?} is the name of two files");
        }
    }
}

/// Panics if some system does not take a name, or takes it for something else.
fn assert_valid(name: &str) {
    let is_forbidden = |character: char| character.is_control() || "<>:\"/\\|?*".contains(character);
    assert!(!name.is_empty() && !name.contains(is_forbidden), "{name:?} has characters that are none of names");
    assert!(!name.ends_with(['.', ' ']), "{name:?} loses its end on Windows");
    let stem = name.split('.').next().unwrap_or_default().trim_end().to_uppercase();
    let is_device = ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"].contains(&stem.as_str())
        || stem.strip_prefix("COM").or(stem.strip_prefix("LPT")).is_some_and(|number| {
            number.chars().count() == 1 && number.contains(|digit: char| "0123456789¹²³".contains(digit))
        });
    assert!(!is_device, "{name:?} is a device of Windows");
    assert!(name.len() + ".part.written.new".len() <= 255, "{name:?} is too long");
}
