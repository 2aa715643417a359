//! Progress as lines of a log.

use std::io::Write;
use std::sync::{Arc, Mutex};

use futures::StreamExt as _;
use mint_api_ext::asset::{Asset, AssetKind, Assets};
use mint_api_ext::progress::Progress;
use mint_api_ext::simulator::{Fault, Script, Simulator};
use mint_api_ext::types::GenerationMode;
use mint_api_ext::wait::Update;

#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Log {
    pub(crate) fn lines(&self) -> Vec<String> {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap().lines().map(str::to_owned).collect()
    }
}

#[tokio::test(start_paused = true)]
async fn every_change_is_a_line_and_the_totals_are_the_last() {
    let simulator = Simulator::start().await.unwrap();
    let mint = simulator.mint().unwrap();
    let log = Log::default();
    let progress = Arc::new(Progress::lines(log.clone()));
    let model = simulator.add(Script::model().timeline([("queued", 5), ("running", 60), ("succeeded", 0)]));
    let review = mint.generate_model("a desk").generation_mode(GenerationMode::Review).send().await.unwrap();
    let waits = mint.wait_many([("lamp", mint.attach(model).unwrap()), ("desk", review)]);
    let mut updates = waits.updates();
    let directory = tempfile::tempdir().unwrap();
    while let Some((name, update)) = updates.next().await {
        progress.show_update(name, update.as_ref());
        let Ok(Update::Ended(outcome)) = update else { continue };
        if outcome.is_success() {
            let progress = progress.clone();
            let download = mint.download(outcome.operation()).preferred().named(name);
            let download = download.on_event(move |event| progress.show(event));
            download.to_dir(directory.path()).await.unwrap().complete().unwrap();
        }
    }
    let lines = log.lines();
    let of = |start: &str| lines.iter().filter(|line| line.starts_with(start)).cloned().collect::<Vec<_>>();
    assert_eq!(of("lamp: ")[..2], ["lamp: queued", "lamp: running"]);
    assert!(of("lamp: ")[2].starts_with("lamp: succeeded after 1:"), "{lines:?}");
    assert!(of("desk: ").last().unwrap().starts_with("desk: waits for review after 0:"), "{lines:?}");
    let file = directory.path().join("lamp.glb");
    assert!(of(&format!("{}: ", file.display()))[0].ends_with(" KiB"), "{lines:?}");
    assert!(lines.last().unwrap().starts_with("2 of 2 operations, 1 of 1 files, "), "{lines:?}");
}

#[tokio::test(start_paused = true)]
async fn a_slow_file_has_a_line_every_ten_seconds() {
    let simulator = Simulator::start().await.unwrap();
    let url = simulator.add_file("lamp.stl", "model/stl", vec![7_u8; 3_500_000]);
    simulator.add_fault(&url, Fault::drip(100_000));
    let log = Log::default();
    let progress = Progress::lines(log.clone());
    let assets = Assets::from_iter([Asset::new(AssetKind::Stl, &url)]);
    let download = simulator.mint().unwrap().download(assets).on_event(move |event| progress.show(event));
    let directory = tempfile::tempdir().unwrap();
    download.to_dir(directory.path()).await.unwrap().complete().unwrap();
    let file = directory.path().join("model.stl").display().to_string();
    let lines: Vec<_> = log.lines().iter().map(|line| line.replace(&file, "F")).collect();
    assert_eq!(lines.len(), 5, "{lines:?}");
    assert!(lines[..3].iter().all(|line| line.starts_with("F: ") && line.ends_with(" MiB")), "{lines:?}");
    assert_eq!(lines[3..], ["F: 3.34 MiB", "1 of 1 files, 3.34 MiB fetched"]);
}
