//! The facts about an operation that progenitor cannot carry.

use std::collections::BTreeMap;

/// The facts about an operation that progenitor cannot carry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Operation {
    /// Its method. `None` for the one by which the prepared document has it.
    pub method: Option<String>,
    /// Whether a caller may leave the body out.
    pub body_is_optional: bool,
    /// The kinds of its success replies by status. Empty where all are of one kind.
    pub replies: BTreeMap<String, ReplyKind>,
    /// How its replies are read item by item. `None` where no reply is a stream of items.
    pub stream: Option<Stream>,
    /// The value of the header `Accept`. `None` for the one that progenitor would send.
    pub accept: Option<String>,
    /// The media type of the body. `None` for the one that progenitor would send.
    pub content_type: Option<String>,
    /// The names of parameters on the wire, by their names in the prepared document. A parameter that keeps its name is
    /// left out.
    pub wire_names: BTreeMap<String, String>,
    /// The names of cookies, by their names in the prepared document, where they are headers.
    pub cookies: BTreeMap<String, String>,
    /// The forms of parameters in the query, by their names on the wire. A parameter in the form that progenitor writes
    /// is left out.
    pub forms: BTreeMap<String, Form>,
    /// The forms of the fields of a body that is a form. A field whose type implies its form is left out. `None` for
    /// another body.
    pub fields: Option<BTreeMap<String, Form>>,
    /// How the parts of a multipart body are written. `None` for another body.
    pub multipart: Option<Multipart>,
    /// How parameters in the path are written, by their names in the prepared document. A scalar that is written as it is
    /// is left out.
    pub path_values: BTreeMap<String, PathValue>,
    /// Whether headers that are lists or objects are exploded, by their names on the wire.
    pub headers: BTreeMap<String, bool>,
    /// The credentials that it needs: the methods of the schemes that one request needs together, for each alternative.
    /// Without an alternative it needs none; an empty one makes the others optional.
    pub security: Vec<Vec<String>>,
}

/// The serialization of a parameter in the path (OpenAPI 3.1.1, section 4.8.12.4).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PathValue {
    /// The name on the wire.
    pub name: String,
    /// What begins the value, and separates its parts where it is exploded.
    pub style: PathStyle,
    /// Whether each part of the value is written on its own.
    pub explode: bool,
}

/// The style of a parameter in the path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PathStyle {
    /// `red,green`.
    Simple,
    /// `.red.green`.
    Label,
    /// `;color=red;color=green`.
    Matrix,
}

/// A multipart body.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Multipart {
    /// Its media type, such as `multipart/form-data`.
    pub media_type: String,
    /// The media types of parts, by their names on the wire. A part whose type implies its media type is left out.
    pub content_types: BTreeMap<String, String>,
}

/// The serialization of a query parameter or a field of a form (OpenAPI 3.1.1, section 4.8.12.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Form {
    /// A pair for each value.
    Exploded,
    /// One pair, with the values separated.
    Separated(Separator),
    /// A pair for each scalar, with the names of the properties that lead to it in brackets.
    Deep(Lists),
    /// One pair, with JSON as its value.
    Json,
}

/// The name of an item of a list in an object whose properties are in brackets: OpenAPI leaves it open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Lists {
    /// `list[]` for a scalar, and `list[0]` for any other item.
    #[default]
    Brackets,
    /// `list[0]`.
    Indexed,
    /// `list` for a scalar, and `list[0]` for any other item.
    Repeated,
}

/// The separator of the values in one pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Separator {
    /// `,`.
    Comma,
    /// `|`.
    Pipe,
    /// A space.
    Space,
}

/// The kind of a reply's body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReplyKind {
    /// JSON.
    Json,
    /// JSON or a stream of bytes, as the media type of the reply says.
    JsonOrBytes,
    /// A stream of bytes.
    Bytes,
    /// No body.
    Nothing,
}

/// A stream of items.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stream {
    /// What the items are.
    pub items: Items,
    /// The method that returns the stream. `None` if it is that for all replies, since each is a stream.
    pub method: Option<OtherMethod>,
}

/// A second method of an operation, for the replies that are streams of items.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct OtherMethod {
    /// The statuses of the streams, as keys of `responses`.
    pub statuses: Vec<String>,
    /// The value of the header `Accept`.
    pub accept: String,
    /// The schema of an item in the prepared document.
    pub schema: serde_json::Value,
}

/// The items of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Items {
    /// Server-sent events whose data is JSON.
    EventsOfJson,
    /// Server-sent events whose data is text.
    EventsOfText,
    /// Server-sent events whose type describes the whole event, not its data alone.
    WholeEvents,
    /// JSON texts, one in each line.
    Lines,
    /// JSON texts, each after a record separator.
    Records,
}

/// One of the types of a reply that the status decides.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct StatusVariant {
    /// The key in `responses`: a status, a range such as `4XX`, or `DEFAULT`.
    pub status: String,
    /// The schema in the prepared document.
    pub schema: serde_json::Value,
}
