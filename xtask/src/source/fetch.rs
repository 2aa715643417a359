//! One GET, with bounds on all that a server could do with it.

use std::error::Error;
use std::sync::OnceLock;
use std::time::Duration;

use reqwest::header::{
    ACCEPT, ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE, ETAG, HeaderMap, IF_NONE_MATCH, LOCATION,
};
use reqwest::redirect::Policy;
use reqwest::{Client, Response, StatusCode};
use url::Url;

use super::SAVE_IT;
use super::address::{self, is_loopback};
use crate::input::MOST_BYTES;
use crate::problem::Problem;

/// How long a reply may take, redirects and body included.
const MOST_TIME: Duration = Duration::from_secs(60);

const MOST_REDIRECTS: usize = 5;

const ACCEPTED: &str = "application/json, application/yaml;q=0.9, text/markdown;q=0.9, text/plain;q=0.8";

/// Media types that a document or a docs page may have. Some hosts know no better than `octet-stream` for YAML.
const TYPES: [&str; 9] = [
    "application/json",
    "application/octet-stream",
    "application/x-yaml",
    "application/yaml",
    "text/markdown",
    "text/plain",
    "text/x-markdown",
    "text/x-yaml",
    "text/yaml",
];

/// Fetches texts over https, or over http from this machine.
#[derive(Debug, Default)]
pub(crate) struct Fetcher {
    // Made when they are needed: without certificates on the machine there is no client for https.
    https: OnceLock<Client>,
    loopback: OnceLock<Client>,
}

/// A text from a server.
#[derive(Debug)]
pub(crate) struct Fetched {
    pub(crate) text: String,
    pub(crate) etag: Option<String>,
}

/// How many bytes may still come.
#[derive(Debug)]
pub(crate) struct Budget(u64);

impl Budget {
    /// That of a whole source, be it of one page or of many.
    pub(crate) fn of_a_source() -> Self {
        Self(MOST_BYTES)
    }

    fn take(&mut self, bytes: u64) -> Result<(), String> {
        self.0 = self.0.checked_sub(bytes).ok_or_else(too_large)?;
        Ok(())
    }
}

impl Fetcher {
    /// Fetches a text; `None` when it is the version that `etag` names (RFC 9110, section 13.1.2).
    ///
    /// # Errors
    ///
    /// When no whole text of a fitting type comes within a minute, or more bytes than the budget has.
    pub(crate) async fn get(
        &self,
        url: &Url,
        etag: Option<&str>,
        budget: &mut Budget,
    ) -> Result<Option<Fetched>, Problem> {
        let reply = tokio::time::timeout(MOST_TIME, self.follow(url.clone(), etag, budget));
        let late = |_| Err(format!("there was no whole reply within {} s", MOST_TIME.as_secs()));
        let reply = reply.await.unwrap_or_else(late);
        reply.map_err(|why| Problem::new(format!("cannot fetch `{}`", address::shown(url)), why, SAVE_IT))
    }

    async fn follow(&self, mut url: Url, etag: Option<&str>, budget: &mut Budget) -> Result<Option<Fetched>, String> {
        for _ in 0..=MOST_REDIRECTS {
            let reply = self.ask(&url, etag).await?;
            match (reply.status(), etag) {
                (StatusCode::OK, _) => return read(reply, budget).await.map(Some),
                (StatusCode::NOT_MODIFIED, Some(_)) => return Ok(None),
                _ => url = target(&url, &reply)?,
            }
        }
        Err(format!("it redirects more than {MOST_REDIRECTS} times"))
    }

    async fn ask(&self, url: &Url, etag: Option<&str>) -> Result<Response, String> {
        let client = self.client(url).map_err(|error| chain(&error))?;
        let mut request = client.get(url.clone()).header(ACCEPT, ACCEPTED).header(ACCEPT_ENCODING, "identity");
        if let Some(etag) = etag {
            request = request.header(IF_NONE_MATCH, etag);
        }
        request.send().await.map_err(|error| chain(&error.without_url()))
    }

    fn client(&self, url: &Url) -> Result<&Client, reqwest::Error> {
        // Another client may have done so.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let builder = Client::builder().redirect(Policy::none()).referer(false);
        let builder = builder.user_agent(concat!("mint-rust-xtask/", env!("CARGO_PKG_VERSION")));
        // The proxy of the system has no way back to this machine, and http needs no certificates.
        let (client, builder) = match is_loopback(url) && url.scheme() == "http" {
            true => (&self.loopback, builder.no_proxy().tls_certs_only([])),
            false => (&self.https, builder),
        };
        match client.get() {
            Some(client) => Ok(client),
            None => {
                let made = builder.build()?;
                Ok(client.get_or_init(|| made))
            }
        }
    }
}

/// Where a reply that is not the text leads to.
fn target(url: &Url, reply: &Response) -> Result<Url, String> {
    let answered = format!("it answered {}", reply.status());
    let redirects = matches!(reply.status().as_u16(), 301 | 302 | 303 | 307 | 308);
    match reply.headers().get(LOCATION) {
        Some(location) if redirects => {
            let location = location.to_str().map_err(|_| format!("{answered} with a `Location` that is no text"))?;
            address::follow(url, location)
        }
        _ => Err(answered),
    }
}

async fn read(mut reply: Response, budget: &mut Budget) -> Result<Fetched, String> {
    check_type(reply.headers())?;
    if reply.content_length().is_some_and(|length| length > budget.0) {
        return Err(too_large());
    }
    let mut bytes = Vec::new();
    loop {
        match reply.chunk().await {
            Ok(Some(chunk)) => {
                budget.take(chunk.len() as u64)?;
                bytes.extend_from_slice(&chunk);
            }
            Ok(None) => break,
            Err(error) => {
                let why = chain(&error.without_url());
                return Err(format!("the reply broke off after {} bytes: {why}", bytes.len()));
            }
        }
    }
    let etag = reply.headers().get(ETAG).and_then(|etag| etag.to_str().ok()).map(str::to_owned);
    let text =
        String::from_utf8(bytes).map_err(|error| format!("byte {} is not UTF-8", error.utf8_error().valid_up_to()))?;
    Ok(Fetched { text, etag })
}

fn check_type(headers: &HeaderMap) -> Result<(), String> {
    let text = |name| headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).to_ascii_lowercase());
    if let Some(coding) = text(CONTENT_ENCODING).filter(|coding| coding != "identity") {
        return Err(format!("its content is encoded as `{coding}`, which was not asked for"));
    }
    let Some(whole) = text(CONTENT_TYPE) else {
        return Ok(());
    };
    let media_type = whole.split(';').next().unwrap_or_default().trim();
    if TYPES.contains(&media_type) || media_type.ends_with("+json") || media_type.ends_with("+yaml") {
        return Ok(());
    }
    Err(format!("its content type is `{media_type}`; a document is JSON, YAML or Markdown"))
}

fn too_large() -> String {
    format!("it has more than {} MB, so it is hardly an API description", MOST_BYTES / 1_000_000)
}

/// An error and what caused it, in one line.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        let cause = error.to_string();
        if !text.contains(&cause) {
            text.push_str(": ");
            text.push_str(&cause);
        }
        source = error.source();
    }
    text
}
