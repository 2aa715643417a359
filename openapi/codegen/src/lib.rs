#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "diff")]
pub mod diff;
mod document;
mod emit;
mod error;
mod lower;
mod model;
pub mod overlay;
mod plan;
mod prepare;
mod report;
#[cfg(feature = "source")]
pub mod source;

pub use document::{canonical, parse_json, select};
pub use emit::{Generated, Settings, generate};
pub use error::Error;
pub use lower::{Lowered, lower};
pub use model::pointer::Pointer;
pub use plan::{
    Alias, Enum, Form, Format, FormattedText, Items, Lists, Member, Multipart, Operation, OtherMethod, PathStyle,
    PathValue, Place, Plan, ReadType, ReplyKind, SchemeKind, SecurityScheme, Separator, StatusVariant, Stream, Tuple,
    Union,
};
pub use prepare::{Prepared, prepare};
pub use report::{Code, Disposition, Entry, Explanation, Report, UnknownCode};
