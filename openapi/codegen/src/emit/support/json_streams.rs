use std::fmt;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::BytesMut;
use futures_core::Stream;
use progenitor_client::{ByteStream, ResponseValue};
use reqwest::Response;
use serde::de::{DeserializeOwned, IgnoredAny};

use super::error::Error;
use super::salvage::read_reply;
use super::streams::{MAX_ITEM_BYTES, RawItem, StreamError};

/// What comes before each text of a sequence (RFC 7464).
const RECORD_SEPARATOR: u8 = 0x1e;

/// The JSON values of a reply, as they come. Dropping it closes the connection.
///
/// Empty lines are skipped. A value that is not of its type is a [`StreamError::InvalidItem`], and the next value follows.
pub struct JsonStream<T> {
    /// `None` after the end.
    body: Option<ByteStream>,
    buffer: BytesMut,
    /// How many bytes of the buffer hold no separator.
    searched: usize,
    /// Where these bytes end in JSON.
    end: End,
    separator: u8,
    item: PhantomData<fn() -> T>,
}

/// Reads a success with a JSON value in each line.
pub(crate) async fn json_lines<T, E>(response: Response) -> Result<ResponseValue<JsonStream<T>>, Error<E>> {
    Ok(JsonStream::of(response, b'\n'))
}

/// Reads a success with a JSON value after each record separator.
pub(crate) async fn json_records<T, E>(response: Response) -> Result<ResponseValue<JsonStream<T>>, Error<E>> {
    Ok(JsonStream::of(response, RECORD_SEPARATOR))
}

impl<T> JsonStream<T> {
    fn of(response: Response, separator: u8) -> ResponseValue<Self> {
        let (status, headers) = (response.status(), response.headers().clone());
        let body = Some(ResponseValue::stream(response).into_inner());
        let (buffer, end) = (BytesMut::new(), End::default());
        let stream = Self { body, buffer, searched: 0, end, separator, item: PhantomData };
        ResponseValue::new(stream, status, headers)
    }

    /// The text of the next item in the buffer.
    fn text(&mut self) -> Option<BytesMut> {
        while let Some(at) = self.buffer[self.searched..].iter().position(|byte| *byte == self.separator) {
            let mut text = self.buffer.split_to(self.searched + at + 1);
            self.forget();
            text.truncate(text.len() - 1);
            if !text.trim_ascii().is_empty() {
                return Some(text);
            }
        }
        // A record has no mark at its end, and the next may be long in coming.
        if self.separator == RECORD_SEPARATOR {
            self.end.add(&self.buffer[self.searched..]);
        }
        self.searched = self.buffer.len();
        if self.body.is_some() && !self.end.is_of_value(&self.buffer) {
            return None;
        }
        self.forget();
        Some(self.buffer.split()).filter(|text| !text.trim_ascii().is_empty())
    }

    /// Forgets what was seen of the buffer.
    fn forget(&mut self) {
        self.searched = 0;
        self.end = End::default();
    }

    /// Ends the stream with an error.
    fn fail(&mut self, error: StreamError) -> Poll<Option<Result<T, StreamError>>> {
        self.body = None;
        self.buffer.clear();
        self.forget();
        Poll::Ready(Some(Err(error)))
    }
}

/// Where a text ends in JSON, kept while it grows: a record that comes line by line is read once, and not with each line.
#[derive(Default)]
struct End {
    /// Whether there is anything but space.
    has_text: bool,
    /// In how many lists and objects it ends.
    depth: usize,
    in_string: bool,
    is_escaped: bool,
    is_after_line: bool,
    /// Whether it is a value no more, whatever comes.
    is_wrong: bool,
}

impl End {
    fn add(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.is_after_line = *byte == b'\n';
            self.has_text |= !byte.is_ascii_whitespace();
            match byte {
                _ if self.is_escaped => self.is_escaped = false,
                b'\\' => self.is_escaped = self.in_string,
                b'"' => self.in_string = !self.in_string,
                _ if self.in_string => {}
                b'[' | b'{' => self.depth += 1,
                b']' | b'}' => self.depth = self.depth.saturating_sub(1),
                _ => {}
            }
        }
    }

    /// Whether the text is a whole value and the end of its line.
    fn is_of_value(&mut self, text: &[u8]) -> bool {
        let may_be = self.has_text && self.depth == 0 && !self.in_string && self.is_after_line && !self.is_wrong;
        let is_value = may_be && serde_json::from_slice::<IgnoredAny>(text).is_ok();
        self.is_wrong |= may_be && !is_value;
        is_value
    }
}

impl<T: DeserializeOwned> Stream for JsonStream<T> {
    type Item = Result<T, StreamError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if let Some(text) = self.text() {
                let read = read_reply(&text);
                return Poll::Ready(Some(read.map_err(|error| StreamError::InvalidItem(RawItem::new(&text), error))));
            }
            if self.buffer.len() > MAX_ITEM_BYTES {
                return self.fail(StreamError::TooLarge);
            }
            let Some(body) = &mut self.body else { return Poll::Ready(None) };
            match ready!(body.as_mut().poll_next(context)) {
                Some(Ok(bytes)) => self.buffer.extend_from_slice(&bytes),
                Some(Err(error)) => return self.fail(StreamError::Connection(error)),
                None => self.body = None,
            }
        }
    }
}

