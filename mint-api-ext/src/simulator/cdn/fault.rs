//! What goes wrong with a file of the CDN.

use std::collections::{HashMap, VecDeque};

use axum::http::StatusCode;

use crate::simulator::scripts::script::status_of;

/// What goes wrong with a file of the simulator's CDN, for tests of how a program takes it.
///
/// Each request for the file meets the first fault that is left; without one the file is served as it is. Places in a
/// file are counted from its beginning, also when a part of it is asked for.
///
/// # Examples
///
/// A connection that breaks off twice, and a server that is busy once:
///
/// ```
/// use mint_api_ext::simulator::{Fault, Simulator};
/// use mint_api_ext::{Asset, AssetKind, Assets, Obtained};
///
/// # #[tokio::main(flavor = "current_thread", start_paused = true)]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let simulator = Simulator::start().await?;
/// let mint = simulator.mint()?;
/// let url = simulator.add_file("lamp.stl", "model/stl", vec![0; 1_000_000]);
/// simulator.add_fault(&url, Fault::cut_at(300_000));
/// simulator.add_fault(&url, Fault::status(429).header("retry-after", "7"));
/// simulator.add_fault(&url, Fault::cut_at(600_000));
///
/// let directory = tempfile::tempdir()?;
/// let assets = Assets::from_iter([Asset::new(AssetKind::Stl, &url)]);
/// let files = mint.download(assets).to_dir(directory.path()).await?.complete()?;
/// assert_eq!((files[0].bytes, files[0].obtained), (1_000_000, Obtained::Continued));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use = "a fault does nothing until it is given to `Simulator::add_fault`"]
pub struct Fault {
    pub(crate) what: What,
    pub(crate) headers: Vec<(String, String)>,
    /// How many requests meet it.
    times: Times,
}

#[derive(Clone, Copy, Debug)]
enum Times {
    Left(u32),
    Always,
}

#[derive(Clone, Debug)]
pub(crate) enum What {
    CutAt(usize),
    StallAt(usize),
    ExpireAt(usize),
    IgnoreRange,
    ContentRange(String),
    Etag(Option<String>),
    ContentLength(u64),
    Status(StatusCode),
    Page(String),
    Gzip,
}

impl Fault {
    fn new(what: What) -> Self {
        Self { what, headers: Vec::new(), times: Times::Left(1) }
    }

    /// The connection breaks off before this byte of the file.
    pub fn cut_at(byte: usize) -> Self {
        Self::new(What::CutAt(byte))
    }

    /// Nothing comes from this byte of the file on, and the connection stays open.
    pub fn stall_at(byte: usize) -> Self {
        Self::new(What::StallAt(byte))
    }

    /// The connection breaks off before this byte of the file, and the URL answers 403 from then on. The API has a fresh
    /// one, if the file is one of an operation.
    pub fn expire_at(byte: usize) -> Self {
        Self::new(What::ExpireAt(byte))
    }

    /// The whole file comes, whatever part is asked for.
    pub fn ignore_range() -> Self {
        Self::new(What::IgnoreRange)
    }

    /// Parts come with this `Content-Range`.
    pub fn content_range(text: &str) -> Self {
        Self::new(What::ContentRange(text.to_owned()))
    }

    /// The file is another version of itself: it has this `ETag`.
    pub fn etag(text: &str) -> Self {
        Self::new(What::Etag(Some(text.to_owned())))
    }

    /// The file comes without an `ETag`. A condition on the one it has still holds.
    pub fn no_etag() -> Self {
        Self::new(What::Etag(None))
    }

    /// The reply announces this length, whatever comes.
    pub fn content_length(bytes: u64) -> Self {
        Self::new(What::ContentLength(bytes))
    }

    /// The reply has this status and no body. A code that is no HTTP status becomes 500.
    pub fn status(status: u16) -> Self {
        Self::new(What::Status(status_of(status)))
    }

    /// The reply redirects to this URL.
    pub fn redirect(location: &str) -> Self {
        Self::status(302).header("location", location)
    }

    /// A web page comes instead of the file, with status 200.
    pub fn html() -> Self {
        let page = "<!doctype html><html><title>Sign in</title></html>";
        Self::new(What::Page(page.to_owned())).header("content-type", "text/html")
    }

    /// The file comes compressed, though nobody asked for that.
    pub fn gzip() -> Self {
        Self::new(What::Gzip)
    }

    /// Adds a header to the reply, such as `Retry-After`, or replaces it. One that HTTP cannot carry is left out.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// So many requests meet it. Default: 1.
    pub fn times(mut self, requests: u32) -> Self {
        self.times = Times::Left(requests);
        self
    }

    /// Every request from then on meets it.
    pub fn always(mut self) -> Self {
        self.times = Times::Always;
        self
    }
}

/// The faults that are left, by the path of the file.
#[derive(Debug, Default)]
pub(crate) struct Faults(HashMap<String, VecDeque<Fault>>);

impl Faults {
    pub(crate) fn add(&mut self, path: &str, fault: Fault) {
        self.0.entry(path.to_owned()).or_default().push_back(fault);
    }

    /// The fault that the next request for a file meets.
    pub(crate) fn next(&mut self, path: &str) -> Option<Fault> {
        let left = self.0.get_mut(path)?;
        loop {
            let fault = left.front_mut()?;
            match &mut fault.times {
                Times::Always => return Some(fault.clone()),
                Times::Left(0) => {
                    left.pop_front();
                }
                Times::Left(times) => {
                    *times -= 1;
                    return Some(fault.clone());
                }
            }
        }
    }
}
