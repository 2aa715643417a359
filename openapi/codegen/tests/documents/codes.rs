//! Every rule has an example; the example calls for the rule, and what it admits is still read after.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use expect_test::expect_file;
use openapi_client_codegen::{Code, Disposition, Settings, generate};
use serde_json::{Value, json};

use crate::instances;

/// How many values of each schema are made.
const EACH: usize = 20;

/// A document around an example: the example is one, is a part of one, or is a schema that a reply holds.
pub(crate) fn document_of(example: &Value) -> Value {
    let mut document = json!({
        "openapi": "3.1.0",
        "info": {"title": "t", "version": "1"},
        "paths": {},
        "components": {"schemas": {"Text": {"type": "string"}}},
    });
    if example.get("swagger").is_some() {
        return example.clone();
    }
    let parts = ["openapi", "paths", "components", "webhooks"];
    if parts.iter().any(|part| example.get(part).is_some()) {
        document.as_object_mut().unwrap().extend(example.as_object().unwrap().clone());
        return document;
    }
    let content = json!({"application/json": {"schema": {"$ref": "#/components/schemas/Example"}}});
    document["components"]["schemas"]["Example"] = json!({"type": "object", "properties": {"a": example}});
    document["paths"]["/e"] =
        json!({"get": {"operationId": "e", "responses": {"200": {"description": "d", "content": content}}}});
    document
}

#[test]
fn every_example_calls_for_its_rule() {
    for code in Code::ALL {
        let explanation = code.explanation();
        for text in [explanation.meaning, explanation.before, explanation.after, explanation.lost] {
            assert!(!text.is_empty(), "{code}");
        }
        let Ok(example) = serde_json::from_str(explanation.before) else {
            assert!([Code::R000, Code::R009, Code::R105].contains(code), "the example of {code} is no JSON");
            continue;
        };
        let report = match generate(&document_of(&example), &Settings::default()) {
            Ok(generated) => generated.report.entries,
            Err(openapi_client_codegen::Error::Rejected(entries)) => entries,
            Err(error) => panic!("{code}: {error}"),
        };
        assert!(report.iter().any(|entry| entry.code == *code), "{code} is not among {report:#?}");
    }
}

#[test]
fn the_example_has_each_cause() {
    let example: Value = serde_json::from_str(Code::R101.explanation().before).unwrap();
    let report = generate(&document_of(&example), &Settings::default()).unwrap().report;
    let reasons: BTreeSet<_> = report.rejections().map(|entry| (entry.code, entry.reason.as_str())).collect();
    assert_eq!(reasons.len(), example["paths"].as_object().unwrap().len(), "{reasons:#?}");
    assert!(reasons.iter().all(|(code, _)| *code == Code::R101), "{reasons:#?}");
}

#[test]
fn what_an_example_admits_is_still_read() {
    let mut tried = BTreeMap::new();
    for code in Code::ALL {
        let Ok(example) = serde_json::from_str(code.explanation().before) else { continue };
        let document = document_of(&example);
        let Ok(generated) = generate(&document, &Settings::default()) else { continue };
        let found = instances::check(&document, &generated, EACH);
        assert!(found.refused.is_empty(), "{code}: {:#?}", found.refused);
        tried.insert(code.to_string(), found.tried);
    }
    // Beside those of `Text`, which every document has.
    let in_schemas = tried.values().filter(|tried| **tried > EACH).count();
    assert!(in_schemas >= 33, "examples without an instance show nothing: {tried:?}");
}

#[test]
fn codes_are_read_and_written() {
    for code in Code::ALL {
        assert_eq!(code.to_string().parse::<Code>().unwrap(), *code);
        let json = json!(code.to_string());
        assert_eq!(
            (serde_json::to_value(code).unwrap(), serde_json::from_value::<Code>(json.clone()).unwrap()),
            (json, *code)
        );
    }
    assert!("L999".parse::<Code>().is_err());
}

#[test]
fn the_codes_are_listed() {
    let mut text = String::from(
        "# The codes of the rules\n\nWritten by a test from `src/report/code.rs`; `UPDATE_EXPECT=1` rewrites it. `Code::explanation` gives an \
         example of\neach.\n\n| code | what becomes of it | construct or rule |\n|---|---|---|\n",
    );
    for code in Code::ALL {
        let _ = writeln!(text, "| {code} | {} | {} |", code.disposition(), code.summary().replace('|', "\\|"));
    }
    expect_file!["../../codes.md"].assert_eq(&text);
}

/// The table groups the rejections in words; it must leave none out.
#[test]
fn the_readme_says_why_each_rejection() {
    let readme = include_str!("../../README.md");
    for code in Code::ALL.iter().filter(|code| code.disposition() == Disposition::Rejected) {
        let rows = readme.lines().filter(|line| line.starts_with('|') && line.contains(&code.to_string()));
        assert_eq!(rows.count(), 1, "{code}");
    }
}
