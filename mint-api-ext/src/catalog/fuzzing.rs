//! What holds for every definition and every lock.

use super::lock_file::LockFile;
use super::lock_text::LockText;
use super::{Definition, Recorded, Section};
use crate::download::{checked_path, fuzzing::assert_distinct};

/// The input is a `mint.toml`. One that is read has names and paths of files that every system accepts, no two of which are
/// one. Each line of an error names a place in the text.
pub fn definition(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let definition = match Definition::parse("mint.toml".as_ref(), text) {
        Ok(definition) => definition,
        Err(error) => return check_places(text, &error.to_string()),
    };
    for path in [&definition.out].into_iter().chain(&definition.registry) {
        assert_eq!(checked_path(path).as_ref(), Ok(path), "a path that is not checked");
    }
    for section in Section::ALL {
        let ids = definition.entries.keys().filter(|id| id.section == *section);
        assert_distinct(ids.map(|id| id.name.as_str()));
    }
    for (id, entry) in &definition.entries {
        assert_eq!((id, checked_path(&id.name).as_ref()), (&entry.id, Ok(&id.name)), "a name that is not checked");
        assert!(!entry.prompt.is_empty() && !entry.files.is_empty() && entry.price.is_none_or(|price| price >= 0.0));
    }
    let again = Definition::parse("mint.toml".as_ref(), &format!("{text}\n# The end.\n"));
    assert_eq!(again.ok(), Some(definition), "a comment changes the definition");
}

/// Every line of the list of mistakes begins with a file, a line and a column.
fn check_places(text: &str, error: &str) {
    let places = error.lines().filter_map(|line| line.trim_start().strip_prefix("mint.toml:"));
    let mut count = 0;
    for place in places {
        let mut numbers = place.splitn(3, ':').map_while(|number| number.parse::<usize>().ok());
        let (Some(line), Some(column)) = (numbers.next(), numbers.next()) else { panic!("no place: {place}") };
        let lines = text.split('\n').count();
        assert!((1..=lines).contains(&line), "line {line} of {lines}: {place}");
        let length = text.split('\n').nth(line - 1).unwrap_or_default().chars().count();
        assert!((1..=length + 1).contains(&column), "column {column} of {length}: {place}");
        count += 1;
    }
    assert!(count > 0, "an error without a place: {error}");
}

/// The input is a `mint.lock`. One that is read is written and read again as the same, in the same text. A public one has
/// neither operations nor costs.
pub fn lock(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let Ok(lock) = LockFile::parse("mint.lock".as_ref(), text) else { return };
    let written = LockText::new(Recorded::Full).render(&lock).expect("a lock is written");
    let again = LockFile::parse("mint.lock".as_ref(), &written).expect("what was written is read");
    assert_eq!(again, lock, "a lock is written otherwise:\n{written}");
    assert_eq!(LockText::new(Recorded::Full).render(&again).ok(), Some(written), "a lock has two texts");

    let mut public = LockText::new(Recorded::Public);
    let written = public.render(&lock).expect("a lock is written");
    let read = LockFile::parse("mint.lock".as_ref(), &written).expect("what was written is read");
    for (id, entry) in read.entries() {
        assert!(Section::ALL.contains(&id.section));
        assert!(
            entry.records().all(|record| record.operation.is_none() && record.credits.is_none()),
            "{id} tells more"
        );
    }
}
