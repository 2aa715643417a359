//! Downloads that end early and go on later.

use std::sync::Arc;

use mint_api_ext::Mint;
use mint_api_ext::asset::{Asset, AssetKind, Assets};
use mint_api_ext::download::{Event, Obtained, Report};
use mint_api_ext::simulator::{Fault, Simulator};
use object_store::memory::InMemory;
use object_store::{ObjectStore, ObjectStoreExt as _};

const SIZE: usize = 900_000;

fn file() -> Vec<u8> {
    (0..SIZE).map(|n| (n * 31 % 251) as u8).collect()
}

/// Downloads until so many bytes are on disk, and drops it.
async fn begin(mint: &Mint, url: &str, directory: &std::path::Path, up_to: u64) {
    let download = mint.download(Assets::from_iter([Asset::new(AssetKind::Stl, url)]));
    let task = tokio::spawn(download.to_dir(directory).into_future());
    // Not by its events: they are spaced in time, and the last bytes may bring none.
    while std::fs::metadata(directory.join("model.stl.part")).map_or(0, |part| part.len()) < up_to {
        tokio::task::yield_now().await;
    }
    task.abort();
    assert!(task.await.unwrap_err().is_cancelled());
    // What was being written still is; the lock goes when that is done.
    while directory.join("model.stl.lock").exists() {
        tokio::task::yield_now().await;
    }
}

async fn finish(mint: &Mint, url: &str, directory: &std::path::Path) -> Report {
    mint.download(Assets::from_iter([Asset::new(AssetKind::Stl, url)])).to_dir(directory).await.unwrap()
}

#[tokio::test]
async fn what_a_dropped_download_has_is_continued() {
    let simulator = Simulator::start().await.unwrap();
    let mint = simulator.mint().unwrap();
    let url = simulator.add_file("a.stl", "model/stl", file());
    simulator.add_fault(&url, Fault::stall_at(500_000));
    let directory = tempfile::tempdir().unwrap();
    // The URL is signed anew in between.
    begin(&mint, &format!("{url}?signature=1"), directory.path(), 500_000).await;
    let part = directory.path().join("model.stl.part");
    assert_eq!(std::fs::metadata(&part).unwrap().len(), 500_000);
    let sidecar = std::fs::read_to_string(directory.path().join("model.stl.part.json")).unwrap();
    assert!(!sidecar.contains("signature"), "{sidecar}");

    let files = finish(&mint, &format!("{url}?signature=2"), directory.path()).await.complete().unwrap();
    assert_eq!(files[0].obtained, Obtained::Continued);
    assert_eq!(std::fs::read(&files[0].path).unwrap(), file());
    assert_eq!(simulator.cdn_requests().last().unwrap().headers["range"], "bytes=500000-");
    assert!(!part.exists() && !directory.path().join("model.stl.part.json").exists());
}

#[tokio::test(start_paused = true)]
async fn what_is_there_must_belong_together() {
    for (name, spoil) in [
        ("no sidecar", &(|part: &str| std::fs::remove_file(format!("{part}.json")).unwrap()) as &dyn Fn(&str)),
        ("a broken sidecar", &|part| std::fs::write(format!("{part}.json"), "{").unwrap()),
        ("a part that is too long", &|part| std::fs::write(part, vec![0; SIZE + 1]).unwrap()),
        ("a part of other bytes", &|part| std::fs::write(part, vec![b'x'; 500_000]).unwrap()),
        ("an empty part", &|part| std::fs::write(part, "").unwrap()),
    ] {
        let simulator = Simulator::start().await.unwrap();
        let mint = simulator.mint().unwrap();
        let url = simulator.add_file("a.stl", "model/stl", file());
        let digest = {
            use base64::Engine as _;
            use sha2::Digest as _;
            base64::engine::general_purpose::STANDARD.encode(sha2::Sha256::digest(file()))
        };
        let stall = Fault::stall_at(500_000).header("repr-digest", &format!("sha-256=:{digest}:"));
        simulator.add_fault(&url, stall);
        let directory = tempfile::tempdir().unwrap();
        begin(&mint, &url, directory.path(), 500_000).await;
        spoil(directory.path().join("model.stl.part").to_str().unwrap());
        let files = finish(&mint, &url, directory.path()).await.complete().unwrap();
        assert!(std::fs::read(&files[0].path).unwrap() == file(), "{name}");
        assert_eq!(files[0].obtained, Obtained::Fetched, "{name}");
    }
}

