//! What the generated types stand on, compiled here for its tests only: its text is what a generated file carries.

mod integers;
mod json;
mod members;
mod only_object;
mod query;
mod reply;
mod timestamp;
mod unknown_value;
mod urls;
