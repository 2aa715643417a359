//! HTTP: the routes, the requests that arrived, and the replies.

pub(crate) mod http_reply;
pub(crate) mod recorded_request;
pub(crate) mod route;
