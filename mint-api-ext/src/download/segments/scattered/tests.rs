use std::time::Duration;

use super::*;
#[cfg(unix)]
use crate::download::file_system::watched::watch;

const MIB: usize = 1024 * 1024;

/// Opens a file of 80 MiB, of which nothing is there.
async fn open(path: PathBuf, sidecar: PathBuf) -> Scattered {
    std::fs::write(&path, "").unwrap();
    let lock = Lock::acquire(path.with_extension("lock"), Duration::ZERO).await.unwrap();
    let (version, written, sum) = (Version::of("https://a.b/a"), Ranges::default(), Sum::default());
    let left = Left { path, sidecar, version, written, sum, lock };
    Scattered::open(left, 80 * MIB as u64, Durability::Synced).unwrap()
}

/// However slow the disk is, and though nothing else syncs: a power failure costs less than 64 MiB.
#[tokio::test]
async fn writing_waits_for_the_disk() {
    let directory = tempfile::tempdir().unwrap();
    let (path, sidecar) = (directory.path().join("a.part"), directory.path().join("a.part.json"));
    let file = open(path, sidecar.clone()).await;
    file.ledger().claim(1, None).unwrap();
    let (piece, mut body) = (Bytes::from(vec![0; 4 * MIB]), Response::from(http::Response::new("")));
    for _ in 0..20 {
        file.write_run(1, piece.clone(), &mut body).unwrap();
        let lag = {
            let ledger = file.ledger();
            ledger.written.bytes() - ledger.synced.bytes()
        };
        assert!(lag < 64 * MIB as u64, "{lag} bytes are not synced");
    }
    let listed: serde_json::Value = serde_json::from_slice(&std::fs::read(sidecar).unwrap()).unwrap();
    assert!(listed["synced"][0][1].as_u64().unwrap() > 16 * MIB as u64, "{listed}");
}

/// After a power failure, each byte that the sidecar lists is there.
#[cfg(unix)]
#[tokio::test]
async fn the_sidecar_lists_what_is_on_the_disk() {
    let directory = tempfile::tempdir().unwrap();
    let file = open(directory.path().join("a.part"), directory.path().join("a.part.json")).await;
    file.ledger().claim(1, None).unwrap();
    let (piece, mut body) = (Bytes::from(vec![0; 4 * MIB]), Response::from(http::Response::new("")));
    for _ in 0..8 {
        file.write_run(1, piece.clone(), &mut body).unwrap();
    }
    let (synced, calls) = watch(None, || file.sync());
    synced.unwrap();
    let [of_file, of_sidecar, renamed, of_directory] = &calls[..] else { panic!("{calls:?}") };
    assert_eq!(*of_file, format!("sync {} bytes", 32 * MIB));
    assert!(of_sidecar.starts_with("sync ") && of_sidecar != of_file, "{of_sidecar}");
    assert_eq!([renamed, of_directory], ["rename a.part.json.new to a.part.json", "sync the directory"]);
}
