//! The stable codes of the rules.

use std::fmt;

use crate::report::Disposition;

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

            /// What becomes of a construct under this rule.
            pub fn disposition(self) -> Disposition {
                match self { $(Self::$code => Disposition::$disposition,)+ }
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
