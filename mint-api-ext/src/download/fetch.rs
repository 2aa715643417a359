//! Fetching one file, in as many attempts as it takes.

use std::path::Path;
use std::time::Duration;

use reqwest::Response;
use reqwest::header::CONTENT_TYPE;
use tokio::time::sleep;

use super::destination::{Sink, Written};
use super::digest::Digests;
use super::event::OnEvent;
use super::manifest::Entry;
use super::refresh::Refresher;
use super::retry::Retries;
use super::sidecar::Version;
use super::sum::Summary;
use super::transfer::{Asked, Decision, Kept, decide, rest, text, unless, validators};
use super::verify::{self, Limits};
use super::{Event, Obtained};
use crate::asset::Asset;
use crate::client::{Downloader, fetch_error, refused};
use crate::error::{Error, ErrorKind, shown};

/// How many bytes lie between two events of progress.
const PROGRESS_STEP: u64 = 64 * 1024;

/// A file to fetch.
pub(super) struct Job<'a> {
    pub(super) downloader: &'a Downloader,
    pub(super) refresher: &'a Refresher,
    pub(super) limits: Limits,
    pub(super) asset: &'a Asset,
    /// The file's place, for events.
    pub(super) path: &'a Path,
    pub(super) on_event: &'a OnEvent,
    /// The file in its place, if a conditional request can confirm it.
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
}

/// Why an attempt did not bring the file.
enum Setback {
    /// Another attempt may succeed.
    Passing(Error),
    /// Another URL may succeed.
    Expired(Error),
    /// The bytes so far are of no use.
    StartOver(Error),
    /// No attempt can succeed.
    Fatal(Error),
}

enum Arrived<'a> {
    Whole,
    Unchanged(&'a Entry),
}

struct State {
    url: String,
    retries: Retries,
    attempts: u32,
    refreshed: bool,
    started: bool,
    continued: bool,
    second_look: bool,
    reported: u64,
    /// Digests that came with the rest of a file.
    digests: Digests,
}

