//! Fetching one file, in as many attempts as it takes.

use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt as _;
use reqwest::header::CONTENT_TYPE;
use reqwest::{Response, StatusCode};
use tokio::time::{Instant, sleep};

use super::claim::Claim;
use super::content::Content;
use super::destination::{Arrival, Item, Sink, Written};
use super::digest::Digests;
use super::disk::is_out_of_files;
use super::event::OnEvent;
use super::manifest::Entry;
use super::refresh::Refresher;
use super::retry::Retries;
use super::segments::pace::Pace;
use super::segments::scattered::Scattered;
use super::setback::{Setback, setback};
use super::sidecar::Version;
use super::sum::Summary;
use super::transfer::{Asked, Decision, Kept, decide, is_strong, rest, text, unless, validators};
use super::verify::{self, Limits};
use super::{Event, Obtained};
use crate::client::{Connection, Downloader, fetch_error, refused};
use crate::error::{Error, ErrorKind, shown};

/// How many bytes lie between two events of progress.
const PROGRESS_STEP: u64 = 64 * 1024;
/// Smaller files have one connection.
const LARGE: u64 = 16 * 1024 * 1024;

/// A file to fetch.
pub(super) struct Job<'a> {
    pub(super) downloader: &'a Downloader,
    pub(super) refresher: &'a Refresher,
    pub(super) limits: Limits,
    pub(super) item: &'a Item,
    pub(super) claim: Claim,
    pub(super) on_event: &'a OnEvent,
    /// The most connections for the file.
    pub(super) connections: usize,
    /// The version that the manifest records, if a conditional request can confirm it.
    pub(super) have: Option<&'a Entry>,
}

/// The result of fetching a file.
pub(super) enum Fetched<'a, S> {
    /// The file in its place is the server's.
    Unchanged(&'a Entry),
    /// A new file, to be committed.
    New(Box<NewFile<S>>),
}

/// A file that is whole and checked.
pub(super) struct NewFile<S> {
    pub(super) sink: S,
    pub(super) summary: Summary,
    pub(super) version: Version,
    pub(super) obtained: Obtained,
    pub(super) content: Content,
}

enum Arrived<'a> {
    Whole,
    Unchanged(&'a Entry),
}

/// Whether the API was asked for a fresh URL since the last new bytes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Refreshed {
    No,
    /// It gave another URL.
    Other,
    /// It gave the same URL.
    Same,
}

/// What is known of a file over all attempts.
pub(super) struct State {
    pub(super) url: String,
    retries: Retries,
    pub(super) attempts: u32,
    refreshed: Refreshed,
    started: bool,
    continued: bool,
    second_look: bool,
    pub(super) reported: u64,
    /// Digests that came with the rest of a file.
    digests: Digests,
    pub(super) pace: Pace,
    /// The connection that every file has.
    pub(super) connection: Connection,
}

impl<'a> Job<'a> {
    /// Fetches the file into a sink and checks it; also how many requests that took. On an error the sink is abandoned.
    pub(super) async fn fetch<S: Sink>(&self, mut sink: S, retries: Retries) -> Result<(Fetched<'a, S>, u32), Error> {
        let mut state = State {
            url: self.item.asset.url.clone(),
            retries,
            attempts: 0,
            refreshed: Refreshed::No,
            started: false,
            continued: false,
            second_look: false,
            reported: 0,
            digests: Digests::default(),
            pace: Pace::new(self.connections),
            connection: self.downloader.connection(&self.item.asset.url),
        };
        state.retries.arrived(sink.held());
        loop {
            state.attempts += 1;
            let arrived;
            (sink, arrived) = self.attempt(sink, &mut state).await?;
            let setback = match arrived {
                Ok(Arrived::Unchanged(entry)) => {
                    sink.abandon().await;
                    return Ok((Fetched::Unchanged(entry), state.attempts));
                }
                Ok(Arrived::Whole) => match self.verified(&sink, &mut state) {
                    Ok((summary, content)) => {
                        (self.on_event)(&Event::Verified { path: &self.item.path, bytes: sink.length() });
                        let obtained = if state.continued { Obtained::Continued } else { Obtained::Fetched };
                        let version = sink.version().clone();
                        let new = Box::new(NewFile { sink, summary, version, obtained, content });
                        return Ok((Fetched::New(new), state.attempts));
                    }
                    Err(setback) => setback,
                },
                Err(setback) => setback,
            };
            if setback.spoils() {
                sink = sink.clear().await?;
            }
            if let Err(error) = self.recover(setback, &mut state).boxed().await {
                sink.abandon().await;
                return Err(error);
            }
        }
    }

