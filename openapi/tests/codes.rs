//! Every rule has an example, and the example calls for the rule.

use mint_openapi::{Code, Settings, generate};
use serde_json::{Value, json};

/// A document around an example: the example is one, is a part of one, or is a schema that a reply holds.
fn document_of(example: &Value) -> Value {
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
            assert_eq!(*code, Code::R009, "the example is no JSON");
            continue;
        };
        let report = match generate(&document_of(&example), &Settings::default()) {
            Ok(generated) => generated.report.entries,
            Err(mint_openapi::Error::Rejected(entries)) => entries,
            Err(error) => panic!("{code}: {error}"),
        };
        assert!(report.iter().any(|entry| entry.code == *code), "{code} is not among {report:#?}");
    }
}

#[test]
fn codes_are_read_and_written() {
    for code in Code::ALL {
        assert_eq!(code.to_string().parse::<Code>().unwrap(), *code);
    }
    assert!("L999".parse::<Code>().is_err());
}
