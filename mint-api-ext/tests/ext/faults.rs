//! Every fault of the CDN with every place a file can go: the right bytes, or a typed error and no file.

use std::time::Duration;

use mint_api_ext::ErrorKind;
use mint_api_ext::asset::{Asset, AssetKind, Assets};
use mint_api_ext::download::{Download, Obtained};
use mint_api_ext::simulator::{Fault, Reply, Script, Simulator};
use tokio::time::Instant;

use crate::sinks::{PLACES, Place};
use crate::support::leaks::CleanErr as _;
use crate::support::{memory, wire};

const SIZE: usize = 900_000;

fn file() -> Vec<u8> {
    (0..SIZE).map(|n| (n * 31 % 251) as u8).collect()
}

/// What becomes of a download.
enum Expected {
    Bytes(Obtained),
    Error(ErrorKind, &'static str),
}

use Expected::{Bytes, Error};

/// Each row: what happens, in the order of the requests, and what becomes of it.
fn rows() -> Vec<(&'static str, Vec<Fault>, Expected)> {
    let cut = || Fault::cut_at(400_000);
    let fetched = Bytes(Obtained::Fetched);
    let continued = || Bytes(Obtained::Continued);
    vec![
        ("nothing", vec![], Bytes(Obtained::Fetched)),
        ("cut", vec![cut()], continued()),
        ("cut at once", vec![Fault::cut_at(0)], Bytes(Obtained::Fetched)),
        ("cut often", (1..=9).map(|n| Fault::cut_at(n * 90_000)).collect(), continued()),
        ("cut at one place for ever", vec![cut().always()], Error(ErrorKind::Transport, "broke off")),
        ("stall", vec![Fault::stall_at(400_000)], continued()),
        ("stall for ever", vec![Fault::stall_at(0).always()], Error(ErrorKind::Timeout, "sent nothing for 30 s")),
        ("range ignored", vec![cut(), Fault::ignore_range()], Bytes(Obtained::Fetched)),
        ("wrong start", vec![cut(), Fault::content_range("bytes 5-899999/900000")], Bytes(Obtained::Fetched)),
        ("wrong total", vec![cut(), Fault::content_range("bytes 400000-899999/900001")], Bytes(Obtained::Fetched)),
        ("nonsense range", vec![cut(), Fault::content_range("bytes x")], Bytes(Obtained::Fetched)),
        ("another ETag", vec![cut(), Fault::etag("\"other\"")], Bytes(Obtained::Fetched)),
        ("weak ETag", vec![Fault::cut_at(400_000).header("etag", "W/\"weak\"")], Bytes(Obtained::Fetched)),
        ("part without ETag", vec![cut(), Fault::no_etag()], Bytes(Obtained::Fetched)),
        (
            "weak ETag and cut at one place for ever",
            vec![cut().header("etag", "W/\"weak\"").always()],
            Error(ErrorKind::Transport, "broke off"),
        ),
        // Then it says that it is shorter, and not of which version.
        ("announces too much", vec![Fault::content_length(900_009)], Bytes(Obtained::Fetched)),
        ("announces too little", vec![Fault::content_length(7)], Error(ErrorKind::Download, "7 bytes instead of")),
        ("416 for a part", vec![cut(), Fault::status(416)], Bytes(Obtained::Fetched)),
        ("416 for the whole", vec![Fault::status(416)], Error(ErrorKind::Download, "416")),
        ("429 in seconds", vec![Fault::status(429).header("retry-after", "9")], Bytes(Obtained::Fetched)),
        (
            "429 until a date",
            vec![
                Fault::status(429)
                    .header("date", "Wed, 21 Oct 2026 07:28:00 GMT")
                    .header("retry-after", "Wed, 21 Oct 2026 07:28:09 GMT"),
            ],
            Bytes(Obtained::Fetched),
        ),
        ("429 for an hour", vec![Fault::status(429).header("retry-after", "3600")], Error(ErrorKind::Download, "429")),
        ("5xx", vec![Fault::status(500), Fault::status(502), Fault::status(503).times(2)], fetched),
        ("5xx for ever", vec![Fault::status(503).always()], Error(ErrorKind::Download, "503")),
        ("5xx amid the file", vec![cut(), Fault::status(503).times(3)], continued()),
        ("expired without an operation", vec![Fault::status(403)], Error(ErrorKind::Download, "fresh URL")),
        ("gone", vec![cut(), Fault::status(410)], Error(ErrorKind::Download, "410")),
        ("another host", vec![Fault::redirect("https://10.0.0.1/x?k=1")], Error(ErrorKind::Download, "private")),
        ("no scheme of ours", vec![Fault::redirect("ftp://a.b/x")], Error(ErrorKind::Download, "not https")),
        ("loop", vec![Fault::redirect("?k=1").always()], Error(ErrorKind::Download, "more than five")),
        ("five redirects", vec![Fault::redirect("?k=1").times(5)], Bytes(Obtained::Fetched)),
        ("six redirects", vec![Fault::redirect("?k=1").times(6)], Error(ErrorKind::Download, "more than five")),
        ("redirect to nowhere", vec![Fault::status(302)], Error(ErrorKind::Download, "nowhere")),
        ("a page", vec![Fault::html()], Error(ErrorKind::Download, "web page")),
        ("compressed", vec![Fault::gzip()], Error(ErrorKind::Download, "compressed")),
        // The compressed file is shorter than what is there.
        ("compressed rest", vec![cut(), Fault::gzip()], Bytes(Obtained::Fetched)),
        ("a teapot", vec![Fault::status(418)], Error(ErrorKind::Download, "418")),
        (
            "wrong digest",
            vec![Fault::ignore_range().header("repr-digest", &digest(b"other"))],
            Error(ErrorKind::Download, "digest"),
        ),
        ("right digest", vec![Fault::ignore_range().header("repr-digest", &digest(&file()))], Bytes(Obtained::Fetched)),
        ("digest of the whole with its rest", vec![cut().header("repr-digest", &digest(&file()))], continued()),
        (
            "digest of a part",
            vec![cut(), Fault::ignore_range().header("content-digest", &digest(b"other"))],
            Error(ErrorKind::Download, "digest"),
        ),
    ]
}

fn digest(bytes: &[u8]) -> String {
    use base64::Engine as _;
    use sha2::Digest as _;

    let sha512 = base64::engine::general_purpose::STANDARD.encode(sha2::Sha512::digest(bytes));
    format!("sha-512=:{sha512}:")
}

#[tokio::test(start_paused = true)]
async fn every_fault_with_every_place() {
    let simulator = Simulator::start().await.unwrap();
    let mint = simulator.mint().unwrap();
    let whole = file();
    for (name, faults, expected) in rows() {
        for place in PLACES {
            let url =
                simulator.add_file(&format!("{name}-{place:?}.stl").replace(' ', "-"), "model/stl", whole.clone());
            for fault in &faults {
                simulator.add_fault(&url, fault.clone());
            }
            let mut asset = Asset::new(AssetKind::Stl, &format!("{url}?signature=1"));
            // What is announced is believed where the API says nothing of it.
            asset.bytes = (!["announces too much", "a page"].contains(&name)).then_some(SIZE as u64);
            let result = place.download(&mint, &asset, |download| download).await;
            match (&expected, result) {
                (Bytes(obtained), Ok((bytes, file))) => {
                    assert!(bytes == whole, "{name}, {place:?}: {} bytes", bytes.len());
                    assert_eq!((file.bytes, file.obtained), (SIZE as u64, *obtained), "{name}, {place:?}");
                }
                (Error(kind, says), Err(error)) => {
                    let text = format!("{error} {error:?}");
                    assert_eq!(error.kind(), *kind, "{name}, {place:?}: {error}");
                    assert!(text.contains(says), "{name}, {place:?}: {error}");
                    assert!(!text.contains("signature") && !text.contains("k=1"), "{name}, {place:?}: {text}");
                }
                (Bytes(_), Err(error)) => panic!("{name}, {place:?}: {error}"),
                (Error(..), Ok(_)) => panic!("{name}, {place:?}: no error"),
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn nothing_is_asked_before_the_server_says() {
    for header in ["9", "Wed, 21 Oct 2026 07:28:09 GMT"] {
        let simulator = Simulator::start().await.unwrap();
        let mint = simulator.mint().unwrap();
        let url = simulator.add_file("a.stl", "model/stl", file());
        let busy = Fault::status(429).header("date", "Wed, 21 Oct 2026 07:28:00 GMT").header("retry-after", header);
        simulator.add_fault(&url, busy);
        let asset = Asset::new(AssetKind::Stl, &url);
        let (_, file) = Place::Writer.download(&mint, &asset, |download| download).await.unwrap();
        assert_eq!(file.attempts, 2);
        let at: Vec<Instant> = simulator.cdn_requests().iter().map(|request| request.at).collect();
        let waited = at[1] - at[0];
        assert!((Duration::from_secs(9)..Duration::from_secs(11)).contains(&waited), "{header}: {waited:?}");
    }
}

/// The one sort of fault where bytes must not be mixed: another version under the same name.
#[tokio::test(start_paused = true)]
async fn a_changed_file_is_never_spliced() {
    // The shorter one is all in the first bytes of the old one.
    let versions = [vec![b'n'; SIZE], vec![b'o'; 300_000]];
    for (place, new) in PLACES.into_iter().flat_map(|place| versions.clone().map(|new| (place, new))) {
        let simulator = Simulator::start().await.unwrap();
        let mint = simulator.mint().unwrap();
        let from = simulator.add_file("a.stl", "model/stl", vec![b'o'; SIZE]);
        let to = simulator.add_file("a.stl", "model/stl", new.clone());
        simulator.add_fault(&from, Fault::cut_at(400_000));
        // From the second request on, the name leads to another file.
        simulator.add_fault(&from, Fault::redirect(&to).always());
        let asset = Asset::new(AssetKind::Stl, &from);
        match place.download(&mint, &asset, |download| download).await {
            Ok((bytes, _)) => assert!(place != Place::Writer && bytes == new, "{place:?} {}", new.len()),
            Err(error) => {
                assert_eq!(place, Place::Writer, "{error}");
                assert!(error.to_string().contains("changed at the server"), "{error}");
            }
        }
    }
}

/// The slice that was asked for, under a status that says it is the whole.
#[tokio::test(start_paused = true)]
async fn a_slice_is_never_published_as_the_whole() {
    let whole = file();
    for place in PLACES {
        let replies = [
            mint_loopback::Reply::bytes(whole.clone()).header("etag", "\"a\"").cut(400_000),
            mint_loopback::Reply::bytes(whole[400_000..].to_vec())
                .header("etag", "\"a\"")
                .header("content-range", "bytes 400000-899999/900000"),
            mint_loopback::Reply::bytes(whole.clone()).header("etag", "\"a\""),
        ];
        let server = memory::serve(mint_loopback::in_turn(replies)).await;
        let simulator = Simulator::start().await.unwrap();
        let asset = Asset::new(AssetKind::Stl, &server.url("/a.stl?signature=1"));
        let (bytes, file) = place.download(&simulator.mint().unwrap(), &asset, |download| download).await.unwrap();
        assert!(bytes == whole && file.attempts == 3, "{place:?}: {} bytes", bytes.len());
    }
}

#[tokio::test(start_paused = true)]
async fn an_expired_url_is_read_anew_and_the_file_goes_on() {
    for place in PLACES {
        let simulator = Simulator::start().await.unwrap();
        let mint = simulator.mint().unwrap();
        let id = simulator.add(Script::model().timeline([("succeeded", 0)]));
        let operation = mint.attach(id).unwrap().get().await.unwrap();
        let assets = Assets::of(&operation);
        let asset = assets.iter().find(|asset| asset.kind == AssetKind::Glb).unwrap();
        simulator.add_fault(&asset.url, Fault::expire_at(2_000));
        let download = mint.download(&operation).only([AssetKind::Glb]);
        let (bytes, file) = place.save(download, asset).await.unwrap();
        assert_eq!((bytes.len() as u64, file.obtained), (asset.bytes.unwrap(), Obtained::Continued));
        // The operation was read once before, and once for the fresh URL.
        assert_eq!(simulator.api_requests().len(), 2);
        let last = simulator.cdn_requests().pop().unwrap();
        assert_eq!((last.headers["range"].to_str().unwrap(), last.target.contains('?')), ("bytes=2000-", true));
    }
}

#[tokio::test(start_paused = true)]
async fn one_request_gets_fresh_urls_for_all_files() {
    let simulator = Simulator::start().await.unwrap();
    let mint = simulator.mint().unwrap();
    let id = simulator.add(Script::model().timeline([("succeeded", 0)]));
    let operation = mint.attach(id).unwrap().get().await.unwrap();
    for asset in &Assets::of(&operation) {
        simulator.add_fault(&asset.url, Fault::expire_at(10));
    }
    let directory = tempfile::tempdir().unwrap();
    let files = mint.download(&operation).concurrency(8).to_dir(directory.path()).await.unwrap().complete().unwrap();
    assert_eq!(files.len(), 8);
    assert_eq!(simulator.api_requests().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn fresh_urls_are_asked_for_once() {
    let simulator = Simulator::start().await.unwrap();
    let mint = simulator.mint().unwrap();
    let id = simulator.add(Script::model().timeline([("succeeded", 0)]));
    let operation = mint.attach(id).unwrap().get().await.unwrap();
    let assets = Assets::of(&operation);
    let asset = assets.iter().find(|asset| asset.kind == AssetKind::Glb).unwrap();
    simulator.add_fault(&asset.url, Fault::status(403).always());
    let download = mint.download(&operation).only([AssetKind::Glb]);
    let error = Place::Directory.save(download, asset).await.clean_err();
    assert_eq!(error.status().map(|status| status.as_u16()), Some(403));
    assert_eq!(simulator.api_requests().len(), 2);
}

/// A long file may outlive several URLs; one that brings nothing is the last.
#[tokio::test(start_paused = true)]
async fn fresh_urls_are_asked_for_again_only_after_new_bytes() {
    for (faults, requests, whole) in [
        (vec![Fault::expire_at(2_000), Fault::expire_at(3_000), Fault::expire_at(4_000)], 4, true),
        (vec![Fault::expire_at(2_000), Fault::expire_at(2_000)], 2, false),
        (vec![Fault::expire_at(2_000), Fault::expire_at(3_000), Fault::status(403).always()], 3, false),
    ] {
        let simulator = Simulator::start().await.unwrap();
        let mint = simulator.mint().unwrap();
        let id = simulator.add(Script::model().timeline([("succeeded", 0)]));
        let operation = mint.attach(id).unwrap().get().await.unwrap();
        let assets = Assets::of(&operation);
        let asset = assets.iter().find(|asset| asset.kind == AssetKind::Glb).unwrap();
        let shown = format!("{faults:?}");
        for fault in faults {
            simulator.add_fault(&asset.url, fault);
        }
        let saved = Place::Directory.save(mint.download(&operation).only([AssetKind::Glb]), asset).await;
        assert_eq!((saved.is_ok(), simulator.api_requests().len()), (whole, requests), "{shown}");
    }
}

/// The CDN has the file some time after the API names it, under the URL that the API keeps naming.
#[tokio::test(start_paused = true)]
async fn a_file_that_is_not_on_the_cdn_yet_is_waited_for() {
    for (status, times, arrives) in [(404, 4, true), (403, 4, true), (404, 1_000, false), (410, 1, false)] {
        let simulator = Simulator::start().await.unwrap();
        let mint = simulator.mint().unwrap();
        let url = simulator.add_file("a.stl", "model/stl", file());
        let id = simulator
            .add(Script::model().timeline([("succeeded", 0)]).with("assets", serde_json::json!({"stlUrl": url})));
        let operation = mint.attach(id).unwrap().get().await.unwrap();
        simulator.add_fault(&url, Fault::status(status).times(times));
        let began = Instant::now();
        let saved = Place::Directory.save(mint.download(&operation), &Asset::new(AssetKind::Stl, &url)).await;
        assert_eq!(saved.is_ok(), arrives, "{status}: {saved:?}");
        let Err(error) = saved else { continue };
        assert_eq!(error.status().map(|status| status.as_u16()), Some(status));
        if status == 404 {
            assert!((300..330).contains(&began.elapsed().as_secs()), "{:?}", began.elapsed());
            let text = error.to_string();
            assert!(text.contains("may not be there yet") && !text.contains("read the operation again"), "{text}");
        }
    }
}

/// S3 answers 400 to an expired token.
#[tokio::test(start_paused = true)]
async fn an_expired_token_is_an_expired_url() {
    let simulator = Simulator::start().await.unwrap();
    let mint = simulator.mint().unwrap();
    for (code, text) in [("ExpiredToken", "fresh URL"), ("InvalidArgument", "did not send the file")] {
        let body = format!("<?xml version=\"1.0\"?><Error><Code>{code}</Code></Error>");
        let server = memory::serve(move |_| mint_loopback::Reply::bytes(body.clone()).status(400)).await;
        let asset = Asset::new(AssetKind::Stl, &server.url("/a.stl?signature=1"));
        let error = Place::Directory.download(&mint, &asset, |download| download).await.clean_err();
        assert!(error.to_string().contains(text), "{error}");
        assert_eq!(server.requests().len(), 1);
    }
}

/// An outage is over within the time that a wait tolerates, or within the time that the caller says.
#[tokio::test(start_paused = true)]
async fn an_outage_is_outlived() {
    let default: fn(Download) -> Download = |download| download;
    let impatient: fn(Download) -> Download = |download| download.failure_tolerance(Duration::from_secs(20));
    for (outage, settings, outlived) in
        [(30, default, true), (240, default, true), (400, default, false), (60, impatient, false)]
    {
        let began = Instant::now();
        let server = memory::serve(move |_| match began.elapsed().as_secs() < outage {
            true => mint_loopback::Reply::bytes("").status(503),
            false => mint_loopback::Reply::bytes("solid a"),
        })
        .await;
        let simulator = Simulator::start().await.unwrap();
        let asset = Asset::new(AssetKind::Stl, &server.url("/a.stl?signature=1"));
        let saved = Place::Directory.download(&simulator.mint().unwrap(), &asset, settings).await;
        assert_eq!(saved.is_ok(), outlived, "{outage}");
    }
}

/// Some firewalls refuse requests without a `User-Agent`.
#[tokio::test]
async fn downloads_name_the_program() {
    let simulator = Simulator::start().await.unwrap();
    let mint = simulator.mint().unwrap();
    let server = memory::serve(|_| mint_loopback::Reply::bytes("solid a")).await;
    let asset = Asset::new(AssetKind::Stl, &server.url("/a.stl?signature=1"));
    Place::Directory.download(&mint, &asset, |download| download).await.unwrap();
    let request = server.request();
    let agent = request.header("user-agent");
    assert!(agent[0].contains("mint-api-ext/") && agent[0].contains("mint-api/"), "{agent:?}");
}

/// Files on this machine take no proxy of the system, as calls of the API take none.
#[test]
fn this_machine_is_reached_without_the_proxy_of_the_system() {
    const TEST: &str = "faults::this_machine_is_reached_without_the_proxy_of_the_system";
    if std::env::var("MINT_API_EXT_PROXIED").is_ok() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        return runtime.block_on(async {
            let simulator = Simulator::start().await.unwrap();
            let url = simulator.add_file("a.stl", "model/stl", b"solid a".to_vec());
            let download = wire::mint(&simulator).download(Asset::new(AssetKind::Stl, &url));
            let directory = tempfile::tempdir().unwrap();
            download.failure_tolerance(Duration::ZERO).to_dir(directory.path()).await.unwrap().complete().unwrap();
        });
    }
    let mut command = std::process::Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", TEST]).env("MINT_API_EXT_PROXIED", "1").env_remove("NO_PROXY").env_remove("no_proxy");
    for name in ["HTTP_PROXY", "http_proxy", "ALL_PROXY"] {
        command.env(name, "http://127.0.0.1:1");
    }
    let output = command.output().unwrap();
    let text = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    assert!(output.status.success() && text.contains("1 passed"), "{text}");
}

#[tokio::test(start_paused = true)]
async fn an_api_that_has_no_fresh_url_is_told_of() {
    let simulator = Simulator::start().await.unwrap();
    let mint = simulator.mint().unwrap();
    let url = simulator.add_file("a.stl", "model/stl", file());
    let replies = [Reply::operation("succeeded"), Reply::problem(404)];
    let id = simulator.add(Script::model().replies(replies).with("assets", serde_json::json!({"stlUrl": url})));
    let operation = mint.attach(id).unwrap().get().await.unwrap();
    simulator.add_fault(&url, Fault::status(410).always());
    let error = Place::Directory.save(mint.download(&operation), &Asset::new(AssetKind::Stl, &url)).await.clean_err();
    assert_eq!(error.kind(), ErrorKind::Server);
    let text = error.to_string();
    assert!(text.contains("410") && text.contains("did not help") && text.contains("404"), "{text}");
}

#[tokio::test(start_paused = true)]
async fn a_server_may_be_silent_for_as_long_as_is_said() {
    let default: fn(Download) -> Download = |download| download;
    for (settings, seconds) in [(default, 30), (|download| download.stall_timeout(Duration::from_secs(3)), 3)] {
        let simulator = Simulator::start().await.unwrap();
        let mint = simulator.mint().unwrap();
        let url = simulator.add_file("a.stl", "model/stl", file());
        simulator.add_fault(&url, Fault::stall_at(400_000));
        let (_, file) = Place::Writer.download(&mint, &Asset::new(AssetKind::Stl, &url), settings).await.unwrap();
        let silent = Duration::from_secs(seconds);
        assert!((silent..silent + Duration::from_secs(1)).contains(&file.elapsed), "{:?}", file.elapsed);
    }
}

/// Hours of slow bytes are no failure: nothing limits the whole, and every piece is one more sign of life.
#[tokio::test(start_paused = true)]
async fn a_slow_download_is_not_cut_off() {
    const PIECES: usize = 400;
    let server =
        memory::serve(|_| mint_loopback::Reply::bytes("x".repeat(PIECES)).drip(1, Duration::from_secs(29))).await;
    let url = server.url("/a.stl?signature=1");
    let simulator = Simulator::start().await.unwrap();
    let mint = simulator.mint().unwrap();
    let asset = Asset::new(AssetKind::Stl, &url);
    let (bytes, file) = Place::Writer.download(&mint, &asset, |download| download).await.unwrap();
    assert_eq!((bytes.len(), file.attempts), (PIECES, 1));
    assert!(file.elapsed > Duration::from_secs(3 * 3600), "{:?}", file.elapsed);
}
