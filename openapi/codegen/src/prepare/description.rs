//! Escapes descriptions: they are Markdown, but rustdoc would read intra-doc links and doctests into them.

use serde_json::Value;

use crate::model::line_ends::with_line_feeds;
use crate::model::pointer::Pointer;
use crate::model::visitor::visit_mut;
use crate::prepare::facts::Facts;
use crate::report::{Code, Pass};

pub(super) fn sanitise(pass: &mut Pass<Facts>) {
    let Pass { document, log, .. } = pass;
    visit_mut(document, &mut |_, at, object| {
        for field in ["description", "summary", "title"] {
            let Some(Value::String(text)) = object.get_mut(field) else {
                continue;
            };
            let safe = rustdoc_safe(text);
            if safe != *text {
                *text = safe;
                log.add(Code::L105, &at.join(field), "escaped for rustdoc");
            }
        }
    });
}

/// Finds the descriptions of the values of each enum.
pub(super) fn describe_values(pass: &mut Pass<Facts>) {
    let Pass { document, log, facts } = pass;
    for (name, schema) in document["components"]["schemas"].as_object().into_iter().flatten() {
        let Some(values) = schema["enum"].as_array() else { continue };
        let values: Vec<_> = values.iter().filter_map(Value::as_str).map(str::to_owned).collect();
        let at = Pointer::component("schemas", name);
        let place = log.original(at.clone());
        let names = facts.enum_texts.names.of_enum(&place, &values);
        if !names.is_empty() {
            facts.value_names.insert(name.clone(), names);
        }
        let mut texts = facts.enum_texts.descriptions.of_enum(&place, &values);
        for (value, text) in &mut texts {
            let safe = rustdoc_safe(text);
            if safe != *text {
                *text = safe;
                log.add(Code::L105, &at, format!("the description of `{value}` is escaped for rustdoc"));
            }
        }
        if !texts.is_empty() {
            facts.value_descriptions.insert(name.clone(), texts);
        }
    }
}

/// A text without what rustc refuses in comments: a carriage return that ends no line, and the characters that change the
/// direction of text (CVE-2021-42574).
pub(crate) fn comment(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in with_line_feeds(text).chars() {
        match character {
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => safe.extend(character.escape_unicode()),
            _ => safe.push(character),
        }
    }
    safe
}

/// Escapes HTML tags, links, bare URLs and doctests for rustdoc.
fn rustdoc_safe(text: &str) -> String {
    let mut fenced = false;
    let mut lines = Vec::new();
    for line in comment(text).lines() {
        let trimmed = line.trim_start();
        if trimmed.starts_with("```") || trimmed.starts_with("~~~") {
            fenced = !fenced;
            lines.push(if fenced { "```text" } else { "```" }.to_owned());
        } else if fenced {
            lines.push(line.to_owned());
        } else if line.len() - trimmed.len() >= 4 || line.starts_with('\t') {
            // Four spaces would start a code block, which rustdoc would compile.
            lines.push(escaped(trimmed));
        } else {
            lines.push(escaped(line));
        }
    }
    if fenced {
        lines.push("```".into());
    }
    lines.join("\n")
}

fn escaped(line: &str) -> String {
    let closed = line.matches('`').count().is_multiple_of(2);
    let parts = line.split('`').enumerate().map(|(index, part)| {
        // Code between a pair of backticks needs no escape.
        if closed && index % 2 == 1 {
            return part.to_owned();
        }
        let words = part.split(' ').map(|word| match word.find("http") {
            Some(at) if is_url(&word[at..]) => {
                let (before, url) = word.split_at(at);
                let end = url.trim_end_matches(['.', ',', ';', ':', ')', ']', '>', '!', '?', '"', '\'']).len();
                let (url, after) = url.split_at(end);
                format!("{}<{url}>{}", bracketed(before), bracketed(after))
            }
            _ => bracketed(word),
        });
        words.collect::<Vec<_>>().join(" ")
    });
    let joined = parts.collect::<Vec<_>>().join("`");
    if closed { joined } else { joined.replace('`', "\\`") }
}

fn is_url(text: &str) -> bool {
    text.starts_with("https://") || text.starts_with("http://")
}

fn bracketed(word: &str) -> String {
    let mut safe = String::with_capacity(word.len());
    for character in word.chars() {
        if matches!(character, '<' | '>' | '[' | ']') {
            safe.push('\\');
        }
        safe.push(character);
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_made_safe() {
        for (text, safe) in [
            ("plain `a<b>` text", "plain `a<b>` text"),
            ("`op_<id>` and <id>", "`op_<id>` and \\<id\\>"),
            ("see [x] at https://a.b/c.", "see \\[x\\] at <https://a.b/c>."),
            ("(https://a.b)", "(<https://a.b>)"),
            ("a\n\n    let x = 1;\n", "a\n\nlet x = 1;"),
            ("```\ncode <a>\n```", "```text\ncode <a>\n```"),
            ("```json\n{}", "```text\n{}\n```"),
            ("a ` b", "a \\` b"),
            ("a \u{202e}b", "a \\u{202e}b"),
            ("a\r\n    b\r    c", "a\nb\nc"),
        ] {
            assert_eq!(rustdoc_safe(text), safe, "{text}");
        }
    }
}
