//! Downloads of one file: to a path, and to memory.

use std::path::Path;

use mint_api_ext::ErrorKind;
use mint_api_ext::asset::{Asset, AssetKind, Assets};
use mint_api_ext::download::{Download, Obtained, Overwrite};
use mint_api_ext::simulator::{Fault, Script, Simulator};
use mint_loopback::Reply;

use crate::support::leaks::CleanErr as _;
use crate::support::memory;

const SIZE: usize = 900_000;

fn bytes() -> Vec<u8> {
    (0..SIZE).map(|n| (n * 31 % 251) as u8).collect()
}

fn names(directory: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(directory).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn stl(url: &str) -> Asset {
    Asset::new(AssetKind::Stl, url)
}

#[tokio::test(start_paused = true)]
async fn a_file_gets_the_path_that_the_caller_wants() {
    let simulator = Simulator::start().await.unwrap();
    let mint = simulator.mint().unwrap();
    let id = simulator.add(Script::model().timeline([("succeeded", 0)]));
    let operation = mint.attach(id).unwrap().get().await.unwrap();
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name);
    for expected in [Obtained::Fetched, Obtained::AlreadyThere] {
        let rider = mint.download(&operation).preferred().to_file(path("a/b/rider.glb")).await.unwrap();
        assert_eq!(
            (rider.obtained, rider.path, rider.kind),
            (expected, path("a/b/rider.glb"), AssetKind::OptimizedGlb)
        );
        // The picture is a PNG, and the path is the caller's.
        let poster = mint.download(&operation).poster().named("x").to_file(path("a/b/.rider.webp")).await.unwrap();
        assert_eq!((poster.obtained, poster.path), (expected, path("a/b/.rider.webp")));
    }
    assert_eq!(names(&path("a/b")), [".rider.webp", "mint-manifest.json", "rider.glb"]);
    let same = mint.download(&operation).preferred().to_bytes().await.unwrap();
    assert!(std::fs::read(path("a/b/rider.glb")).unwrap() == same);
}

#[tokio::test(start_paused = true)]
async fn the_file_of_someone_else_is_not_replaced() {
    let simulator = Simulator::start().await.unwrap();
    let mint = simulator.mint().unwrap();
    let url = simulator.add_file("a.stl", "model/stl", bytes());
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("rider.stl");
    std::fs::write(&path, "mine").unwrap();
    let download = || mint.download(stl(&url));
    let error = download().to_file(&path).await.clean_err();
    assert_eq!(error.kind(), ErrorKind::Io);
    assert!(error.to_string().contains("`Overwrite::Always`"), "{error}");
    let kept = download().overwrite(Overwrite::Never).to_file(&path).await.unwrap();
    assert_eq!((kept.obtained, std::fs::read(&path).unwrap()), (Obtained::AlreadyThere, b"mine".to_vec()));
    download().overwrite(Overwrite::Always).to_file(&path).await.unwrap();
    assert!(std::fs::read(&path).unwrap() == bytes());
}

#[tokio::test(start_paused = true)]
async fn a_partial_file_is_continued_and_never_has_the_path() {
    let simulator = Simulator::start().await.unwrap();
    let mint = simulator.mint().unwrap();
    let url = simulator.add_file("a.stl", "model/stl", bytes());
    simulator.add_fault(&url, Fault::cut_at(500_000));
    // Longer than a download waits.
    simulator.add_fault(&url, Fault::status(429).header("retry-after", "3600"));
    let directory = tempfile::tempdir().unwrap();
    let download = || mint.download(stl(&url)).to_file(directory.path().join("rider.stl"));
    download().await.clean_err();
    assert_eq!(names(directory.path()), ["rider.stl.part", "rider.stl.part.json"]);
    assert_eq!(download().await.unwrap().obtained, Obtained::Continued);
    assert_eq!(names(directory.path()), ["mint-manifest.json", "rider.stl"]);
}

type Select = fn(Download) -> Download;

