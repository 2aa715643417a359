//! Calls outside a Tokio runtime.

use futures::{FutureExt as _, StreamExt as _};
use mint_api_ext::asset::{Asset, AssetKind, Assets};
use mint_api_ext::simulator::Simulator;
use mint_api_ext::{Credentials, Error, ErrorKind, Mint, Server};

/// The result of a future that must be ready at once.
fn now<T>(future: impl Future<Output = T>) -> T {
    future.now_or_never().expect("it waits for a runtime")
}

#[test]
fn every_entry_point_is_refused_without_a_panic() {
    let credentials = Credentials::api_key("key").unwrap();
    let mint = Mint::builder(credentials).server(Server::Custom("http://127.0.0.1:1".into())).build().unwrap();
    let handle = mint.attach("op").unwrap();
    let directory = tempfile::tempdir().unwrap();
    let asset = Asset::new(AssetKind::Stl, "http://127.0.0.1:1/a.stl");
    let assets = || Assets::from(asset.clone());
    let download = now(mint.download(assets()).to_dir(directory.path()).into_future());
    let writer = now(mint.download(assets()).to_writer(&asset, Vec::new()).into_future());
    let errors: Vec<(&str, Option<Error>)> = vec![
        ("operation", now(mint.operation("op")).err()),
        ("retrying", now(mint.retrying(|api| api.get_me().send())).err()),
        ("list", now(mint.models().into_stream().next()).and_then(Result::err)),
        ("start", now(mint.generate_model("a lamp").send()).err()),
        ("get", now(handle.get()).err()),
        ("wait", now(handle.wait().into_future()).err()),
        ("updates", now(handle.wait().updates().next()).and_then(Result::err)),
        ("batch", now(mint.wait_many(["op"]).next()).and_then(|(_, result)| result.err())),
        ("download", download.err()),
        // One file is one failure of the report.
        ("writer", writer.map(|mut report| report.failures.remove(0).error).ok()),
    ];
    for (name, error) in errors {
        assert_eq!(error.map(|error| error.kind()), Some(ErrorKind::NoRuntime), "{name}");
    }
    let error = now(mint.api().get_me().send()).map(drop).unwrap_err();
    assert!(error.to_string().contains("Tokio runtime"), "{error}");
    let error = now(Simulator::start()).map(drop).unwrap_err();
    assert!(error.to_string().contains("Tokio runtime"), "{error}");
}

#[test]
fn a_batch_outside_a_runtime_names_every_operation() {
    let mint = Mint::builder(Credentials::api_key("key").unwrap()).build().unwrap();
    let ended: Vec<_> = now(mint.wait_many(["op_1", "a/b", "op_2"]).collect());
    let ids: Vec<_> = ended.iter().map(|(id, _)| id.as_str()).collect();
    assert_eq!(ids, ["op_1", "a/b", "op_2"]);
    assert!(ended.iter().all(|(_, result)| result.is_err()));
}
