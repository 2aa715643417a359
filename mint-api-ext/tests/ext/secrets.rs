//! The key goes to the API and nowhere else, neither over the network nor into text.

use futures::StreamExt as _;
use mint_api_ext::ErrorKind;
use mint_api_ext::asset::{Asset, AssetKind, Assets};
use mint_api_ext::progress::Progress;
use mint_api_ext::simulator::{API_KEY, Fault, Reply, Script, Simulator};
use mint_api_ext::wait::Update;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::progress::Log;
use crate::sinks::Written;
use crate::support::child::in_child;
use crate::support::leaks::{all_text, assert_clean};
use crate::support::memory;
use crate::support::recorder::Recorder;

async fn file_of(simulator: &Simulator, url: &str) -> Vec<u8> {
    let (mint, written) = (simulator.mint().unwrap(), Written::default());
    let download = mint.download(Assets::from_iter([]));
    let report = download.to_writer(&Asset::new(AssetKind::Glb, url), written.clone()).await.unwrap();
    assert!(report.failures.is_empty());
    written.0.lock().unwrap().clone()
}

#[tokio::test]
async fn the_cdn_sees_no_key() {
    let simulator = Simulator::start().await.unwrap();
    let mint = simulator.mint().unwrap();
    let id = simulator.add(Script::model().timeline([("succeeded", 0)]));
    let operation = mint.attach(id).unwrap().get().await.unwrap();
    let directory = tempfile::tempdir().unwrap();
    // One of them lies on another host.
    let assets = Assets::of(&operation);
    let glb = assets.iter().find(|asset| asset.kind == AssetKind::Glb).unwrap();
    let elsewhere = simulator.add_file("elsewhere.glb", "model/gltf-binary", file_of(&simulator, &glb.url).await);
    simulator.add_fault(&glb.url, Fault::redirect(&elsewhere.replace("127.0.0.1", "localhost")));
    let before = simulator.cdn_requests().len();
    mint.download(&operation).to_dir(directory.path()).await.unwrap().complete().unwrap();

    let seen = simulator.api_requests();
    assert_eq!(seen[0].headers["authorization"], format!("Bearer {API_KEY}"));
    let requests = simulator.cdn_requests().split_off(before);
    assert_eq!(requests.len(), 9);
    assert!(requests.iter().any(|request| request.headers["host"].to_str().unwrap().starts_with("localhost:")));
    for request in requests {
        let names: Vec<_> = request.headers.keys().map(|name| name.as_str()).collect();
        // Nothing but what a download needs: no credential, no Referer, no header of the API's.
        for name in names {
            assert!(["accept", "accept-encoding", "host", "user-agent"].contains(&name), "{name}");
        }
        assert_eq!(request.headers["accept-encoding"], "identity");
        assert_clean("a request", &format!("{:?}", request.headers));
    }
}

#[tokio::test(start_paused = true)]
async fn no_text_holds_the_key_or_a_query() {
    let simulator = Simulator::start().await.unwrap();
    let mint = simulator.mint().unwrap();
    assert_clean("builder", &format!("{:?}", simulator.mint_builder().unwrap()));
    assert_clean("client", &format!("{mint:?} {:#?}", mint.api()));
    assert_clean("call", &format!("{:?}", mint.api().get_operation().operation_id("op")));
    let handle = mint.attach("op").unwrap();
    assert_clean("handle", &format!("{handle:?} {:?}", handle.wait()));

    for reply in [
        Reply::problem(401),
        Reply::text(502, "text/html", "<html>"),
        Reply::text(200, "text/html", "<html>"),
        Reply::text(302, "text/html", "").header("location", "/x?signature=1"),
    ] {
        let id = simulator.add(Script::model().replies([reply]));
        let error = mint.attach(id).unwrap().get().await.unwrap_err();
        assert_clean("error", &all_text(&error));
        let id = simulator.api_requests().last().unwrap().target.rsplit('/').next().unwrap().to_owned();
        let error = mint.api().get_operation().operation_id(id).send().await.unwrap_err();
        let text = all_text(&error);
        assert!(!text.contains(API_KEY), "{text}");
    }

    let refusing = memory::refuse();
    let directory = tempfile::tempdir().unwrap();
    for url in [
        format!("{}/missing?signature=1", simulator.cdn_url()),
        format!("{}/a?signature=1", refusing.base_url()),
        "http://example.com/a?signature=1".into(),
        "https://10.0.0.1/a?signature=1#signature".into(),
        "not a url?signature=1".into(),
    ] {
        let download = mint.download(Assets::from_iter([Asset::new(AssetKind::Glb, &url)]));
        assert_clean("download", &format!("{download:?}"));
        let report = download.to_dir(directory.path()).await.unwrap();
        assert_clean("download error", &all_text(&report.failures[0].error));
    }
}

