//! Texts from the server as they are shown: without the queries of URLs, which may be signatures.

use mint_api_ext::types::Operation;
use serde_json::Value;
use url::Url;

/// A URL without its query, its fragment and its password.
pub(crate) fn page(url: Option<&str>) -> Option<String> {
    url.map(without_secrets)
}

/// The type and the id of what an operation makes.
pub(crate) fn resource(operation: &Operation) -> Option<(&str, &str)> {
    let resource = operation.resource.as_ref()?;
    Some((resource.type_.as_ref()?.as_str(), resource.id.as_deref()?))
}

/// JSON in which every URL has lost what may be a signature.
pub(crate) fn json_without_secrets(value: &mut Value) {
    match value {
        Value::String(text) => *text = without_secrets(text),
        Value::Array(items) => items.iter_mut().for_each(json_without_secrets),
        Value::Object(fields) => fields.values_mut().for_each(json_without_secrets),
        _ => {}
    }
}

/// A text in which every URL has lost its query, its fragment and its password.
pub(crate) fn without_secrets(text: &str) -> String {
    let ends_url = |character: char| character.is_whitespace() || matches!(character, '"' | '<' | '>' | '`');
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(begin) = url_at(rest) {
        shown.push_str(&rest[..begin]);
        rest = &rest[begin..];
        let end = rest.find(ends_url).unwrap_or(rest.len());
        shown.push_str(&bare(&rest[..end]));
        rest = &rest[end..];
    }
    shown.push_str(rest);
    shown
}

fn url_at(text: &str) -> Option<usize> {
    let lower = text.to_ascii_lowercase();
    [lower.find("https://"), lower.find("http://")].into_iter().flatten().min()
}

fn bare(url: &str) -> String {
    let end = url.find(['?', '#']).unwrap_or(url.len());
    let plain = &url[..end];
    match Url::parse(plain) {
        Ok(mut parsed) if !parsed.username().is_empty() || parsed.password().is_some() => {
            let _ = parsed.set_username("").and_then(|()| parsed.set_password(None));
            parsed.into()
        }
        _ => plain.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn urls_lose_what_may_be_a_signature() {
        for (text, shown) in [
            ("https://a.b/c.glb?signature=x", "https://a.b/c.glb"),
            ("HTTPS://a.b/c?x", "HTTPS://a.b/c"),
            ("https://user:secret@a.b/c#token", "https://a.b/c"),
            ("see https://a.b/c?x=1 and http://a.b?y", "see https://a.b/c and http://a.b"),
            ("what? 1 < 2 # 3", "what? 1 < 2 # 3"),
            ("<https://a.b/?x>, \"https://a.b/?y\"", "<https://a.b/>, \"https://a.b/\""),
        ] {
            assert_eq!(without_secrets(text), shown);
        }
        let mut value = json!({"a": [{"url": "https://a.b/c?x"}], "n": 1, "t": "lamp"});
        json_without_secrets(&mut value);
        assert_eq!(value, json!({"a": [{"url": "https://a.b/c"}], "n": 1, "t": "lamp"}));
    }
}
