//! Bounds the body of a reply, and hides what may be a secret in its head.

use bytes::Bytes;
use futures::stream::{self, Stream, StreamExt as _, TryStreamExt as _};
use http::header::{self, HeaderName};
use reqwest::{Body, Response, ResponseBuilderExt as _};

/// The body of a reply was larger than the limit of the client. It is among the sources of [`Error::ResponseBodyError`].
///
/// [`Error::ResponseBodyError`]: crate::Error::ResponseBodyError
#[derive(Debug, thiserror::Error)]
#[error("the body of the reply is larger than {limit} bytes; raise `max_body_bytes` if that is to be expected")]
#[non_exhaustive]
pub struct BodyTooLarge {
    /// The limit, in bytes; see [`ClientBuilder::max_body_bytes`](crate::ClientBuilder::max_body_bytes).
    pub limit: usize,
}

type BodyError = Box<dyn std::error::Error + Send + Sync>;

/// The reply with a body of at most so many bytes. The body of an error ends there; that of a success is an error.
pub(crate) fn bounded(response: Response, max_body_bytes: usize) -> Response {
    let status = response.status();
    let is_error = status.is_client_error() || status.is_server_error();
    let announced = response.content_length();
    let fits = announced.is_none_or(|bytes| usize::try_from(bytes).is_ok_and(|bytes| bytes <= max_body_bytes));
    // HTTP delivers no more bytes than `Content-Length` announces, so most replies need no further check.
    if announced.is_some() && fits && !needs_hiding(&response) {
        return response;
    }
    let (shell, body) = taken_apart(response);
    let body = if is_error {
        Body::wrap_stream(cut(body, max_body_bytes))
    } else if fits {
        Body::wrap_stream(limited(body, max_body_bytes))
    } else {
        Body::wrap_stream(stream::once(async move { Err::<Bytes, _>(BodyTooLarge { limit: max_body_bytes }) }))
    };
    put_together(shell, body)
}

/// Removes the query from the URL of an error; it may be a secret.
pub(crate) fn without_query(mut error: reqwest::Error) -> reqwest::Error {
    if let Some(url) = error.url_mut() {
        url.set_query(None);
    }
    error
}

struct Shell {
    head: http::response::Builder,
}

/// Headers whose values may be secrets. `Debug` of an error prints them as `Sensitive`.
const SENSITIVE: &[HeaderName] =
    &[header::SET_COOKIE, header::LOCATION, header::CONTENT_LOCATION, header::LINK, header::REFRESH];

fn needs_hiding(response: &Response) -> bool {
    response.url().query().is_some() || response.headers().keys().any(|name| SENSITIVE.contains(name))
}

fn taken_apart(mut response: Response) -> (Shell, impl Stream<Item = reqwest::Result<Bytes>> + Send + Sync + 'static) {
    let mut url = response.url().clone();
    url.set_query(None);
    let mut head = http::Response::builder().status(response.status()).version(response.version()).url(url);
    if let Some(headers) = head.headers_mut() {
        *headers = std::mem::take(response.headers_mut());
        for (_, value) in headers.iter_mut().filter(|(name, _)| SENSITIVE.contains(name)) {
            value.set_sensitive(true);
        }
    }
    (Shell { head }, response.bytes_stream())
}

fn put_together(shell: Shell, body: Body) -> Response {
    // Every part comes from a response, so building cannot fail.
    Response::from(shell.head.body(body).unwrap_or_default())
}

/// The body, which is an error once it is longer than the limit.
fn limited(
    body: impl Stream<Item = reqwest::Result<Bytes>> + Send + 'static,
    limit: usize,
) -> impl Stream<Item = Result<Bytes, BodyError>> + Send + 'static {
    body.map_err(|error| BodyError::from(without_query(error))).scan(Some(0), move |read, chunk| {
        let result = match (*read, chunk) {
            (None, _) => None,
            (Some(before), Ok(chunk)) if before + chunk.len() <= limit => {
                *read = Some(before + chunk.len());
                Some(Ok(chunk))
            }
            (Some(_), Ok(_)) => {
                *read = None;
                Some(Err(BodyTooLarge { limit }.into()))
            }
            (Some(_), Err(error)) => {
                *read = None;
                Some(Err(error))
            }
        };
        std::future::ready(result)
    })
}

