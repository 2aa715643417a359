//! The table of replies and what becomes of them.

use super::*;

fn headers(pairs: &[(HeaderName, &'static str)]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in pairs {
        headers.append(name, HeaderValue::from_static(value));
    }
    headers
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
    rest(206, &[a.clone(), (CONTENT_RANGE, "bytes 4-9/10")], Decision::Continue { total: 10 });
    rest(206, &[a.clone(), (CONTENT_RANGE, "bytes 4-5/10")], Decision::Continue { total: 10 });
    rest(206, &[a.clone(), (CONTENT_RANGE, "bytes 4-9/*")], Decision::Continue { total: 10 });
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
    let unknown = Kept { total: None, ..kept };
    let of_unknown = |pairs: &[_], decision| check(Asked::Rest, unknown, 416, pairs, decision);
    of_unknown(&[(CONTENT_RANGE, "bytes */4")], Decision::Complete);
    of_unknown(&[a.clone(), (CONTENT_RANGE, "bytes */4")], Decision::Complete);
    of_unknown(&[b.clone(), (CONTENT_RANGE, "bytes */4")], Decision::StartOver);
    of_unknown(&[(CONTENT_RANGE, "bytes */3")], Decision::StartOver);
    of_unknown(&[(CONTENT_RANGE, "bytes */+4")], Decision::StartOver);
    // It was announced with another length.
    rest(416, &[(CONTENT_RANGE, "bytes */4")], Decision::StartOver);
    rest(416, &[a.clone(), (CONTENT_RANGE, "bytes */4")], Decision::Complete);
    rest(416, &[], Decision::StartOver);
    let whole = Kept { length: 10, ..kept };
    check(Asked::Rest, whole, 416, &[], Decision::Complete);
    check(Asked::Rest, whole, 416, &[(CONTENT_RANGE, "bytes */10")], Decision::Complete);

    // A header that is there twice counts if both say the same.
    let range = |range| (CONTENT_RANGE, range);
    let (ours, other) = (range("bytes 4-9/10"), range("bytes 0-9/10"));
    rest(206, &[a.clone(), a.clone(), ours.clone(), ours.clone()], Decision::Continue { total: 10 });
    rest(206, &[a.clone(), b, ours.clone()], Decision::StartOver);
    rest(206, &[a.clone(), ours.clone(), other], Decision::StartOver);
    let gzip = [(CONTENT_ENCODING, "identity"), (CONTENT_ENCODING, "gzip")];
    let compressed = "the server compressed the file, which it was asked not to";
    rest(206, &[&[a.clone(), ours][..], &gzip].concat(), Decision::Refuse(compressed));
    rest(206, &[a, range("bytes +4-9/10")], Decision::StartOver);
}

/// What each pair of status, `Content-Range` and `Content-Length` says, whole or part, and whether it is what was asked.
#[test]
fn a_part_is_never_taken_for_the_whole() {
    const PART_200: &str = "the server sent a part (200 with `Content-Range`) of the file";
    const PART_206: &str = "the server sent a part (206) when asked for the whole";
    let whole = |total| Decision::Restart { total: Some(total) };
    let refused_200 = || Decision::Refuse(PART_200);
    let refused_206 = || Decision::Refuse(PART_206);
    let rest = || Decision::Continue { total: 10 };
    let over = || Decision::StartOver;
    // The reply; what it is to a request for the whole; what it is to one for the rest of a file of 10 bytes after 4.
    for (status, range, length, to_whole, to_rest) in [
        // The whole, said in any way.
        (200, None, Some("10"), whole(10), whole(10)),
        (200, Some("bytes 0-9/10"), Some("10"), whole(10), whole(10)),
        (200, Some("bytes 0-9/10"), None, whole(10), whole(10)),
        (206, Some("bytes 0-9/10"), Some("10"), whole(10), over()),
        // The rest.
        (206, Some("bytes 4-9/10"), Some("6"), refused_206(), rest()),
        (206, Some("bytes 4-9/10"), None, refused_206(), rest()),
        (206, Some("bytes 4-6/10"), Some("3"), refused_206(), rest()),
        (206, Some("bytes 4-9/*"), Some("6"), refused_206(), rest()),
        (206, Some("bytes 4-9/10"), Some("7"), refused_206(), over()),
        (206, Some("bytes 4-9/10"), Some("10"), refused_206(), over()),
        (206, Some("bytes 4-10/*"), Some("7"), refused_206(), over()),
        // A part that is called the whole.
        (200, Some("bytes 4-9/10"), Some("6"), refused_200(), over()),
        (200, Some("bytes 4-9/10"), None, refused_200(), over()),
        (200, Some("bytes 4-9/*"), Some("6"), refused_200(), over()),
        (200, Some("bytes 0-8/10"), Some("9"), refused_200(), over()),
        (200, Some("bytes 0-9/*"), Some("10"), refused_200(), over()),
        (200, Some("bytes 0-9/10"), Some("6"), refused_200(), over()),
        (200, Some("bytes */10"), Some("10"), refused_200(), over()),
        (200, None, Some("6"), whole(6), over()),
        // The range names a byte after the last one. It is not valid (RFC 9110, section 14.4), and is ignored.
        (200, Some("bytes 4-10/10"), Some("10"), whole(10), over()),
        // What cannot be read says nothing to who asked for no range.
        (200, Some("bytes 400000-..."), Some("10"), whole(10), over()),
        (200, Some("items 0-1/2"), Some("10"), whole(10), over()),
        (200, Some(""), None, Decision::Restart { total: None }, over()),
        (200, Some("bytes 18446744073709551615-18446744073709551615/*"), Some("1"), refused_200(), over()),
        (206, Some("bytes 0-18446744073709551615/*"), Some("10"), refused_206(), over()),
        (206, Some("bytes 9-4/10"), Some("6"), refused_206(), over()),
        (206, Some(""), Some("6"), refused_206(), over()),
        (206, None, Some("6"), refused_206(), over()),
        (200, None, Some("-6"), Decision::Restart { total: None }, Decision::Restart { total: None }),
        (200, None, Some("99999999999999999999"), Decision::Restart { total: None }, Decision::Restart { total: None }),
    ] {
        let pairs: Vec<_> = [(CONTENT_RANGE, range), (CONTENT_LENGTH, length), (ETAG, Some("\"a\""))]
            .into_iter()
            .filter_map(|(name, value)| Some((name, value?)))
            .collect();
        check(Asked::Whole, Kept::default(), status, &pairs, to_whole);
        check(Asked::Rest, Kept { length: 4, etag: Some("\"a\""), total: Some(10) }, status, &pairs, to_rest);
    }
    // The length of the file is not known from before: a part must say it.
    let kept = Kept { length: 4, etag: Some("\"a\""), total: None };
    check(Asked::Rest, kept, 206, &[(ETAG, "\"a\""), (CONTENT_RANGE, "bytes 4-9/10")], rest());
    check(Asked::Rest, kept, 206, &[(ETAG, "\"a\""), (CONTENT_RANGE, "bytes 4-9/*")], over());
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

#[test]
fn what_is_asked_for() {
    let version = Version { etag: Some("\"a\"".into()), total: Some(10), ..Version::of("https://a.b/c") };
    let kept = Kept::of(&version, 4);
    assert_eq!((kept.length, kept.etag, kept.total), (4, Some("\"a\""), Some(10)));
    assert_eq!(part(kept, 7), headers(&[(RANGE, "bytes=4-6"), (IF_RANGE, "\"a\"")]));
    let entry = |etag: Option<&str>, date: Option<&str>| -> Entry {
        let entry = serde_json::json!({
            "kind": "glb", "url": "u", "bytes": 7, "sha256": "0", "etag": etag, "lastModified": date,
        });
        serde_json::from_value(entry).unwrap()
    };
    let date = "Wed, 21 Oct 2026 07:28:00 GMT";
    assert_eq!(unless(&entry(Some("W/\"a\""), Some(date))), headers(&[(IF_NONE_MATCH, "W/\"a\"")]));
    assert_eq!(unless(&entry(None, Some(date))), headers(&[(IF_MODIFIED_SINCE, date)]));
    assert_eq!(unless(&entry(None, None)), HeaderMap::new());
}

#[test]
fn what_names_a_version() {
    for (pairs, etag, date) in [
        (&[][..], None, None),
        (&[(ETAG, "\"a\""), (LAST_MODIFIED, "now")], Some("\"a\""), Some("now")),
        (&[(ETAG, "\"a\""), (ETAG, "\"b\"")], None, None),
    ] {
        assert_eq!(validators(&headers(pairs)), (etag.map(str::to_owned), date.map(str::to_owned)), "{pairs:?}");
    }
}
