use std::time::Duration;

use super::*;

const MIB: usize = 1024 * 1024;

/// However slow the disk is, and though nothing else syncs: a power failure costs less than 64 MiB.
#[tokio::test]
async fn writing_waits_for_the_disk() {
    let directory = tempfile::tempdir().unwrap();
    let (path, sidecar) = (directory.path().join("a.part"), directory.path().join("a.part.json"));
    std::fs::write(&path, "").unwrap();
    let lock = Lock::acquire(directory.path().join("a.lock"), Duration::ZERO).await.unwrap();
    let (version, written, sum) = (Version::of("https://a.b/a"), Ranges::default(), Sum::default());
    let left = Left { path, sidecar: sidecar.clone(), version, written, sum, lock };
    let file = Scattered::open(left, 80 * MIB as u64, Durability::Synced).unwrap();
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
