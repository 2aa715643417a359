//! The index of a documentation site, `llms.txt`.

/// The folder of the pages that describe the API.
const REFERENCE: &str = "api-reference";

/// Lists the API pages in the index of a documentation site, each once, in order.
///
/// The index is Markdown with a link for each page (<https://llmstxt.org>). API pages have a folder `api-reference` in
/// their path. A link without an extension gets `.md`, since that is the Markdown version of the page; a link with another
/// extension, such as the whole document, is skipped. Links are returned as written, and may be relative.
///
/// # Examples
///
/// ```
/// let index = "- [Get](https://docs.example.com/api-reference/get.md): gets it\n- [Home](https://docs.example.com/index.md)\n";
/// assert_eq!(openapi_client_codegen::source::reference_pages(index), ["https://docs.example.com/api-reference/get.md"]);
/// ```
pub fn reference_pages(index: &str) -> Vec<String> {
    let mut pages = Vec::new();
    for link in links(index) {
        let page = page(link);
        if let Some(page) = page.filter(|page| !pages.contains(page)) {
            pages.push(page);
        }
    }
    pages
}

/// The targets of inline links (CommonMark 0.31, section 6.3), without their titles.
fn links(text: &str) -> impl Iterator<Item = &str> {
    text.split("](").skip(1).filter_map(|rest| {
        let target = rest.trim_start();
        let target = match target.strip_prefix('<') {
            Some(target) => target.split_once('>')?.0,
            None => target.split([')', ' ', '\t', '\r', '\n']).next()?,
        };
        Some(target).filter(|target| !target.contains(|of: char| of == '<' || of.is_ascii_control()))
    })
}

fn page(link: &str) -> Option<String> {
    let link = link.split('#').next()?;
    let path = link.split('?').next()?;
    // The host of a URL is not a folder.
    let path = path.split_once("://").map_or(path, |(_, rest)| rest.split_once('/').map_or("", |(_, path)| path));
    let (folders, name) = path.trim_end_matches('/').rsplit_once('/')?;
    if !folders.split('/').any(|folder| folder == REFERENCE) {
        return None;
    }
    match name.rsplit_once('.') {
        Some((_, "md" | "mdx")) => Some(link.to_owned()),
        Some(_) => None,
        None => {
            let end = link.find('?').unwrap_or(link.len());
            Some(format!("{}.md{}", link[..end].trim_end_matches('/'), &link[end..]))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_of_the_reference_are_found() {
        let index = "# Docs\n\n> [Not in a list](/api-reference/quoted.md)\n\n## Docs\n\n\
            - [A](https://docs.example.com/api-reference/a.md): text (https://docs.example.com/api-reference/no-link.md)\n\
            - [A again](https://docs.example.com/api-reference/a.md#part)\n\
            - [B](../api-reference/deep/b \"title\"), [C](</api-reference/c/>)\n\
            - [D](/v2/api-reference/d?x=1)\n\
            - [Guide](https://docs.example.com/guides/api-reference.md)\n\
            - [Other](https://docs.example.com/not-api-reference/e.md)\n\
            - [Host](https://api-reference/f.md)\n\
            - [Whole](https://docs.example.com/api-reference/openapi.json)\n\
            - [D in lines](</v2/api-reference/\nd.md>), [E](/v2/api-reference/e\u{7f}.md), [F](/v2/api-reference/f>.md)\n\
            - [Cut](https://docs.example.com/api-reference/g.md";
        assert_eq!(
            reference_pages(index),
            [
                "/api-reference/quoted.md",
                "https://docs.example.com/api-reference/a.md",
                "../api-reference/deep/b.md",
                "/api-reference/c.md",
                "/v2/api-reference/d.md?x=1",
                "/v2/api-reference/f>.md",
                "https://docs.example.com/api-reference/g.md",
            ]
        );
        assert_eq!(reference_pages("<html>"), [""; 0]);
    }
}