/// One file was finished, and another was not: the first one need not be fetched again.
#[tokio::test]
async fn what_a_dropped_download_had_finished_is_known() {
    let simulator = Simulator::start().await.unwrap();
    let mint = simulator.mint().unwrap();
    let first = Asset::new(AssetKind::Stl, &simulator.add_file("a.stl", "model/stl", file()));
    let second = Asset::new(AssetKind::Obj, &simulator.add_file("b.obj", "model/obj", file()));
    simulator.add_fault(&second.url, Fault::stall_at(500_000).times(2));
    let download = || mint.download(vec![first.clone(), second.clone()]);

    let directory = tempfile::tempdir().unwrap();
    let begun = tokio::spawn(download().to_dir(directory.path()).into_future());
    while std::fs::metadata(directory.path().join("model.obj.part")).map_or(0, |part| part.len()) < 500_000
        || !directory.path().join("mint-manifest.json").exists()
    {
        tokio::task::yield_now().await;
    }
    begun.abort();
    assert!(begun.await.unwrap_err().is_cancelled());

    let store: Arc<dyn ObjectStore> = Arc::new(InMemory::new());
    let begun = tokio::spawn(download().to_store(store.clone(), "").into_future());
    while store.head(&"mint-manifest.json".into()).await.is_err() {
        tokio::task::yield_now().await;
    }
    begun.abort();
    assert!(begun.await.unwrap_err().is_cancelled());

    let files = download().to_dir(directory.path()).await.unwrap().complete().unwrap();
    assert_eq!([files[0].obtained, files[1].obtained], [Obtained::AlreadyThere, Obtained::Continued]);
    let files = download().to_store(store, "").await.unwrap().complete().unwrap();
    assert_eq!([files[0].obtained, files[1].obtained], [Obtained::AlreadyThere, Obtained::Fetched]);
}

/// The last process ended after the last byte and before the file had its name.
#[tokio::test]
async fn a_part_that_is_whole_only_gets_its_name() {
    let simulator = Simulator::start().await.unwrap();
    let mint = simulator.mint().unwrap();
    let url = simulator.add_file("a.stl", "model/stl", file());
    simulator.add_fault(&url, Fault::stall_at(500_000));
    let directory = tempfile::tempdir().unwrap();
    begin(&mint, &url, directory.path(), 500_000).await;
    std::fs::write(directory.path().join("model.stl.part"), file()).unwrap();
    let files = finish(&mint, &url, directory.path()).await.complete().unwrap();
    assert_eq!((files[0].obtained, files[0].attempts), (Obtained::Continued, 1));
    assert!(std::fs::read(&files[0].path).unwrap() == file());
}

#[tokio::test(start_paused = true)]
async fn events_come_in_their_order() {
    let simulator = Simulator::start().await.unwrap();
    let mint = simulator.mint().unwrap();
    let url = simulator.add_file("a.stl", "model/stl", file());
    simulator.add_fault(&url, Fault::status(503));
    simulator.add_fault(&url, Fault::cut_at(400_000));
    let events = Arc::new(std::sync::Mutex::new(Vec::new()));
    let log = events.clone();
    let download = mint.download(Assets::from_iter([Asset::new(AssetKind::Stl, &url)])).on_event(move |event| {
        let told = match event {
            Event::Planned { files } => format!("planned {files}"),
            Event::Started { total, .. } => format!("started {}", total.unwrap()),
            Event::Retried { attempt, .. } => format!("retried {attempt}"),
            Event::Continued { bytes, .. } => format!("continued {bytes}"),
            Event::Verified { bytes, .. } => format!("verified {bytes}"),
            Event::Finished { file } => format!("finished {}", file.attempts),
            Event::Progress { .. } => "progress".into(),
            other => panic!("{other:?}"),
        };
        let mut log = log.lock().unwrap();
        if log.last() != Some(&told) {
            log.push(told);
        }
    });
    let directory = tempfile::tempdir().unwrap();
    download.to_dir(directory.path()).await.unwrap().complete().unwrap();
    assert_eq!(
        *events.lock().unwrap(),
        [
            "planned 1",
            "retried 2",
            "started 900000",
            "progress",
            "retried 3",
            "continued 400000",
            "progress",
            "verified 900000",
            "finished 3",
        ]
    );
}
