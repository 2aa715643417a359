//! Texts of other programs, made safe for errors and logs.

/// Makes a text of another program safe to show in an error, a log or a terminal: on one line, with URLs
/// [without secrets](without_url_secrets), and without control characters and those that change the direction of text.
///
/// # Examples
///
/// ```
/// assert_eq!(mint_api::shown_text("see https://a.b/c?signature=x\n\u{1b}[2Jnow"), "see https://a.b/c [2Jnow");
/// ```
pub fn shown_text(text: &str) -> String {
    let separates = |character: char| {
        let is_direction = matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        character.is_whitespace() || character.is_control() || is_direction
    };
    let safe = without_url_secrets(text);
    safe.split(separates).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Removes the user names, passwords, queries and fragments of the URLs in a text, which may be secrets.
///
/// A URL ends at white space and at what no URL holds: `"`, `<`, `>` and a backtick.
///
/// # Examples
///
/// ```
/// assert_eq!(mint_api::without_url_secrets("[\"https://me:secret@a.b/c?signature=x\"]"), "[\"https://a.b/c\"]");
/// ```
pub fn without_url_secrets(text: &str) -> String {
    let ends_url = |character: char| character.is_whitespace() || matches!(character, '"' | '<' | '>' | '`');
    let (mut safe, mut left) = (String::with_capacity(text.len()), text);
    while let Some(at) = left.find("://") {
        let (before, url) = left.split_at(at + 3);
        let (url, rest) = url.split_at(url.find(ends_url).unwrap_or(url.len()));
        let url = url.split(['?', '#']).next().unwrap_or_default();
        let (authority, path) = url.split_at(url.find('/').unwrap_or(url.len()));
        safe.extend([before, authority.rsplit('@').next().unwrap_or_default(), path]);
        left = rest;
    }
    safe + left
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shown_texts_hold_no_secret() {
        for (text, safe) in [
            ("plain  text?\n", "plain text?"),
            ("\u{1b}]0;title\u{7}a\u{202e}b\0", "]0;title a b"),
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

    #[test]
    fn urls_lose_what_may_be_a_secret() {
        for (text, safe) in [
            ("https://a.b/c.glb?signature=x", "https://a.b/c.glb"),
            ("HTTPS://a.b/c?x", "HTTPS://a.b/c"),
            ("https://user:secret@a.b/c#token", "https://a.b/c"),
            ("https://user:sec@ret@a.b", "https://a.b"),
            ("https://a.b/@c?x", "https://a.b/@c"),
            ("see https://a.b/c?x=1 and http://a.b?y", "see https://a.b/c and http://a.b"),
            // What a query may hold does not end it.
            ("https://a.b/c?x=1,s=2)'\\u0026t=3 d", "https://a.b/c d"),
            ("https://a.b/c?to=https://d.e/f?g", "https://a.b/c"),
            ("what? 1 < 2 # 3", "what? 1 < 2 # 3"),
            ("<https://a.b/?x>, \"https://a.b/?y\"", "<https://a.b/>, \"https://a.b/\""),
        ] {
            assert_eq!(without_url_secrets(text), safe);
        }
    }
}
