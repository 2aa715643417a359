//! Texts from the server as they are shown: without the queries of URLs, which may be signatures.

use mint_api::without_url_secrets;
use mint_api_ext::types::Operation;
use serde_json::Value;

/// A text on one line, without what a terminal obeys.
pub(crate) fn without_controls(text: &str) -> String {
    text.replace(char::is_control, " ")
}

/// A URL without what may be a secret.
pub(crate) fn page(url: Option<&str>) -> Option<String> {
    url.map(without_url_secrets)
}

/// The type and the id of what an operation makes.
pub(crate) fn resource(operation: &Operation) -> Option<(&str, &str)> {
    let resource = operation.resource.as_ref()?;
    Some((resource.type_.as_ref()?.as_str(), resource.id.as_deref()?))
}

/// JSON in which every URL has lost what may be a signature.
pub(crate) fn json_without_secrets(value: &mut Value) {
    match value {
        Value::String(text) => *text = without_url_secrets(text),
        Value::Array(items) => items.iter_mut().for_each(json_without_secrets),
        Value::Object(fields) => fields.values_mut().for_each(json_without_secrets),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn urls_lose_what_may_be_a_signature() {
        let mut value = json!({"a": [{"url": "https://a.b/c?x"}], "n": 1, "t": "lamp"});
        json_without_secrets(&mut value);
        assert_eq!(value, json!({"a": [{"url": "https://a.b/c"}], "n": 1, "t": "lamp"}));
    }
}
