//! Names that other files have: of another operation, or of no download.

use std::path::Path;
use std::sync::Arc;

use mint_api_ext::asset::Assets;
use mint_api_ext::download::{Download, Obtained, Overwrite};
use mint_api_ext::simulator::{Fault, Simulator};
use mint_api_ext::types::Operation;
use mint_api_ext::{Error, ErrorKind};
use object_store::ObjectStoreExt as _;
use object_store::memory::InMemory;
use serde_json::json;

use crate::support::leaks::CleanErr as _;

/// An operation of a model that has one file, of these bytes.
fn operation(simulator: &Simulator, id: &str, model: &str, bytes: &[u8]) -> Operation {
    let url = simulator.add_file("a.stl", "model/stl", bytes.to_vec()) + "?signature=1";
    let resource = json!({"type": "model", "id": model});
    let operation = json!({"id": id, "status": "succeeded", "resource": resource, "assets": {"stlUrl": url}});
    serde_json::from_value(operation).unwrap()
}

fn is_refused(error: &Error) {
    assert_eq!(error.kind(), ErrorKind::Io, "{error}");
    for way_out in ["a directory for each operation", "`Asset::file_name`", "`Overwrite::Always`"] {
        assert!(error.to_string().contains(way_out), "{error}");
    }
}

async fn in_directory(download: Download, directory: &Path) -> Result<Obtained, Error> {
    Ok(download.to_dir(directory).await?.complete()?[0].obtained)
}

#[tokio::test]
async fn the_file_of_another_operation() {
    let simulator = Simulator::start().await.unwrap();
    let mint = simulator.mint().unwrap();
    let first = operation(&simulator, "op_1", "m_1", b"solid first");
    let second = operation(&simulator, "op_2", "m_2", b"solid second");
    let (directory, store) = (tempfile::tempdir().unwrap(), Arc::new(InMemory::new()));
    let in_store = async |download: Download| -> Result<Obtained, Error> {
        Ok(download.to_store(store.clone(), "").await?.complete()?[0].obtained)
    };
    let place = object_store::path::Path::from("model.stl");
    in_directory(mint.download(&first), directory.path()).await.unwrap();
    in_store(mint.download(&first)).await.unwrap();
    for overwrite in [Overwrite::IfChanged, Overwrite::Never] {
        let download = || mint.download(&second).overwrite(overwrite);
        let requests = simulator.cdn_requests().len();
        is_refused(&in_directory(download(), directory.path()).await.clean_err());
        is_refused(&in_store(download()).await.clean_err());
        assert_eq!(simulator.cdn_requests().len(), requests, "refused before it is fetched");
    }
    assert_eq!(std::fs::read(directory.path().join("model.stl")).unwrap(), b"solid first");
    assert_eq!(store.get(&place).await.unwrap().bytes().await.unwrap(), "solid first");

    // By name, it is replaced; then it is the second's.
    let always = || mint.download(&second).overwrite(Overwrite::Always);
    assert_eq!(in_directory(always(), directory.path()).await.unwrap(), Obtained::Fetched);
    assert_eq!(in_store(always()).await.unwrap(), Obtained::Fetched);
    assert_eq!(std::fs::read(directory.path().join("model.stl")).unwrap(), b"solid second");
    is_refused(&in_directory(mint.download(&first), directory.path()).await.clean_err());
    is_refused(&in_store(mint.download(&first)).await.clean_err());
}

/// Of the same model under another URL: a later operation made it anew.
#[tokio::test]
async fn a_new_version_of_the_same_file() {
    let simulator = Simulator::start().await.unwrap();
    let mint = simulator.mint().unwrap();
    let directory = tempfile::tempdir().unwrap();
    for (id, bytes) in [("op_1", b"solid old"), ("op_2", b"solid new")] {
        let operation = operation(&simulator, id, "m_1", bytes);
        in_directory(mint.download(&operation), directory.path()).await.unwrap();
        assert_eq!(std::fs::read(directory.path().join("model.stl")).unwrap(), bytes);
    }
}

#[tokio::test]
async fn a_file_that_was_changed_after_a_download_wrote_it() {
    let simulator = Simulator::start().await.unwrap();
    let mint = simulator.mint().unwrap();
    let old = operation(&simulator, "op_1", "m_1", b"solid old");
    let new = operation(&simulator, "op_2", "m_1", b"solid new");
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("model.stl");
    in_directory(mint.download(&old), directory.path()).await.unwrap();
    // The length is the same, so only the bytes show the change.
    std::fs::write(&path, b"solid own").unwrap();
    for operation in [&old, &new] {
        is_refused(&in_directory(mint.download(operation), directory.path()).await.clean_err());
        assert_eq!(std::fs::read(&path).unwrap(), b"solid own");
    }
    // A download that was killed between publishing the new version and recording it.
    std::fs::write(&path, b"solid new").unwrap();
    in_directory(mint.download(&new), directory.path()).await.unwrap();
    std::fs::write(&path, b"solid own").unwrap();
    in_directory(mint.download(&new).overwrite(Overwrite::Always), directory.path()).await.unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), b"solid new");
}

