use std::time::Duration;

use futures::stream::{self, StreamExt as _};

use super::*;
#[cfg(unix)]
use crate::download::file_system::watched::watch;

async fn open(directory: &Path) -> Part {
    let lock = Lock::acquire(directory.join("a.lock"), Duration::ZERO).await.unwrap();
    Part::open(&directory.join("a"), "https://a.b/a", lock, Durability::Synced).unwrap()
}

/// How many bytes a run writes of a body in these pieces, and what has arrived beside them.
async fn check(pieces: &[usize], ends: bool, most: u64, bytes: u64, next: Option<Option<usize>>) {
    let directory = tempfile::tempdir().unwrap();
    let mut part = open(directory.path()).await;
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

/// Publishes a part of three bytes, while a call fails with an error of the system. Returns whether it has its name, the text
/// of the error, and the calls.
#[cfg(unix)]
async fn published(
    clobber: Clobber,
    durability: Durability,
    failing: Option<(&'static str, i32)>,
) -> (bool, Option<String>, Vec<String>) {
    let directory = tempfile::tempdir().unwrap();
    let mut part = open(directory.path()).await;
    part.write_run(Bytes::from("abc"), &mut Response::from(http::Response::new("")), u64::MAX).unwrap();
    let (result, calls) = watch(failing, || part.publish(clobber, durability));
    (directory.path().join("a").exists(), result.err().map(|error| error.to_string()), calls)
}

#[cfg(unix)]
#[tokio::test]
async fn a_file_is_on_the_disk_before_it_has_its_name_and_its_name_is_before_it_is_reported() {
    for (clobber, durability, made) in [
        (Clobber::Keep, Durability::Synced, &["sync 3 bytes", "link a.part as a", "sync the directory"][..]),
        (Clobber::Replace, Durability::Synced, &["sync 3 bytes", "rename a.part to a", "sync the directory"]),
        (Clobber::Keep, Durability::Cached, &["link a.part as a"]),
        (Clobber::Replace, Durability::Cached, &["rename a.part to a"]),
    ] {
        let (has_name, error, calls) = published(clobber, durability, None).await;
        assert_eq!((has_name, error), (true, None), "{clobber:?} {durability:?}");
        assert_eq!(calls, made, "{clobber:?} {durability:?}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_file_that_is_not_on_the_disk_gets_no_name() {
    // EIO, and EINVAL of a file system that cannot sync.
    for (failing, code, has_name, says) in [
        ("sync 3 bytes", 5, false, Some("os error 5")),
        ("sync 3 bytes", 22, false, Some("`skip_sync`")),
        ("sync the directory", 5, true, Some("os error 5")),
        ("sync the directory", 22, true, None),
    ] {
        let (found, error, _) = published(Clobber::Keep, Durability::Synced, Some((failing, code))).await;
        assert_eq!((found, error.is_some()), (has_name, says.is_some()), "{failing} {code}: {error:?}");
        assert!(error.unwrap_or_default().contains(says.unwrap_or_default()), "{failing} {code}");
    }
}
