//! The lock: its text, and what it refuses.

use std::fs;

use mint_api_ext::ErrorKind;
use mint_api_ext::catalog::Catalog;

use crate::support::shop::{Shop, finish};

#[tokio::test(start_paused = true)]
async fn the_text_is_sorted_and_one_change_is_one_hunk() {
    let shop = Shop::open("[models.b]\nprompt = 'b'\n[models.d]\nprompt = 'd'").await;
    shop.run().await;
    let before = shop.text("mint.lock");
    shop.define("[models.d]\nprompt = 'd'\n[models.b]\nprompt = 'b'\n[models.c]\nprompt = 'c'");
    shop.run().await;
    let after = shop.text("mint.lock");
    let at = after.find("[models.c]").unwrap();
    let end = after.find("[models.d]").unwrap();
    assert_eq!(before, format!("{}{}", &after[..at], &after[end..]));
    assert!(after.starts_with("# Written by mint-api-ext."), "{after}");
    assert!(after.contains("\nformat = 1\nproject = \"test\"\n"), "{after}");
}

#[tokio::test(start_paused = true)]
async fn a_lock_that_cannot_be_trusted_is_refused_and_kept() {
    let shop = Shop::open("[models.lamp]\nprompt = 'a lamp'").await;
    shop.run().await;
    let good = shop.text("mint.lock");
    let conflict = good.replace("[models.lamp]", "<<<<<<< ours\n[models.lamp]") + "=======\n>>>>>>> theirs\n";
    for (text, says) in [
        (conflict, "is a conflict marker of a merge, and the entries models.lamp conflict"),
        (
            good.replace("format = 1", "format = 2"),
            "its format is 2, and this version of mint-api-ext reads format 1; it records the entries models.lamp",
        ),
        (good.replace("format = 1\n", ""), "its format is missing"),
        (good.replace("attempt = 1", "attempt = 'x'"), "models.lamp.versions."),
        (good.replace("project = \"test\"", "project = \"other\""), "is of the project `other`"),
        (good.replace("[models.lamp]", "[models.lamp"), "is not TOML"),
        (good.replace("attempt", "attmept"), "unknown field `attmept`"),
        (good.replace("[models.", "[moddels."), "[moddels] is no table of a lock"),
        (good.replace("project = \"test\"\n", ""), "missing field `project`"),
        (good[..good.len() / 2].to_owned(), ""),
    ] {
        fs::write(shop.path("mint.lock"), &text).unwrap();
        let error = Catalog::open(shop.directory.path()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidArgument);
        assert!(error.to_string().contains(says), "{error}");
        assert_eq!(shop.text("mint.lock"), text);
    }
}

#[tokio::test(start_paused = true)]
async fn two_runs_do_not_go_on_at_once() {
    let shop = Shop::open("[models.lamp]\nprompt = 'a lamp'").await;
    let (one, other) = (shop.start(), shop.start());
    let (one, other) = futures::future::join(finish(one), finish(other)).await;
    let error = match (one, other) {
        (Ok(_), Err(error)) | (Err(error), Ok(_)) => error,
        other => panic!("{other:?}"),
    };
    assert!(matches!(error.kind(), ErrorKind::Locked | ErrorKind::InvalidArgument), "{error}");
    assert_eq!(shop.simulator.operations_started(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_plan_of_another_state_is_refused() {
    let shop = Shop::open("[models.lamp]\nprompt = 'a lamp'").await;
    let stale = shop.start();
    shop.define("[models.lamp]\nprompt = 'a big lamp'");
    let error = finish(stale).await.unwrap_err();
    assert!(error.to_string().contains("plan again"), "{error}");
    assert_eq!(shop.simulator.operations_started(), 0);
}

#[tokio::test(start_paused = true)]
async fn where_the_lock_cannot_be_written_nothing_is_bought() {
    let shop = Shop::open("[models.lamp]\nprompt = 'a lamp'").await;
    // A directory in the place of the temporary file.
    fs::create_dir_all(shop.path("mint.lock.new/x")).unwrap();
    let error = finish(shop.start()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Io);
    assert_eq!(shop.simulator.operations_started(), 0);
}

#[tokio::test(start_paused = true)]
async fn where_nothing_keeps_two_runs_apart_nothing_is_bought_and_reading_works() {
    let shop = Shop::open("[models.lamp]\nprompt = 'a lamp'").await;
    // A directory in the place of the file that a run locks.
    fs::create_dir_all(shop.path(".mint/run.lock")).unwrap();
    let error = finish(shop.start()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Io);
    assert_eq!(shop.simulator.api_requests().len(), 0);
    assert_eq!(shop.planned(), ["new models.lamp: generate, download"]);
    assert!(shop.catalog().verify().unwrap().is_clean());
    fs::remove_dir(shop.path(".mint/run.lock")).unwrap();
    assert_eq!(shop.run().await.done.len(), 1);
}