#[tokio::test(start_paused = true)]
async fn one_file_must_be_selected() {
    let simulator = Simulator::start().await.unwrap();
    let mint = simulator.mint().unwrap();
    let id = simulator.add(Script::model().timeline([("succeeded", 0)]));
    let operation = mint.attach(id).unwrap().get().await.unwrap();
    let directory = tempfile::tempdir().unwrap();
    let several = ErrorKind::InvalidArgument;
    let cases: [(Select, ErrorKind, &str); 6] = [
        (|all| all, several, "one file of 8: glb, optimized glb, fbx"),
        (|all| all.preferred().poster(), several, "one file of 2: optimized glb, preview image"),
        (|all| all.only([AssetKind::Rad]), ErrorKind::Download, "no file of these kinds: rad"),
        (|all| all.splat("500k").optional(), ErrorKind::Download, "no SPZ splats"),
        // What is there is not fetched when the rest is missing.
        (|all| all.preferred().splat("500k"), ErrorKind::Download, "no SPZ splats"),
        (|all| all.only([AssetKind::Glb, AssetKind::Rad]).optional(), ErrorKind::Download, "these kinds: rad"),
    ];
    for (select, kind, text) in cases {
        let to_file = select(mint.download(&operation)).to_file(directory.path().join("a")).await.clean_err();
        let to_bytes = select(mint.download(&operation)).to_bytes().await.clean_err();
        for error in [to_file, to_bytes] {
            assert!(error.kind() == kind && error.to_string().contains(text), "{text}: {error}");
        }
    }
    let unnamed = mint.download(&operation).preferred().to_file(directory.path().join("new/a?.glb")).await.clean_err();
    assert!(unnamed.kind() == several && unnamed.to_string().contains("use \"a_.glb\""), "{unnamed}");
    assert_eq!((names(directory.path()), simulator.cdn_requests().len()), (vec![], 0));
}

#[tokio::test(start_paused = true)]
async fn bytes_arrive_whole_whatever_breaks() {
    for faults in [
        vec![],
        vec![Fault::cut_at(500_000)],
        vec![Fault::cut_at(500_000).header("etag", "W/\"weak\"")],
        vec![Fault::cut_at(500_000), Fault::ignore_range()],
        vec![Fault::cut_at(500_000), Fault::etag("\"new\""), Fault::status(503)],
    ] {
        let simulator = Simulator::start().await.unwrap();
        let url = simulator.add_file("a.stl", "model/stl", bytes());
        let shown = format!("{faults:?}");
        faults.into_iter().for_each(|fault| simulator.add_fault(&url, fault));
        let fetched = simulator.mint().unwrap().download(stl(&url)).to_bytes().await.unwrap();
        assert!(fetched == bytes(), "{shown}");
    }
    let simulator = Simulator::start().await.unwrap();
    let url = simulator.add_file("a.stl", "model/stl", bytes());
    let mint = simulator.mint().unwrap();
    simulator.add_fault(&url, Fault::html());
    let error = mint.download(stl(&url)).to_bytes().await.clean_err();
    assert!(error.to_string().contains("a web page"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn bytes_are_bounded() {
    let simulator = Simulator::start().await.unwrap();
    let mint = simulator.mint().unwrap();
    let declared = |url: &str, bytes: u64| {
        let mut asset = stl(url);
        asset.bytes = Some(bytes);
        Assets::from_iter([asset])
    };
    let length = SIZE as u64;
    let url = simulator.add_file("a.stl", "model/stl", bytes());
    let requests = || simulator.cdn_requests().len();

    // By the API's size: not even requested.
    let error = mint.download(declared(&url, length)).max_bytes(length - 1).to_bytes().await.clean_err();
    assert!(
        error.to_string().contains("it has 900000 bytes, as the API says, and `max_bytes` allows 899999"),
        "{error}"
    );
    let error = mint.download(declared(&url, 64 * 1024 * 1024 + 1)).to_bytes().await.clean_err();
    assert!(error.to_string().contains("`max_bytes` allows 67108864"), "{error}");
    assert_eq!((error.kind(), requests()), (ErrorKind::Download, 0));
    let (small, sink) = (mint.download(Assets::default()).max_bytes(length - 1), tokio::io::sink());
    let report = small.to_writer(declared(&url, length).iter().next().unwrap(), sink).await.unwrap();
    let text = report.failures[0].error.to_string();
    assert!(text.contains("as the API says") && requests() == 0, "{text}");
    let wrong = mint.download(declared(&url, length * 1000)).max_bytes(length).accept_other_sizes();
    assert_eq!(wrong.to_bytes().await.unwrap().len(), SIZE);

    // By the server's: the body is not read.
    assert_eq!(mint.download(stl(&url)).max_bytes(length).to_bytes().await.unwrap().len(), SIZE);
    let error = mint.download(stl(&url)).max_bytes(length - 1).to_bytes().await.clean_err();
    assert!(error.to_string().contains("at least 900000 bytes, and `max_bytes` allows 899999"), "{error}");

    // Neither says how long it is, or the API lies: it ends at the bound.
    let chunk = "x".repeat(1000);
    let body = format!("3e8\r\n{chunk}\r\n").repeat(1000);
    let endless = format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{body}");
    let server = memory::serve(move |_| Reply::raw(endless.clone())).await;
    for assets in [Assets::from(stl(&server.url("/a.stl"))), declared(&server.url("/a.stl"), 10)] {
        let error = mint.download(assets).max_bytes(5_000).to_bytes().await.clean_err();
        let text = error.to_string();
        assert!(error.kind() == ErrorKind::Download && text.contains("`max_bytes` allows 5000"), "{text}");
        let at_least: u64 = text.split("at least ").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap();
        assert!(at_least < 500_000, "the rest is not read: {text}");
    }
}
