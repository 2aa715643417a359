//! Texts of other programs, made safe for errors and logs.

/// Makes a text of another program safe to show in an error or a log.
///
/// It puts the text on one line, and removes the queries and fragments of URLs, which may be secrets.
///
/// # Examples
///
/// ```
/// assert_eq!(mint_api::shown_text("see https://a.b/c?signature=x\n now"), "see https://a.b/c now");
/// ```
pub fn shown_text(text: &str) -> String {
    let words = text.split_whitespace().map(|word| {
        let mut left = word;
        let mut safe = String::new();
        while let Some(at) = left.find("://") {
            let (before, url) = left.split_at(at + 3);
            let end = url.find(['"', '\'', '<', '>', ')', ',', '`']).unwrap_or(url.len());
            let (url, rest) = url.split_at(end);
            safe.push_str(before);
            safe.push_str(url.split(['?', '#']).next().unwrap_or_default());
            left = rest;
        }
        safe + left
    });
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shown_texts_hold_no_query() {
        for (text, safe) in [
            ("plain  text?\n", "plain text?"),
            ("see https://a.b/c?signature=x&y=z now", "see https://a.b/c now"),
            (
                r#"{"glbUrl":"https://a.b/c?signature=x","b":"http://d?e#f","g":1}"#,
                r#"{"glbUrl":"https://a.b/c","b":"http://d","g":1}"#,
            ),
            ("https://cut?signatu", "https://cut"),
        ] {
            assert_eq!(shown_text(text), safe);
        }
    }
}
