//! The objects of OpenAPI 3.1 and where they nest, as one table, and the walk it drives.
//!
//! Every pass over a document goes through [`visit`], so no pass can forget a place where a schema may stand.

use serde_json::{Map, Value};

use crate::model::pointer::Pointer;

/// A kind of object in an OpenAPI document (OpenAPI 3.1, section 4.8).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Callback,
    Components,
    Contact,
    Document,
    Encoding,
    Example,
    ExternalDocs,
    Header,
    Info,
    License,
    Link,
    MediaType,
    OauthFlow,
    OauthFlows,
    Operation,
    Parameter,
    PathItem,
    Paths,
    RequestBody,
    Response,
    Responses,
    Schema,
    SecurityScheme,
    Server,
    ServerVariable,
    Tag,
    Xml,
}

/// What a field of an object holds.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Shape {
    /// A value in which no object of the specification stands.
    Leaf,
    One(Kind),
    List(Kind),
    Map(Kind),
}

use Kind as K;
use Shape::{Leaf, List, Map as Named, One};

/// The fields the specification gives an object, without `x-` extensions.
///
/// `Paths`, `Responses` and `Callback` have open keys: see [`open_fields`].
fn fields(kind: Kind) -> &'static [(&'static str, Shape)] {
    match kind {
        K::Document => &[
            ("openapi", Leaf),
            ("info", One(K::Info)),
            ("$self", Leaf),
            ("jsonSchemaDialect", Leaf),
            ("servers", List(K::Server)),
            ("paths", One(K::Paths)),
            ("webhooks", Named(K::PathItem)),
            ("components", One(K::Components)),
            ("security", Leaf),
            ("tags", List(K::Tag)),
            ("externalDocs", One(K::ExternalDocs)),
        ],
        K::Info => &[
            ("title", Leaf),
            ("summary", Leaf),
            ("description", Leaf),
            ("termsOfService", Leaf),
            ("contact", One(K::Contact)),
            ("license", One(K::License)),
            ("version", Leaf),
        ],
        K::Contact => &[("name", Leaf), ("url", Leaf), ("email", Leaf)],
        K::License => &[("name", Leaf), ("identifier", Leaf), ("url", Leaf)],
        K::Server => &[("url", Leaf), ("description", Leaf), ("variables", Named(K::ServerVariable))],
        K::ServerVariable => &[("enum", Leaf), ("default", Leaf), ("description", Leaf)],
        K::Components => &[
            ("schemas", Named(K::Schema)),
            ("responses", Named(K::Response)),
            ("parameters", Named(K::Parameter)),
            ("examples", Named(K::Example)),
            ("requestBodies", Named(K::RequestBody)),
            ("headers", Named(K::Header)),
            ("securitySchemes", Named(K::SecurityScheme)),
            ("links", Named(K::Link)),
            ("callbacks", Named(K::Callback)),
            ("pathItems", Named(K::PathItem)),
        ],
        K::PathItem => &[
            ("$ref", Leaf),
            ("summary", Leaf),
            ("description", Leaf),
            ("get", One(K::Operation)),
            ("put", One(K::Operation)),
            ("post", One(K::Operation)),
            ("delete", One(K::Operation)),
            ("options", One(K::Operation)),
            ("head", One(K::Operation)),
            ("patch", One(K::Operation)),
            ("trace", One(K::Operation)),
            ("query", One(K::Operation)),
            ("additionalOperations", Named(K::Operation)),
            ("servers", List(K::Server)),
            ("parameters", List(K::Parameter)),
        ],
        K::Operation => &[
            ("tags", Leaf),
            ("summary", Leaf),
            ("description", Leaf),
            ("externalDocs", One(K::ExternalDocs)),
            ("operationId", Leaf),
            ("parameters", List(K::Parameter)),
            ("requestBody", One(K::RequestBody)),
            ("responses", One(K::Responses)),
            ("callbacks", Named(K::Callback)),
            ("deprecated", Leaf),
            ("security", Leaf),
            ("servers", List(K::Server)),
        ],
        K::ExternalDocs => &[("description", Leaf), ("url", Leaf)],
        K::Parameter => &[
            ("$ref", Leaf),
            ("name", Leaf),
            ("in", Leaf),
            ("description", Leaf),
            ("required", Leaf),
            ("deprecated", Leaf),
            ("allowEmptyValue", Leaf),
            ("style", Leaf),
            ("explode", Leaf),
            ("allowReserved", Leaf),
            ("schema", One(K::Schema)),
            ("example", Leaf),
            ("examples", Named(K::Example)),
            ("content", Named(K::MediaType)),
        ],
        K::Header => &[
            ("$ref", Leaf),
            ("description", Leaf),
            ("required", Leaf),
            ("deprecated", Leaf),
            ("allowEmptyValue", Leaf),
            ("style", Leaf),
            ("explode", Leaf),
            ("allowReserved", Leaf),
            ("schema", One(K::Schema)),
            ("example", Leaf),
            ("examples", Named(K::Example)),
            ("content", Named(K::MediaType)),
        ],
        K::RequestBody => {
            &[("$ref", Leaf), ("description", Leaf), ("content", Named(K::MediaType)), ("required", Leaf)]
        }
        K::MediaType => &[
            ("schema", One(K::Schema)),
            ("example", Leaf),
            ("examples", Named(K::Example)),
            ("encoding", Named(K::Encoding)),
            ("itemSchema", One(K::Schema)),
        ],
        K::Encoding => &[
            ("contentType", Leaf),
            ("headers", Named(K::Header)),
            ("style", Leaf),
            ("explode", Leaf),
            ("allowReserved", Leaf),
        ],
        K::Response => &[
            ("$ref", Leaf),
            ("summary", Leaf),
            ("description", Leaf),
            ("headers", Named(K::Header)),
            ("content", Named(K::MediaType)),
            ("links", Named(K::Link)),
        ],
        K::Example => {
            &[("$ref", Leaf), ("summary", Leaf), ("description", Leaf), ("value", Leaf), ("externalValue", Leaf)]
        }
        K::Link => &[
            ("$ref", Leaf),
            ("operationRef", Leaf),
            ("operationId", Leaf),
            ("parameters", Leaf),
            ("requestBody", Leaf),
            ("description", Leaf),
            ("server", One(K::Server)),
        ],
        K::Tag => &[("name", Leaf), ("description", Leaf), ("externalDocs", One(K::ExternalDocs))],
        K::SecurityScheme => &[
            ("$ref", Leaf),
            ("deprecated", Leaf),
            ("type", Leaf),
            ("description", Leaf),
            ("name", Leaf),
            ("in", Leaf),
            ("scheme", Leaf),
            ("bearerFormat", Leaf),
            ("flows", One(K::OauthFlows)),
            ("openIdConnectUrl", Leaf),
        ],
        K::OauthFlows => &[
            ("implicit", One(K::OauthFlow)),
            ("password", One(K::OauthFlow)),
            ("clientCredentials", One(K::OauthFlow)),
            ("authorizationCode", One(K::OauthFlow)),
        ],
        K::OauthFlow => &[("authorizationUrl", Leaf), ("tokenUrl", Leaf), ("refreshUrl", Leaf), ("scopes", Leaf)],
        K::Xml => &[("name", Leaf), ("namespace", Leaf), ("prefix", Leaf), ("attribute", Leaf), ("wrapped", Leaf)],
        K::Schema => &[
            ("$ref", Leaf),
            ("type", Leaf),
            ("enum", Leaf),
            ("const", Leaf),
            ("format", Leaf),
            ("title", Leaf),
            ("description", Leaf),
            ("default", Leaf),
            ("deprecated", Leaf),
            ("readOnly", Leaf),
            ("writeOnly", Leaf),
            ("nullable", Leaf),
            ("example", Leaf),
            ("examples", Leaf),
            ("$comment", Leaf),
            ("externalDocs", One(K::ExternalDocs)),
            ("xml", One(K::Xml)),
            ("properties", Named(K::Schema)),
            ("required", Leaf),
            ("additionalProperties", One(K::Schema)),
            ("minProperties", Leaf),
            ("maxProperties", Leaf),
            ("items", One(K::Schema)),
            ("minItems", Leaf),
            ("maxItems", Leaf),
            ("uniqueItems", Leaf),
            ("minLength", Leaf),
            ("maxLength", Leaf),
            ("pattern", Leaf),
            ("minimum", Leaf),
            ("maximum", Leaf),
            ("exclusiveMinimum", Leaf),
            ("exclusiveMaximum", Leaf),
            ("multipleOf", Leaf),
            ("allOf", List(K::Schema)),
            ("oneOf", List(K::Schema)),
            ("anyOf", List(K::Schema)),
            ("discriminator", Leaf),
            ("not", One(K::Schema)),
            ("if", One(K::Schema)),
            ("then", One(K::Schema)),
            ("else", One(K::Schema)),
            ("prefixItems", List(K::Schema)),
            ("contains", One(K::Schema)),
            ("minContains", Leaf),
            ("maxContains", Leaf),
            ("unevaluatedItems", One(K::Schema)),
            ("unevaluatedProperties", One(K::Schema)),
            ("patternProperties", Named(K::Schema)),
            ("propertyNames", One(K::Schema)),
            ("dependentSchemas", Named(K::Schema)),
            ("dependentRequired", Leaf),
            ("contentEncoding", Leaf),
            ("contentMediaType", Leaf),
            ("contentSchema", One(K::Schema)),
            ("$defs", Named(K::Schema)),
            ("definitions", Named(K::Schema)),
            ("$dynamicRef", Leaf),
            ("$id", Leaf),
            ("$schema", Leaf),
            ("$anchor", Leaf),
            ("$dynamicAnchor", Leaf),
            ("$vocabulary", Leaf),
        ],
        K::Paths | K::Responses | K::Callback => &[],
    }
}

