use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use futures_core::Stream;
use progenitor_client::{ByteStream, ResponseValue};
use reqwest::Response;
use serde::de::{DeserializeOwned, IgnoredAny};
use sse_stream::SseByteStream;

use super::decode_error::DecodeError;
use super::error::{Error, RawResponse};
use super::reply::media_type;
use super::salvage::read_reply;
use super::streams::{MAX_ITEM_BYTES, RawItem, StreamError};

/// A server-sent event (HTML, section 9.2).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Event<T> {
    /// The type of the event; `message` if the server names none.
    pub event: String,
    /// What the event says.
    pub data: T,
    /// The id that the server gave last, to this event or to one before it.
    pub id: Option<String>,
    /// How long the server wants a client to wait before it connects again, if it said so since the event before.
    pub retry: Option<Duration>,
}

/// The events of a reply, as they come. Dropping it closes the connection.
///
/// Comments, and events without data, are skipped. An event that is not of its type is a [`StreamError::InvalidItem`],
/// and the next event follows. Data that is just `[DONE]`, and not of its type, ends the stream. An event that is not
/// complete when the reply ends is dropped, as the standard asks.
pub struct EventStream<T> {
    /// `None` after the end.
    events: Option<SseByteStream<Bounded>>,
    read: ReadEvent<T>,
    id: Option<String>,
    retry: Option<Duration>,
}

/// Reads what an event says.
pub(crate) type ReadEvent<T> = fn(&Event<String>) -> Result<T, DecodeError>;

/// Reads a success that is a stream of events.
pub(crate) async fn events<T, E>(
    response: Response,
    read: ReadEvent<T>,
) -> Result<ResponseValue<EventStream<T>>, Error<E>> {
    // Any other text would be read as a stream without events.
    if media_type(&response).is_some_and(|media_type| media_type != "text/event-stream") {
        return Err(Error::UnexpectedResponse(RawResponse::of(response).await));
    }
    let (status, headers) = (response.status(), response.headers().clone());
    let body = ResponseValue::stream(response).into_inner();
    Ok(ResponseValue::new(EventStream::new(body, read), status, headers))
}

/// The data of an event as JSON.
pub(crate) fn event_of_json<T: DeserializeOwned>(event: &Event<String>) -> Result<T, DecodeError> {
    read_reply(event.data.as_bytes())
}

/// The data of an event as it is.
pub(crate) fn event_of_text(event: &Event<String>) -> Result<String, DecodeError> {
    Ok(event.data.clone())
}

/// An event as an object with its type, its id, and its data, which is a text if it is no JSON.
pub(crate) fn whole_event<T: DeserializeOwned>(event: &Event<String>) -> Result<T, DecodeError> {
    let (name, id) = (serde_json::to_string(&event.event)?, serde_json::to_string(&event.id)?);
    let data = match serde_json::from_str::<IgnoredAny>(&event.data) {
        Ok(_) => event.data.clone(),
        Err(_) => serde_json::to_string(&event.data)?,
    };
    read_reply(format!(r#"{{"event":{name},"id":{id},"data":{data}}}"#).as_bytes())
}

impl<T> EventStream<T> {
    fn new(body: ByteStream, read: ReadEvent<T>) -> Self {
        let bounded = Bounded { body, length: 0, is_line_empty: true, is_after_return: false };
        Self { events: Some(SseByteStream::new(bounded)), read, id: None, retry: None }
    }
}

impl<T> Stream for EventStream<T> {
    type Item = Result<Event<T>, StreamError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        while let Some(events) = &mut self.events {
            let block = match ready!(Pin::new(events).poll_next(context)) {
                Some(Ok(block)) => block,
                ended => {
                    self.events = None;
                    return Poll::Ready(ended.and_then(Result::err).map(|error| Err(error.into())));
                }
            };
            if let Some(id) = block.id {
                self.id = Some(id).filter(|id| !id.is_empty());
            }
            self.retry = block.retry.map(Duration::from_millis).or(self.retry);
            let Some(data) = block.data else { continue };
            let event = block.event.filter(|event| !event.is_empty()).unwrap_or_else(|| "message".to_owned());
            let raw = Event { event, data, id: self.id.clone(), retry: self.retry.take() };
            match (self.read)(&raw) {
                Ok(data) => {
                    let Event { event, id, retry, .. } = raw;
                    return Poll::Ready(Some(Ok(Event { event, data, id, retry })));
                }
                Err(_) if raw.data == "[DONE]" => self.events = None,
                Err(error) => {
                    let raw = RawItem::new(raw.data.as_bytes());
                    return Poll::Ready(Some(Err(StreamError::InvalidItem(raw, error))));
                }
            }
        }
        Poll::Ready(None)
    }
}

impl<T> fmt::Debug for EventStream<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EventStream(..)")
    }
}

impl From<sse_stream::Error> for StreamError {
    fn from(error: sse_stream::Error) -> Self {
        match error {
            sse_stream::Error::Body(error) => error.downcast().map_or_else(Self::Malformed, |error| *error),
            error => Self::Malformed(Box::new(error)),
        }
    }
}

/// The bytes of a reply, up to an event that is too large: the parser holds an event until it is complete.
struct Bounded {
    body: ByteStream,
    /// The bytes of the event so far.
    length: usize,
    is_line_empty: bool,
    is_after_return: bool,
}

impl Bounded {
    /// Counts the bytes since the last empty line. A line ends with CR, LF or both.
    fn count(&mut self, bytes: &[u8]) {
        for byte in bytes {
            let is_rest_of_end = *byte == b'\n' && self.is_after_return;
            self.is_after_return = *byte == b'\r';
            self.length += 1;
            if matches!(byte, b'\r' | b'\n') && !is_rest_of_end {
                if self.is_line_empty {
                    self.length = 0;
                }
                self.is_line_empty = true;
            } else if !is_rest_of_end {
                self.is_line_empty = false;
            }
        }
    }
}

