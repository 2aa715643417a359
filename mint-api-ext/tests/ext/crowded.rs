//! Many downloads at once into one directory, and processes with few file descriptors.

use std::time::Duration;

use mint_api_ext::asset::{Asset, AssetKind, Assets};
use mint_api_ext::simulator::{API_KEY, Simulator};
use mint_api_ext::{Credentials, ErrorKind, Mint, Server};

use crate::support::leaks::CleanErr as _;

fn named(simulator: &Simulator, name: &str) -> Asset {
    stl(name, &(simulator.add_file(name, "model/stl", b"solid a".to_vec()) + "?signature=1"))
}

fn stl(name: &str, url: &str) -> Asset {
    let mut asset = Asset::new(AssetKind::Stl, url);
    asset.file_name = Some(name.to_owned());
    asset
}

#[tokio::test(start_paused = true)]
async fn three_hundred_downloads_into_one_directory() {
    const CALLS: usize = 300;
    let simulator = Simulator::start().await.unwrap();
    let mint = simulator.mint().unwrap();
    let directory = tempfile::tempdir().unwrap();
    let calls = (0..CALLS).map(|number| {
        // All wait for the one manifest, and a paused clock counts every look at its lock.
        let download =
            mint.download(named(&simulator, &format!("{number}.stl"))).lock_timeout(Duration::from_secs(3600));
        tokio::spawn(download.skip_sync().to_dir(directory.path()).into_future())
    });
    for call in calls.collect::<Vec<_>>() {
        assert_eq!(call.await.unwrap().unwrap().complete().unwrap().len(), 1);
    }
    let manifest = std::fs::read(directory.path().join("mint-manifest.json")).unwrap();
    let manifest: serde_json::Value = serde_json::from_slice(&manifest).unwrap();
    assert_eq!(manifest["files"].as_object().unwrap().len(), CALLS);
}

/// Several calls for the same file: one fetches it, and the others find it.
#[tokio::test(start_paused = true)]
async fn the_same_file_at_once() {
    let simulator = Simulator::start().await.unwrap();
    let mint = simulator.mint().unwrap();
    let directory = tempfile::tempdir().unwrap();
    let asset = named(&simulator, "a.stl");
    let call = || tokio::spawn(mint.download(asset.clone()).to_dir(directory.path()).into_future());
    for call in [call(), call(), call(), call()] {
        assert_eq!(call.await.unwrap().unwrap().complete().unwrap().len(), 1);
    }
    assert_eq!(std::fs::read(directory.path().join("a.stl")).unwrap(), b"solid a");
}

/// A manifest that stays locked: the report names the files, which are in their place.
#[tokio::test(start_paused = true)]
async fn a_locked_manifest_loses_no_report() {
    let simulator = Simulator::start().await.unwrap();
    let mint = simulator.mint().unwrap();
    let directory = tempfile::tempdir().unwrap();
    let lock = std::fs::File::create(directory.path().join("mint-manifest.json.lock")).unwrap();
    fs4::FileExt::try_lock(&lock).unwrap();
    let began = tokio::time::Instant::now();
    let download = mint.download(named(&simulator, "a.stl")).lock_timeout(Duration::from_secs(5));
    let report = download.to_dir(directory.path()).await.unwrap();
    assert!((5..7).contains(&began.elapsed().as_secs()), "{:?}", began.elapsed());
    assert_eq!((report.files.len(), report.failures.len()), (1, 0));
    assert!(report.files[0].path.is_file());
    let error = report.complete().clean_err();
    assert!(error.kind() == ErrorKind::Locked && error.to_string().contains("`lock_timeout`"), "{error}");
}

/// The test itself, again, in a process that may open few files. The server is in the first one.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn few_file_descriptors() {
    const TEST: &str = "crowded::few_file_descriptors";
    const SERVED: &str = "MINT_API_EXT_FEW_FILES";
    if let Ok(served) = std::env::var(SERVED) {
        let (server, urls) = served.split_once(' ').unwrap();
        let mint = Mint::builder(Credentials::api_key(API_KEY).unwrap()).server(Server::Custom(server.to_owned()));
        let assets = urls.split(' ').enumerate().map(|(number, url)| stl(&format!("{number}.stl"), url));
        let download = mint.build().unwrap().download(Assets::from_iter(assets)).skip_sync().concurrency(60);
        let directory = tempfile::tempdir().unwrap();
        assert_eq!(download.to_dir(directory.path()).await.unwrap().complete().unwrap().len(), 60);
        return;
    }
    let simulator = Simulator::start().await.unwrap();
    let urls: Vec<_> = (0..60).map(|number| named(&simulator, &format!("{number}.stl")).url).collect();
    let mut command = std::process::Command::new("sh");
    command.args(["-c", "ulimit -n 70 && exec \"$0\" --exact \"$1\""]).arg(std::env::current_exe().unwrap()).arg(TEST);
    command.env(SERVED, format!("{} {}", simulator.base_url(), urls.join(" ")));
    let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
    let text = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    assert!(output.status.success() && text.contains("1 passed"), "{text}");
}
