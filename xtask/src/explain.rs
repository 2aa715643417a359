//! `cargo xtask explain CODE`: what a code in a report means.

use openapi_client_codegen::diff::{Direction, Rule};
use openapi_client_codegen::{Code, Explanation};

use crate::Exit;
use crate::problem::Problem;

/// Prints what a code means, or the list of codes.
///
/// # Errors
///
/// For an unknown code; the error lists all codes.
pub(crate) fn run(code: Option<&str>) -> Result<Exit, Problem> {
    let Some(text) = code else {
        print!("{}", list());
        return Ok(Exit::Done);
    };
    // Codes are upper case; a lower-case spelling is accepted.
    let text = text.to_uppercase();
    if let Ok(rule) = text.parse() {
        print!("{}", page_of_rule(rule));
        return Ok(Exit::Done);
    }
    let code: Code = text.parse().map_err(|_| {
        Problem::new(
            format!("`{text}` is the code of no rule"),
            list(),
            "pass one of these codes: cargo xtask explain CODE",
        )
    })?;
    print!("{}", page(code));
    Ok(Exit::Done)
}

fn list() -> String {
    let codes =
        Code::ALL.iter().map(|code| format!("{code}  {:<8}  {}\n", code.disposition().to_string(), code.summary()));
    let rules = Rule::ALL.iter().map(|rule| format!("{rule}  {:<8}  {}\n", "change", rule.summary()));
    codes.chain(rules).collect()
}

/// What a code in a report of `cargo xtask diff` means.
fn page_of_rule(rule: Rule) -> String {
    let mut page = format!("{rule} (change): {}\n\n{}\n\n", rule.summary(), rule.reason());
    for direction in [Direction::Request, Direction::Reply] {
        page.push_str(&format!("In a {direction}: {} on the wire.\n", rule.wire(direction)));
    }
    page.push_str(&format!(
        "A running client: {}, unless the rest of the old document says otherwise.\n",
        rule.reading()
    ));
    page.push_str(&format!("The other way round it is {}.\n", rule.mirror()));
    page
}

fn page(code: Code) -> String {
    let Explanation { meaning, before, after, lost, .. } = code.explanation();
    let mut page = format!("{code} ({}): {}\n\n{meaning}\n", code.disposition(), code.summary());
    for (title, text) in [("Before:", before), ("After:", after), ("Lost:", lost)] {
        if !text.is_empty() {
            page.push_str(&format!("\n{title}\n\n{}\n", indented(text)));
        }
    }
    page
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("    {line}")).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_holds_one_line_per_code() {
        for (code, line) in Code::ALL.iter().zip(list().lines()) {
            assert!(line.starts_with(&format!("{code}  {}", code.disposition())), "{line}");
        }
    }

    #[test]
    fn texts_of_several_lines_are_set_apart() {
        assert_eq!(indented("{\n  1\n}"), "    {\n      1\n    }");
    }
}