/// An operation whose every URL and text holds a signature, by way of all that tells of it.
#[test]
fn no_text_of_an_operation_holds_a_signed_url() {
    in_child("secrets::no_text_of_an_operation_holds_a_signed_url", async {
        let traces = Recorder::installed();
        let simulator = Simulator::start().await.unwrap();
        let mint = simulator.mint().unwrap();
        let signed = |name: &str, bytes: &'static [u8]| {
            format!("{}?signature=1#signature", simulator.add_file(name, "model/stl", bytes))
        };
        let (stl, bad) = (signed("a.stl", b"solid a"), signed("b.glb", b"not glTF"));
        let message = format!("no file at {bad} \u{1b}[2J\u{202e}");
        let with_urls = |script: Script| {
            script
                .with("mintUrl", json!(bad))
                .with("assets", json!({"glbUrl": bad, "stlUrl": stl, "fbxUrl": "https://10.0.0.1/a.fbx?signature=1"}))
                .with("error", json!({"code": "c", "message": message}))
        };

        for statuses in [
            &["queued", "preview_ready", "succeeded"][..],
            &["running", "partially_succeeded"],
            &["failed"],
            &["canceled"],
            &["billing_required"],
        ] {
            let replies = statuses.iter().map(|status| Reply::operation(status));
            let id = simulator.add(with_urls(Script::model().replies(replies)));
            let mut updates = mint.attach(id).unwrap().wait().every_poll().updates();
            let log = Log::default();
            let progress = Progress::lines(log.clone());
            while let Some(update) = updates.next().await {
                progress.show_update("lamp", update.as_ref());
                let update = update.unwrap();
                assert_clean("update", &format!("{update:?} {update:#?}"));
                if let Update::Ended(outcome) = update {
                    assert!(format!("{:?}", outcome.operation()).contains("signature"), "the test tests something");
                    match outcome.into_succeeded() {
                        Ok(success) => assert_clean("success", &format!("{success:?}")),
                        Err(other) => assert_clean("no success", &all_text(&other)),
                    }
                }
            }
            assert_clean("progress", &log.lines().join("\n"));
        }

        let problem = json!({
            "type": bad, "title": message, "status": 409, "detail": message, "instance": bad, "errors": [message],
        });
        let undecodable = json!({"id": "op", "status": "running", "assets": 7, "createdAt": bad, "mintUrl": [bad]});
        let last = [
            Reply::text(409, "application/problem+json", &problem.to_string()),
            Reply::text(502, "text/html", &message),
            Reply::text(200, "application/json", &undecodable.to_string()),
            Reply::text(200, "text/plain", &message),
            Reply::operation("running"),
        ];
        for reply in last {
            let replies = [Reply::operation("running"), reply];
            let script = with_urls(Script::model().replies(replies));
            let id = simulator.add(script.clone());
            let error = mint.attach(&id).unwrap().wait().await.unwrap_err();
            assert!(error.operation().is_some() && error.to_string().contains(&id), "{error}");
            assert_clean("error of a wait", &all_text(&error));
            let mut ended = mint.wait_many([simulator.add(script)]);
            let (_, result) = ended.next().await.unwrap();
            assert_clean("error of many waits", &all_text(&result.unwrap_err()));
        }

        let token = CancellationToken::new();
        let id = simulator.add(with_urls(Script::model().timeline([("running", 0)])));
        let handle = mint.attach(id).unwrap();
        let mut updates = handle.wait().cancel_on(token.clone()).updates();
        assert!(matches!(updates.next().await, Some(Ok(Update::Changed(_)))));
        token.cancel();
        let error = updates.next().await.unwrap().unwrap_err();
        assert!(error.kind() == ErrorKind::Interrupted && error.operation().is_some());
        assert_clean("interruption", &all_text(&error));
        assert_clean("saved operation", &format!("{:?} {}", handle.save(), serde_json::to_string(&handle).unwrap()));

        let id = simulator.add(with_urls(Script::model().timeline([("succeeded", 0)])));
        let operation = mint.attach(id).unwrap().get().await.unwrap();
        let assets = Assets::of(&operation);
        assert_clean("assets", &format!("{assets:?}"));
        simulator.add_fault(&stl, Fault::status(503));
        simulator.add_fault(&stl, Fault::redirect("?signature=2"));
        let directory = tempfile::tempdir().unwrap();
        let download = mint.download(&operation).on_event(|event| assert_clean("event", &format!("{event:?}")));
        let to_dir = download.to_dir(directory.path());
        assert_clean("download", &format!("{to_dir:?}"));
        let report = to_dir.await.unwrap();
        assert_eq!((report.files.len(), report.failures.len()), (1, 2));
        assert_clean("report", &format!("{report:?}"));
        for failure in &report.failures {
            assert_clean("failure", &all_text(&failure.error));
        }
        let manifest = std::fs::read_to_string(directory.path().join("mint-manifest.json")).unwrap();
        assert!(manifest.contains("/a.stl"), "{manifest}");
        assert_clean("manifest", &manifest);
        assert_clean("complete", &all_text(&report.complete().unwrap_err()));

        let traces = traces.lines();
        for seen in ["mint.wait/HTTP: http.response.status_code=409", "a poll failed", "trying again"] {
            assert!(traces.iter().any(|line| line.contains(seen)), "{seen} is not in {traces:#?}");
        }
        assert_clean("traces", &traces.join("\n"));
    });
}
