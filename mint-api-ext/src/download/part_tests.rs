use futures::stream::{self, StreamExt as _};

use super::*;

/// The lengths of the pieces that a run writes of a body in these pieces, and what is left beside them.
async fn check(pieces: &[usize], ends: bool, most: u64, written: &[usize], next: Option<Option<usize>>) {
    let directory = tempfile::tempdir().unwrap();
    let (mut part, _) = Part::open(&directory.path().join("a"), "https://a.b/a").unwrap();
    let mut pieces = pieces.iter().map(|length| Bytes::from(vec![7; *length])).collect::<Vec<_>>().into_iter();
    let first = pieces.next().unwrap();
    let rest = stream::iter(pieces.map(Ok::<_, io::Error>));
    let rest = if ends { rest.boxed() } else { rest.chain(stream::pending()).boxed() };
    let mut body = Response::from(http::Response::new(reqwest::Body::wrap_stream(rest)));
    let run = part.write_run(first, &mut body, most).unwrap();
    assert_eq!(run.written.iter().map(Bytes::len).collect::<Vec<_>>(), written);
    assert_eq!(run.next.map(|next| next.unwrap().map(|piece| piece.len())), next);
    let bytes = written.iter().sum::<usize>() as u64;
    assert_eq!((part.length(), fs::metadata(part.path()).unwrap().len()), (bytes, bytes));
}

#[tokio::test]
async fn a_run_takes_what_is_there_and_no_more() {
    let half = 600 * 1024;
    check(&[3, 4, 5], true, u64::MAX, &[3, 4, 5], Some(None)).await;
    check(&[3, 4, 5], false, u64::MAX, &[3, 4, 5], None).await;
    check(&[3, 4, 5], true, 12, &[3, 4, 5], Some(None)).await;
    check(&[3, 4, 5], true, 11, &[3, 4], Some(Some(5))).await;
    check(&[half, half, half], true, u64::MAX, &[half, half], None).await;
}
