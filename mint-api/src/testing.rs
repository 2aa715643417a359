//! A network of unit tests, without sockets.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard};

use reqwest::{Request, Response};

use crate::network::{Exchange, Network};
use crate::{ClientBuilder, Server, Transport};

/// A network that gives its replies in turn, and keeps the requests. Afterwards it knows no server.
#[derive(Clone, Default)]
pub(crate) struct Script {
    replies: Arc<Mutex<VecDeque<Response>>>,
    sent: Arc<Mutex<Vec<Request>>>,
}

impl Script {
    /// A network with these replies: statuses and bodies.
    pub(crate) fn new(replies: impl IntoIterator<Item = (u16, &'static str)>) -> Self {
        let reply = |(status, body)| http::Response::builder().status(status).body(body).unwrap().into();
        let replies = replies.into_iter().map(reply).collect();
        Self { replies: Arc::new(Mutex::new(replies)), sent: Arc::default() }
    }

    /// Lets a client have this network, and a server in it.
    pub(crate) fn serves(&self, client: ClientBuilder) -> ClientBuilder {
        let server = Server::Custom("http://localhost/base/".to_owned());
        client.server(server).transport(Transport::default().network(self.clone()))
    }

    pub(crate) fn sent(&self) -> MutexGuard<'_, Vec<Request>> {
        self.sent.lock().unwrap()
    }

    /// A header of each request.
    pub(crate) fn headers(&self, name: &str) -> Vec<String> {
        self.sent().iter().map(|request| request.headers()[name].to_str().unwrap().to_owned()).collect()
    }
}

impl Network for Script {
    fn execute(&self, request: Request) -> Result<Exchange, Box<Request>> {
        match self.replies.lock().unwrap().pop_front() {
            Some(reply) => {
                self.sent().push(request);
                Ok(Box::pin(async move { Ok(reply) }))
            }
            None => Err(Box::new(request)),
        }
    }
}