    /// Prepares the next attempt, or gives up.
    async fn recover(&self, setback: Setback, state: &mut State) -> Result<(), Error> {
        match setback {
            Setback::Fatal(error) => Err(error),
            Setback::Expired(error) => self.expired(error, state).await,
            // Nothing is asked of the network while other files hold the descriptors.
            Setback::Passing(error) if is_out_of_files(&error) => Err(error),
            Setback::StartOver(error) => {
                state.digests = Digests::default();
                self.pause(error, state).await
            }
            Setback::Passing(error) => self.pause(error, state).await,
        }
    }

    /// Asks the API for a fresh URL. If the API names the same URL, the file may not be on the CDN yet.
    async fn expired(&self, error: Error, state: &mut State) -> Result<(), Error> {
        const LATER: &str =
            "the API has no other URL, so the file may not be there yet; download again in some minutes";
        let is_missing = error.is_not_found();
        let may_come = is_missing || error.status() == Some(StatusCode::FORBIDDEN);
        match state.refreshed {
            Refreshed::No => {}
            Refreshed::Same if may_come => return self.pause(error.with_advice(LATER), state).await,
            Refreshed::Other if is_missing => return self.pause(error.with_advice(LATER), state).await,
            Refreshed::Same | Refreshed::Other => return Err(error.with_advice(LATER)),
        }
        let fresh = self.refresher.fresh(&self.item.asset, &state.url).await.map_err(|api| {
            let text = format!("{error}; asking the API for a fresh URL did not help: {api}");
            Error::new(api.kind(), text).with_source(api)
        })?;
        match fresh {
            Some(fresh) => {
                state.refreshed = Refreshed::Other;
                state.url = fresh;
                self.retrying(state, Duration::ZERO);
                Ok(())
            }
            None if self.refresher.can_ask() && may_come => {
                state.refreshed = Refreshed::Same;
                self.pause(error.with_advice(LATER), state).await
            }
            None => Err(error.with_advice("read the operation again for a fresh URL")),
        }
    }

    async fn pause(&self, error: Error, state: &mut State) -> Result<(), Error> {
        let Some(wait) = state.retries.next(error.retry_after()) else {
            return Err(error);
        };
        tracing::debug!(url = shown(&state.url), ?wait, %error, "trying again");
        self.retrying(state, wait);
        sleep(wait).await;
        Ok(())
    }

    fn retrying(&self, state: &State, wait: Duration) {
        (self.on_event)(&Event::Retried { path: &self.item.path, attempt: state.attempts + 1, wait });
    }

