//! What a test can make an operation or a route do.

mod operation_kind;
mod reply;
mod script;

pub(crate) use self::operation_kind::OperationKind;
pub use self::reply::Reply;
pub(crate) use self::script::Play;
pub use self::script::Script;
