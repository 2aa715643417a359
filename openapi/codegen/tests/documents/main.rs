//! What the pipeline makes of documents: examples of each rule, mutated ones, and published ones.
// A skipped test says so.
#![allow(clippy::print_stderr)]

mod codes;
mod corpus;
mod enum_descriptions;
mod extensions;
mod generator;
mod instances;
mod mutants;
mod mutations;
mod openapi_30;
mod random;
