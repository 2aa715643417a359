//! Compares the client and the simulator with the OpenAPI 3.1 document, by instances of its schemas.

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
