//! A server whose replies a test sets, and its clients.

use std::collections::VecDeque;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use mint_api::{Client, Credentials, Server as Target, Transport};
use mint_api_ext::simulator::memory::{CAPACITY, Memory, Served};
use mint_api_ext::{Mint, MintBuilder};
use mint_loopback::{Loopback, Reply, Request};
use serde_json::Value;

pub(crate) const KEY: &str = "mint_key_5f1d2c9e";

pub(crate) fn reply(status: u16, body: impl Into<Vec<u8>>) -> Reply {
    Reply::bytes(body.into()).status(status)
}

pub(crate) fn json(status: u16, content_type: &str, body: &Value) -> Reply {
    reply(status, body.to_string()).header("content-type", content_type)
}

/// A server that its clients reach in memory.
pub(crate) struct Server {
    loopback: Loopback,
    _served: Served,
    replies: Arc<Mutex<VecDeque<Reply>>>,
    /// How many of the first requests are left out.
    forgotten: AtomicUsize,
}

impl Server {
    pub(crate) async fn start() -> Self {
        let replies = Arc::new(Mutex::new(VecDeque::<Reply>::new()));
        let served = Arc::clone(&replies);
        let loopback = Loopback::start(move |_| {
            let mut replies = served.lock().unwrap();
            let next = if replies.len() > 1 { replies.pop_front() } else { replies.front().cloned() };
            next.unwrap_or_else(|| reply(500, "no reply is set"))
        });
        let loopback = loopback.await;
        let served = Served::new(loopback.address().to_string(), loopback.in_memory(CAPACITY));
        Self { loopback, _served: served, replies, forgotten: AtomicUsize::new(0) }
    }

    /// Sets the replies from now on: each is sent once, and the last one to all further requests.
    pub(crate) fn answer(&self, replies: impl IntoIterator<Item = Reply>) {
        *self.replies.lock().unwrap() = replies.into_iter().collect();
    }

    /// Removes and returns the requests.
    pub(crate) fn take_requests(&self) -> Vec<Request> {
        self.loopback.take_requests().split_off(self.forgotten.swap(0, Ordering::Relaxed))
    }

    pub(crate) fn forget_first_request(&self) {
        self.forgotten.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn client(&self) -> Client {
        let credentials = Credentials::api_key(KEY).unwrap();
        Client::builder(credentials).server(self.target()).transport(transport()).build().unwrap()
    }

    pub(crate) fn mint(&self) -> Mint {
        self.mint_builder().build().unwrap()
    }

    pub(crate) fn mint_builder(&self) -> MintBuilder {
        let credentials = Credentials::api_key(KEY).unwrap();
        let fast = NonZeroU32::new(1_000_000_000).unwrap();
        Mint::builder(credentials).server(self.target()).transport(transport()).requests_per_second(fast).seed(1)
    }

    fn target(&self) -> Target {
        Target::Custom(self.loopback.base_url().to_owned())
    }
}

/// A way to servers in memory.
pub(crate) fn transport() -> Transport {
    Transport::default().network(Memory::default())
}

/// The names of all headers in alphabetical order. A repeated header is repeated here.
pub(crate) fn header_names(request: &Request) -> Vec<&str> {
    let mut names: Vec<_> = request.headers.iter().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    names
}
