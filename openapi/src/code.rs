//! The stable codes of the rules.

use std::fmt;
use std::str::FromStr;

use crate::report::Disposition;

/// What a rule does, with an example.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Explanation {
    /// What the rule is for and what it does, in a few sentences.
    pub meaning: &'static str,
    /// An example of what the rule is given, as JSON.
    pub before: &'static str,
    /// What the rule makes of the example, as JSON, or in words where nothing is left.
    pub after: &'static str,
    /// What a client can no longer tell or check.
    pub lost: &'static str,
}

/// A text that is the code of no rule.
#[derive(Clone, Debug, thiserror::Error)]
#[error("`{0}` is the code of no rule; codes look like `L001`")]
pub struct UnknownCode(String);

macro_rules! codes {
    ($($code:ident $disposition:ident $summary:literal;)+) => {
        /// The stable code of a rule: `L` lowered, `W` widened, `O` omitted, `R` rejected.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Code {
            $(#[doc = $summary] $code,)+
        }

        impl Code {
            /// What the rule does, in a few words.
            pub fn summary(self) -> &'static str {
                match self { $(Self::$code => $summary,)+ }
            }

            /// Every code, in order.
            pub const ALL: &'static [Self] = &[$(Self::$code),+];

            /// What becomes of a construct under this rule.
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

// 0xx are rules of the lowering, right for any tool; 1xx are rules of the preparation, which progenitor needs.
codes! {
    L001 Lowered "`openapi: 3.1` is written as 3.0.3";
    L002 Lowered "null in `type` becomes `nullable`";
    L003 Lowered "a null member of a union becomes `nullable`";
    L004 Lowered "null in `enum` becomes `nullable`";
    L005 Lowered "`const` becomes an enum of one value";
    L006 Lowered "a missing `type` is inferred from the values or keywords";
    L007 Lowered "null of a named schema is moved to where the schema is used";
    L008 Lowered "a numeric exclusive bound becomes a bound and a flag";
    L101 Lowered "a JSON media type is read as `application/json`";
    L102 Lowered "all error replies of an operation become `4XX` and `5XX`";
    L103 Lowered "an inline type becomes a component";
    L104 Lowered "a component is given its Rust name";
    L105 Lowered "a description is made safe for rustdoc";
    W101 Widened "a constraint is not checked in replies";
    W102 Widened "differing error bodies are read as any JSON";
    W103 Widened "a default is not filled in by the client";
    O001 Omitted "an example";
    O002 Omitted "a link, a callback or a webhook";
    O003 Omitted "documentation that OpenAPI 3.0 has no place for";
    R001 Rejected "a field or keyword that no rule knows";
    R002 Rejected "a reference to nowhere";
    R003 Rejected "a version of OpenAPI other than 3.1";
    R004 Rejected "a value that the specification does not allow here";
}

impl Code {
    /// What the rule does, with an example.
    pub fn explanation(self) -> Explanation {
        Explanation { meaning: self.summary(), before: "", after: "", lost: "" }
    }
}