    /// One request. The outer error is the sink's, which is gone then.
    async fn attempt<S: Sink>(
        &self,
        mut sink: S,
        state: &mut State,
    ) -> Result<(S, Result<Arrived<'a>, Setback>), Error> {
        let length = sink.length();
        let (response, decision) = match self.ask(Kept::of(sink.version(), length), state).boxed().await {
            Ok(answer) => answer,
            Err(setback) => return Ok((sink, Err(setback))),
        };
        let total = match decision {
            Decision::Unchanged(entry) => return Ok((sink, Ok(Arrived::Unchanged(entry)))),
            Decision::Complete => {
                self.started(state, Some(length));
                self.continued(state, length);
                return Ok((sink, Ok(Arrived::Whole)));
            }
            Decision::Continue { total } => {
                state.digests = Digests::of(response.status(), response.headers());
                self.started(state, Some(total));
                self.continued(state, sink.held());
                Some(total)
            }
            Decision::Restart { total } => {
                let admitted = self.limits.admit(&self.item.asset, total);
                if let Err(error) = admitted.and_then(|()| self.claim.admit(self.item, total)) {
                    return Ok((sink, Err(Setback::Fatal(error))));
                }
                state.continued = false;
                state.reported = 0;
                sink = sink.restart(self.version(&response, total)).await?;
                self.started(state, total.or(self.item.asset.bytes));
                total
            }
            decision => return Ok((sink, Err(self.refusal(&decision, &response)))),
        };
        let (sink, ended) = self.body(sink, response, state, total).await?;
        Ok((sink, ended.map(|()| Arrived::Whole)))
    }

    /// Asks for the file, or for the rest of it. Also what to do with the reply.
    async fn ask(&self, kept: Kept<'_>, state: &mut State) -> Result<(Response, Decision<'a>), Setback> {
        let (asked, conditions) = match self.have {
            _ if kept.can_continue() => (Asked::Rest, rest(kept)),
            Some(have) => (Asked::IfChanged(have), unless(have)),
            None => (Asked::Whole, Default::default()),
        };
        let mut response = self.downloader.get(&state.url, &conditions).await.map_err(setback)?;
        state.connection.move_to(response.url());
        if self.says_expired(&state.url, &mut response).await {
            return Err(self.refusal(&Decision::Expired, &response));
        }
        let decision = decide(asked, kept, response.status(), response.headers());
        Ok((response, decision))
    }

    /// The error of a reply that does not bring the file.
    pub(super) fn answered(&self, response: &Response, why: &str) -> Error {
        let url = shown(&self.item.asset.url);
        let why = if why.is_empty() { String::new() } else { format!("; {why}") };
        let text = format!("could not fetch `{url}`: the server answered {}{why}", response.status());
        Error::new(ErrorKind::Download, text).with_reply(crate::client::reply(response.status(), response.headers()))
    }

    /// Whether a reply is the XML error of an expired signature, a 400 such as `<Code>ExpiredToken</Code>` of S3.
    pub(super) async fn says_expired(&self, url: &str, response: &mut Response) -> bool {
        if response.status() != StatusCode::BAD_REQUEST {
            return false;
        }
        let mut body = Vec::new();
        while body.len() < 4096 {
            match self.downloader.piece(url, response).await {
                Ok(Some(piece)) => body.extend_from_slice(&piece),
                _ => break,
            }
        }
        String::from_utf8_lossy(&body).contains("<Code>Expired")
    }

    fn version(&self, response: &Response, total: Option<u64>) -> Version {
        let headers = response.headers();
        let (etag, last_modified) = validators(headers);
        Version {
            etag,
            last_modified,
            total,
            content_type: text(headers, &CONTENT_TYPE).map(str::to_owned),
            digests: Digests::of(response.status(), headers),
            ..Version::of(&self.item.asset.url)
        }
    }

