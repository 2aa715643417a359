//! The facts that progenitor cannot carry, for the passes over the generated code.

mod format;
mod operation;
mod security;
mod types;

use std::collections::{BTreeMap, BTreeSet};

pub use format::Format;
pub use operation::{
    Form, Items, Lists, Multipart, Operation, OtherMethod, PathStyle, PathValue, ReplyKind, Separator, StatusVariant,
    Stream,
};
pub use security::{SchemeKind, SecurityScheme};
pub use types::{Alias, Enum, FormattedText, Member, Place, ReadType, Tuple, Union};

/// The facts about a prepared document that progenitor cannot carry, by the names in that document.
///
/// No `x-` key of a document influences the plan, except those that describe or name the values of an enum, and
/// `x-codegen-settings`.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Plan {
    /// Other names of types.
    pub aliases: BTreeMap<String, Alias>,
    /// Enums of strings, by the names of their types.
    pub enums: BTreeMap<String, Enum>,
    /// Unions, by the names of their types.
    pub unions: BTreeMap<String, Union>,
    /// Lists with a schema for each place, by the names of their types.
    pub tuples: BTreeMap<String, Tuple>,
    /// Types of replies that the status decides, by their names: exact statuses first, then ranges, then `DEFAULT`.
    pub by_status: BTreeMap<String, Vec<StatusVariant>>,
    /// The name of the type of a file in a multipart body. `None` if the document has none.
    pub file_part: Option<String>,
    /// The formats of types that are texts of one, by their names.
    pub formats: BTreeMap<String, FormattedText>,
    /// The other types that a server sends, by their names.
    pub read_types: BTreeMap<String, ReadType>,
    /// The properties that a request may leave out or send as null, by type and by their names on the wire.
    pub optional_nulls: BTreeMap<String, BTreeSet<String>>,
    /// The names of properties on the wire, by type and by their names in the prepared document. A property that keeps
    /// its name is left out.
    pub wire_names: BTreeMap<String, BTreeMap<String, String>>,
    /// The security schemes that operations need, in document order.
    pub security_schemes: Vec<SecurityScheme>,
    /// Operations, by the names of their builders.
    pub operations: BTreeMap<String, Operation>,
}
