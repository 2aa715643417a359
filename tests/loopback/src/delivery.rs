use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures::future::ready;
use futures::stream::{BoxStream, StreamExt as _, once, repeat, unfold};
use tokio::sync::{Notify, watch};
use tokio::time::sleep;

/// How the server sends a body.
#[derive(Clone, Debug)]
pub(crate) enum Delivery {
    Whole,
    Cut(usize),
    Stall(usize),
    Drip(usize, Duration),
    Endless,
}

/// Signals between replies that stall and the test.
#[derive(Debug, Default)]
pub(crate) struct Stalls {
    pub(crate) stalled: Notify,
    pub(crate) resumed: Notify,
}

impl Delivery {
    /// The pieces of a body, in the order they are sent. An error closes the connection.
    ///
    /// `flushed` changes whenever the connection has handed all written bytes to the system. A cut or a stall waits for
    /// that, so that the bytes before it are really sent.
    pub(crate) fn pieces(
        self,
        mut body: Bytes,
        mut flushed: watch::Receiver<u64>,
        stalls: Arc<Stalls>,
    ) -> BoxStream<'static, io::Result<Bytes>> {
        match self {
            Self::Whole => once(ready(Ok(body))).boxed(),
            Self::Cut(at) => {
                body.truncate(at);
                let cut = async move {
                    let _ = flushed.changed().await;
                    Err(io::Error::other("the test cuts this reply"))
                };
                once(ready(Ok(body))).chain(once(cut)).boxed()
            }
            Self::Stall(at) => {
                let rest = body.split_off(at.min(body.len()));
                let resumed = async move {
                    let _ = flushed.changed().await;
                    let mut resumed = std::pin::pin!(stalls.resumed.notified());
                    // Registers first: a test may resume before the `await` below.
                    resumed.as_mut().enable();
                    stalls.stalled.notify_one();
                    resumed.await;
                    Ok(rest)
                };
                once(ready(Ok(body))).chain(once(resumed)).boxed()
            }
            Self::Drip(piece, pause) => unfold(body, move |mut body| async move {
                if body.is_empty() {
                    return None;
                }
                sleep(pause).await;
                let piece = body.split_to(piece.clamp(1, body.len()));
                Some((Ok(piece), body))
            })
            .boxed(),
            Self::Endless => repeat(body).map(Ok).boxed(),
        }
    }
}
