//! Tests of the whole workspace. `tests/README.md` says what each file proves.

/// Makes a generated client, by its function `new`, as an application does that turns on no TLS feature of reqwest.
pub fn client_of<C>(base_url: &str, new: impl FnOnce(&str) -> C) -> C {
    mint_loopback::install_cryptography();
    new(base_url)
}

/// Compiles the examples of the READMEs.
#[doc = include_str!("../../README.md")]
#[doc = include_str!("../../mint-api/README.md")]
#[doc = include_str!("../../mint-api-ext/README.md")]
#[cfg(doctest)]
struct Readme;
