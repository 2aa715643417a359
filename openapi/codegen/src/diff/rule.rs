//! The table of rules: what each reports, its mirror, and its verdicts.

use std::fmt;
use std::str::FromStr;

use super::change::{Direction, Reading, Wire};

/// An unknown code of a rule of [`diff`](super::diff).
#[derive(Clone, Debug, thiserror::Error)]
#[error("`{0}` is not the code of a change; codes look like `D101`")]
pub struct UnknownRule(String);

macro_rules! rules {
    ($($code:ident $summary:literal $mirror:ident $request:ident $reply:ident $reading:ident $why:literal;)+) => {
        /// The stable code of a kind of change.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Rule {
            $(#[doc = $summary] $code,)+
        }

        impl Rule {
            /// Every rule, in the order of the codes.
            pub const ALL: &'static [Self] = &[$(Self::$code),+];

            /// The kind of change, in a few words.
            pub fn summary(self) -> &'static str {
                match self { $(Self::$code => $summary,)+ }
            }

            /// The reason for the verdicts.
            pub fn reason(self) -> &'static str {
                match self { $(Self::$code => $why,)+ }
            }

            /// The rule that applies when the documents are swapped.
            pub fn mirror(self) -> Self {
                match self { $(Self::$code => Self::$mirror,)+ }
            }

            /// Whether a client written against the old document breaks.
            pub fn wire(self, direction: Direction) -> Wire {
                match (self, direction) {
                    $((Self::$code, Direction::Request) => Wire::$request,
                    (Self::$code, Direction::Reply) => Wire::$reply,)+
                }
            }

            /// How a client generated from the old document reads replies, unless the rest of that document decides otherwise.
            pub fn reading(self) -> Reading {
                match self { $(Self::$code => Reading::$reading,)+ }
            }
        }

        impl FromStr for Rule {
            type Err = UnknownRule;

            fn from_str(text: &str) -> Result<Self, UnknownRule> {
                match text {
                    $(stringify!($code) => Ok(Self::$code),)+
                    _ => Err(UnknownRule(text.to_owned())),
                }
            }
        }

        impl fmt::Display for Rule {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self { $(Self::$code => stringify!($code),)+ })
            }
        }
    };
}