#[tokio::test]
async fn a_file_that_no_download_recorded() {
    for bytes in [&b"mine"[..], b"solid own"] {
        let simulator = Simulator::start().await.unwrap();
        let mint = simulator.mint().unwrap();
        let operation = operation(&simulator, "op_1", "m_1", b"solid new");
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("model.stl");
        std::fs::write(&path, bytes).unwrap();
        is_refused(&in_directory(mint.download(&operation), directory.path()).await.clean_err());
        assert_eq!(std::fs::read(&path).unwrap(), bytes);
        assert!(!directory.path().join("mint-manifest.json").exists());

        let store = Arc::new(InMemory::new());
        let place = object_store::path::Path::from("model.stl");
        store.put(&place, bytes.to_vec().into()).await.unwrap();
        let report = mint.download(&operation).to_store(store.clone(), "").await.unwrap();
        is_refused(&report.complete().clean_err());
        assert_eq!(store.get(&place).await.unwrap().bytes().await.unwrap(), bytes);
    }
}

/// As after a process that was killed between publishing a file and recording it.
#[tokio::test]
async fn a_file_of_the_same_bytes_is_taken_up() {
    let simulator = Simulator::start().await.unwrap();
    let mint = simulator.mint().unwrap();
    let operation = operation(&simulator, "op_1", "m_1", b"solid new");
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("model.stl"), "solid new").unwrap();
    in_directory(mint.download(&operation), directory.path()).await.unwrap();
    assert_eq!(in_directory(mint.download(&operation), directory.path()).await.unwrap(), Obtained::AlreadyThere);
}

/// A user's own `model.stl.part` or `model.stl.part.json` stays, and the download continues beside it.
#[tokio::test(start_paused = true)]
async fn a_partial_file_of_another_program() {
    let bytes: Vec<u8> = (0..900_000_u32).map(|n| (n * 31 % 251) as u8).collect();
    for (name, content) in [
        ("model.stl.part", "mine"),
        ("model.stl.part.json", "{\"mine\": true}"),
        ("model.stl.part.written", "mine"),
        // A later version of this crate may write it.
        ("model.stl.part.json", "{\"version\": 99, \"url\": \"https://a.b/c\"}"),
    ] {
        let simulator = Simulator::start().await.unwrap();
        let mint = simulator.mint().unwrap();
        let operation = operation(&simulator, "op_1", "m_1", &bytes);
        let directory = tempfile::tempdir().unwrap();
        let path = |name: &str| directory.path().join(name);
        std::fs::write(path(name), content).unwrap();
        let url = operation_url(&operation);
        let is_untouched = || std::fs::read_to_string(path(name)).is_ok_and(|now| now == content);

        // Once with nothing to keep, and once with bytes to continue.
        simulator.add_fault(&url, Fault::status(400));
        in_directory(mint.download(&operation), directory.path()).await.clean_err();
        assert!(is_untouched() && !path("model.stl.2.part").exists() && !path("model.stl").exists(), "{name}");
        simulator.add_fault(&url, Fault::cut_at(500_000));
        // Longer than a download waits.
        simulator.add_fault(&url, Fault::status(429).header("retry-after", "3600"));
        in_directory(mint.download(&operation), directory.path()).await.clean_err();
        assert!(is_untouched() && !path("model.stl").exists(), "{name}");
        assert_eq!(std::fs::metadata(path("model.stl.2.part")).unwrap().len(), 500_000);
        let obtained = in_directory(mint.download(&operation), directory.path()).await.unwrap();
        assert_eq!(obtained, Obtained::Continued);
        assert!(is_untouched() && std::fs::read(path("model.stl")).unwrap() == bytes, "{name}");
        assert!(!path("model.stl.2.part").exists() && !path("model.stl.2.part.json").exists());
    }
}

fn operation_url(operation: &Operation) -> String {
    Assets::of(operation).iter().next().unwrap().url.clone()
}

/// As after a process that was killed before the first byte.
#[tokio::test]
async fn an_empty_partial_file_is_used() {
    let simulator = Simulator::start().await.unwrap();
    let operation = operation(&simulator, "op_1", "m_1", b"solid new");
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("model.stl.part"), "").unwrap();
    in_directory(simulator.mint().unwrap().download(&operation), directory.path()).await.unwrap();
    assert!(!directory.path().join("model.stl.part").exists());
}

#[tokio::test]
async fn a_lock_file_of_another_program() {
    let simulator = Simulator::start().await.unwrap();
    let operation = operation(&simulator, "op_1", "m_1", b"solid new");
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("model.stl.lock");
    std::fs::write(&path, "mine").unwrap();
    let error = in_directory(simulator.mint().unwrap().download(&operation), directory.path()).await.clean_err();
    assert!(error.to_string().contains("model.stl.lock`: another program wrote it"), "{error}");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "mine");
}