/// The first bytes of a body, up to the limit.
fn cut(
    body: impl Stream<Item = reqwest::Result<Bytes>> + Send + 'static,
    limit: usize,
) -> impl Stream<Item = reqwest::Result<Bytes>> + Send + 'static {
    body.scan(limit, |room, chunk| {
        let chunk = (*room > 0).then(|| {
            chunk.map(|mut chunk| {
                chunk.truncate(*room);
                *room -= chunk.len();
                chunk
            })
        });
        std::future::ready(chunk)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Transport;

    #[tokio::test]
    async fn queries_and_sensitive_headers_are_not_shown() {
        for status in [202, 302, 404] {
            let response = http::Response::builder().status(status).header("set-cookie", "secret");
            let url = "https://api.mint.gg/v1/worlds?cursor=secret".parse().unwrap();
            let response = Response::from(response.header("link", "<secret>").url(url).body("").unwrap());
            let shown = format!("{:?}", bounded(response, 100));
            assert!(shown.contains("/v1/worlds") && !shown.contains("secret"), "{shown}");
        }
    }

    #[tokio::test]
    async fn bodies_are_bounded() {
        for (chunks, limit, read) in [
            (&["ab", "cd"][..], 4, &[true, true][..]),
            (&["ab", "cd", "ef"], 3, &[true, false]),
            (&["abc", "d"], 3, &[true, false]),
        ] {
            let chunks: Vec<_> = chunks.iter().map(|chunk| Ok(Bytes::from_static(chunk.as_bytes()))).collect();
            let body = limited(stream::iter(chunks), limit);
            assert_eq!(body.map(|chunk| chunk.is_ok()).collect::<Vec<_>>().await, read);
        }
    }

    #[tokio::test]
    async fn the_body_of_an_error_is_cut() {
        for (limit, read) in [(0, ""), (1, "a"), (2, "ab"), (3, "abc"), (9, "abcd")] {
            let chunks = ["ab", "cd"].map(|chunk| Ok(Bytes::from_static(chunk.as_bytes())));
            let read_chunks: Vec<_> = cut(stream::iter(chunks), limit).map(Result::unwrap).collect().await;
            assert_eq!(read_chunks.concat(), read.as_bytes());
            assert!(read_chunks.iter().all(|chunk| !chunk.is_empty()), "{limit}: it is read on");
        }
    }

    #[tokio::test]
    async fn the_body_of_a_success_ends_with_an_error_and_that_of_an_error_early() {
        for (status, body, announced, read) in [
            (200, "abc", true, Ok("abc")),
            (200, "abcd", true, Err(BodyTooLarge { limit: 3 })),
            (200, "abc", false, Ok("abc")),
            (200, "abcd", false, Err(BodyTooLarge { limit: 3 })),
            (302, "abcd", true, Err(BodyTooLarge { limit: 3 })),
            (399, "abcd", false, Err(BodyTooLarge { limit: 3 })),
            (400, "abcd", true, Ok("abc")),
            (499, "abcd", false, Ok("abc")),
            (500, "abcd", true, Ok("abc")),
            (599, "abcd", false, Ok("abc")),
        ] {
            let chunks = stream::iter([&body[..2], &body[2..]].map(Ok::<_, std::io::Error>));
            let body = if announced { Body::from(body) } else { Body::wrap_stream(chunks) };
            let response = bounded(http::Response::builder().status(status).body(body).unwrap().into(), 3);
            match (response.bytes().await, read) {
                (Ok(found), Ok(read)) => assert_eq!(found, read, "{status} {announced}"),
                (Err(error), Err(why)) => {
                    let (shown, why) = (format!("{error:?}"), format!("{why:?}"));
                    assert!(shown.contains(&why), "{status} {announced}: {shown}");
                }
                (found, read) => panic!("{status} {announced}: {found:?} instead of {read:?}"),
            }
        }
    }

    #[tokio::test]
    async fn a_reply_that_has_nothing_to_hide_is_left_as_it_is() {
        let reply = || http::Response::builder().status(200).url("https://api.mint.gg/v1/a".parse().unwrap());
        let plain = Response::from(reply().body("abc").unwrap());
        assert_eq!(bounded(plain, 3).content_length(), Some(3));
        let hiding = Response::from(reply().header("location", "https://a.b").body("abc").unwrap());
        assert!(bounded(hiding, 3).headers()["location"].is_sensitive());
    }

    #[tokio::test]
    async fn an_error_within_a_body_shows_no_query() {
        let refusing = mint_loopback::Refusing::start();
        let client = Transport::default().client(false, |builder| builder).unwrap();
        let url = format!("{}/v1/worlds?cursor=secret", refusing.base_url());
        let error = client.get(url).send().await.unwrap_err();
        assert!(format!("{error:?}").contains("secret"));
        let read: Vec<_> = limited(stream::iter([Err(error)]), 9).collect().await;
        let shown = format!("{read:?}");
        assert!(shown.contains("/v1/worlds") && !shown.contains("secret"), "{shown}");
    }
}
