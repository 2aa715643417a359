//! The server of the API: authentication, interventions, idempotency keys, dispatch to the routes, and the control route.

mod control;
mod dispatch;
mod idempotency;
mod server;

pub(crate) use self::server::router;
