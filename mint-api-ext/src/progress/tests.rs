use std::path::Path;
use std::time::Duration;

use indicatif::{InMemoryTerm, ProgressDrawTarget};
use mint_api::types::Operation;
use serde_json::json;
use tokio::time::Instant;

use super::Progress;
use super::progress::clock;
use crate::asset::{Asset, AssetKind};
use crate::download::{Event, FetchedFile, Obtained};
use crate::error::{Error, ErrorKind};
use crate::wait::{Observation, Outcome, Update};

fn operation(status: &str) -> Operation {
    serde_json::from_value(json!({"id": "op", "status": status})).unwrap()
}

fn changed(status: &str) -> Update {
    Update::Changed(Observation { operation: operation(status), overridden_retry_after: None })
}

#[test]
fn times_are_those_of_a_clock() {
    for (seconds, shown) in [(0, "0:00"), (42, "0:42"), (725, "12:05"), (3723, "1:02:03")] {
        assert_eq!(clock(Duration::from_secs(seconds)), shown);
    }
}

#[tokio::test]
async fn bars_show_what_goes_on_and_lines_above_them_what_has_ended() {
    let screen = InMemoryTerm::new(20, 120);
    let progress = Progress::bars(ProgressDrawTarget::term_like(Box::new(screen.clone())));
    let long = "assets/harbour/buildings/lighthouse/optimized.glb";
    let (long, short) = (Path::new(long), Path::new("assets/lamp.glb"));
    let asset = Asset::new(AssetKind::Glb, "https://a.b/c.glb?signature=secret");
    progress.show_update("lamp", Ok(&changed("queued")));
    progress.show_update("desk", Ok(&changed("running")));
    progress.show(&Event::Planned { files: 3 });
    progress.show(&Event::Started { asset: &asset, path: long, total: Some(4 << 20) });
    progress.show(&Event::Progress { path: long, bytes: 1 << 20 });
    progress.show(&Event::Started { asset: &asset, path: short, total: None });
    let lines = || screen.contents().lines().map(|line| line.trim_end().to_owned()).collect::<Vec<_>>();
    let has = |parts: &[&str]| lines().iter().any(|line| parts.iter().all(|part| line.contains(part)));
    assert!(has(&["lamp", "queued 0:00"]) && has(&["desk", "running 0:00"]), "{:#?}", lines());
    assert!(has(&["…ldings/lighthouse/optimized.glb", "1.00 MiB/4.00 MiB"]), "{:#?}", lines());
    assert!(has(&["assets/lamp.glb", "0 B"]), "{:#?}", lines());
    assert_eq!(lines().last().unwrap(), "0 of 2 operations, 0 of 3 files, 0 B fetched");

    let file = FetchedFile::there(&asset, short, 2048, String::new(), Instant::now());
    let file = FetchedFile { obtained: Obtained::Fetched, ..file };
    progress.show(&Event::Finished { file: &file });
    let error = Error::new(ErrorKind::Download, "it is a web page");
    progress.show(&Event::Failed { asset: &asset, path: long, error: &error });
    progress.show_update("lamp", Ok(&Update::Ended(Outcome::Succeeded(operation("succeeded")))));
    let timeout = Error::new(ErrorKind::Timeout, "the deadline came");
    progress.show_update("desk", Err(&timeout));
    // What has ended stands above, with its whole path; nothing of it is left among the bars.
    assert_eq!(
        lines(),
        [
            "assets/lamp.glb: 2.00 KiB",
            "assets/harbour/buildings/lighthouse/optimized.glb: failed: it is a web page",
            "lamp: succeeded",
            "desk: not waited for any more: the deadline came",
            "2 of 2 operations, 1 of 3 files, 2.00 KiB fetched, 1 failed",
        ]
    );
    drop(progress);
    assert_eq!(lines().len(), 5, "the totals stay: {:#?}", lines());
}

#[tokio::test]
async fn a_file_without_a_bar_has_lines() {
    let screen = InMemoryTerm::new(20, 120);
    let progress = Progress::bars(ProgressDrawTarget::term_like(Box::new(screen.clone())));
    let path = Path::new("a.glb");
    progress.show(&Event::Retried { path, attempt: 2, wait: Duration::from_millis(1500) });
    let asset = Asset::new(AssetKind::Glb, "https://a.b/c.glb");
    let there = FetchedFile::there(&asset, path, 7, String::new(), Instant::now());
    progress.show(&Event::Planned { files: 1 });
    progress.show(&Event::Finished { file: &there });
    let shown = screen.contents();
    assert!(shown.contains("a.glb: attempt 2 in 1.5 s") && shown.contains("a.glb: 7 B, there already"), "{shown}");
}