// Columns: code, change, mirror, wire verdict in requests, wire verdict in replies, reading of a running client, reason.
rules! {
    D000 "a change that no rule knows" D000 Unclassified Unclassified CannotTell "No rule judges this field: read the difference.";

    D101 "an operation is added" D102 Compatible Compatible Unaffected "No client calls it yet.";
    D102 "an operation is removed" D101 Breaking Breaking Unaffected "A client that calls it gets an error reply, which it reads like any other.";
    D103 "the id of an operation changes" D103 Unaffected Unaffected Unaffected "The id names a method in Rust; it is not sent.";
    D104 "something is deprecated" D105 Compatible Compatible Unaffected "It still works, and may be removed later.";
    D105 "something is no longer deprecated" D104 Compatible Compatible Unaffected "It works as before.";
    D106 "tags change" D106 Unaffected Unaffected Unaffected "Tags group documentation.";
    D107 "documentation changes" D107 Unaffected Unaffected Unaffected "Titles, descriptions and examples are not sent.";
    D108 "an extension changes" D108 Unaffected Unaffected Unaffected "The generator reads no `x-` field of a published document.";
    D109 "a callback or webhook changes" D109 Risky Risky Unaffected "The generated client receives none; a server of yours may.";
    D110 "a link changes" D110 Unaffected Unaffected Unaffected "Links are hints; the client follows none.";
    D111 "the version of the API changes" D111 Unaffected Unaffected Unaffected "It names the release; the client does not send it.";
    D112 "the version of OpenAPI changes" D112 Unaffected Unaffected Unaffected "It concerns the notation of the document.";
    D113 "a parameter in the path is renamed" D113 Unaffected Unaffected Unaffected "Only its value is sent.";
    D120 "a server is added" D121 Compatible Compatible Unaffected "The others answer as before.";
    D121 "a server is removed" D120 Risky Risky Unaffected "A client may be configured with it.";
    D122 "the variables of a server change" D122 Risky Risky Unaffected "A client may be configured with a removed value.";
    D123 "another server comes first" D123 Risky Risky Unaffected "The first server is a client's default.";
    D130 "another way to authenticate is added" D131 Compatible Compatible Unaffected "The others work as before.";
    D131 "a way to authenticate is removed" D130 Breaking Breaking Unaffected "A client that used it is refused.";
    D132 "authentication becomes required" D133 Breaking Breaking Unaffected "A client without credentials is refused.";
    D133 "authentication is no longer required" D132 Compatible Compatible Unaffected "Credentials do no harm.";
    D134 "another scope is required" D135 Breaking Breaking Unaffected "A token without it is refused.";
    D135 "a scope is no longer required" D134 Compatible Compatible Unaffected "A token with it is still good.";
    D136 "a security scheme changes" D136 Breaking Breaking Unaffected "Credentials are sent in another way.";
    D137 "a security scheme is defined" D138 Unaffected Unaffected Unaffected "No operation requires it in both documents.";
    D138 "a security scheme is no longer defined" D137 Unaffected Unaffected Unaffected "No operation requires it in both documents.";
    D139 "a required security scheme is no longer defined" D140 Risky Risky Unaffected "The document no longer says how the credentials are sent.";
    D140 "a required security scheme is defined" D139 Compatible Compatible Unaffected "The document says how the credentials are sent.";

    D201 "a required parameter is added" D202 Breaking Compatible Unaffected "Requests of existing clients lack it.";
    D202 "a required parameter is removed" D201 Risky Compatible Unaffected "A client that still sends it is most likely ignored, and may be refused.";
    D203 "an optional parameter is added" D204 Compatible Compatible Unaffected "Requests may go without it.";
    D204 "an optional parameter is removed" D203 Risky Compatible Unaffected "A client that still sends it is most likely ignored, and may be refused.";
    D205 "a parameter becomes required" D206 Breaking Compatible Unaffected "A request without it is refused.";
    D206 "a parameter becomes optional" D205 Compatible Compatible Unaffected "Requests with it stay valid.";
    D207 "the serialization of a parameter or header changes" D207 Breaking Breaking Unaffected "The other side reads another value, or none.";
    D208 "whether a parameter may be unencoded or empty changes" D208 Risky Risky Unaffected "Empty values and reserved characters are read in another way.";

    D220 "a required request body is added" D221 Breaking Compatible Unaffected "Requests of existing clients have none.";
    D221 "a required request body is removed" D220 Risky Compatible Unaffected "A client that still sends it is most likely ignored, and may be refused.";
    D222 "an optional request body is added" D223 Compatible Compatible Unaffected "Requests may go without it.";
    D223 "an optional request body is removed" D222 Risky Compatible Unaffected "A client that still sends it is most likely ignored, and may be refused.";
    D224 "the request body becomes required" D225 Breaking Compatible Unaffected "A request without it is refused.";
    D225 "the request body becomes optional" D224 Compatible Compatible Unaffected "Requests with it stay valid.";
    D226 "a media type is added" D227 Compatible Compatible Unaffected "The others are still accepted, and clients name the ones they accept.";
    D227 "a media type is removed" D226 Breaking Breaking Fails "A client sends it, or expects it.";
    D228 "the encoding of a form changes" D228 Breaking Risky Unaffected "Parts are read in another way.";
    D229 "a reply gets a body" D230 Compatible Compatible Same "A client that expects none does not read it.";
    D230 "a reply loses its body" D229 Breaking Breaking Fails "A client reads a value from it.";

    D240 "a success status is added" D241 Compatible Compatible Fails "A generated client takes the documented successes only; another is `UnexpectedResponse`, which holds the reply.";
    D241 "a success status is removed" D240 Breaking Breaking Unaffected "A client waits for it.";
    D242 "an error status is added" D243 Compatible Compatible Same "Every error status is read as an error.";
    D243 "an error status is removed" D242 Compatible Compatible Unaffected "Handling it does no harm.";
    D244 "a reply that is neither success nor error is added" D245 Compatible Compatible Unaffected "A generated client sees it as `UnexpectedResponse`, documented or not.";
    D245 "a reply that is neither success nor error is removed" D244 Risky Risky Unaffected "A client may wait for it.";
    D250 "a required header is added to a reply" D251 Compatible Compatible Unaffected "No client reads it yet.";
    D251 "a required header is removed from a reply" D250 Breaking Breaking Unaffected "A client may rely on it; a generated one reads no headers by itself.";
    D252 "an optional header is added to a reply" D253 Compatible Compatible Unaffected "No client reads it yet.";
    D253 "an optional header is removed from a reply" D252 Risky Risky Unaffected "A client may look for it.";
    D254 "a header of a reply becomes required" D255 Compatible Compatible Unaffected "It is present more often.";
    D255 "a header of a reply becomes optional" D254 Breaking Breaking Unaffected "A client may rely on it; a generated one reads no headers by itself.";

    D301 "the type changes" D301 Breaking Breaking Fails "A value of one type is not a value of the other.";
    D302 "fewer types are admitted" D303 Breaking Compatible Same "Requests that were valid may be refused; replies were possible before.";
    D303 "more types are admitted" D302 Compatible Breaking Fails "Requests stay valid; replies may have a new type.";
    D304 "the format changes" D304 Breaking Breaking Same "Values are serialized in another way; a generated client checks no format in replies.";
    D305 "a format is required" D306 Breaking Compatible Same "Requests that were valid may be refused; replies were possible before.";
    D306 "a format is no longer promised" D305 Compatible Breaking Same "Replies may have another format; a generated client checks none.";
    D307 "null is admitted" D308 Compatible Breaking Fails "A client that was promised a value may read null.";
    D308 "null is no longer admitted" D307 Breaking Compatible Same "A client that sends null is refused.";
    D309 "a type becomes explicit or implied" D309 Unaffected Unaffected Same "The other keywords imply the type.";
    D310 "a value is added" D311 Compatible Risky AsUnknown "A client that handles all values may read a new one; a generated one reads it as `Unknown`.";
    D311 "a value is removed" D310 Breaking Compatible Same "A client that sends it is refused.";
    D312 "the values are restricted to a list" D313 Breaking Compatible Same "Requests that were valid may be refused; replies were possible before.";
    D313 "the values are no longer restricted to a list" D312 Compatible Risky AsUnknown "A client that handles all values may read new ones; a generated one reads them as `Unknown`.";
    D314 "the only value changes" D314 Breaking Breaking AsUnknown "A client sends or expects the old one; a generated one reads the new one as `Unknown`.";
    D320 "a bound is tighter" D321 Breaking Compatible Same "Requests that were valid may be refused; replies were possible before.";
    D321 "a bound is looser" D320 Compatible Breaking Same "A client may rely on the bound; a generated one checks none in replies.";
    D322 "a bound is added" D323 Risky Compatible Same "Requests that were valid may be refused; replies were possible before.";
    D323 "a bound is removed" D322 Compatible Breaking Same "A client may rely on the bound; a generated one checks none in replies.";
    D324 "a bound changes incomparably" D324 Breaking Breaking Same "Valid values become invalid, and invalid ones valid; a generated client checks none in replies.";
    D325 "a pattern is added" D326 Risky Compatible Same "Requests that were valid may be refused.";
    D326 "a pattern is removed" D325 Compatible Compatible Same "Requests stay valid; a generated client checks no pattern in replies.";
    D327 "a pattern changes" D327 Risky Compatible Same "Requests that were valid may be refused; no tool can compare two patterns.";
    D330 "a condition is added" D331 Risky Compatible Same "Requests that were valid may be refused.";
    D331 "a condition is removed" D330 Compatible Risky Same "A client may rely on it; a generated one does not check it.";
    D332 "a condition changes" D332 Risky Risky Same "Valid values may become invalid, and invalid ones valid; a generated client does not check it.";
    D333 "the encoding of a string changes" D333 Risky Risky Same "The string is still read; its meaning may differ.";

    D340 "a required property is added" D341 Breaking Compatible Same "Requests of existing clients lack it; in replies it is ignored.";
    D341 "a required property is removed" D340 Risky Breaking Fails "A client may rely on it; a generated one reads a missing nullable property as `None`, and fails without any other.";
    D342 "an optional property is added" D343 Compatible Compatible Same "Requests may go without it; in replies it is ignored.";
    D343 "an optional property is removed" D342 Risky Risky Same "A client that still sends it may be refused; a client may look for it, but not rely on it.";
    D344 "a property becomes required" D345 Breaking Compatible Same "A request without it is refused.";
    D345 "a property becomes optional" D344 Compatible Breaking Fails "A client may rely on it; a generated one reads a missing nullable property as `None`, and fails without any other.";
    D346 "a required property with a default is added" D347 Compatible Compatible Same "The server fills it in where a request lacks it.";
    D347 "a required property with a default is removed" D346 Risky Breaking Fails "A client may rely on it; a generated one reads a missing nullable property as `None`, and fails without any other.";
    D348 "a property with a default becomes required" D349 Compatible Compatible Same "The server fills it in where a request lacks it.";
    D349 "a property with a default becomes optional" D348 Compatible Breaking Fails "A client may rely on it; a generated one reads a missing nullable property as `None`, and fails without any other.";
    D350 "a property becomes or ceases to be of one direction only" D350 Risky Risky Same "Requests with it may be ignored, and replies may lack it.";
    D351 "undeclared properties are refused" D352 Breaking Compatible Same "Requests that were valid may be refused.";
    D352 "undeclared properties are admitted" D351 Compatible Compatible Same "A generated client ignores what it does not know.";
    D360 "a member of a union is added" D361 Compatible Breaking AsUnknown "A client may read an unknown member; a generated one keeps it as `Unknown` if the type was a union before.";
    D361 "a member of a union is removed" D360 Breaking Compatible Same "A client that sends it is refused.";
    D362 "`oneOf` becomes `anyOf`, or the reverse" D362 Risky Risky Same "A value that fits several members is valid under `anyOf` only.";
    D366 "a discriminator is added" D367 Risky Risky AsUnknown "Clients choose the member by another rule.";
    D367 "a discriminator is removed" D366 Risky Risky AsUnknown "Clients choose the member by another rule.";
    D368 "another property is the discriminator" D368 Breaking Breaking AsUnknown "Clients choose the member by the old property.";
    D369 "a value of the discriminator is added" D370 Compatible Risky AsUnknown "A client may read an unknown value; a generated one keeps the member as `Unknown`.";
    D370 "a value of the discriminator is removed" D369 Breaking Compatible Same "A client that sends it is refused.";
    D371 "a value of the discriminator names another member" D371 Breaking Breaking AsUnknown "Replies with this value hold another member.";
    D375 "a default is added" D376 Risky Compatible Same "A request without the value gets another meaning.";
    D376 "a default is removed" D375 Risky Compatible Same "A request without the value gets another meaning.";
    D377 "a default changes" D377 Risky Compatible Same "A request without the value gets another meaning.";

    D401 "a component is renamed" D401 Unaffected Unaffected Same "Names of components are not sent; in Rust they name types.";
    D402 "a component that nothing uses is added" D403 Unaffected Unaffected Unaffected "No request and no reply holds it.";
    D403 "a component that nothing used is removed" D402 Unaffected Unaffected Unaffected "No request and no reply held it.";
    D404 "another component is used here" D404 Unaffected Unaffected Same "Their differences are reported separately; in Rust the type has another name.";
    D405 "a component is inlined" D406 Unaffected Unaffected Same "The wire format is the same; in Rust the type has another name.";
    D406 "an inline schema becomes a component" D405 Unaffected Unaffected Same "The wire format is the same; in Rust the type has another name.";
    D407 "a component that nothing uses changes" D407 Unaffected Unaffected Unaffected "No request and no reply holds it.";
}
