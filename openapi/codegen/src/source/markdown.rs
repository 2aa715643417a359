//! Finding the document in a docs page.

use super::{is_content, names_version};
use crate::error::Error;

/// The one fenced block of a Markdown page that holds an OpenAPI document; `None` when there is no such block.
///
/// Empty lines replace the text before the block, so that parse errors give line numbers of the page.
pub(super) fn document_block(text: &str) -> Result<Option<String>, Error> {
    let mut blocks = Vec::new();
    let mut open: Option<(String, String)> = None;
    for (number, line) in text.lines().enumerate() {
        let fence = fence(line);
        match (&mut open, fence) {
            (None, Some(fence)) => open = Some((fence.to_owned(), "\n".repeat(number + 1))),
            (Some((opened, block)), Some(fence)) if fence.starts_with(opened.as_str()) && line.trim() == fence => {
                blocks.push(std::mem::take(block));
                open = None;
            }
            (Some((_, block)), _) => {
                block.push_str(line);
                block.push('\n');
            }
            (None, None) => {}
        }
    }
    // CommonMark would end the block with the page, but a page that was cut off must be refused.
    if let Some((_, block)) = open.filter(|(_, block)| holds_document(block)) {
        let line = block.len() - block.trim_start_matches('\n').len();
        let message = format!("the block that opens in line {line} is not closed; the page seems to be cut off");
        return Err(Error::Unreadable { format: "Markdown", message });
    }
    blocks.retain(|block| holds_document(block));
    match blocks.len() {
        0 => Ok(None),
        1 => Ok(blocks.pop()),
        several => Err(Error::Unreadable {
            format: "Markdown",
            message: format!("{several} blocks of the page hold an OpenAPI document; there must be one"),
        }),
    }
}

fn holds_document(block: &str) -> bool {
    let start = block.trim_start();
    starts_as_yaml(start) || ["openapi", "swagger"].into_iter().any(|name| is_json(start, name))
}

/// Whether the first line that is no comment names the version.
fn starts_as_yaml(block: &str) -> bool {
    block.lines().find(is_content).is_some_and(|line| names_version(line.trim_start()))
}

fn is_json(block: &str, field: &str) -> bool {
    block.starts_with('{') && block.contains(&format!("\"{field}\""))
}

/// Whether a text has fenced blocks.
pub(super) fn has_blocks(text: &str) -> bool {
    text.lines().any(|line| fence(line).is_some())
}

/// The fence a line starts with (CommonMark 0.31, section 4.5).
fn fence(line: &str) -> Option<&str> {
    let line = line.trim_start();
    let marker = line.chars().next().filter(|first| matches!(first, '`' | '~'))?;
    let length = line.len() - line.trim_start_matches(marker).len();
    (length >= 3).then(|| &line[..length])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_block_keeps_its_lines() {
        let page = "# T\n~~~text\nopenapi: no\n````\n~~~\n````yaml /a.json get /b\nopenapi: 3.1.0\ninfo: |\n  ```\n  x\n  ```\n````";
        let block = document_block(page);
        // By its first line, the first block holds a document, too.
        assert!(block.is_err());
        let block = document_block(&page.replace("openapi: no", "no")).unwrap().unwrap();
        assert_eq!(block, "\n\n\n\n\n\nopenapi: 3.1.0\ninfo: |\n  ```\n  x\n  ```\n");
        assert_eq!(document_block("openapi: 3.1.0\n").unwrap(), None);
    }
}