    /// Writes the body of a reply to the sink. The outer error is the sink's, which is gone then.
    async fn body<S: Sink>(
        &self,
        mut sink: S,
        mut body: Response,
        state: &mut State,
        total: Option<u64>,
    ) -> Result<(S, Result<(), Setback>), Error> {
        state.pace.resume();
        if let Some(file) = sink.scattered() {
            return self.write_scattered(sink, file, body, None, state).await;
        }
        let is_large = total.filter(|total| *total > LARGE && is_strong(sink.version().etag.as_deref().unwrap_or("")));
        let mut may_need_further = is_large.is_some() && state.pace.may_have_more();
        let mut next = self.downloader.piece(&state.url, &mut body).await;
        let ended = loop {
            let piece = match next {
                Ok(Some(piece)) => piece,
                Ok(None) => break Ok(()),
                Err(error) => break Err(setback(error)),
            };
            let room = match self.limits.room(&self.item.asset, total, sink.length(), piece.len() as u64) {
                Ok(room) => room,
                Err(error) => break Err(Setback::Fatal(error)),
            };
            let arrived;
            Written { sink, body, arrived } = sink.write(piece, body, room).await?;
            self.arrived(state, sink.length(), usize::from(is_large.is_some()));
            if may_need_further && state.pace.may_rise_soon(Instant::now(), sink.length()) {
                // Made by the time it is needed, so that nothing waits for it.
                may_need_further = false;
                let downloader = self.downloader.clone();
                drop(tokio::task::spawn_blocking(move || downloader.with_own_connections()));
            }
            if let Some(total) = is_large.filter(|_| state.pace.connections() > 1) {
                let file;
                (sink, file) = sink.scatter(total).await?;
                match file {
                    Some(file) => return self.write_scattered(sink, file, body, arrived, state).await,
                    None => state.pace.cap(1),
                }
            }
            next = match arrived {
                Some(arrival) => arrival.map_err(|error| fetch_error(&state.url, error)),
                None => self.downloader.piece(&state.url, &mut body).await,
            };
        };
        let position = sink.length();
        if position != state.reported {
            self.progress(state, position);
        }
        let ended = match ended {
            // A server may send less of a part than was asked for.
            Ok(()) if total.is_some_and(|total| position < total) => {
                let text = format!("could not fetch `{}`: the connection broke off; try again", shown(&state.url));
                Err(Setback::Passing(Error::new(ErrorKind::Transport, text)))
            }
            Ok(()) if total.is_some_and(|total| position > total) => {
                let why = "the server sent more bytes than the file has; download again";
                Err(Setback::StartOver(refused(&state.url, why)))
            }
            ended => ended,
        };
        Ok((sink, ended))
    }

    /// Writes what is missing of the file, over several connections.
    async fn write_scattered<S: Sink>(
        &self,
        sink: S,
        file: Arc<Scattered>,
        body: Response,
        arrived: Option<Arrival>,
        state: &mut State,
    ) -> Result<(S, Result<(), Setback>), Error> {
        let ended = self.segments(sink.version().clone(), file, body, arrived, state).boxed().await?;
        Ok((sink, ended))
    }

    fn started(&self, state: &mut State, total: Option<u64>) {
        if !std::mem::replace(&mut state.started, true) {
            (self.on_event)(&Event::Started { asset: &self.item.asset, path: &self.item.path, total });
        }
    }

    fn continued(&self, state: &mut State, bytes: u64) {
        state.continued = true;
        state.reported = bytes;
        (self.on_event)(&Event::Continued { path: &self.item.path, bytes });
    }

    /// Notes that the sink has so many bytes, which so many connections bring.
    pub(super) fn arrived(&self, state: &mut State, position: u64, connections: usize) {
        state.pace.arrived(Instant::now(), position, connections);
        if state.retries.arrived(position) {
            state.refreshed = Refreshed::No;
        }
        if state.reported == 0 || position >= state.reported + PROGRESS_STEP {
            self.progress(state, position);
        }
    }

    pub(super) fn progress(&self, state: &mut State, position: u64) {
        state.reported = position;
        (self.on_event)(&Event::Progress { path: &self.item.path, bytes: position });
    }

    fn verified(&self, sink: &impl Sink, state: &mut State) -> Result<(Summary, Content), Setback> {
        let summary = sink.summary();
        match verify::verify(&self.item.asset, sink.version(), &state.digests, &self.limits, &summary) {
            Ok(content) => Ok((summary, content)),
            // The disk may have spoiled the earlier bytes: once more, from the beginning.
            Err(error) if state.continued && !state.second_look => {
                state.second_look = true;
                state.continued = false;
                Err(Setback::StartOver(error))
            }
            Err(error) => Err(Setback::Fatal(error)),
        }
    }
}
