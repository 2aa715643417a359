//! URLs in texts, without secrets.

use url::Url;

/// Removes the query, the fragment, the user name and the password from a URL, since they may be secrets.
pub(crate) fn shown(url: &str) -> String {
    match Url::parse(url) {
        Ok(mut url) => {
            url.set_query(None);
            url.set_fragment(None);
            let _ = url.set_username("");
            let _ = url.set_password(None);
            url.into()
        }
        Err(_) => url.split(['?', '#']).next().unwrap_or_default().chars().take(80).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shown_urls_hold_no_secret() {
        for (url, text) in [
            ("https://a.b/c.glb?signature=secret#secret", "https://a.b/c.glb"),
            ("https://user:secret@a.b/c", "https://a.b/c"),
            ("not a url?secret", "not a url"),
        ] {
            assert_eq!(shown(url), text);
        }
    }
}
