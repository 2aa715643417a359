//! Fetching one file, with all the tries it takes.

use std::path::Path;
use std::time::Duration;

use reqwest::Response;
use reqwest::header::CONTENT_TYPE;
use tokio::time::sleep;

use super::digest::Digests;
use super::download::OnEvent;
use super::part::Arrival;
use super::refresh::Refresher;
use super::retry::Retries;
use super::sidecar::Version;
use super::sink::Sink;
use super::sum::Summary;
use super::transfer::{Asked, Decision, decide, rest, text, unless, validators};
use super::verify::{self, Limits};
use super::{Event, Obtained};
use crate::asset::Asset;
use crate::client::{Downloader, fetch_error, refused};
use crate::error::{Error, ErrorKind, shown};

/// How far apart events of progress are.
const PROGRESS_STEP: u64 = 64 * 1024;

/// A file to fetch.
pub(super) struct Job<'a> {
    pub(super) downloader: &'a Downloader,
    pub(super) refresher: &'a Refresher,
    pub(super) limits: Limits,
    pub(super) asset: &'a Asset,
    /// Where the file will be, for events.
    pub(super) path: &'a Path,
    pub(super) on_event: &'a OnEvent,
    /// What the local file is, if it need not be fetched again.
    pub(super) have: Option<&'a Version>,
}

/// A file that was fetched, or need not be.
#[derive(Debug)]
pub(super) struct Fetched {
    /// `None` for a file that is unchanged.
    pub(super) summary: Option<Summary>,
    pub(super) version: Version,
    pub(super) obtained: Obtained,
    pub(super) attempts: u32,
}

/// Why a try did not bring the file.
enum Setback {
    /// Another try may.
    Passing(Error),
    /// Another URL may.
    Expired(Error),
    /// What is there is of no use.
    StartOver(Error),
    /// Nothing will.
    Fatal(Error),
}

enum Arrived {
    Whole,
    Unchanged(Version),
}

struct State {
    url: String,
    retries: Retries,
    attempts: u32,
    refreshed: bool,
    started: bool,
    continued: bool,
    reported: u64,
    /// Digests that came with the rest of a file.
    digests: Digests,
}

