//! What becomes of the replies to segments.

use std::sync::Arc;

use bytes::Bytes;
use futures::FutureExt as _;
use reqwest::Response;
use reqwest::header::ETAG;
use tokio::time::Instant;

use super::super::super::destination::Arrival;
use super::super::super::setback::{Setback, setback};
use super::super::super::transfer::{Asked, Decision, decide, text};
use super::super::ledger::Id;
use super::{Brought, Done, Engine};
use crate::client::{blocking, fetch_error, refused};
use crate::error::{Error, ErrorKind, shown};

impl Engine<'_, '_> {
    pub(super) fn brought(&mut self, id: Id, brought: Brought) -> Result<(), Setback> {
        if let Some(link) = self.links.get_mut(&id) {
            link.waiting = None;
        }
        match brought {
            Brought::Piece { body, piece: Ok(Some(piece)) } => {
                self.write(id, body, piece);
                Ok(())
            }
            Brought::Piece { piece: Ok(None), .. } => {
                let broken = self.broken();
                self.failed(id, broken)
            }
            Brought::Piece { piece: Err(error), .. } | Brought::Reply { reply: Err(error), .. } => {
                self.failed(id, setback(error))
            }
            Brought::Reply { reply: Ok(reply), says_expired } => self.replied(id, reply, says_expired),
        }
    }

    /// Judges the reply of a segment as any other.
    fn replied(&mut self, id: Id, reply: Response, says_expired: bool) -> Result<(), Setback> {
        let start = self.links.get(&id).map_or(0, |link| link.start);
        let counted = self.links.get_mut(&id).and_then(|link| link.counted.as_mut());
        let is_first = counted.is_none();
        if !counted.unwrap_or(&mut self.state.connection).move_to(reply.url()) && !is_first {
            // Redirects have led to a host that has enough.
            self.drop_link(id);
            self.state.pace.ease(Instant::now(), self.links.len());
            return Ok(());
        }
        if says_expired {
            let expired = self.job.refusal(&Decision::Expired, &reply);
            return self.failed(id, expired);
        }
        match decide(Asked::Rest, self.kept(start), reply.status(), reply.headers()) {
            Decision::Continue { total } if total == self.file.ledger().total() => {
                self.read(id, reply);
                Ok(())
            }
            // The same file from its first byte: the server ignores the range.
            Decision::Restart { .. } if text(reply.headers(), &ETAG) == self.version.etag.as_deref() => {
                self.state.pace.cap(1);
                let why = "the server does not send it in parts; try again";
                let error = Error::new(ErrorKind::Transport, refused(&self.state.url, why).to_string());
                self.failed(id, Setback::Passing(error))
            }
            decision => {
                let refusal = self.job.refusal(&decision, &reply);
                let etag = text(reply.headers(), &ETAG);
                let is_another = etag.is_some_and(|etag| Some(etag) != self.version.etag.as_deref());
                if is_another && matches!(refusal, Setback::StartOver(_)) {
                    // Some servers behind one name disagree about the `ETag`: one connection has one of them.
                    self.state.pace.cap(1);
                    return Err(refusal);
                }
                self.failed(id, refusal)
            }
        }
    }

    /// Gives up a connection. That is a setback of the file only if it was the last one.
    fn failed(&mut self, id: Id, setback: Setback) -> Result<(), Setback> {
        self.drop_link(id);
        match setback {
            setback if self.links.is_empty() => Err(setback),
            Setback::Passing(error) => {
                self.state.pace.ease(Instant::now(), self.links.len());
                if let Some(wait) = error.retry_after() {
                    self.not_before = Some((Instant::now() + wait, error));
                }
                Ok(())
            }
            Setback::Expired(_) => {
                self.is_expired = true;
                Ok(())
            }
            // Nothing shows that the file changed: the server may only dislike to send it in parts.
            Setback::StartOver(_) | Setback::Fatal(_) => {
                self.state.pace.cap(1);
                Ok(())
            }
        }
    }

    pub(super) fn drop_link(&mut self, id: Id) {
        if let Some(link) = self.links.remove(&id) {
            link.abort.abort();
        }
        self.file.ledger().release(id);
    }

    pub(super) fn done(&mut self, done: Done) -> Result<(), Setback> {
        match done {
            Done::Hashed => self.is_hashing = false,
            Done::Synced => self.is_syncing = false,
            Done::Wrote { id, body, run } => {
                if let Some(link) = self.links.get_mut(&id) {
                    link.has_brought = true;
                    if std::mem::take(&mut link.is_probe) {
                        // The URL is good; the server refuses further connections so.
                        self.is_expired = false;
                        self.state.pace.cap(1);
                    }
                }
                let open = self.links.values().filter(|link| link.has_brought).count();
                self.job.arrived(self.state, self.file.held(), open);
                if run.is_full {
                    return self.next_segment(id);
                }
                return self.went_on(id, body, run.arrived);
            }
        }
        Ok(())
    }

    fn next_segment(&mut self, id: Id) -> Result<(), Setback> {
        self.file.ledger().release(id);
        let Some(link) = self.links.remove(&id) else {
            return Ok(());
        };
        if self.links.len() < self.state.pace.connections() && !self.is_expired && self.not_before.is_none() {
            self.ask(id, link.counted, link.has_brought);
        }
        Ok(())
    }

    pub(super) fn went_on(&mut self, id: Id, body: Response, arrived: Option<Arrival>) -> Result<(), Setback> {
        match arrived {
            None => self.read(id, body),
            Some(Ok(Some(piece))) => self.write(id, body, piece),
            Some(Ok(None)) => {
                let broken = self.broken();
                return self.failed(id, broken);
            }
            Some(Err(error)) => return self.failed(id, setback(fetch_error(&self.state.url, error))),
        }
        Ok(())
    }

    fn read(&mut self, id: Id, mut body: Response) {
        let (job, url) = (self.job, self.state.url.clone());
        let piece = async move {
            let piece = job.downloader.piece(&url, &mut body).await;
            (id, Brought::Piece { body, piece })
        };
        if let Some(link) = self.links.get_mut(&id) {
            link.waiting = Some(Instant::now());
        }
        self.push(id, piece.boxed());
    }

    fn write(&mut self, id: Id, mut body: Response, piece: Bytes) {
        let file = Arc::clone(&self.file);
        let write = move || {
            let run = file.write_run(id, piece, &mut body)?;
            Ok(Done::Wrote { id, body, run })
        };
        self.disk.push(blocking(write).boxed());
    }

    pub(super) fn broken(&self) -> Setback {
        let text = format!("could not fetch `{}`: the connection broke off; try again", shown(&self.state.url));
        Setback::Passing(Error::new(ErrorKind::Transport, text))
    }
}
