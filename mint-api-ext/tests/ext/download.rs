//! Downloads from the simulator's CDN, and from servers that misbehave.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use mint_api_ext::asset::{Asset, AssetKind, Assets};
use mint_api_ext::download::{Event, Overwrite, Report};
use mint_api_ext::simulator::{Fault, Script, Simulator};
use mint_api_ext::{ErrorKind, Mint};
use mint_loopback::Reply;
use sha2::{Digest as _, Sha256};

use crate::support::leaks::CleanErr as _;
use crate::support::memory::{self, InMemory};

/// The names in a directory, in order.
fn names(directory: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(directory).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

async fn serve(reply: Reply) -> InMemory {
    memory::serve(move |_| reply.clone()).await
}

fn raw(reply: &'static str) -> Reply {
    Reply::raw(reply)
}

/// A reply with a file and these headers.
fn headed(headers: &[(&str, &str)]) -> Reply {
    headers.iter().fold(Reply::bytes("glTF"), |reply, (name, value)| reply.header(name, value))
}

/// Downloads a file that need not be a real one.
async fn download(mint: &Mint, asset: Asset, directory: &Path) -> Report {
    let download = mint.download(Assets::from_iter([asset])).skip_content_checks().overwrite(Overwrite::Always);
    download.to_dir(directory).await.unwrap()
}

fn glb(url: &str, bytes: Option<u64>) -> Asset {
    let mut asset = Asset::new(AssetKind::Glb, url);
    asset.bytes = bytes;
    asset
}

#[tokio::test]
async fn every_file_arrives_whole() {
    let simulator = Simulator::start().await.unwrap();
    let mint = simulator.mint().unwrap();
    for (script, count) in [(Script::model(), 8), (Script::world(), 7), (Script::conversion(), 5)] {
        let id = simulator.add(script.timeline([("succeeded", 0)]));
        let operation = mint.attach(id).unwrap().get().await.unwrap();
        let directory = tempfile::tempdir().unwrap();
        let report = mint.download(&operation).to_dir(directory.path().join("new/deep")).await.unwrap();
        let files = report.complete().unwrap();
        assert_eq!(files.len(), count);
        for (file, asset) in files.iter().zip(Assets::of(&operation)) {
            let bytes = std::fs::read(&file.path).unwrap();
            let sha256: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!((file.bytes, &file.sha256), (bytes.len() as u64, &sha256));
            assert_eq!(file.kind, asset.kind);
            assert!(asset.bytes.is_none_or(|size| size == file.bytes));
        }
        let names = names(&directory.path().join("new/deep"));
        assert!(names.contains(&"mint-manifest.json".to_owned()));
        assert_eq!(names.len(), count + 1, "no partial file stays: {names:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_file_that_is_not_whole_never_gets_its_name() {
    let simulator = Simulator::start().await.unwrap();
    let mint = simulator.mint().unwrap();
    let huge = "y".repeat(700_000);
    for (reply, size, kind, why) in [
        (Reply::bytes("glTF12345").cut(4), None, ErrorKind::Transport, "broke off"),
        (
            raw("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nglTF\r\n"),
            None,
            ErrorKind::Transport,
            "broke off",
        ),
        (Reply::bytes("glTF"), Some(5), ErrorKind::Download, "4 bytes instead of 5"),
        (raw("HTTP/1.1 200 OK\r\n\r\ngl"), Some(4), ErrorKind::Download, "2 bytes instead of 4"),
        (Reply::bytes("").status(404), None, ErrorKind::Download, "404"),
        (Reply::bytes("glTF").status(206), None, ErrorKind::Download, "206"),
        (raw("nonsense"), None, ErrorKind::Transport, "broke off"),
        (headed(&[("x", "y"); 101]), None, ErrorKind::Download, "head of the reply is too large"),
        (headed(&[("x", &huge[..70_000])]), None, ErrorKind::Download, "head of the reply is too large"),
        (headed(&[("x", &huge)]), None, ErrorKind::Download, "head of the reply is too large"),
    ] {
        let server = serve(reply).await;
        let url = server.url("/model.glb?signature=1");
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join("model.glb"), "before").unwrap();
        let report = download(&mint, glb(&url, size), directory.path()).await;
        assert!(report.files.is_empty());
        let error = &report.failures[0].error;
        assert_eq!(error.kind(), kind, "{error}");
        assert!(error.to_string().contains(why), "{error}");
        assert_eq!(names(directory.path()), ["model.glb"]);
        assert_eq!(std::fs::read(directory.path().join("model.glb")).unwrap(), b"before");
    }
    for reply in [Reply::bytes("glTF"), headed(&[("x", "y"); 99]), headed(&[("x", &huge[..60_000])])] {
        let server = serve(reply).await;
        let directory = tempfile::tempdir().unwrap();
        let report = download(&mint, glb(&server.url("/model.glb?signature=1"), Some(4)), directory.path()).await;
        assert_eq!(report.files[0].bytes, 4);
    }
}

/// A size from the API is a claim; that of the server and of the file itself counts more.
#[tokio::test]
async fn a_size_that_disagrees() {
    let simulator = Simulator::start().await.unwrap();
    let mint = simulator.mint().unwrap();
    let glb = b"glTF\x02\0\0\0\x14\0\0\0\0\0\0\0\0\0\0\0".to_vec();
    for (kind, bytes, size, any_size, notes) in [
        (AssetKind::Glb, glb.clone(), Some(20), false, Ok(0)),
        (AssetKind::Glb, glb.clone(), Some(0), false, Ok(0)),
        (AssetKind::Glb, glb.clone(), Some(7), false, Ok(1)),
        (AssetKind::Glb, glb, Some(21), false, Ok(1)),
        (AssetKind::Stl, b"solid a".to_vec(), Some(6), false, Ok(1)),
        (AssetKind::Stl, b"solid a".to_vec(), Some(8), false, Err("7 bytes instead of 8")),
        (AssetKind::Stl, b"solid a".to_vec(), Some(8), true, Ok(1)),
    ] {
        let server = serve(Reply::bytes(bytes)).await;
        let mut asset = Asset::new(kind, &server.url("/a?signature=1"));
        asset.bytes = size;
        let download = mint.download(asset);
        let download = if any_size { download.accept_other_sizes() } else { download };
        let directory = tempfile::tempdir().unwrap();
        match (download.to_dir(directory.path()).await.unwrap().complete(), notes) {
            (Ok(files), Ok(notes)) => assert_eq!(files[0].notes.len(), notes, "{files:?}"),
            (Err(error), Err(why)) => assert!(error.to_string().contains(why), "{error}"),
            (result, _) => panic!("{size:?} {result:?}"),
        }
    }
}

#[tokio::test]
async fn one_bad_file_does_not_lose_the_others() {
    let simulator = Simulator::start().await.unwrap();
    let mint = simulator.mint().unwrap();
    let good = simulator.add_file("a.glb", "model/gltf-binary", &b"glTF"[..]);
    let missing = format!("{}/missing.glb?token=secret", simulator.cdn_url());
    let assets = Assets::from_iter([glb(&missing, None), glb(&good, None)]);
    let directory = tempfile::tempdir().unwrap();
    let report = mint.download(assets).skip_content_checks().to_dir(directory.path()).await.unwrap();
    assert_eq!((report.files.len(), report.failures.len()), (1, 1));
    let error = report.complete().clean_err();
    assert!(error.to_string().contains("/missing.glb") && !error.to_string().contains("secret"), "{error}");
}

#[tokio::test]
async fn redirects_are_checked() {
    let simulator = Simulator::start().await.unwrap();
    let mint = simulator.mint().unwrap();
    let good = simulator.add_file("a.glb", "model/gltf-binary", &b"glTF"[..]);
    for (location, why) in [
        (good.as_str(), None),
        ("http://10.0.0.1/secret", Some("it is not https")),
        ("https://10.0.0.1/secret", Some("it is a private address")),
        ("http://example.com/a", Some("it is not https")),
        ("file:///etc/passwd", Some("")),
        ("/again", Some("more than five")),
    ] {
        let server = serve(Reply::bytes("").status(302).header("location", location)).await;
        let directory = tempfile::tempdir().unwrap();
        let report = download(&mint, glb(&server.url("/model.glb?signature=1"), None), directory.path()).await;
        match why {
            None => assert_eq!(report.files.len(), 1, "{:?}", report.failures),
            Some(why) => {
                let error = report.failures[0].error.to_string();
                assert!(error.contains(why), "{location}: {error}");
            }
        }
    }
}

#[tokio::test]
async fn names_from_the_server_stay_in_the_directory() {
    let simulator = Simulator::start().await.unwrap();
    let mint = simulator.mint().unwrap();
    let url = simulator.add_file("a.glb", "model/gltf-binary", &b"glTF"[..]);
    let assets = ["../../evil.glb", "/evil.glb", "..\\evil.glb", "..", "evil.glb"].map(|name| {
        let mut asset = glb(&url, None);
        asset.file_name = Some(name.into());
        asset
    });
    let outer = tempfile::tempdir().unwrap();
    let directory = outer.path().join("in/side");
    let report = mint.download(Assets::from_iter(assets)).skip_content_checks().to_dir(&directory).await.unwrap();
    assert!(report.failures.is_empty(), "{:?}", report.failures);
    assert_eq!(names(&directory), ["evil-2.glb", "evil-3.glb", "evil-4.glb", "evil.glb", "file", "mint-manifest.json"]);
    assert_eq!(names(outer.path()), ["in"]);
}

#[tokio::test(start_paused = true)]
async fn events_tell_of_each_file_in_order() {
    let simulator = Simulator::start().await.unwrap();
    let mint = simulator.mint().unwrap();
    // Each piece comes once the one before is written.
    let server = serve(Reply::bytes(vec![7; 3_000_000]).drip(100_000, Duration::from_millis(1))).await;
    let good = server.url("/a.glb");
    let missing = format!("{}/missing.glb", simulator.cdn_url());
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = seen.clone();
    let download = mint.download(Assets::from_iter([glb(&good, None)])).skip_content_checks().on_event(move |event| {
        log.lock().unwrap().push(match event {
            Event::Planned { files } => format!("planned {files}"),
            Event::Started { total, .. } => format!("started {total:?}"),
            Event::Progress { bytes, .. } => format!("progress {bytes}"),
            Event::Verified { bytes, .. } => format!("verified {bytes}"),
            Event::Finished { file } => format!("finished {}", file.bytes),
            other => format!("{other:?}"),
        });
    });
    let directory = tempfile::tempdir().unwrap();
    download.to_dir(directory.path()).await.unwrap().complete().unwrap();
    let events = seen.lock().unwrap().clone();
    assert_eq!(events[..2], ["planned 1", "started Some(3000000)"]);
    assert_eq!(events[events.len() - 3..], ["progress 3000000", "verified 3000000", "finished 3000000"]);
    let progress: Vec<u64> = events.iter().filter_map(|event| event.strip_prefix("progress ")?.parse().ok()).collect();
    // At the latest when so much and a piece is new.
    assert!(progress.len() >= 3_000_000 / (64 * 1024 + 100_000), "{progress:?}");
    let steps = progress.windows(2).map(|pair| pair[1] - pair[0]);
    assert!(steps.take(progress.len() - 2).all(|step| step >= 64 * 1024), "{progress:?}");

    let failed = Arc::new(Mutex::new(0));
    let count = failed.clone();
    let download = mint.download(Assets::from_iter([glb(&missing, None)]));
    let download = download.on_event(move |event| {
        assert!(matches!(event, Event::Planned { files: 1 } | Event::Failed { .. }), "{event:?}");
        *count.lock().unwrap() += usize::from(matches!(event, Event::Failed { .. }));
    });
    assert_eq!(download.to_dir(directory.path()).await.unwrap().failures.len(), 1);
    assert_eq!(*failed.lock().unwrap(), 1);
}

/// One that is slow holds up nobody but itself, and the report keeps the order of the assets.
#[tokio::test(start_paused = true)]
async fn a_slow_file_takes_one_place_only() {
    let simulator = Simulator::start().await.unwrap();
    let mint = simulator.mint().unwrap();
    let named = |name: &str| {
        let mut asset = glb(&simulator.add_file(name, "model/gltf-binary", name.as_bytes().to_vec()), None);
        asset.file_name = Some(name.into());
        asset
    };
    let assets = ["a.glb", "b.glb", "c.glb", "d.glb"].map(named);
    simulator.add_fault(&assets[0].url, Fault::stall_at(0));
    let finished = Arc::new(Mutex::new(Vec::new()));
    let log = finished.clone();
    let download = mint.download(assets.to_vec()).skip_content_checks().concurrency(2).on_event(move |event| {
        if let Event::Finished { file } = event {
            log.lock().unwrap().push(file.path.file_name().unwrap().to_owned());
        }
    });
    let directory = tempfile::tempdir().unwrap();
    let files = download.to_dir(directory.path()).await.unwrap().complete().unwrap();
    let names: Vec<_> = files.iter().map(|file| file.path.file_name().unwrap().to_owned()).collect();
    assert_eq!(names, ["a.glb", "b.glb", "c.glb", "d.glb"]);
    assert_eq!(*finished.lock().unwrap(), ["b.glb", "c.glb", "d.glb", "a.glb"]);
}

#[tokio::test]
async fn a_dropped_download_leaves_nothing() {
    let server = serve(Reply::bytes("glTF12345").stall(4)).await;
    let url = server.url("/model.glb?signature=1");
    let simulator = Simulator::start().await.unwrap();
    let mint = simulator.mint().unwrap();
    let directory = tempfile::tempdir().unwrap();
    let (arrived, mut arrival) = tokio::sync::mpsc::unbounded_channel();
    let download = mint.download(Assets::from_iter([glb(&url, None)])).on_event(move |event| {
        if matches!(event, Event::Progress { .. }) {
            let _ = arrived.send(());
        }
    });
    let task = tokio::spawn(download.to_dir(directory.path()).into_future());
    arrival.recv().await.unwrap();
    task.abort();
    assert!(task.await.clean_err().is_cancelled());
    // The writing task ends by itself; runtime shutdown would wait for it as well.
    while !names(directory.path()).is_empty() {
        tokio::task::yield_now().await;
    }
}
