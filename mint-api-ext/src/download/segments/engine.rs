//! Fetches the rest of a file over several connections.

mod replies;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures::FutureExt as _;
use futures::future::{AbortHandle, Abortable, Aborted, BoxFuture};
use futures::stream::{FuturesUnordered, StreamExt as _};
use reqwest::Response;
use tokio::time::{Instant, sleep};

use super::super::destination::Arrival;
use super::super::fetch::{Job, State};
use super::super::setback::Setback;
use super::super::sidecar::Version;
use super::super::transfer::{Kept, part};
use super::ledger::Id;
use super::scattered::{Run, Scattered};
use crate::client::{Connection, Downloader, blocking};
use crate::error::Error;

/// A connection that has brought bytes, and then brings nothing for so long, is given up: another one brings the rest.
const SILENT: Duration = Duration::from_secs(3);

/// A connection of the file.
struct Link {
    /// Where its segment begins.
    start: u64,
    /// Whether it has brought bytes, of this segment or another.
    has_brought: bool,
    /// Since when it is waited for the next piece of a reply that has begun.
    waiting: Option<Instant>,
    /// Ends that wait, and the connection.
    abort: AbortHandle,
    /// Whether it shows if the URL has expired.
    is_probe: bool,
    /// `None` for the connection that every file has.
    counted: Option<Connection>,
}

impl Link {
    fn new(start: u64, has_brought: bool, counted: Option<Connection>) -> Self {
        // Nothing is waited for yet.
        let abort = AbortHandle::new_pair().0;
        Self { start, has_brought, waiting: None, abort, is_probe: false, counted }
    }
}

/// What the network brought.
enum Brought {
    Reply { reply: Result<Response, Error>, says_expired: bool },
    Piece { body: Response, piece: Result<Option<Bytes>, Error> },
}

/// What a task has done.
enum Done {
    Wrote { id: Id, body: Response, run: Run },
    Hashed,
    Synced,
}

struct Engine<'e, 'a> {
    job: &'e Job<'a>,
    /// Gives each request a connection of its own.
    further: Downloader,
    state: &'e mut State,
    version: Version,
    file: Arc<Scattered>,
    links: BTreeMap<Id, Link>,
    next: Id,
    network: FuturesUnordered<Abortable<BoxFuture<'e, (Id, Brought)>>>,
    /// Never dropped before they end, unless the whole download is.
    disk: FuturesUnordered<BoxFuture<'static, Result<Done, Error>>>,
    is_hashing: bool,
    is_syncing: bool,
    /// Whether a connection was refused as by an expired URL. Once all others are done, one shows whether it is good.
    is_expired: bool,
    /// No connection is opened before.
    not_before: Option<(Instant, Error)>,
}

impl Job<'_> {
    /// Fetches what is missing of a version of a file. `body` is a reply that begins at the first hole, and `arrived` came of
    /// it. The outer error is that of the file.
    pub(in crate::download) async fn segments(
        &self,
        version: Version,
        file: Arc<Scattered>,
        body: Response,
        arrived: Option<Arrival>,
        state: &mut State,
    ) -> Result<Result<(), Setback>, Error> {
        let downloader = self.downloader.clone();
        let further = match blocking(move || Ok(downloader.with_own_connections())).await? {
            Some(further) => further,
            None => {
                state.pace.cap(1);
                self.downloader.clone()
            }
        };
        let mut engine = Engine {
            job: self,
            further,
            state,
            version,
            file,
            links: BTreeMap::new(),
            next: 0,
            network: FuturesUnordered::new(),
            disk: FuturesUnordered::new(),
            is_hashing: false,
            is_syncing: false,
            is_expired: false,
            not_before: None,
        };
        let ended = engine.run(body, arrived).await;
        let closed = engine.close().await;
        let ended = ended?;
        closed?;
        Ok(ended)
    }
}