impl Job<'_> {
    /// Fetches the file into a sink, and checks it. What the sink then holds is the file, whole.
    pub(super) async fn fetch(&self, sink: &mut Sink, retries: Retries) -> Result<Fetched, Error> {
        let mut state = State {
            url: self.asset.url.clone(),
            retries,
            attempts: 0,
            refreshed: false,
            started: false,
            continued: false,
            reported: 0,
            digests: Digests::default(),
        };
        state.retries.arrived(sink.length());
        let mut second_look = false;
        loop {
            state.attempts += 1;
            let setback = match self.attempt(sink, &mut state).await {
                Ok(Arrived::Unchanged(version)) => {
                    return Ok(Fetched {
                        summary: None,
                        version,
                        obtained: Obtained::AlreadyThere,
                        attempts: state.attempts,
                    });
                }
                Ok(Arrived::Whole) => match self.verified(sink, &state) {
                    Ok(fetched) => {
                        (self.on_event)(&Event::Verified { path: self.path, bytes: sink.length() });
                        return Ok(fetched);
                    }
                    // What was there before may have been spoiled on disk: once more, from the beginning.
                    Err(error) if state.continued && !second_look => {
                        second_look = true;
                        state.continued = false;
                        Setback::StartOver(error)
                    }
                    Err(error) => Setback::Fatal(error),
                },
                Err(setback) => setback,
            };
            self.recover(setback, sink, &mut state).await?;
        }
    }

    /// Does what a setback asks for before the next try, or gives up.
    async fn recover(&self, setback: Setback, sink: &mut Sink, state: &mut State) -> Result<(), Error> {
        match setback {
            Setback::Fatal(error) => {
                if error.kind() == ErrorKind::Download {
                    // What is there must not be continued later.
                    sink.clear().await?;
                }
                Err(error)
            }
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
                sink.clear().await?;
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

    async fn attempt(&self, sink: &mut Sink, state: &mut State) -> Result<Arrived, Setback> {
        let length = sink.length();
        let version = sink.version().cloned().unwrap_or_default();
        let kept = version.kept(length);
        let (asked, conditions) = match self.have {
            _ if kept.can_continue() => (Asked::Rest, rest(kept)),
            Some(have) => (Asked::IfChanged, unless(have.etag.as_deref(), have.last_modified.as_deref())),
            None => (Asked::Whole, Default::default()),
        };
        let response = self.downloader.get(&state.url, &conditions).await.map_err(setback)?;
        match decide(asked, kept, response.status(), response.headers()) {
            Decision::Unchanged => return Ok(Arrived::Unchanged(self.have.cloned().unwrap_or_default())),
            Decision::Complete => {
                self.started(state, Some(length));
                self.continued(state, length);
                return Ok(Arrived::Whole);
            }
            Decision::Continue => {
                let digests = Digests::of(response.status(), response.headers());
                state.digests = digests;
                self.started(state, version.total);
                self.continued(state, length);
                self.body(response, sink, state, version.total).await?;
            }
            Decision::Restart { total } => {
                self.limits.admit(self.asset, total).map_err(Setback::Fatal)?;
                state.continued = false;
                state.reported = 0;
                sink.restart(self.version(&response, total)).await.map_err(Setback::Fatal)?;
                self.started(state, total.or(self.asset.bytes));
                self.body(response, sink, state, total).await?;
            }
            Decision::StartOver => {
                let why = "what the server sends does not go with what is there; download again";
                return Err(Setback::StartOver(refused(&state.url, why)));
            }
            Decision::Retry => return Err(Setback::Passing(self.answered(&response, "try again later"))),
            Decision::Expired => {
                return Err(Setback::Expired(self.answered(&response, "read the operation again for a fresh URL")));
            }
            Decision::Refuse(why) => return Err(Setback::Fatal(self.answered(&response, why))),
        }
        Ok(Arrived::Whole)
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

    /// Takes the body of a reply.
    async fn body(
        &self,
        mut response: Response,
        sink: &mut Sink,
        state: &mut State,
        total: Option<u64>,
    ) -> Result<(), Setback> {
        let url = state.url.clone();
        let mut position = sink.length();
        let mut next: Option<Arrival> = None;
        let ended = loop {
            let piece = match next.take() {
                Some(piece) => piece.map_err(|error| fetch_error(&url, error)),
                None => self.downloader.piece(&url, &mut response).await,
            };
            let piece = match piece {
                Ok(Some(piece)) => piece,
                Ok(None) => break Ok(()),
                Err(error) => break Err(setback(error)),
            };
            if let Err(error) = self.limits.admit_some(self.asset, position + piece.len() as u64) {
                break Err(Setback::Fatal(error));
            }
            let most = self.limits.most(self.asset) - position;
            (response, next) = sink.write(piece, response, most).await.map_err(Setback::Fatal)?;
            position = sink.length();
            self.arrived(state, position);
        };
        if position != state.reported {
            self.progress(state, position);
        }
        ended?;
        if total.is_some_and(|total| position < total) {
            // A server may send less of a part than was asked for.
            let text = format!("could not fetch `{}`: the connection broke off; try again", shown(&url));
            return Err(Setback::Passing(Error::new(ErrorKind::Transport, text)));
        }
        Ok(())
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

    /// Bytes were written, up to this place.
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

    fn verified(&self, sink: &Sink, state: &State) -> Result<Fetched, Error> {
        let lost = || Error::new(ErrorKind::Io, "the partial file was lost when a task that wrote it stopped");
        let summary = sink.summary().ok_or_else(lost)?;
        let version = sink.version().cloned().unwrap_or_default();
        verify::verify(self.asset, &version, &state.digests, &self.limits, &summary)?;
        let obtained = if state.continued { Obtained::Continued } else { Obtained::Fetched };
        Ok(Fetched { summary: Some(summary), version, obtained, attempts: state.attempts })
    }
}

/// What an error of the network means for the next try.
fn setback(error: Error) -> Setback {
    match error.kind() {
        ErrorKind::Transport | ErrorKind::Timeout => Setback::Passing(error),
        _ => Setback::Fatal(error),
    }
}
