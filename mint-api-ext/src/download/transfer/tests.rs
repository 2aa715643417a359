//! The table of replies and what becomes of them.

use super::*;

fn headers(pairs: &[(HeaderName, &'static str)]) -> HeaderMap {
    pairs.iter().map(|(name, value)| (name.clone(), HeaderValue::from_static(value))).collect()
}

fn check(asked: Asked<'_>, kept: Kept<'_>, status: u16, pairs: &[(HeaderName, &'static str)], decision: Decision<'_>) {
    let status = StatusCode::from_u16(status).unwrap();
    assert_eq!(decide(asked, kept, status, &headers(pairs)), decision, "{asked:?} {kept:?} {status} {pairs:?}");
}

#[test]
fn replies_to_a_request_for_the_whole() {
    let none = Kept::default();
    let whole = |status, pairs: &[_], decision| check(Asked::Whole, none, status, pairs, decision);
    whole(200, &[(CONTENT_LENGTH, "7")], Decision::Restart { total: Some(7) });
    whole(200, &[], Decision::Restart { total: None });
    whole(200, &[(CONTENT_ENCODING, "identity")], Decision::Restart { total: None });
    for status in [200, 206] {
        whole(
            status,
            &[(CONTENT_ENCODING, "gzip")],
            Decision::Refuse("the server compressed the file, which it was asked not to"),
        );
    }
    whole(206, &[], Decision::Refuse("the server sent a part (206) when asked for the whole"));
    for status in [401, 403, 404, 410] {
        whole(status, &[], Decision::Expired);
    }
    for status in [408, 421, 425, 429, 500, 502, 503, 504] {
        whole(status, &[], Decision::Retry);
    }
    for status in [204, 304, 400, 402, 416, 451, 501, 505] {
        whole(status, &[], Decision::Refuse("the server did not send the file"));
    }
    let have = serde_json::json!({"kind": "glb", "url": "u", "bytes": 7, "sha256": "0", "etag": "\"a\""});
    let have = serde_json::from_value(have).unwrap();
    check(Asked::IfChanged(&have), none, 304, &[], Decision::Unchanged(&have));
}

#[test]
fn replies_to_a_request_for_the_rest() {
    let kept = Kept { length: 4, etag: Some("\"a\""), total: Some(10) };
    let rest = |status, pairs: &[_], decision| check(Asked::Rest, kept, status, pairs, decision);
    let (a, b) = ((ETAG, "\"a\""), (ETAG, "\"b\""));
    rest(206, &[a.clone(), (CONTENT_RANGE, "bytes 4-9/10")], Decision::Continue);
    rest(206, &[a.clone(), (CONTENT_RANGE, "bytes 4-5/10")], Decision::Continue);
    rest(206, &[a.clone(), (CONTENT_RANGE, "bytes 4-9/*")], Decision::Continue);
    // Another version, or one that is not named.
    rest(206, &[b.clone(), (CONTENT_RANGE, "bytes 4-9/10")], Decision::StartOver);
    rest(206, &[(CONTENT_RANGE, "bytes 4-9/10")], Decision::StartOver);
    rest(206, &[(ETAG, "W/\"a\""), (CONTENT_RANGE, "bytes 4-9/10")], Decision::StartOver);
    // Another part, another size, or nonsense.
    for range in ["bytes 3-9/10", "bytes 5-9/10", "bytes 4-9/11", "bytes 4-10/10", "bytes 9-4/10", "bytes */10", "4-9"]
    {
        rest(206, &[a.clone(), (CONTENT_RANGE, range)], Decision::StartOver);
    }
    rest(206, std::slice::from_ref(&a), Decision::StartOver);
    rest(200, &[b.clone(), (CONTENT_LENGTH, "11")], Decision::Restart { total: Some(11) });
    rest(200, std::slice::from_ref(&a), Decision::Restart { total: None });
    // Complete or stale.
    rest(416, &[(CONTENT_RANGE, "bytes */4")], Decision::Complete);
    rest(416, &[a, (CONTENT_RANGE, "bytes */4")], Decision::Complete);
    rest(416, &[b, (CONTENT_RANGE, "bytes */4")], Decision::StartOver);
    rest(416, &[(CONTENT_RANGE, "bytes */3")], Decision::StartOver);
    rest(416, &[], Decision::StartOver);
    let whole = Kept { length: 10, ..kept };
    check(Asked::Rest, whole, 416, &[], Decision::Complete);
}

#[test]
fn only_a_strong_validator_continues() {
    for (length, etag, continues) in [
        (4, Some("\"a\""), true),
        (0, Some("\"a\""), false),
        (4, Some("W/\"a\""), false),
        (4, Some("\"\""), false),
        (4, Some("a"), false),
        (4, None, false),
    ] {
        let kept = Kept { length, etag, total: None };
        assert_eq!(kept.can_continue(), continues, "{kept:?}");
    }
    let asked = rest(Kept { length: 4, etag: Some("\"a\""), total: None });
    assert_eq!((&asked[RANGE], &asked[IF_RANGE]), (&"bytes=4-".parse().unwrap(), &"\"a\"".parse().unwrap()));
}
