//! Swaps and moves that were interrupted, and what `verify` remembers.

use std::fs;
use std::time::{Duration, SystemTime};

use mint_api_ext::catalog::FileProblemKind;

use crate::support::shop::{Shop, ids};

const LAMP: &str = "[models.lamp]\nprompt = 'a lamp'\nfiles = ['glb', 'poster']";

/// The lock as it is while the file is being put in place.
fn interrupt(shop: &Shop, path: &str) {
    let lock = shop.text("mint.lock");
    let heading = format!("[models.lamp.files.\"{path}\"]\n");
    let (before, after) = lock.split_once(&heading).unwrap();
    let (fields, rest) = after.split_once("\n\n").unwrap();
    let fields = fields.replace("sha256", "pending");
    let before = before.replace("published =", "publishing =");
    fs::write(shop.path("mint.lock"), format!("{before}{heading}{fields}\n\n{rest}")).unwrap();
}

#[tokio::test(start_paused = true)]
async fn an_interrupted_swap_is_finished_without_a_download() {
    let shop = Shop::open(LAMP).await;
    shop.run().await;
    let lock = shop.text("mint.lock");
    let downloads = shop.simulator.cdn_requests().len();
    for path in ["assets/models/lamp.glb", "assets/models/lamp.poster.png"] {
        interrupt(&shop, path);
    }
    let problems = shop.catalog().verify().unwrap().problems;
    assert!(problems.iter().all(|problem| problem.kind == FileProblemKind::Interrupted) && problems.len() == 2);
    assert_eq!(shop.planned(), ["unfinished models.lamp: download"]);
    assert_eq!(ids(&shop.run().await.done), ["models.lamp"]);
    assert_eq!(shop.simulator.cdn_requests().len(), downloads);
    assert_eq!(shop.text("mint.lock"), lock);
}

#[tokio::test(start_paused = true)]
async fn a_swap_whose_files_are_lost_is_downloaded_again() {
    let shop = Shop::open(LAMP).await;
    shop.run().await;
    let lock = shop.text("mint.lock");
    interrupt(&shop, "assets/models/lamp.glb");
    fs::remove_file(shop.path("assets/models/lamp.glb")).unwrap();
    assert_eq!(shop.run().await.done.len(), 1);
    assert_eq!(shop.text("mint.lock"), lock);
    assert!(shop.catalog().verify().unwrap().is_clean());
}

#[tokio::test(start_paused = true)]
async fn a_swap_that_was_given_up_leaves_nothing_behind() {
    let shop = Shop::open(LAMP).await;
    shop.run().await;
    interrupt(&shop, "assets/models/lamp.poster.png");
    // The definition asks for less by now.
    shop.define("[models.lamp]\nprompt = 'a lamp'");
    assert_eq!(shop.run().await.done.len(), 1);
    assert!(shop.path("assets/models/lamp.glb").is_file());
    assert!(!shop.path("assets/models/lamp.poster.png").exists());
    assert!(shop.plan().is_empty() && shop.catalog().verify().unwrap().is_clean());
}

#[tokio::test(start_paused = true)]
async fn a_renamed_entry_whose_place_is_taken_waits() {
    let shop = Shop::open(LAMP).await;
    shop.run().await;
    fs::write(shop.path("assets/models/lantern.glb"), "mine").unwrap();
    shop.define(&LAMP.replace("models.lamp", "models.lantern"));
    let summary = shop.run().await;
    assert_eq!(summary.waiting.len(), 1, "{summary:?}");
    assert_eq!(shop.text("assets/models/lantern.glb"), "mine");
    fs::remove_file(shop.path("assets/models/lantern.glb")).unwrap();
    shop.run().await;
    assert!(shop.path("assets/models/lantern.glb").is_file() && !shop.path("assets/models/lamp.glb").exists());
    assert!(shop.plan().is_empty() && shop.catalog().verify().unwrap().is_clean(), "{}", shop.plan());
    assert_eq!(shop.simulator.operations_started(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_file_is_hashed_again_only_when_its_size_or_time_changed() {
    let shop = Shop::open(LAMP).await;
    shop.run().await;
    let path = shop.path("assets/models/lamp.glb");
    let file = fs::File::options().write(true).open(&path).unwrap();
    let long_ago = SystemTime::now() - Duration::from_secs(3600);
    file.set_modified(long_ago).unwrap();
    // This remembers what it hashed.
    assert!(shop.catalog().verify().unwrap().is_clean());
    let bytes = fs::read(&path).unwrap();
    fs::write(&path, vec![0; bytes.len()]).unwrap();
    let set = |time| fs::File::options().write(true).open(&path).unwrap().set_modified(time).unwrap();
    set(long_ago);
    assert!(shop.catalog().verify().unwrap().is_clean());
    set(long_ago + Duration::from_secs(1));
    assert!(!shop.catalog().verify().unwrap().is_clean());
}
