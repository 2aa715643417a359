//! URLs in texts.

use url::Url;

/// A URL for a text: without its query and fragment, which may be secret, and without a password.
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
    fn what_is_shown_of_a_url() {
        for (url, text) in [
            ("https://a.b/c.glb?signature=secret#secret", "https://a.b/c.glb"),
            ("https://user:secret@a.b/c", "https://a.b/c"),
            ("not a url?secret", "not a url"),
        ] {
            assert_eq!(shown(url), text);
        }
    }
}
