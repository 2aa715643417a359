//! The objects of OpenAPI 3.1 and where they nest, as one table.
//!
//! The [visitor](crate::model::visitor) reads it, so no pass can forget a field that holds a schema.

use crate::model::pointer::Pointer;

/// The fields of a path item that hold an operation in OpenAPI 3.0 and 3.1 (section 4.8.9).
pub(crate) const METHODS: &[&str] = &["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// A kind of object in an OpenAPI document (OpenAPI 3.1, section 4.8).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ObjectKind {
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
    /// A value without objects of the specification: a scalar, or any JSON, as in `default` and `example`.
    Leaf,
    One(ObjectKind),
    List(ObjectKind),
    /// Objects by names that the author of the document chose.
    Map(ObjectKind),
}

use ObjectKind as K;
use Shape::{Leaf, List, Map as Named, One};

/// The fields that the specification gives an object, without `x-` extensions.
///
/// The keys of `Paths`, `Responses` and `Callback` are open: see [`open_fields`].
fn fields(kind: ObjectKind) -> &'static [(&'static str, Shape)] {
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

/// What an object holds under keys that the author of the document chose.
fn open_fields(kind: ObjectKind) -> Option<Shape> {
    match kind {
        K::Paths | K::Callback => Some(One(K::PathItem)),
        K::Responses => Some(One(K::Response)),
        _ => None,
    }
}

impl ObjectKind {
    /// The section of `components` that holds objects of this kind. Returns `None` for a kind without a section.
    #[cfg(feature = "source")]
    pub(crate) fn section(self) -> Option<&'static str> {
        let has_kind = |shape: &Shape| matches!(shape, Named(kind) if *kind == self);
        fields(Self::Components).iter().find_map(|(name, shape)| has_kind(shape).then_some(*name))
    }
}

/// What a section of `components` holds, and its name.
#[cfg(feature = "source")]
pub(crate) fn component_section(name: &str) -> Option<(ObjectKind, &'static str)> {
    fields(K::Components).iter().find_map(|(section, shape)| match shape {
        Named(kind) if *section == name => Some((*kind, *section)),
        _ => None,
    })
}

/// What a field of an object holds; `None` for a field that no rule knows.
pub(crate) fn shape(kind: ObjectKind, field: &str) -> Option<Shape> {
    if field.starts_with("x-") {
        return Some(Leaf);
    }
    fields(kind).iter().find_map(|(name, shape)| (*name == field).then_some(*shape)).or_else(|| open_fields(kind))
}

/// What a pointer leads to, counted from the document; `None` for a place that no rule knows.
pub(crate) fn shape_at(pointer: &Pointer) -> Option<Shape> {
    pointer.tokens().iter().try_fold(One(K::Document), |outer, token| match outer {
        One(kind) => shape(kind, token),
        List(kind) | Named(kind) => Some(One(kind)),
        Leaf => None,
    })
}

/// Whether a field of a path item holds an operation.
pub(crate) fn is_method(field: &str) -> bool {
    METHODS.contains(&field)
}