impl<T> fmt::Debug for JsonStream<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JsonStream(..)")
    }
}

#[cfg(test)]
mod tests {
    use futures::{FutureExt as _, StreamExt as _, stream};

    use super::*;

    fn open(
        separator: u8,
        pieces: impl Iterator<Item = Vec<u8>> + Send + Sync + 'static,
        rest: impl Stream<Item = reqwest::Result<bytes::Bytes>> + Send + Sync + 'static,
    ) -> JsonStream<i64> {
        let body = stream::iter(pieces.map(|piece| Ok(piece.into()))).chain(rest);
        let body = Some(ByteStream::new(Box::pin(body)));
        JsonStream { body, buffer: BytesMut::new(), searched: 0, end: End::default(), separator, item: PhantomData }
    }

    fn shown(separator: u8, pieces: Vec<&[u8]>) -> Vec<String> {
        let pieces: Vec<_> = pieces.into_iter().map(<[u8]>::to_vec).collect();
        let line = |item: Result<i64, StreamError>| match item {
            Ok(item) => item.to_string(),
            Err(StreamError::InvalidItem(raw, _)) => String::from_utf8_lossy(raw.as_bytes()).trim().to_owned(),
            Err(error) => format!("{error:?}"),
        };
        open(separator, pieces.into_iter(), stream::empty()).map(line).collect().now_or_never().unwrap()
    }

    #[test]
    fn items_are_the_same_wherever_the_text_is_split() {
        for (separator, text, expected) in [
            (b'\n', "1\n\n{\"é\": 1}\r\n \r\n2\r\n3", vec!["1", "{\"é\": 1}", "2", "3"]),
            (b'\n', "1\n2\n", vec!["1", "2"]),
            (b'\n', "1\n[2", vec!["1", "[2"]),
            (b'\n', "\n", vec![]),
            (RECORD_SEPARATOR, "\u{1e}1\n\u{1e}{\n \"a\": 1\n}\n\u{1e}\u{1e}2\n", vec!["1", "{\n \"a\": 1\n}", "2"]),
            (RECORD_SEPARATOR, "\u{1e}1\n\u{1e}[2\n\u{1e}3\n\u{1e}{", vec!["1", "[2", "3", "{"]),
            (RECORD_SEPARATOR, "\u{1e}[\"]\\\"\",\n1]\n\u{1e}4\n", vec!["[\"]\\\"\",\n1]", "4"]),
            (RECORD_SEPARATOR, "\u{1e}]\n[\n]\n\u{1e}5\n", vec!["]\n[\n]", "5"]),
        ] {
            let bytes = text.as_bytes();
            assert_eq!(shown(separator, bytes.chunks(1).collect()), expected, "{text:?}");
            for at in 0..=bytes.len() {
                let (start, rest) = bytes.split_at(at);
                assert_eq!(shown(separator, vec![start, rest]), expected, "{text:?} at {at}");
            }
        }
    }

    #[test]
    fn an_item_does_not_wait_for_the_next() {
        for (separator, text) in [(b'\n', "1\n"), (RECORD_SEPARATOR, "\u{1e}1\n")] {
            let mut stream = open(separator, [text.as_bytes().to_vec()].into_iter(), stream::pending());
            assert_eq!(stream.next().now_or_never().unwrap().unwrap().unwrap(), 1);
            assert!(stream.next().now_or_never().is_none());
        }
    }

    /// Reading all of it with each line would take hours.
    #[test]
    fn a_record_is_read_once_however_many_lines_it_has() {
        for (first, line) in
            [("\u{1e}[\n", "1,\n"), ("\u{1e}[1]x\n", "2\n"), ("\u{1e}\n", " \n"), ("\u{1e}\"\n", "x\n")]
        {
            let lines = std::iter::repeat_n(line.as_bytes().to_vec(), 200_000);
            let pieces = std::iter::once(first.as_bytes().to_vec()).chain(lines);
            let items: Vec<_> = open(RECORD_SEPARATOR, pieces, stream::empty()).collect().now_or_never().unwrap();
            assert!(items.iter().all(|item| matches!(item, Err(StreamError::InvalidItem(..)))), "{first:?}");
            assert!(items.len() <= 1, "{first:?}");
        }
    }

    #[test]
    fn an_item_without_an_end_is_an_error() {
        for separator in [b'\n', RECORD_SEPARATOR] {
            let pieces = std::iter::repeat(vec![b'1'; 1024 * 1024]);
            let mut stream = open(separator, pieces, stream::empty());
            assert!(matches!(stream.next().now_or_never(), Some(Some(Err(StreamError::TooLarge)))));
            assert!(matches!(stream.next().now_or_never(), Some(None)));
        }
    }
}