impl Stream for Bounded {
    type Item = Result<Bytes, StreamError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Some(read) = ready!(self.body.as_mut().poll_next(context)) else { return Poll::Ready(None) };
        Poll::Ready(Some(read.map_err(StreamError::Connection).and_then(|bytes| {
            self.count(&bytes);
            if self.length > MAX_ITEM_BYTES { Err(StreamError::TooLarge) } else { Ok(bytes) }
        })))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use futures::{FutureExt as _, StreamExt as _, stream};

    use super::*;

    fn body(pieces: impl Iterator<Item = Vec<u8>> + Send + Sync + 'static) -> ByteStream {
        ByteStream::new(Box::pin(stream::iter(pieces.map(|piece| Ok(piece.into())))))
    }

    fn shown(pieces: Vec<&[u8]>) -> Vec<String> {
        let pieces: Vec<_> = pieces.into_iter().map(<[u8]>::to_vec).collect();
        let stream = EventStream::new(body(pieces.into_iter()), event_of_json::<i64>);
        let line = |event: Result<Event<i64>, StreamError>| match event {
            Ok(Event { event, data, id, retry }) => format!("{event} {data} {id:?} {retry:?}"),
            Err(StreamError::InvalidItem(raw, _)) => format!("invalid {}", String::from_utf8_lossy(raw.as_bytes())),
            Err(error) => format!("{error:?}"),
        };
        stream.map(line).collect().now_or_never().unwrap()
    }

    const TEXT: &str = "\u{feff}: comment\n\nid: é\nretry: 5\n\nevent: a\ndata: 1\n\ndata: x\nid\n\n\
        data:\ndata: 2\ndata:\nother: 3\n\ndata: [\"DONE\"]\n\ndata: [DONE]\n\ndata: 9\n\n";

    #[test]
    fn events_are_the_same_wherever_the_text_is_split() {
        let expected = [r#"a 1 Some("é") Some(5ms)"#, "invalid x", "message 2 None None", r#"invalid ["DONE"]"#];
        for end in ["\n", "\r\n", "\r"] {
            let text = TEXT.replace('\n', end);
            let bytes = text.as_bytes();
            assert_eq!(shown(bytes.chunks(1).collect()), expected, "{end:?}");
            for at in 0..=bytes.len() {
                let (start, rest) = bytes.split_at(at);
                assert_eq!(shown(vec![start, rest]), expected, "{end:?} at {at}");
            }
        }
    }

    #[test]
    fn an_event_that_is_not_complete_is_none() {
        assert_eq!(shown(vec![b"data: 1\n\ndata: 2\n"]), ["message 1 None None"]);
        let malformed = shown(vec![b"data: 1\n\ndata: \xff\n\ndata: 3\n\n"]);
        assert!(malformed.len() == 2 && malformed[1].starts_with("Malformed(Utf8"), "{malformed:?}");
    }

    #[test]
    fn texts_that_are_done_are_texts() {
        let stream = EventStream::new(body([b"data: [DONE]\n\n".to_vec()].into_iter()), event_of_text);
        let texts: Vec<_> = stream.map(|event| event.unwrap().data).collect().now_or_never().unwrap();
        assert_eq!(texts, ["[DONE]"]);
    }

    #[test]
    fn an_event_without_an_end_is_an_error() {
        for line in ["data: 1", "data: 1\n", "\r\n:"] {
            let read = Arc::new(AtomicUsize::new(0));
            let counted = Arc::clone(&read);
            let piece = line.repeat(100_000).into_bytes();
            let pieces = std::iter::repeat_with(move || {
                counted.fetch_add(piece.len(), Ordering::Relaxed);
                piece.clone()
            });
            let mut stream = EventStream::new(body(pieces), event_of_json::<i64>);
            assert!(matches!(stream.next().now_or_never(), Some(Some(Err(StreamError::TooLarge)))), "{line:?}");
            assert!(read.load(Ordering::Relaxed) < MAX_ITEM_BYTES + 1_000_000);
            assert!(matches!(stream.next().now_or_never(), Some(None)));
        }
        // Many small ones are none too large.
        let event = format!("data: 1\r\n:{}\r\n\r\n", "x".repeat(10_000));
        let pieces = std::iter::repeat_n(event.into_bytes(), 2_000);
        let stream = EventStream::new(body(pieces), event_of_json::<i64>);
        assert_eq!(stream.filter(|event| std::future::ready(event.is_ok())).count().now_or_never(), Some(2_000));
    }

    #[test]
    fn the_connection_is_let_go_at_the_end() {
        let connection = Arc::new(());
        let open = |text: &'static str| {
            let held = Arc::clone(&connection);
            let pieces = [text].into_iter().chain(std::iter::repeat("data: 2\n\n"));
            let pieces = pieces.map(move |text| {
                let _held = &held;
                text.as_bytes().to_vec()
            });
            EventStream::new(body(pieces), event_of_json::<i64>)
        };
        let mut stream = open("data: 1\n\n");
        assert_eq!(stream.next().now_or_never().flatten().unwrap().unwrap().data, 1);
        assert_eq!(Arc::strong_count(&connection), 2);
        drop(stream);
        assert_eq!(Arc::strong_count(&connection), 1);
        let mut done = open("data: [DONE]\n\n");
        assert!(done.next().now_or_never().unwrap().is_none());
        assert_eq!(Arc::strong_count(&connection), 1);
    }
}
