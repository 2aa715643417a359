//! Which request meets a fault of the simulator, and the names of the files of a pack.

use std::time::Duration;

use mint_api_ext::asset::{Asset, AssetKind, Assets};
use mint_api_ext::download::Obtained;
use mint_api_ext::simulator::{Fault, Script, Simulator};
use tokio::time::Instant;

const SIZE: usize = 900_000;

#[tokio::test(start_paused = true)]
async fn a_fault_of_one_operation_does_not_hit_another() {
    let simulator = Simulator::start().await.unwrap();
    let mint = simulator.mint().unwrap();
    let operation = async |id: String| mint.attach(id).unwrap().wait().await.unwrap().into_operation();
    let (one, other) =
        (operation(simulator.add(Script::model())).await, operation(simulator.add(Script::model())).await);
    let glb = |operation| Assets::of(operation).into_iter().find(|asset| asset.kind == AssetKind::Glb).unwrap();
    simulator.add_fault(&glb(&one).url, Fault::html().always());
    for (operation, is_whole) in [(&one, false), (&other, true)] {
        let directory = tempfile::tempdir().unwrap();
        let report = mint.download(operation).only([AssetKind::Glb]).to_dir(directory.path()).await.unwrap();
        assert_eq!(report.failures.is_empty(), is_whole, "{report:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_fault_of_a_kind_hits_the_next_file_of_that_kind_only() {
    let simulator = Simulator::start().await.unwrap();
    let mint = simulator.mint().unwrap();
    let operation = mint.attach(simulator.add(Script::world())).unwrap().wait().await.unwrap().into_operation();
    for kind in Assets::of(&operation).iter().map(|asset| asset.kind.clone()) {
        simulator.fault_next(kind.clone(), Fault::html());
        let directory = tempfile::tempdir().unwrap();
        let report = mint.download(&operation).to_dir(directory.path()).await.unwrap();
        let failed: Vec<_> = report.failures.iter().map(|failure| failure.asset.kind.clone()).collect();
        assert_eq!(failed, [kind]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_slow_file_arrives_a_piece_a_second() {
    let simulator = Simulator::start().await.unwrap();
    let url = simulator.add_file("lamp.stl", "model/stl", vec![7_u8; SIZE]);
    simulator.add_fault(&url, Fault::drip(100_000));
    let directory = tempfile::tempdir().unwrap();
    let began = Instant::now();
    let assets = Assets::from_iter([Asset::new(AssetKind::Stl, &url)]);
    let files = simulator.mint().unwrap().download(assets).to_dir(directory.path()).await.unwrap().complete().unwrap();
    assert_eq!((files[0].bytes, files[0].obtained), (SIZE as u64, Obtained::Fetched));
    assert_eq!(began.elapsed().as_secs(), 8);
}

#[tokio::test(start_paused = true)]
async fn the_files_of_a_pack_are_named_by_item() {
    let simulator = Simulator::start().await.unwrap();
    let mint = simulator.mint().unwrap();
    let operation = mint.generate_asset_pack("tools", 2).send_and_wait().await.unwrap().into_operation();
    let directory = tempfile::tempdir().unwrap();
    let download = mint.download(&operation).only([AssetKind::Glb]);
    let files = download.to_dir(directory.path()).await.unwrap().complete().unwrap();
    let names: Vec<_> = files.iter().map(|file| file.path.file_name().unwrap().to_str().unwrap()).collect();
    assert_eq!(names, ["Item 1.glb", "Item 2.glb"]);
}

#[tokio::test(start_paused = true)]
async fn a_fault_of_an_operation_hits_no_other() {
    let simulator = Simulator::start().await.unwrap();
    let [one, other] = [0, 1].map(|_| simulator.add(Script::model().timeline([("succeeded", 0)])));
    simulator.fault_operation(&one, Fault::status(404).always());
    let mint = simulator.mint().unwrap();
    for (id, works) in [(&one, false), (&other, true)] {
        let operation = mint.operation(id.clone()).await.unwrap();
        let directory = tempfile::tempdir().unwrap();
        let download = mint.download(&operation).only([AssetKind::Glb]).to_dir(directory.path()).await;
        assert_eq!(download.and_then(|report| report.complete()).is_ok(), works, "{id}");
    }
}

#[tokio::test(start_paused = true)]
async fn expired_urls_are_read_anew() {
    let simulator = Simulator::start().await.unwrap();
    let id = simulator.add(Script::model().timeline([("succeeded", 0)]));
    let mint = simulator.mint().unwrap();
    let operation = mint.operation(id).await.unwrap();
    simulator.expire_urls();
    let directory = tempfile::tempdir().unwrap();
    let download = mint.download(&operation).only([AssetKind::Glb]);
    assert_eq!(download.to_dir(directory.path()).await.unwrap().complete().unwrap().len(), 1);
    assert!(simulator.cdn_requests().len() > 1);
}

#[tokio::test(start_paused = true)]
async fn forgotten_keys_start_again() {
    let simulator = Simulator::builder().stable_ids().start().await.unwrap();
    let mint = simulator.mint().unwrap();
    let start =
        || async { mint.generate_model("a lamp").with_idempotency_key("k").send().await.unwrap().id().to_string() };
    let first = start().await;
    assert_eq!(start().await, first);
    simulator.forget_keys_after(Duration::from_secs(60));
    assert_eq!(start().await, first);
    tokio::time::sleep(Duration::from_secs(61)).await;
    let second = start().await;
    simulator.forget_keys();
    let third = start().await;
    assert!(first != second && second != third && first != third);
    assert_eq!(simulator.operations_started(), 3);
}
