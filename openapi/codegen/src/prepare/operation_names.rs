//! Gives operations the names of their types and methods in Rust, so that no two are the same.

use std::collections::BTreeSet;

use crate::model::names::{is_left_as_it_is, pascal_name, snake_name, unique_name};
use crate::model::operations::{self, Operation, operations_mut};
use crate::prepare::facts::Facts;
use crate::report::{Code, Pass};

/// Names that the generated module, the methods of its client and the prelude of Rust use.
const RESERVED: &[&str] = &[
    "ByteStream",
    "Client",
    "ClientHooks",
    "ClientInfo",
    "Error",
    "OperationInfo",
    "RequestBuilderExt",
    "ResponseValue",
    "New",
    "NewWithClient",
    "WithCredentials",
    "ApiVersion",
    "Baseurl",
    "Inner",
    "Pre",
    "Post",
    "Exec",
    "Clone",
    "Debug",
    "Default",
    "Err",
    "Fmt",
    "From",
    "None",
    "Ok",
    "Option",
    "Result",
    "Some",
    "String",
];

pub(super) fn rename(pass: &mut Pass<Facts>) {
    let Pass { document, log, .. } = pass;
    let mut taken: BTreeSet<_> = RESERVED.iter().map(|name| (*name).to_owned()).collect();
    for Operation { at, fields, .. } in operations_mut(document) {
        let id = operations::id(fields);
        let wanted = pascal_name(&snake_name(id));
        let unique = unique_name(&wanted, &mut taken);
        if unique != wanted || !is_left_as_it_is(id) {
            log.add(Code::L115, &at.join("operationId"), format!("named `{unique}`"));
            fields.insert("operationId".into(), unique.into());
        }
    }
}
