//! The client and the simulator against the OpenAPI 3.1 document, by instances made from its schemas.

mod calls;
mod document;
mod errors;
mod evolution;
mod generation;
mod ids;
mod instances;
mod known;
mod mutants;
mod replies;
mod requests;
mod schemas;
mod server;
mod shortcuts;
mod simulator;
mod types;
mod versions;
