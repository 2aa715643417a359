//! Every valid reply is read and written back valid. It loses nothing that the document describes.

use std::collections::BTreeMap;

use mint_api::Error;
use serde_json::Value;
use tokio::runtime::Runtime;

use crate::calls::{Outcome, call};
use crate::document::{Operation, Reply, name_of, operations, violations};
use crate::instances::{Way, cases, for_instances, one};
use crate::known::differences;
use crate::requests::arguments;
use crate::schemas::{ROWS, row};
use crate::server::{self, Server};

#[test]
fn every_schema_is_read_and_written_back() {
    for row in ROWS.iter().filter(|row| row.is_read()) {
        for_instances(row.name, row.schema(), Way::Read, cases(), |sent| {
            let written = (row.round_trip)(&sent.to_string())?;
            survives(row.schema(), sent, &written)?;
            match (row.round_trip)(&written.to_string())? {
                again if again == written => Ok(()),
                again => Err(format!("written once {written}, twice {again}")),
            }
        });
    }
}

#[test]
fn every_reply_of_every_operation_arrives() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let operations = operations();
    let mut by_schema: BTreeMap<_, Vec<(&Operation, &Reply)>> = BTreeMap::new();
    for operation in &operations {
        for reply in &operation.replies {
            let name = name_of(reply.schema).unwrap_or_else(|| panic!("{} has an inline schema", operation.id));
            by_schema.entry(name).or_default().push((operation, reply));
        }
    }
    for (name, places) in by_schema {
        let each = cases().div_ceil(u32::try_from(places.len()).unwrap()).max(5);
        for (operation, reply) in places {
            arrives(&runtime, name, operation, reply, each);
        }
    }
}

/// Sends instances of a reply over HTTP, and reads them with the method of the operation.
fn arrives(runtime: &Runtime, schema: &str, operation: &Operation, reply: &Reply, cases: u32) {
    let server = runtime.block_on(Server::start());
    let client = server.client();
    let arguments = one(&arguments(operation)).0;
    let what = format!("{} {} ({schema})", operation.id, reply.status);
    let statuses = statuses(reply.status);
    for_instances(what, reply.schema, Way::Read, cases, |sent| {
        // Reads it without HTTP first: this error has the pointer to the value that cannot be read.
        let direct = (row(schema).round_trip)(&sent.to_string())?;
        let status = statuses[sent.to_string().len() % statuses.len()];
        server.answer([server::json(status, reply.content_type, sent)]);
        let outcome = runtime.block_on(call(&client, operation, &arguments));
        let (seen, written) = received(outcome)?;
        if seen != status {
            return Err(format!("sent with status {status}, seen with {seen}"));
        }
        survives(reply.schema, sent, &written)?;
        // HTTP must not change the reply.
        match direct == written {
            true => Ok(()),
            false => Err(format!("over HTTP {written}, directly {direct}")),
        }
    });
}

fn statuses(documented: &'static str) -> Vec<u16> {
    match documented {
        "2XX" => vec![200, 201, 202, 299],
        "4XX" => vec![400, 418, 499],
        "5XX" => vec![500, 599],
        status => vec![status.parse().unwrap_or_else(|_| panic!("{status} is no status"))],
    }
}

/// The status of a reply, and its body as the client writes it.
fn received(outcome: Outcome) -> Result<(u16, Value), String> {
    match outcome {
        Ok(answer) => Ok((answer.status, answer.value)),
        Err(Error::ErrorResponse(response)) => {
            let status = response.status().as_u16();
            Ok((status, serde_json::to_value(response.into_inner()).unwrap()))
        }
        Err(error) => Err(format!("{error:?}")),
    }
}

pub(crate) fn survives(schema: &'static Value, sent: &Value, written: &Value) -> Result<(), String> {
    let found = [differences(schema, sent, written), violations(schema, written)].concat();
    match found.is_empty() {
        true => Ok(()),
        false => Err(format!("{}\nwritten back: {written:#}", found.join("; "))),
    }
}
