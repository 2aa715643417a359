use std::time::Duration;

use futures::stream::{self, StreamExt as _};

use super::*;

/// How many bytes a run writes of a body in these pieces, and what has arrived beside them.
async fn check(pieces: &[usize], ends: bool, most: u64, bytes: u64, next: Option<Option<usize>>) {
    let directory = tempfile::tempdir().unwrap();
    let lock = Lock::acquire(directory.path().join("a.lock"), Duration::ZERO).await.unwrap();
    let mut part = Part::open(&directory.path().join("a"), "https://a.b/a", lock, Durability::Synced).unwrap();
    let mut pieces = pieces.iter().map(|length| Bytes::from(vec![7; *length])).collect::<Vec<_>>().into_iter();
    let first = pieces.next().unwrap();
    let rest = stream::iter(pieces.map(Ok::<_, io::Error>));
    let rest = if ends { rest.boxed() } else { rest.chain(stream::pending()).boxed() };
    let mut body = Response::from(http::Response::new(reqwest::Body::wrap_stream(rest)));
    let arrived = part.write_run(first, &mut body, most).unwrap();
    assert_eq!(arrived.map(|next| next.unwrap().map(|piece| piece.len())), next);
    assert_eq!((part.length(), fs::metadata(part.path()).unwrap().len()), (bytes, bytes));
}

#[tokio::test]
async fn a_run_takes_what_is_there_and_no_more() {
    check(&[3, 4, 5], true, u64::MAX, 12, Some(None)).await;
    check(&[3, 4, 5], false, u64::MAX, 12, None).await;
    check(&[3, 4, 5], true, 12, 12, Some(None)).await;
    check(&[3, 4, 5], true, 11, 7, Some(Some(5))).await;
    let half = RUN as usize / 2;
    check(&[half + 1, half, 5], true, u64::MAX, RUN + 1, None).await;
}
