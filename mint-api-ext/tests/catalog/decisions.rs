//! What a person decides.

use std::fs;

use mint_api_ext::Outcome;
use mint_api_ext::catalog::Waiting;

use crate::support::shop::{Shop, id, ids};

#[tokio::test(start_paused = true)]
async fn a_review_stops_at_the_preview_and_goes_on_when_it_is_approved() {
    let shop = Shop::open("[models.chair]\nprompt = 'a chair'\nreview = true").await;
    for _ in 0..2 {
        let summary = shop.run().await;
        let [(entry, Waiting::Review { operation: Some(operation), page: Some(_), .. })] = &summary.waiting[..] else {
            panic!("{summary:?}");
        };
        assert_eq!((entry.to_string().as_str(), operation.as_str()), ("models.chair", "op_0001"));
    }
    let operation = shop.mint.operation("op_0001").await.unwrap();
    let Some(Outcome::AwaitingReview(preview)) = Outcome::of(&shop.mint, operation).unwrap() else { panic!() };
    preview.approve().send().await.unwrap();
    assert_eq!(ids(&shop.run().await.done), ["models.chair"]);
    assert_eq!(shop.simulator.operations_started(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_operation_without_credits_waits_and_goes_on_when_it_is_resumed() {
    let shop = Shop::open("[models.chair]\nprompt = 'a chair'").await;
    shop.simulator.add_credits(-99_700.0);
    let summary = shop.run().await;
    let [(_, Waiting::Credits { operation: Some(operation), why, .. })] = &summary.waiting[..] else {
        panic!("{summary:?}")
    };
    assert!(why.contains("resume it"), "{why}");
    shop.simulator.add_credits(5_000.0);
    let operation = shop.mint.operation(operation).await.unwrap();
    let Some(Outcome::BillingRequired(unpaid)) = Outcome::of(&shop.mint, operation).unwrap() else { panic!() };
    unpaid.resume().send().await.unwrap();
    assert_eq!(ids(&shop.run().await.done), ["models.chair"]);
    assert_eq!(shop.simulator.operations_started(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_start_without_credits_is_sent_again_by_the_next_run() {
    let shop = Shop::open("[models.chair]\nprompt = 'a chair'").await;
    shop.simulator.add_credits(-99_990.0);
    for _ in 0..2 {
        let summary = shop.run().await;
        let [(_, Waiting::Credits { why, .. })] = &summary.waiting[..] else { panic!("{summary:?}") };
        assert!(why.ends_with("then run again"), "{why}");
    }
    shop.simulator.add_credits(5_000.0);
    assert_eq!(ids(&shop.run().await.done), ["models.chair"]);
}

#[tokio::test(start_paused = true)]
async fn a_file_that_a_person_changed_is_reported_and_overwritten_only_when_told() {
    let shop = Shop::open("[models.lamp]\nprompt = 'a lamp'").await;
    // Somebody's own file is there before the first run.
    fs::create_dir_all(shop.path("assets/models")).unwrap();
    let file = shop.path("assets/models/lamp.glb");
    fs::write(&file, "mine").unwrap();
    let changed = |waiting: &Waiting| matches!(waiting, Waiting::ChangedByHand { files, .. } if files.len() == 1);
    let summary = shop.run().await;
    assert!(changed(&summary.waiting[0].1), "{summary:?}");
    assert_eq!(fs::read(&file).unwrap(), b"mine");
    fs::remove_file(&file).unwrap();
    assert_eq!(shop.run().await.done.len(), 1);
    let made = fs::read(&file).unwrap();

    fs::write(&file, "edited").unwrap();
    assert_eq!(shop.planned(), ["damaged models.lamp: "]);
    assert_eq!(
        shop.catalog().verify().unwrap().problems[0].to_string(),
        "models.lamp: `assets/models/lamp.glb` was changed; restore it, or run with `overwrite` for the entry to replace it"
    );
    for definition in
        ["[models.lamp]\nprompt = 'a lamp'", "[models.lamp]\nprompt = 'a lamp'\nfiles = ['glb', 'poster']"]
    {
        shop.define(definition);
        let summary = shop.run().await;
        assert!(changed(&summary.waiting[0].1), "{summary:?}");
        assert_eq!(fs::read(&file).unwrap(), b"edited");
    }
    let summary = shop.run_with(|run| run.overwrite(id("models.lamp"))).await;
    assert_eq!(summary.done.len(), 1, "{summary:?}");
    assert_eq!(fs::read(&file).unwrap(), made);
    assert_eq!(shop.simulator.operations_started(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_missing_file_is_downloaded_again() {
    let shop = Shop::open("[models.lamp]\nprompt = 'a lamp'\nfiles = ['glb', 'poster']").await;
    shop.run().await;
    fs::remove_file(shop.path("assets/models/lamp.glb")).unwrap();
    assert_eq!(shop.planned(), ["missing models.lamp: download"]);
    assert!(!shop.catalog().verify().unwrap().is_clean());
    assert_eq!(shop.run().await.done.len(), 1);
    assert!(shop.catalog().verify().unwrap().is_clean() && shop.plan().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_removed_entry_keeps_its_files_until_it_is_pruned() {
    let shop =
        Shop::open("[models.lamp]\nprompt = 'a lamp'\nfiles = ['glb', 'poster']\n[models.desk]\nprompt = 'a desk'")
            .await;
    shop.run().await;
    shop.define("[models.desk]\nprompt = 'a desk'");
    assert_eq!(shop.planned(), ["unchanged models.desk: ", "orphaned models.lamp: "]);
    shop.run().await;
    assert!(shop.path("assets/models/lamp.glb").is_file());
    fs::write(shop.path("assets/models/lamp.poster.png"), "edited").unwrap();
    fs::create_dir_all(shop.path(".mint/staging/models/x")).unwrap();
    let pruned = shop.catalog().prune().unwrap();
    assert_eq!(pruned.removed, [std::path::Path::new("assets/models/lamp.glb")]);
    assert_eq!(pruned.kept, [std::path::Path::new("assets/models/lamp.poster.png")]);
    assert!(!shop.path("assets/models/lamp.glb").exists() && !shop.path(".mint/staging").exists());
    assert!(shop.path("assets/models/lamp.poster.png").exists() && shop.path("assets/models/desk.glb").exists());
    assert_eq!(shop.planned(), ["unchanged models.desk: "]);
    assert_eq!(shop.catalog().prune().unwrap(), Default::default());
}
