//! What a change is, and the three verdicts on it.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Serialize, Serializer};

use super::rule::Rule;
use super::rust::PublicItem;
use crate::model::pointer::Pointer;

/// What is sent, or what comes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Direction {
    /// Client to server: parameters and bodies, and whether an operation can be called at all.
    Request,
    /// Server to client.
    Reply,
}

/// Whether a client that was written against the old document breaks; the worse one is greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Wire {
    /// Nothing that is sent changes.
    Unaffected,
    /// No client breaks.
    Compatible,
    /// A client may break, which the documents cannot tell.
    Risky,
    /// No rule knows the change.
    Unclassified,
    /// A client that does what the old document says breaks.
    Breaking,
}

/// What a client generated from the old document makes of replies of the new one; the worse one is greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Reading {
    /// It reads nothing of what changed.
    Unaffected,
    /// It reads them as before: what is new is ignored, what may be absent is `None`.
    Same,
    /// It reads them, and keeps what it does not know as `Unknown`, or as an error whose body it cannot type.
    AsUnknown,
    /// No rule knows the change.
    CannotTell,
    /// There are replies that it cannot decode.
    Fails,
}

/// What a change asks of the version of the crate (Semantic Versioning 2.0.0); the greater one wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Bump {
    /// The public surface is the same.
    Patch,
    /// The public surface grows.
    Minor,
    /// Code that uses the crate may no longer compile.
    Major,
}

/// One change between two documents.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Change {
    /// The kind of change.
    #[serde(rename = "code", serialize_with = "text")]
    pub rule: Rule,
    /// Where it stands in the new document, or in the old one when it is gone.
    #[serde(serialize_with = "text")]
    pub pointer: Pointer,
    /// What stands there, as a reader knows it: `Operation.status`, or ``GET /things, parameter `limit` ``.
    pub subject: String,
    /// What changed, in one line.
    pub detail: String,
    /// The operations it reaches, as method and path; none for what belongs to no operation.
    pub operations: BTreeSet<String>,
    /// The directions it is met in; none for what is in no request and no reply.
    pub directions: BTreeSet<Direction>,
    /// Whether a client that was written against the old document breaks: the worst over the directions.
    pub wire: Wire,
    /// What a client generated from the old document makes of replies.
    pub reading: Reading,
    /// What the public items that follow from it ask of the version; `None` where none do.
    pub rust: Option<Bump>,
    /// The public items that follow from it.
    pub items: Vec<PublicItem>,
}

fn text<S: Serializer>(value: &impl fmt::Display, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}

macro_rules! spelled {
    ($($name:ident: $($variant:ident $text:literal),+;)+) => {
        $(impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(match self { $(Self::$variant => $text,)+ })
            }
        })+
    };
}

spelled! {
    Direction: Request "request", Reply "reply";
    Wire: Unaffected "unaffected", Compatible "compatible", Risky "risky", Unclassified "unclassified", Breaking "breaking";
    Reading: Unaffected "unaffected", Same "reads", AsUnknown "reads as unknown", CannotTell "cannot tell", Fails "fails";
    Bump: Patch "patch", Minor "minor", Major "major";
}
