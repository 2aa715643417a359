//! The client, with the key of the environment or of a file.

use std::env;
use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use mint_api_ext::retry::RetryPolicy;
use mint_api_ext::{Credentials, Mint, Server};

use crate::failure::Failure;

const NO_KEY: &str = "there is no key: set MINT_API_KEY to a key from https://mint.gg, or run `mint simulator` to try \
                      everything without one";

/// A client with the key of `MINT_API_KEY`, of the file `MINT_API_KEY_FILE`, or of `mint/key` in the folder of the user's
/// configuration, in this order, for the server of `MINT_API_BASE_URL`, with as many retries as `MINT_RETRIES` says. `None`
/// without a key.
pub(crate) fn client_if_any() -> Result<Option<Mint>, Failure> {
    let Some(key) = key()? else { return Ok(None) };
    let credentials =
        Credentials::api_key(key).map_err(|error| Failure::usage(format!("the key cannot be used: {error}")))?;
    let builder = Mint::builder(credentials).user_agent_product(concat!("mint-cli/", env!("CARGO_PKG_VERSION")));
    let builder = builder.retry_policy(retry_policy(env::var_os("MINT_RETRIES").as_deref())?);
    let built = match env::var("MINT_API_BASE_URL") {
        Ok(url) => builder.server(Server::Custom(url)).build(),
        Err(_) => builder.build(),
    };
    Ok(Some(built?))
}

/// As [`client_if_any`]; without a key, the error says where to get one.
pub(crate) fn client() -> Result<Mint, Failure> {
    client_if_any()?.ok_or_else(|| Failure::usage(NO_KEY))
}

/// The policy of so many retries.
fn retry_policy(retries: Option<&OsStr>) -> Result<RetryPolicy, Failure> {
    let Some(text) = retries.filter(|text| !text.is_empty()) else { return Ok(RetryPolicy::new()) };
    let retries = text.to_str().and_then(|text| text.parse().ok()).map(<u32 as From<u16>>::from);
    let wrong = || Failure::usage("MINT_RETRIES is no number from 0 to 65535; set it again, or remove it");
    Ok(RetryPolicy::new().attempts(retries.ok_or_else(wrong)? + 1))
}

fn key() -> Result<Option<String>, Failure> {
    match env::var("MINT_API_KEY") {
        Ok(key) if !key.trim().is_empty() => return Ok(Some(key.trim().to_owned())),
        Err(env::VarError::NotUnicode(_)) => return Err(Failure::usage("MINT_API_KEY is not a key; set it again")),
        _ => {}
    }
    if let Some(path) = variable("MINT_API_KEY_FILE") {
        return match read(&path)? {
            Some(key) => Ok(Some(key)),
            None => Err(Failure::usage(format!("MINT_API_KEY_FILE names `{}`, which is no file", path.display()))),
        };
    }
    let folder = variable("XDG_CONFIG_HOME").or_else(|| Some(variable("HOME")?.join(".config")));
    let folder = if cfg!(windows) { variable("APPDATA") } else { folder };
    folder.map_or(Ok(None), |folder| read(&folder.join("mint/key")))
}

fn variable(name: &str) -> Option<PathBuf> {
    env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from)
}

/// Reads a file that only its owner can read. On Windows the permissions are not looked at.
fn read(path: &Path) -> Result<Option<String>, Failure> {
    let shown = path.display();
    let cannot = |error: io::Error| Failure::usage(format!("could not read the key in `{shown}`: {error}"));
    let mut file = match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        opened => opened.map_err(cannot)?,
    };
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        if file.metadata().map_err(cannot)?.mode() & 0o077 != 0 {
            let text = format!("others can read the key in `{shown}`; run `chmod 600 '{shown}'`, then run again");
            return Err(Failure::usage(text));
        }
    }
    let mut key = String::new();
    file.read_to_string(&mut key).map_err(cannot)?;
    match key.trim() {
        "" => Err(Failure::usage(format!("`{shown}` is empty; write a key from https://mint.gg into it"))),
        key => Ok(Some(key.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use mint_api_ext::simulator::{Reply, Route, Simulator};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_call_is_sent_again_as_often_as_is_set() {
        let simulator = Simulator::start().await.unwrap();
        for (retries, failures, succeeds) in
            [(None, 5, true), (None, 6, false), (Some(""), 5, true), (Some("0"), 1, false), (Some("2"), 2, true)]
        {
            let policy = retry_policy(retries.map(OsStr::new)).unwrap();
            let mint = simulator.mint_builder().unwrap().retry_policy(policy).build().unwrap();
            let before = simulator.api_requests().len();
            for _ in 0..failures {
                simulator.reply_next(Route::GetUsage, Reply::problem(503));
            }
            assert_eq!(mint.credits().await.is_ok(), succeeds, "{retries:?} {failures}");
            let sent = simulator.api_requests().len() - before;
            assert_eq!(sent, failures + usize::from(succeeds), "{retries:?}");
        }
    }

    #[test]
    fn what_is_no_number_of_retries() {
        for wrong in ["-1", "many", "65536", "1.5"] {
            let Failure { code, text } = retry_policy(Some(OsStr::new(wrong))).unwrap_err();
            assert!(code as u8 == 2 && text.contains("MINT_RETRIES"), "{wrong}: {text}");
        }
    }
}
