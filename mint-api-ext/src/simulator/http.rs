//! HTTP as the API uses it: routes, recorded requests, replies and problem documents.

mod http_reply;
mod problem;
mod recorded_request;
mod route;

pub(crate) use self::http_reply::{HttpReply, status_or_500};
pub(crate) use self::problem::{Problem, field_error};
pub use self::recorded_request::RecordedRequest;
pub(crate) use self::recorded_request::RequestLog;
pub use self::route::Route;
