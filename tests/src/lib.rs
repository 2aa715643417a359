//! Tests of the whole workspace. `tests/README.md` says what each file proves.

/// Compiles the examples of the READMEs.
#[doc = include_str!("../../README.md")]
#[doc = include_str!("../../mint-api/README.md")]
#[doc = include_str!("../../mint-api-ext/README.md")]
#[cfg(doctest)]
struct Readme;
