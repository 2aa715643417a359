//! Tests of the whole workspace; `README.md` beside this says what each file proves.

/// The examples of the README at the root, compiled.
#[doc = include_str!("../../README.md")]
#[cfg(doctest)]
struct Readme;
