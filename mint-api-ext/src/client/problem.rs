//! The problem document of an error reply.

use mint_api::RawResponse;
use mint_api::types::Problem;
use reqwest::StatusCode;
use serde_json::{Map, Value, json};

/// How many bytes of a body that is not a problem document become its detail.
const MAX_DETAIL_BYTES: usize = 500;

/// The problem document of an error reply; `None` for a reply of another status.
pub(super) fn problem_of(response: &RawResponse) -> Option<Problem> {
    let status = response.status();
    let is_error = status.is_client_error() || status.is_server_error();
    is_error.then(|| serde_json::from_value(problem(status, response.body())).ok())?
}

/// Returns the problem document (RFC 9457) of an error reply: the body with missing members added, or a new one if the
/// body is not a problem document.
fn problem(status: StatusCode, body: &[u8]) -> Value {
    let title = status.canonical_reason().unwrap_or("Unknown status");
    let mut problem = match serde_json::from_slice(body) {
        Ok(Value::Object(object)) if is_problem(&object) => object,
        _ => {
            let text = String::from_utf8_lossy(body);
            let text = text.trim();
            let mut end = text.len().min(MAX_DETAIL_BYTES);
            while !text.is_char_boundary(end) {
                end -= 1;
            }
            let mut object = Map::new();
            if end > 0 {
                object.insert("detail".into(), text[..end].into());
            }
            object
        }
    };
    // RFC 9457, section 3.1: a member of the wrong type counts as absent.
    for (member, default) in
        [("type", json!("about:blank")), ("title", json!(title)), ("status", json!(status.as_u16()))]
    {
        if problem.get(member).is_none_or(|value| value.is_string() != default.is_string()) {
            problem.insert(member.into(), default);
        }
    }
    problem.retain(|member, value| !matches!(member.as_str(), "detail" | "instance") || value.is_string());
    if let Some(errors) = problem.remove("errors")
        && let Value::Array(errors) = errors
    {
        problem.insert("errors".into(), errors.into_iter().filter_map(field_error).collect());
    }
    Value::Object(problem)
}

/// Normalises one of the `errors` of a problem document. Proxies may write this extension differently: the example in
/// RFC 9457, section 3, has `detail` and `pointer`.
fn field_error(error: Value) -> Option<Value> {
    let Value::Object(mut error) = error else {
        return error.is_string().then(|| json!({ "message": error }));
    };
    error.retain(|_, value| value.is_string());
    for (member, other) in [("path", "pointer"), ("message", "detail")] {
        if !error.contains_key(member)
            && let Some(value) = error.remove(other)
        {
            error.insert(member.into(), value);
        }
    }
    if error.is_empty() {
        return None;
    }
    // `message` is the only required member.
    error.entry("message").or_insert_with(|| "".into());
    Some(Value::Object(error))
}

fn is_problem(object: &Map<String, Value>) -> bool {
    ["type", "title", "status", "detail"].iter().any(|member| object.contains_key(*member))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_body_becomes_a_problem() {
        let made_up = json!({"type": "about:blank", "title": "Bad Gateway", "status": 502});
        let with_detail = |detail: &str| {
            let mut problem = made_up.clone();
            problem["detail"] = detail.into();
            problem
        };
        for (body, expected) in [
            ("", made_up.clone()),
            ("  \n", made_up.clone()),
            ("<html>\n502</html>", with_detail("<html>\n502</html>")),
            ("[1]", with_detail("[1]")),
            ("{\"error\":\"x\"}", with_detail("{\"error\":\"x\"}")),
            ("{\"detail\":\"x\"}", with_detail("x")),
            ("{\"detail\":7,\"title\":null,\"status\":\"502\"}", made_up.clone()),
            (
                "{\"type\":\"busy\",\"title\":\"Busy\",\"status\":503,\"more\":[1]}",
                json!({"type": "busy", "title": "Busy", "status": 503, "more": [1]}),
            ),
        ] {
            assert_eq!(problem(StatusCode::BAD_GATEWAY, body.as_bytes()), expected, "{body}");
        }
    }

    #[test]
    fn errors_of_fields_are_read_however_they_are_written() {
        for (errors, expected) in [
            (
                json!([{"path": "/prompt", "code": "too_short", "message": "Is empty."}, {"code": "unknown_field"}]),
                json!([{"path": "/prompt", "code": "too_short", "message": "Is empty."},
                       {"code": "unknown_field", "message": ""}]),
            ),
            (json!([{"detail": "a", "pointer": "#/b"}]), json!([{"message": "a", "path": "#/b"}])),
            (json!(["a", 1, null, {}, {"path": 1, "message": "b"}]), json!([{"message": "a"}, {"message": "b"}])),
            (json!({"prompt": ["a"]}), Value::Null),
            (json!("a"), Value::Null),
        ] {
            let body = json!({"title": "t", "errors": errors});
            let problem = problem(StatusCode::UNPROCESSABLE_ENTITY, body.to_string().as_bytes());
            assert_eq!(problem["errors"], expected);
            serde_json::from_value::<Problem>(problem).unwrap();
        }
    }

    #[test]
    fn details_are_cut_between_characters() {
        let body = format!("{}é{}", "a".repeat(499), "b".repeat(100));
        let problem = problem(StatusCode::BAD_GATEWAY, body.as_bytes());
        assert_eq!(problem["detail"], "a".repeat(499));
        let binary = [0xff, 0xfe, b'a'];
        assert_eq!(super::problem(StatusCode::BAD_GATEWAY, &binary)["detail"], "\u{fffd}\u{fffd}a");
    }
}
