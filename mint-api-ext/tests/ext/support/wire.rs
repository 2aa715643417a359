//! Clients that reach servers over sockets.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex};

use mint_api_ext::Mint;
use mint_api_ext::client::Transport;
use mint_api_ext::client::mint_api::{Exchange, Network};
use mint_api_ext::simulator::Simulator;
use reqwest::Request;

/// A client that reaches a simulator over sockets.
pub(crate) fn mint(simulator: &Simulator) -> Mint {
    simulator.mint_builder().unwrap().transport(Transport::default()).build().unwrap()
}

/// Stops the paused clock when a request is sent over sockets, so that the system may take its time.
///
/// [`Transport::network`] takes it. The clock stands until [`go_on`](Self::go_on), which a test calls once nothing is on its
/// way.
#[derive(Clone, Debug, Default)]
pub(crate) struct StoppedClock(Arc<State>);

#[derive(Debug, Default)]
struct State {
    /// The number of the request, from 0, that gets no answer, so that the clock goes on.
    silent: Option<usize>,
    sent: AtomicUsize,
    /// Keeps a blocking thread of the runtime busy, which holds the paused clock. Dropping the sender ends that.
    standing: Mutex<Option<Sender<()>>>,
}

impl StoppedClock {
    /// Goes on while one request is sent, counted from 0, which the server is known not to answer.
    pub(crate) fn but_for(silent: usize) -> Self {
        Self(Arc::new(State { silent: Some(silent), ..State::default() }))
    }

    pub(crate) fn go_on(&self) {
        *self.0.standing.lock().unwrap() = None;
    }
}

impl Network for StoppedClock {
    fn execute(&self, request: Request) -> Result<Exchange, Box<Request>> {
        let number = self.0.sent.fetch_add(1, Ordering::SeqCst);
        if self.0.silent != Some(number) {
            let mut standing = self.0.standing.lock().unwrap();
            if standing.is_none() {
                let (sender, dropped) = channel::<()>();
                tokio::task::spawn_blocking(move || dropped.recv());
                *standing = Some(sender);
            }
        }
        Err(request.into())
    }
}