impl<'e> Engine<'e, '_> {
    async fn run(&mut self, body: Response, arrived: Option<Arrival>) -> Result<Result<(), Setback>, Error> {
        let total = self.file.ledger().total();
        if let Err(error) = self.job.limits.room(&self.job.item.asset, Some(total), 0, total) {
            return Ok(Err(Setback::Fatal(error)));
        }
        if let Err(setback) = self.begin(body, arrived) {
            return Ok(Err(setback));
        }
        loop {
            self.keep();
            if self.disk.is_empty() && self.file.ledger().is_whole() {
                return Ok(Ok(()));
            }
            if let Err(setback) = self.open_more() {
                return Ok(Err(setback));
            }
            let brought = tokio::select! {
                Some(done) = self.disk.next() => self.done(done?),
                Some(brought) = self.network.next() => match brought {
                    Ok((id, brought)) => self.brought(id, brought),
                    Err(Aborted) => Ok(()),
                },
                // A connection may have been silent for long enough, or a server may allow another one.
                () = sleep(SILENT), if !self.links.is_empty() => Ok(()),
                else => Err(self.broken()),
            };
            if let Err(setback) = brought {
                return Ok(Err(setback));
            }
        }
    }

    /// Waits for the tasks, so that the sink is not in use, and hashes what its turn has come for.
    async fn close(&mut self) -> Result<(), Error> {
        self.network.clear();
        let mut failed = None;
        while let Some(done) = self.disk.next().await {
            failed = failed.or(done.err());
        }
        let file = Arc::clone(&self.file);
        let caught_up = blocking(move || {
            while file.is_behind() {
                file.catch_up()?;
            }
            Ok(())
        });
        failed.map_or(Ok(()), Err).and(caught_up.await)?;
        let held = self.file.held();
        if held != self.state.reported {
            self.job.progress(self.state, held);
        }
        Ok(())
    }

    /// Takes over the reply that the file was asked for with.
    fn begin(&mut self, body: Response, arrived: Option<Arrival>) -> Result<(), Setback> {
        let (id, from) = (self.id(), self.file.length());
        self.file.ledger().share_among(self.state.pace.connections() as u64);
        let Some((start, _)) = self.file.ledger().claim(id, Some(from)) else {
            return Ok(());
        };
        self.links.insert(id, Link::new(start, true, None));
        self.went_on(id, body, arrived)
    }

    fn id(&mut self) -> Id {
        self.next += 1;
        self.next
    }

    /// Hashes and syncs beside the connections.
    fn keep(&mut self) {
        if !self.is_hashing && self.file.is_behind() {
            self.is_hashing = true;
            let file = Arc::clone(&self.file);
            self.disk.push(blocking(move || file.catch_up().map(|()| Done::Hashed)).boxed());
        }
        if !self.is_syncing && self.file.is_unsynced() {
            self.is_syncing = true;
            let file = Arc::clone(&self.file);
            self.disk.push(blocking(move || file.sync().map(|()| Done::Synced)).boxed());
        }
    }

    fn open_more(&mut self) -> Result<(), Setback> {
        self.give_up_silent();
        let wanted = self.state.pace.connections();
        self.file.ledger().share_among(wanted as u64);
        while self.links.len() < wanted && (!self.is_expired || self.links.is_empty()) {
            if let Some((then, _)) = &self.not_before
                && Instant::now() < *then
            {
                break;
            }
            self.not_before = None;
            let counted = match self.links.values().all(|link| link.counted.is_some()) {
                true => None,
                false => match self.state.connection.another() {
                    Some(connection) => Some(connection),
                    None => {
                        self.state.pace.postpone(self.links.len());
                        break;
                    }
                },
            };
            let id = self.id();
            if !self.ask(id, counted, false) {
                break;
            }
        }
        match self.not_before.take() {
            // The wait is the file's.
            Some((_, error)) if self.links.is_empty() && self.disk.is_empty() => Err(Setback::Passing(error)),
            not_before => {
                self.not_before = not_before;
                Ok(())
            }
        }
    }

    /// Gives up the connections that are silent, unless the server sends the file over one connection only.
    fn give_up_silent(&mut self) {
        let now = Instant::now();
        let is_silent = |link: &Link| link.waiting.is_some_and(|since| now - since >= SILENT);
        if self.state.pace.may_have_more() {
            let silent: Vec<_> = self.links.iter().filter(|(_, link)| is_silent(link)).map(|(id, _)| *id).collect();
            silent.into_iter().for_each(|id| self.drop_link(id));
        }
    }

    /// Asks for the next segment. Returns `false` when every segment has a connection.
    fn ask(&mut self, id: Id, counted: Option<Connection>, has_brought: bool) -> bool {
        let claimed = {
            let mut ledger = self.file.ledger();
            ledger.claim(id, None).or_else(|| ledger.share(id))
        };
        let Some((start, end)) = claimed else {
            return false;
        };
        self.links.insert(id, Link { is_probe: self.is_expired, ..Link::new(start, has_brought, counted) });
        self.state.attempts += 1;
        let headers = part(self.kept(start), end);
        let (job, url) = (self.job, self.state.url.clone());
        let downloader = if self.state.pace.connections() > 1 { &self.further } else { job.downloader }.clone();
        let reply = async move {
            let mut reply = downloader.get(&url, &headers).await;
            let says_expired = match &mut reply {
                Ok(reply) => job.says_expired(&url, reply).await,
                Err(_) => false,
            };
            (id, Brought::Reply { reply, says_expired })
        };
        self.push(id, reply.boxed());
        true
    }

    /// Waits for what the network brings, unless the connection is given up before.
    fn push(&mut self, id: Id, brings: BoxFuture<'e, (Id, Brought)>) {
        let (abort, registration) = AbortHandle::new_pair();
        if let Some(link) = self.links.get_mut(&id) {
            link.abort = abort;
            self.network.push(Abortable::new(brings, registration));
        }
    }

    fn kept(&self, length: u64) -> Kept<'_> {
        Kept::of(&self.version, length)
    }
}
