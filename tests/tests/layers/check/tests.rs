//! Tests of the checker.

use std::fs;

use super::{Table, check, with_number};

const TABLE: Table<'_> = &[("low", &[]), ("middle", &[]), ("high", &[])];

/// Checks a crate whose layer `low` has this file in a folder of its own.
#[track_caller]
fn found(deep: &str, expected: &[&str]) {
    let crate_root = "mod high; mod low; mod middle;";
    found_in(
        &[("lib.rs", crate_root), ("high.rs", ""), ("middle.rs", ""), ("low.rs", "mod deep;"), ("low/deep.rs", deep)],
        TABLE,
        expected,
    );
}

#[track_caller]
fn found_in(files: &[(&str, &str)], table: Table<'_>, expected: &[&str]) {
    let directory = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = directory.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let found: Vec<_> = check(directory.path(), table).iter().map(|wrong| wrong.replace('\\', "/")).collect();
    assert_eq!(found, expected);
}

#[test]
fn forbidden_arrows_are_found_however_they_are_written() {
    let high = "low/deep.rs:1  low -> high  (crate::high)";
    let middle = "low/deep.rs:1  low -> middle  (crate::middle)";
    found("use crate::high::A;", &[high]);
    found("use crate::{high::A, low::B, middle};", &[high, middle]);
    found("use crate::{low::{B, c::{D, E}}, {middle::{self, F}, high as h}};", &[middle, high]);
    found("fn f() -> crate::high::A { [(crate::middle::B)] }", &[high, middle]);
    found("fn f() { println!(\"{}\", crate::high::A); }", &[high]);
    found("use super::super::high::A;", &[high]);
    found("use super::super::{high, low, middle::A};", &[high, middle]);
    found("mod inner { use super::super::super::high::A; use super::super::high::Low; }", &[high]);
    found("use super::{super::high::A, B};", &[high]);
    found("\n\npub(in crate::high) struct A;", &["low/deep.rs:3  low -> high  (crate::high)"]);
}

#[test]
fn paths_that_hide_an_arrow_are_found() {
    found("use crate::A;", &["low/deep.rs:1  low -> A  (crate::A)"]);
    found("use crate::*;", &["low/deep.rs:1  low -> *  (crate::*)"]);
    found("use super::super::*;", &["low/deep.rs:1  low -> *  (crate::*)"]);
    found("use crate as root;", &["low/deep.rs:1  low -> as  (crate::as)"]);
    found("use crate::{self as root};", &["low/deep.rs:1  low -> self  (crate::self)"]);
}

#[test]
fn other_text_and_test_code_are_ignored() {
    found("use crate::low::A; use super::B; pub(crate) struct C; pub(super) struct D;", &[]);
    found("// crate::high::A\n/// See [`A`](crate::high::A).\nconst A: &str = \"crate::high\";", &[]);
    found("#[cfg(test)] mod tests { use crate::high::A; }", &[]);
    found("#[cfg(test)] mod no_such_file;", &[]);
    found("#[cfg(all(test, unix))] use crate::{high::A}; #[cfg(test)] #[must_use] fn f() { crate::high::a() }", &[]);
}

#[test]
fn a_word_that_holds_a_keyword_is_none() {
    for (line, numbered) in [
        ("use super::a; use crate::b;", "use super_7::a; use crate_7::b;"),
        ("mod superseded; let supercrate = super::super::a;", "mod superseded; let supercrate = super_7::super_7::a;"),
    ] {
        let found = ["crate", "super"].iter().fold(line.to_owned(), |line, word| with_number(&line, word, 7));
        assert_eq!(found, numbered);
    }
}

#[test]
fn code_outside_of_tests_is_read() {
    let high = "low/deep.rs:1  low -> high  (crate::high)";
    found("#[cfg(not(test))] use crate::high::A;", &[high]);
    found("#[cfg(any(test, unix))] use crate::high::A;", &[high]);
    found("#[cfg(test)] use crate::middle::A; use crate::high::B;", &[high]);
    found("#[cfg(test)] mod tests { } use crate::high::A;", &[high]);
}

#[test]
fn the_table_must_match_the_code() {
    let table: Table<'_> = &[("low", &["high"]), ("high", &["low"])];
    let files = &[
        ("lib.rs", "mod high;\nmod low;\nmod other;"),
        ("high/mod.rs", "use crate::low;"),
        ("low.rs", ""),
        ("other.rs", ""),
    ];
    let expected = [
        "lib.rs  `other` is not in the table",
        "table  low -> high  (`high` is not below `low`)",
        "table  low -> high  (no code needs it)",
    ];
    found_in(files, table, &expected);
}
