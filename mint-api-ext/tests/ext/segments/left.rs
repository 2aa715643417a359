//! What a download in segments leaves, and how another one goes on.

use std::path::Path;
use std::sync::Arc;

use mint_api_ext::download::{Event, Obtained};
use mint_api_ext::{ErrorKind, Mint};
use mint_loopback::Loopback;

use super::{SIZE, asked, download, file, mint, range, save, serve};

/// Downloads until the file is in segments and holds so many bytes, and drops it.
async fn begin(mint: &Mint, server: &Loopback, directory: &Path, up_to: u64) {
    let arrived = Arc::new(tokio::sync::Notify::new());
    let seen = Arc::clone(&arrived);
    let download = download(mint, server).on_event(move |event| {
        if matches!(event, Event::Progress { bytes, .. } if *bytes > up_to) {
            seen.notify_one();
        }
    });
    let task = tokio::spawn(download.to_dir(directory).into_future());
    arrived.notified().await;
    task.abort();
    assert!(task.await.unwrap_err().is_cancelled());
    // What was being written still is; the lock goes when that is done.
    while directory.join("model.stl.lock").exists() {
        tokio::task::yield_now().await;
    }
}

fn json(directory: &Path, name: &str) -> serde_json::Value {
    serde_json::from_slice(&std::fs::read(directory.join(name)).unwrap()).unwrap()
}

/// What the log of a partial file lists, in the order of its writing.
fn logged(directory: &Path) -> Vec<(usize, usize)> {
    let text = std::fs::read_to_string(directory.join(WRITTEN)).unwrap();
    assert!(!text.contains("signature"), "{text}");
    let range = |line: &str| line.split_once(' ').map(|(start, end)| (start.parse().unwrap(), end.parse().unwrap()));
    text.lines().skip(1).map(|line| range(line).unwrap()).collect()
}

fn ranges(list: &serde_json::Value) -> Vec<(usize, usize)> {
    serde_json::from_value(list.clone()).unwrap()
}

const SIDECAR: &str = "model.stl.part.json";
const WRITTEN: &str = "model.stl.part.written";

#[tokio::test(start_paused = true)]
async fn what_a_dropped_download_has_in_segments_is_continued() {
    let (_simulator, mint) = mint().await;
    for up_to in [7_000_000, 22_000_000] {
        let server = serve(|_, _, _| None).await;
        let directory = tempfile::tempdir().unwrap();
        begin(&mint, &server, directory.path(), up_to).await;
        let sidecar = json(directory.path(), SIDECAR);
        // An earlier version of this crate knows layout 1 only.
        assert_eq!(sidecar["version"], 2, "{sidecar}");
        assert!(!sidecar.to_string().contains("signature"), "{sidecar}");
        let written: usize = logged(directory.path()).iter().map(|(start, end)| end - start).sum();
        assert!(written as u64 > up_to, "{written} of {up_to} bytes are logged");
        server.take_requests();
        let saved = save(download(&mint, &server), directory.path(), &file(0)).await;
        assert_eq!(saved.unwrap(), Obtained::Continued);
        let requests = server.requests();
        assert!(asked(&requests[1..]) <= SIZE - written, "{} bytes were missing", SIZE - written);
        // One connection can fill the holes, too.
        let directory = tempfile::tempdir().unwrap();
        begin(&mint, &server, directory.path(), up_to).await;
        let saved = save(download(&mint, &server).connections(1), directory.path(), &file(0)).await;
        assert_eq!(saved.unwrap(), Obtained::Continued);
    }
}

/// After another start of the system, only what was synced counts: the rest may be zeros, and the list of what is written
/// anything.
#[tokio::test(start_paused = true)]
async fn after_a_power_failure_only_what_was_synced_counts() {
    let (_simulator, mint) = mint().await;
    let of_another_boot = |directory: &Path| {
        let text = std::fs::read_to_string(directory.join(WRITTEN)).unwrap();
        let other = text.replace("\"boot\":\"", "\"boot\":\"another");
        assert_ne!(other, text);
        other
    };
    let rows: [&dyn Fn(&Path) -> String; 3] = [&of_another_boot, &|_| String::new(), &|_| "\0".repeat(90)];
    for list in rows {
        let server = serve(|_, _, _| None).await;
        let directory = tempfile::tempdir().unwrap();
        begin(&mint, &server, directory.path(), 15_000_000).await;
        let synced = ranges(&json(directory.path(), SIDECAR)["synced"]);
        let (part, length) = (directory.path().join("model.stl.part"), synced[0].1);
        assert!(synced.len() == 1 && synced[0].0 == 0 && length > 0, "{synced:?}");
        let mut bytes = std::fs::read(&part).unwrap();
        bytes[length..].fill(0);
        std::fs::write(&part, bytes).unwrap();
        let list = list(directory.path());
        std::fs::write(directory.path().join(WRITTEN), list).unwrap();
        server.take_requests();
        let saved = save(download(&mint, &server), directory.path(), &file(0)).await;
        assert_eq!(saved.unwrap(), Obtained::Continued);
        assert_eq!(range(&server.requests()[0]), Some((length, SIZE)));
    }
}

/// A full disk stops a download in segments. The next one continues it.
#[cfg(target_os = "linux")]
#[tokio::test(start_paused = true)]
async fn a_disk_that_is_full_amid_segments() {
    let Some(small) = crate::disk::Small::mount("size=40m") else {
        return;
    };
    let directory = small.0.path();
    std::fs::write(directory.join("other"), vec![0; 20 * 1024 * 1024]).unwrap();
    let (_simulator, mint) = mint().await;
    let server = serve(|_, _, _| None).await;
    let report = download(&mint, &server).to_dir(directory).await.unwrap();
    let error = &report.failures[0].error;
    assert!(error.kind() == ErrorKind::Io && error.to_string().contains("make room on the disk"), "{error}");
    assert!(!directory.join("model.stl").exists());
    assert_eq!(json(directory, SIDECAR)["version"], 2);
    std::fs::remove_file(directory.join("other")).unwrap();
    server.take_requests();
    let saved = save(download(&mint, &server), directory, &file(0)).await;
    assert_eq!(saved.unwrap(), Obtained::Continued);
    assert!(asked(&server.requests()[1..]) < SIZE / 2, "{} bytes", asked(&server.requests()[1..]));
}
