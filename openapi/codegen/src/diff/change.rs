//! A change, and the three verdicts on it.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Serialize, Serializer};

use super::rule::Rule;
use super::rust::PublicItem;
use crate::model::pointer::Pointer;

/// Whether a part of a document is sent or received.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Direction {
    /// Client to server: parameters and bodies, and the existence of the operation.
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
    /// A client may break; the documents alone do not decide it.
    Risky,
    /// No rule knows the change.
    Unclassified,
    /// A client that follows the old document breaks.
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
    /// It reads them, and keeps the unknown part as `Unknown`, or as an error with an untyped body.
    AsUnknown,
    /// It reads them without a value that is not of its type, which its object keeps in `undecoded`.
    Undecoded,
    /// No rule knows the change.
    CannotTell,
    /// Some replies fail to decode.
    Fails,
}

/// The version bump that a change requires (Semantic Versioning 2.0.0); the greatest wins.
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
    /// Its place in the new document, or in the old one when it is gone.
    #[serde(serialize_with = "text")]
    pub pointer: Pointer,
    /// A readable name of that place: `Operation.status`, or ``GET /things, parameter `limit` ``.
    pub subject: String,
    /// What changed, in one line.
    pub detail: String,
    /// The operations it affects, as method and path; empty when it belongs to none.
    pub operations: BTreeSet<String>,
    /// The directions it affects; empty outside requests and replies.
    pub directions: BTreeSet<Direction>,
    /// Whether a client that was written against the old document breaks: the worst over the directions.
    pub wire: Wire,
    /// What a client generated from the old document makes of replies.
    pub reading: Reading,
    /// The version bump that its public items require; `None` when it has none.
    pub rust: Option<Bump>,
    /// The public items that differ because of it.
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
    Reading: Unaffected "unaffected", Same "reads", AsUnknown "reads as unknown",
    Undecoded "reads without it", CannotTell "cannot tell", Fails "fails";
    Bump: Patch "patch", Minor "minor", Major "major";
}
