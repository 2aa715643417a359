//! The explanation of each rule, with an example that a test feeds to the rules.

mod lowering;
mod omitted;
mod preparation;
mod rejected;
mod widened;

use crate::report::Explanation;

pub(crate) use lowering::*;
pub(crate) use omitted::*;
pub(crate) use preparation::*;
pub(crate) use rejected::*;
pub(crate) use widened::*;

const fn explained(
    meaning: &'static str,
    before: &'static str,
    after: &'static str,
    lost: &'static str,
) -> Explanation {
    Explanation { meaning, before, after, lost }
}
