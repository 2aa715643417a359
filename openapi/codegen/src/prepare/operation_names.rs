//! Operations are given the names their methods will have, so that no two collide later on.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::model::methods::METHODS;
use crate::model::names::unique_name;
use crate::model::names::{is_left_as_it_is, pascal_name, snake_name};
use crate::model::pointer::Pointer;
use crate::report::{Code, Report};

/// Names that the generated module has for itself, and methods of its client.
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

pub(super) fn rename(document: &mut Value, report: &mut Report) {
    let mut taken: BTreeSet<_> = RESERVED.iter().map(|name| (*name).to_owned()).collect();
    for (path, item) in document["paths"].as_object_mut().into_iter().flatten() {
        for (method, operation) in item.as_object_mut().into_iter().flatten() {
            if !METHODS.contains(&method.as_str()) {
                continue;
            }
            let id = operation["operationId"].as_str().unwrap_or_default().to_owned();
            let wanted = pascal_name(&snake_name(&id));
            let unique = unique_name(&wanted, &mut taken);
            if unique != wanted || !is_left_as_it_is(&id) {
                let mut at = Pointer::default();
                ["paths", path, method, "operationId"].iter().for_each(|token| at.push(token));
                report.add(Code::L115, &at, format!("named `{unique}`"));
                operation["operationId"] = unique.into();
            }
        }
    }
}