/// What the open keys of an object hold, for those that have them.
fn open_fields(kind: Kind) -> Option<Shape> {
    match kind {
        K::Paths | K::Callback => Some(One(K::PathItem)),
        K::Responses => Some(One(K::Response)),
        _ => None,
    }
}

/// What a field of an object holds; `None` for a field no rule knows.
pub(crate) fn shape(kind: Kind, field: &str) -> Option<Shape> {
    if field.starts_with("x-") {
        return Some(Leaf);
    }
    fields(kind).iter().find_map(|(name, shape)| (*name == field).then_some(*shape)).or_else(|| open_fields(kind))
}

/// Called with the kind of an object, where it stands, and the object.
type Visitor<'a> = &'a mut dyn FnMut(Kind, &Pointer, &mut Map<String, Value>);

/// Calls `visitor` for every object of the document, inner objects before the one that holds them.
pub(crate) fn visit(document: &mut Value, visitor: Visitor<'_>) {
    visit_object(document, K::Document, &mut Pointer::default(), visitor);
}

/// Calls `visitor` for an object of the given kind and every object in it, inner objects first.
pub(crate) fn visit_object(value: &mut Value, kind: Kind, at: &mut Pointer, visitor: Visitor<'_>) {
    let Value::Object(object) = value else { return };
    for (field, inner) in object.iter_mut() {
        // Most fields hold nothing to visit; what they are need not be looked up.
        if !inner.is_object() && !inner.is_array() {
            continue;
        }
        let Some(shape) = shape(kind, field).filter(|shape| !matches!(shape, Leaf)) else {
            continue;
        };
        at.push(field);
        match (shape, inner) {
            (One(kind), inner) => visit_object(inner, kind, at, visitor),
            (List(kind), Value::Array(list)) => {
                for (index, inner) in list.iter_mut().enumerate() {
                    at.push(&index.to_string());
                    visit_object(inner, kind, at, visitor);
                    at.pop();
                }
            }
            (Named(kind), Value::Object(map)) => {
                for (name, inner) in map.iter_mut() {
                    at.push(name);
                    visit_object(inner, kind, at, visitor);
                    at.pop();
                }
            }
            _ => {}
        }
        at.pop();
    }
    visitor(kind, at, object);
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_schema_is_visited_inner_first() {
        let mut document = json!({
            "paths": {"/a": {"get": {
                "parameters": [{"schema": {"title": "parameter"}}],
                "responses": {"200": {
                    "headers": {"X": {"schema": {"title": "header"}}},
                    "content": {"application/json": {"schema": {"title": "body"}}},
                }},
            }}},
            "components": {"schemas": {"A": {
                "title": "outer",
                "properties": {"title": {"title": "property"}},
                "oneOf": [{"title": "member", "items": {"title": "item"}}],
                "additionalProperties": {"title": "value"},
                "default": {"properties": {"a": {"title": "not a schema"}}},
            }}},
        });
        let mut seen = Vec::new();
        visit(&mut document, &mut |kind, at, object| {
            if kind == Kind::Schema {
                seen.push(format!("{at} {}", object["title"].as_str().unwrap()));
            }
        });
        assert_eq!(
            seen,
            [
                "/paths/~1a/get/parameters/0/schema parameter",
                "/paths/~1a/get/responses/200/headers/X/schema header",
                "/paths/~1a/get/responses/200/content/application~1json/schema body",
                "/components/schemas/A/properties/title property",
                "/components/schemas/A/oneOf/0/items item",
                "/components/schemas/A/oneOf/0 member",
                "/components/schemas/A/additionalProperties value",
                "/components/schemas/A outer",
            ]
        );
    }
}
