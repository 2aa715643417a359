//! The helpers of generated types. They are compiled here for their tests only; generated files contain their text.

mod cookies;
mod error;
mod integers;
mod json;
mod members;
mod multipart;
mod only_object;
mod query;
mod reply;
mod timestamp;
mod unknown_value;
mod urls;
