//! The server of the API: authentication, interventions, idempotency keys, and dispatch to the routes.

mod dispatch;
mod idempotency;
mod server;

pub(crate) use self::server::router;
