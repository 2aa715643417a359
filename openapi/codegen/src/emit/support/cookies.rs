use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use reqwest::header::{COOKIE, HeaderMap, HeaderValue};

use super::query::InvalidParameter;

/// What the value of a cookie cannot have (RFC 6265, section 4.1.1). All else is sent as it is, since servers compare it so.
const NOT_IN_COOKIES: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b',').add(b';').add(b'\\');

/// Adds a cookie to the one header for all cookies (RFC 6265, section 5.4).
pub(crate) fn append_cookie(headers: &mut HeaderMap, name: &str, value: &str) -> Result<(), InvalidParameter> {
    let cookie = format!("{name}={}", utf8_percent_encode(value, NOT_IN_COOKIES));
    let cookies = match headers.get(COOKIE) {
        Some(before) => [before.as_bytes(), b"; ", cookie.as_bytes()].concat(),
        None => cookie.into_bytes(),
    };
    let cookies = HeaderValue::from_bytes(&cookies).map_err(|_| InvalidParameter::named(name))?;
    headers.insert(COOKIE, cookies);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies_share_a_header() {
        let mut headers = HeaderMap::new();
        append_cookie(&mut headers, "session", "aGk+/=%20").unwrap();
        append_cookie(&mut headers, "note", "a b;c=d, \"é\"\n").unwrap();
        let cookies: Vec<_> = headers.get_all(COOKIE).iter().collect();
        assert_eq!(cookies, ["session=aGk+/=%20; note=a%20b%3Bc=d%2C%20%22%C3%A9%22%0A"]);
    }
}
