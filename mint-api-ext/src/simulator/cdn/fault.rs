//! Faults of the CDN.

use std::collections::{HashMap, VecDeque};

use axum::http::StatusCode;

use crate::asset::AssetKind;
use crate::simulator::http::status_or_500;

/// A fault of a file on the simulator's CDN, for tests of error handling.
///
/// Each request for the file meets the first fault that remains. A request that meets no fault gets the file unchanged.
/// Byte positions count from the start of the file, even when the request asks for a range.
///
/// # Examples
///
/// Two broken connections, with a busy server between them:
///
/// ```
/// use mint_api_ext::simulator::{Fault, Simulator};
/// use mint_api_ext::asset::{Asset, AssetKind, Assets};
/// use mint_api_ext::download::Obtained;
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
    pub(crate) effect: Effect,
    pub(crate) headers: Vec<(String, String)>,
    remaining: Remaining,
}

/// How many more requests meet a fault.
#[derive(Clone, Copy, Debug)]
enum Remaining {
    Requests(u32),
    Always,
}

#[derive(Clone, Debug)]
pub(crate) enum Effect {
    CutAt(usize),
    StallAt(usize),
    Drip(u64),
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
    /// The connection breaks before this byte of the file.
    pub fn cut_at(byte: usize) -> Self {
        Self::new(Effect::CutAt(byte))
    }

    /// The server sends nothing from this byte of the file on. The connection stays open.
    pub fn stall_at(byte: usize) -> Self {
        Self::new(Effect::StallAt(byte))
    }

    /// The server sends this many bytes a second, in a piece each second. 0 counts as 1.
    pub fn drip(bytes_per_second: u64) -> Self {
        Self::new(Effect::Drip(bytes_per_second.max(1)))
    }

    /// The connection breaks before this byte of the file, and the URL expires: it gets 403 from then on. If the file
    /// belongs to an operation, the API returns a fresh URL.
    pub fn expire_at(byte: usize) -> Self {
        Self::new(Effect::ExpireAt(byte))
    }

    /// The server ignores `Range` and sends the whole file.
    pub fn ignore_range() -> Self {
        Self::new(Effect::IgnoreRange)
    }

    /// The reply has this `Content-Range`.
    pub fn content_range(text: &str) -> Self {
        Self::new(Effect::ContentRange(text.to_owned()))
    }

    /// The reply has this `ETag`, as if the file had changed.
    pub fn etag(text: &str) -> Self {
        Self::new(Effect::Etag(Some(text.to_owned())))
    }

    /// The reply has no `ETag`. Conditional requests still compare with the ETag of the file.
    pub fn no_etag() -> Self {
        Self::new(Effect::Etag(None))
    }

    /// The reply has this `Content-Length`, whatever the length of its body.
    pub fn content_length(bytes: u64) -> Self {
        Self::new(Effect::ContentLength(bytes))
    }

    /// The reply has this status and no body. A code that is not an HTTP status becomes 500.
    pub fn status(status: u16) -> Self {
        Self::new(Effect::Status(status_or_500(status)))
    }

    /// The reply redirects to this URL.
    pub fn redirect(location: &str) -> Self {
        Self::status(302).header("location", location)
    }

    /// The reply is a web page with status 200 instead of the file.
    pub fn html() -> Self {
        let page = "<!doctype html><html><title>Sign in</title></html>";
        Self::new(Effect::Page(page.to_owned())).header("content-type", "text/html")
    }

    /// The reply is compressed with gzip, even if the request does not accept that.
    pub fn gzip() -> Self {
        Self::new(Effect::Gzip)
    }

    /// Sets a header of the reply, such as `Retry-After`. A header that HTTP cannot carry is left out.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Sets how many requests meet the fault. Default: 1.
    pub fn times(mut self, requests: u32) -> Self {
        self.remaining = Remaining::Requests(requests);
        self
    }

    /// Every later request meets the fault.
    pub fn always(mut self) -> Self {
        self.remaining = Remaining::Always;
        self
    }

    fn new(effect: Effect) -> Self {
        Self { effect, headers: Vec::new(), remaining: Remaining::Requests(1) }
    }
}

/// What a fault was given to.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(crate) enum Target {
    /// The file at a path.
    Path(String),
    /// Whichever file of an owner, such as an operation, is requested next.
    Owner(String),
    /// Whichever file of a kind is requested next.
    Kind(AssetKind),
}

/// The faults that remain.
#[derive(Debug, Default)]
pub(crate) struct Faults(HashMap<Target, VecDeque<Fault>>);

impl Faults {
    pub(crate) fn add(&mut self, target: Target, fault: Fault) {
        self.0.entry(target).or_default().push_back(fault);
    }

    /// Takes the next fault of a target.
    pub(crate) fn next(&mut self, target: &Target) -> Option<Fault> {
        let faults = self.0.get_mut(target)?;
        loop {
            let fault = faults.front_mut()?;
            match &mut fault.remaining {
                Remaining::Always => return Some(fault.clone()),
                Remaining::Requests(0) => {
                    faults.pop_front();
                }
                Remaining::Requests(requests) => {
                    *requests -= 1;
                    return Some(fault.clone());
                }
            }
        }
    }
}