impl<'a> Job<'a> {
    /// Fetches the file into a sink and checks it; also how many requests that took. On an error the sink is abandoned.
    pub(super) async fn fetch<S: Sink>(&self, mut sink: S, retries: Retries) -> Result<(Fetched<'a, S>, u32), Error> {
        let mut state = State {
            url: self.asset.url.clone(),
            retries,
            attempts: 0,
            refreshed: false,
            started: false,
            continued: false,
            second_look: false,
            reported: 0,
            digests: Digests::default(),
        };
        state.retries.arrived(sink.length());
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
                    Ok(summary) => {
                        (self.on_event)(&Event::Verified { path: self.path, bytes: sink.length() });
                        let obtained = if state.continued { Obtained::Continued } else { Obtained::Fetched };
                        let version = sink.version().clone();
                        let new = Box::new(NewFile { sink, summary, version, obtained });
                        return Ok((Fetched::New(new), state.attempts));
                    }
                    Err(setback) => setback,
                },
                Err(setback) => setback,
            };
            if setback.spoils() {
                sink = sink.clear().await?;
            }
            if let Err(error) = self.recover(setback, &mut state).await {
                sink.abandon().await;
                return Err(error);
            }
        }
    }

    /// Prepares the next attempt, or gives up.
    async fn recover(&self, setback: Setback, state: &mut State) -> Result<(), Error> {
        match setback {
            Setback::Fatal(error) => Err(error),
            Setback::Expired(error) if state.refreshed => Err(error),
            Setback::Expired(error) => {
                state.refreshed = true;
                let fresh = self.refresher.fresh(self.asset, &state.url).await.map_err(|api| {
                    let text = format!("{error}; asking the API for a fresh URL did not help: {api}");
                    Error::new(api.kind(), text).with_source(api)
                })?;
                state.url = fresh.ok_or(error)?;
                self.retrying(state, Duration::ZERO);
                Ok(())
            }
            Setback::StartOver(error) => {
                state.digests = Digests::default();
                self.pause(error, state).await
            }
            Setback::Passing(error) => self.pause(error, state).await,
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
        (self.on_event)(&Event::Retried { path: self.path, attempt: state.attempts + 1, wait });
    }

    /// One request. The outer error is the sink's, which is gone then.
    async fn attempt<S: Sink>(
        &self,
        mut sink: S,
        state: &mut State,
    ) -> Result<(S, Result<Arrived<'a>, Setback>), Error> {
        let length = sink.length();
        let kept = Kept::of(sink.version(), length);
        let (asked, conditions) = match self.have {
            _ if kept.can_continue() => (Asked::Rest, rest(kept)),
            Some(have) => (Asked::IfChanged(have), unless(have)),
            None => (Asked::Whole, Default::default()),
        };
        let response = match self.downloader.get(&state.url, &conditions).await {
            Ok(response) => response,
            Err(error) => return Ok((sink, Err(setback(error)))),
        };
        let total = match decide(asked, kept, response.status(), response.headers()) {
            Decision::Unchanged(entry) => return Ok((sink, Ok(Arrived::Unchanged(entry)))),
            Decision::Complete => {
                self.started(state, Some(length));
                self.continued(state, length);
                return Ok((sink, Ok(Arrived::Whole)));
            }
            Decision::Continue => {
                state.digests = Digests::of(response.status(), response.headers());
                let total = sink.version().total;
                self.started(state, total);
                self.continued(state, length);
                total
            }
            Decision::Restart { total } => {
                if let Err(error) = self.limits.admit(self.asset, total) {
                    return Ok((sink, Err(Setback::Fatal(error))));
                }
                state.continued = false;
                state.reported = 0;
                sink = sink.restart(self.version(&response, total)).await?;
                self.started(state, total.or(self.asset.bytes));
                total
            }
            Decision::StartOver => {
                let why = "what the server sends does not go with what is there; download again";
                return Ok((sink, Err(Setback::StartOver(refused(&state.url, why)))));
            }
            Decision::Retry => {
                return Ok((sink, Err(Setback::Passing(self.answered(&response, "try again later")))));
            }
            Decision::Expired => {
                let why = "read the operation again for a fresh URL";
                return Ok((sink, Err(Setback::Expired(self.answered(&response, why)))));
            }
            Decision::Refuse(why) => return Ok((sink, Err(Setback::Fatal(self.answered(&response, why))))),
        };
        let (sink, ended) = self.body(sink, response, state, total).await?;
        Ok((sink, ended.map(|()| Arrived::Whole)))
    }

    /// The error of a reply that does not bring the file.
    fn answered(&self, response: &Response, why: &str) -> Error {
        let url = shown(&self.asset.url);
        let text = format!("could not fetch `{url}`: the server answered {}; {why}", response.status());
        Error::new(ErrorKind::Download, text).with_reply(crate::client::reply(response.status(), response.headers()))
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
            ..Version::of(&self.asset.url)
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
        let mut next = self.downloader.piece(&state.url, &mut body).await;
        let ended = loop {
            let piece = match next {
                Ok(Some(piece)) => piece,
                Ok(None) => break Ok(()),
                Err(error) => break Err(setback(error)),
            };
            let room = match self.limits.room(self.asset, sink.length(), piece.len() as u64) {
                Ok(room) => room,
                Err(error) => break Err(Setback::Fatal(error)),
            };
            let arrived;
            Written { sink, body, arrived } = sink.write(piece, body, room).await?;
            self.arrived(state, sink.length());
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
            ended => ended,
        };
        Ok((sink, ended))
    }

    fn started(&self, state: &mut State, total: Option<u64>) {
        if !std::mem::replace(&mut state.started, true) {
            (self.on_event)(&Event::Started { asset: self.asset, path: self.path, total });
        }
    }

    fn continued(&self, state: &mut State, bytes: u64) {
        state.continued = true;
        state.reported = bytes;
        (self.on_event)(&Event::Continued { path: self.path, bytes });
    }

    /// Notes that the sink has the bytes up to `position`.
    fn arrived(&self, state: &mut State, position: u64) {
        if state.retries.arrived(position) {
            state.refreshed = false;
        }
        if state.reported == 0 || position >= state.reported + PROGRESS_STEP {
            self.progress(state, position);
        }
    }

    fn progress(&self, state: &mut State, position: u64) {
        state.reported = position;
        (self.on_event)(&Event::Progress { path: self.path, bytes: position });
    }

    fn verified(&self, sink: &impl Sink, state: &mut State) -> Result<Summary, Setback> {
        let summary = sink.summary();
        match verify::verify(self.asset, sink.version(), &state.digests, &self.limits, &summary) {
            Ok(()) => Ok(summary),
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

impl Setback {
    /// Whether no later download may continue the bytes so far.
    fn spoils(&self) -> bool {
        match self {
            Self::StartOver(_) => true,
            Self::Fatal(error) => error.kind() == ErrorKind::Download,
            Self::Passing(_) | Self::Expired(_) => false,
        }
    }
}

/// What an error of the network means for the next attempt.
fn setback(error: Error) -> Setback {
    if error.is_transient() { Setback::Passing(error) } else { Setback::Fatal(error) }
}
