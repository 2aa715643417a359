//! The stable codes of the rules.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::Disposition;
use super::explanation;

/// The explanation of a rule, with an example.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Explanation {
    /// The reason for the rule and its effect, in a few sentences.
    pub meaning: &'static str,
    /// An example before the rule, as JSON.
    pub before: &'static str,
    /// The example after the rule, as JSON, or in words.
    pub after: &'static str,
    /// What a client can no longer check or distinguish.
    pub lost: &'static str,
}

/// An unknown code.
#[derive(Clone, Debug, thiserror::Error)]
#[error("`{0}` is not a code; codes look like `L001`")]
pub struct UnknownCode(String);

macro_rules! codes {
    ($($code:ident $disposition:ident $summary:literal;)+) => {
        /// The stable code of a rule: `L` lowered, `W` widened, `O` omitted, `R` rejected.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
        #[non_exhaustive]
        pub enum Code {
            $(#[doc = $summary] $code,)+
        }

        impl Code {
            /// The effect of the rule, in a few words.
            pub fn summary(self) -> &'static str {
                match self { $(Self::$code => $summary,)+ }
            }

            /// Every code, in order.
            pub const ALL: &'static [Self] = &[$(Self::$code),+];

            /// The explanation of the rule, with an example.
            pub fn explanation(self) -> Explanation {
                match self { $(Self::$code => explanation::$code,)+ }
            }

            /// The disposition of a construct under this rule.
            pub fn disposition(self) -> Disposition {
                match self { $(Self::$code => Disposition::$disposition,)+ }
            }
        }

        impl FromStr for Code {
            type Err = UnknownCode;

            fn from_str(text: &str) -> Result<Self, UnknownCode> {
                match text {
                    $(stringify!($code) => Ok(Self::$code),)+
                    _ => Err(UnknownCode(text.to_owned())),
                }
            }
        }

        impl fmt::Display for Code {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self { $(Self::$code => stringify!($code),)+ })
            }
        }
    };
}

// 0xx: rules of the lowering, right for any tool. 1xx: rules of the preparation, for progenitor alone.
codes! {
    L001 Lowered "the version is written as 3.0.3";
    L002 Lowered "null in `type` becomes `nullable`";
    L003 Lowered "a null member of a union becomes `nullable`";
    L004 Lowered "null in `enum` becomes `nullable`";
    L005 Lowered "`const` becomes an enum of one value";
    L006 Lowered "a missing `type` is inferred from the values or keywords";
    L007 Lowered "null of a named schema is moved to where the schema is used";
    L008 Lowered "a numeric exclusive bound becomes a bound and a flag";
    L009 Lowered "a boolean schema becomes an empty one";
    L010 Lowered "the target of a reference becomes a component, or replaces the reference";
    L011 Lowered "a reference with keywords beside it moves into an `allOf`";
    L012 Lowered "`nullable` in a 3.1 document is read with its meaning in 3.0";
    L013 Lowered "an encoding of a text becomes its `format`";
    L014 Lowered "several types become a union";
    L015 Lowered "a part that 3.0 requires is added, or rewritten as it requires";
    L016 Lowered "an operation without an id of its own is given one";
    L017 Lowered "unevaluated properties become additional ones";
    L018 Lowered "the schema of the items of a stream becomes that of the stream";
    L019 Lowered "a template is copied for each schema that says what its dynamic references are";
    L101 Lowered "a JSON media type is read as `application/json`";
    L102 Lowered "all error replies of an operation become `4XX` and `5XX`";
    L103 Lowered "an inline type becomes a component";
    L104 Lowered "a component is given its Rust name";
    L105 Lowered "a description is made safe for rustdoc";
    L106 Lowered "the members of an `allOf` become one schema";
    L107 Lowered "`anyOf` becomes a union decided by its properties";
    L108 Lowered "a base class becomes a union of its subtypes";
    L109 Lowered "a parameter is given its Rust name";
    L110 Lowered "a property is given its Rust name";
    L111 Lowered "an object in the query becomes one parameter for each property";
    L112 Lowered "the status of a reply decides its type";
    L113 Lowered "a header that the client sets itself is not a parameter";
    L114 Lowered "a parameter that the path names is declared";
    L115 Lowered "an operation is given its Rust name";
    L116 Lowered "the caller distinguishes replies of several kinds";
    L117 Lowered "a stream is read item by item";
    L118 Lowered "a method that 3.0 has no field for is sent as it is";
    L119 Lowered "a number that may be a text is read from both";
    L120 Lowered "a list with a schema for each place is a tuple";
    W001 Widened "a `false` schema is not checked";
    W002 Widened "null alone is read as any value";
    W003 Widened "an object or array among the values of an enum is not compared";
    W004 Widened "a bound out of range is not checked";
    W005 Widened "pattern properties and tuple items share one type";
    W006 Widened "a condition without an equivalent in 3.0 is not checked";
    W007 Widened "a keyword with an invalid value is left out";
    W009 Widened "the items of a stream are not typed";
    W010 Widened "a dynamic reference whose target is not known is read as any value";
    W011 Widened "a security requirement names a scheme that the document does not define";
    W012 Widened "a reply whose type is missing is read as any value";
    W101 Widened "a constraint is not checked in replies";
    W102 Widened "differing error bodies are read as any JSON";
    W103 Widened "a default is not filled in by the client";
    W104 Widened "a constraint is not checked in requests";
    W105 Widened "an enum of numbers or booleans is read as any of them";
    W106 Widened "an `allOf` whose members contradict each other is read as any value";
    W107 Widened "a list in a cookie is a text";
    W108 Widened "an object in a parameter is not typed";
    W109 Widened "of several media types one is used";
    W111 Widened "a property of one direction is optional in both";
    W112 Widened "a body is sent as bytes";
    W113 Widened "conditions beside a union are not checked";
    W114 Widened "an optional property of a form or parameter is not sent as null";
    W115 Widened "a reply is read as bytes";
    W116 Widened "the server of an operation is left to the caller";
    W117 Widened "a property that is required and not declared has any value";
    W118 Widened "a part of a multipart body is written in its plain form";
    W119 Widened "an optional parameter or body that cannot be written is left out of the method";
    W120 Widened "credentials are left to the caller";
    W121 Widened "an object in an object in the query is written as JSON";
    O001 Omitted "an example";
    O002 Omitted "a link, a callback or a webhook";
    O003 Omitted "documentation that OpenAPI 3.0 has no field for";
    O004 Omitted "a field or keyword that no specification defines";
    O005 Omitted "a definition or name that only references use";
    O101 Omitted "a reply that is neither a success nor an error";
    O102 Omitted "a part that a client reads or sets without a type";
    R000 Rejected "the generator fails, and no rule knows why";
    R002 Rejected "a dangling reference";
    R003 Rejected "a version of OpenAPI other than 3";
    R004 Rejected "a value that the specification does not allow here";
    R005 Rejected "a method that has no place in 3.0";
    R006 Rejected "a reference to another document";
    R007 Rejected "a reference that leads back to itself";
    R008 Rejected "an `allOf` that leads back to itself";
    R009 Rejected "a document that is too deep or too large";
    R101 Rejected "a parameter with an unsupported serialization";
    R102 Rejected "a name that no cookie can have";
    R103 Rejected "a body with an unsupported serialization";
    R104 Rejected "a path with malformed parameters";
    R105 Rejected "an `allOf` that is too large to merge";
}
