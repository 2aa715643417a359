//! The helpers of generated types. They are compiled here for their tests only; generated files contain their text.

mod builders;
mod cookies;
mod credentials;
mod decode_error;
mod error;
mod events;
mod integers;
mod json;
mod json_reader;
mod json_streams;
mod members;
mod multipart;
mod nullable;
mod numbers;
mod objects;
mod query;
mod reply;
mod salvage;
mod streams;
mod styles;
mod texts;
mod timestamp;
mod undecoded;
mod unknown_value;
mod urls;
