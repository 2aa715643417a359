//! What a run makes.

use std::fs;

use mint_api_ext::simulator::Route;

use crate::support::shop::{Shop, finish, ids};

const EVERYTHING: &str = "
    [models.lamp]
    prompt = 'a brass lamp'
    optimize = 'moderate'
    convert = ['fbx']
    files = ['glb', 'original', 'poster']
    [models.rider]
    prompt = 'a rider'
    pose = 't_pose'
    [worlds.harbour]
    prompt = 'a harbour at dawn'
    files = ['runtime', 'splat:500k']
    [packs.tools]
    prompt = 'garden tools'
    count = 3
    [audio.bell]
    prompt = 'a bell'
    [animations.walk]
    prompt = 'walks'
    model = 'rider'
";

#[tokio::test(start_paused = true)]
async fn everything_is_made_and_nothing_is_left_to_do() {
    let shop = Shop::open(EVERYTHING).await;
    assert_eq!(
        shop.planned(),
        [
            "new models.lamp: generate, optimize, convert, download",
            "new models.rider: generate, download",
            "new worlds.harbour: generate, download",
            "new packs.tools: generate, download",
            "new audio.bell: generate, download",
            "new animations.walk: animate, download",
        ]
    );
    let (events, summary) = finish(shop.start()).await.unwrap();
    assert!(summary.is_complete(), "{summary:?}");
    assert_eq!(summary.done.len(), 6, "{events:#?}");
    for file in [
        "models/lamp.glb",
        "models/lamp.original.glb",
        "models/lamp.poster.png",
        "models/lamp.fbx",
        "models/rider.glb",
        "worlds/harbour.rad",
        "worlds/harbour.collider.glb",
        "worlds/harbour-500k.spz",
    ] {
        assert!(shop.path(&format!("assets/{file}")).is_file(), "{file}: {events:#?}");
    }
    assert!(shop.catalog().verify().unwrap().is_clean());
    assert!(shop.plan().is_empty(), "{}", shop.plan());
    let (started, lock) = (shop.simulator.operations_started(), shop.text("mint.lock"));
    assert_eq!(started, 8);
    let again = shop.run().await;
    assert_eq!((again.unchanged.len(), again.done.len()), (6, 0));
    assert_eq!(shop.simulator.operations_started(), started);
    assert_eq!(shop.text("mint.lock"), lock);
}

#[tokio::test(start_paused = true)]
async fn comments_and_order_change_nothing() {
    let shop = Shop::open("[models.lamp]\nprompt = 'a lamp'\n[models.desk]\nprompt = 'a desk'").await;
    shop.run().await;
    shop.define("# a comment\nmodels.desk = { prompt = \"a desk\" }\n[models]\nlamp.prompt = 'a lamp' # another");
    // An inline table and dotted keys are the same entries, but a table cannot be given twice.
    shop.define("# a comment\n[models]\ndesk = { prompt = \"a desk\" }\nlamp.prompt = 'a lamp' # another");
    assert!(shop.plan().is_empty(), "{}", shop.plan());
}

#[tokio::test(start_paused = true)]
async fn steps_are_added_to_what_exists() {
    let shop = Shop::open("[models.lamp]\nprompt = 'a lamp'").await;
    shop.run().await;
    shop.define("[models.lamp]\nprompt = 'a lamp'\noptimize = 'light'\nreview = true\nfiles = ['glb', 'poster']");
    assert_eq!(shop.planned(), ["extended models.lamp: optimize, download"]);
    let summary = shop.run().await;
    assert_eq!(ids(&summary.done), ["models.lamp"]);
    assert_eq!((shop.requests(Route::GenerateModel), shop.requests(Route::OptimizeModel)), (1, 1));
    assert!(shop.path("assets/models/lamp.poster.png").is_file());
    shop.define("[models.lamp]\nprompt = 'a lamp'\noptimize = 'light'");
    assert_eq!(shop.planned(), ["extended models.lamp: download"]);
    shop.run().await;
    assert!(!shop.path("assets/models/lamp.poster.png").exists());
    assert_eq!(shop.simulator.operations_started(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_changed_prompt_makes_a_new_version_and_the_old_stays_until_it_is_whole() {
    let shop = Shop::open("[models.lamp]\nprompt = 'a lamp'").await;
    shop.run().await;
    let old = std::fs::read(shop.path("assets/models/lamp.glb")).unwrap();
    shop.define("[models.lamp]\nprompt = 'a big lamp'");
    assert_eq!(shop.planned(), ["changed models.lamp: generate, download"]);
    shop.simulator.fail_next("moderation_blocked", "No: see https://a.b/c?signature=1\u{1b}[2J");
    let summary = shop.run().await;
    assert_eq!(summary.failed.len(), 1);
    let text = summary.failed[0].1.to_string();
    assert!(text.contains("No: see https://a.b/c (moderation_blocked)"), "{text:?}");
    assert!(!shop.text("mint.lock").contains("signature"), "{}", shop.text("mint.lock"));
    assert_eq!(std::fs::read(shop.path("assets/models/lamp.glb")).unwrap(), old);
    assert!(shop.catalog().verify().unwrap().is_clean());
    // Back to the old prompt: it was paid for.
    shop.define("[models.lamp]\nprompt = 'a lamp'");
    assert!(shop.plan().is_empty(), "{}", shop.plan());
    shop.define("[models.lamp]\nprompt = 'a bigger lamp'");
    assert_eq!(ids(&shop.run().await.done), ["models.lamp"]);
    assert_eq!(shop.simulator.operations_started(), 3);
    assert!(shop.plan().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_renamed_entry_is_moved_for_nothing() {
    let shop = Shop::open("[models.lamp]\nprompt = 'a lamp'\nfiles = ['glb', 'poster']").await;
    shop.run().await;
    let model = std::fs::read(shop.path("assets/models/lamp.glb")).unwrap();
    shop.define("[models.lantern]\nprompt = 'a lamp'\nfiles = ['glb', 'poster']");
    assert_eq!(shop.planned(), ["renamed models.lantern: "]);
    let (events, summary) = finish(shop.start()).await.unwrap();
    assert_eq!(events, ["models.lamp is models.lantern now"]);
    assert!(summary.is_complete());
    assert_eq!(std::fs::read(shop.path("assets/models/lantern.glb")).unwrap(), model);
    assert!(shop.path("assets/models/lantern.poster.png").is_file());
    assert!(!shop.path("assets/models/lamp.glb").exists());
    assert!(shop.plan().is_empty() && shop.catalog().verify().unwrap().is_clean());
    assert_eq!(shop.simulator.operations_started(), 1);
}

#[tokio::test(start_paused = true)]
async fn one_failure_stops_no_other_entry() {
    let shop =
        Shop::open("[models.lamp]\nprompt = 'a lamp'\n[models.desk]\nprompt = 'a desk'\nimage = 'gone.png'").await;
    assert_eq!(shop.planned(), ["unreadable models.desk: ", "new models.lamp: generate, download"]);
    let summary = shop.run().await;
    assert_eq!(ids(&summary.done), ["models.lamp"]);
    assert!(summary.failed[0].1.to_string().contains("gone.png"), "{summary:?}");
}

#[tokio::test(start_paused = true)]
async fn a_prompt_that_is_taken_back_costs_nothing() {
    let lamp = |prompt: &str| format!("[models.lamp]\nprompt = '{prompt}'");
    let shop = Shop::forgetful(&lamp("a"), std::time::Duration::from_secs(1)).await;
    for prompt in ["a", "b", "a", "b"] {
        shop.define(&lamp(prompt));
        assert_eq!(ids(&shop.run().await.done), ["models.lamp"], "{prompt}");
        assert!(shop.catalog().verify().unwrap().is_clean() && shop.plan().is_empty());
    }
    assert_eq!(shop.simulator.operations_started(), 2);
    // After pruning, the lock knows only what is wanted.
    shop.catalog().prune().unwrap();
    assert!(shop.plan().is_empty());
    tokio::time::sleep(std::time::Duration::from_secs(10)).await;
    shop.define(&lamp("a"));
    assert_eq!(ids(&shop.run().await.done), ["models.lamp"]);
    assert_eq!(shop.simulator.operations_started(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_pack_that_succeeds_in_part_keeps_what_was_made() {
    for public in ["", "lock = 'public'\n"] {
        let text = format!("{public}[packs.tools]\nprompt = 'tools'\ncount = 3\nfiles = ['glb', 'poster']");
        let shop = Shop::open(&text).await;
        shop.simulator.fail_next("generation_failed", "One tool could not be made.");
        let (events, summary) = finish(shop.start()).await.unwrap();
        assert!(summary.is_complete(), "{summary:?}");
        let missing = "packs.tools: there is no file of item \"Item 3\" (\"failed\", without a model)";
        assert_eq!(events.iter().filter(|event| *event == missing).count(), 1, "{events:?}");
        for name in ["Item 1.glb", "Item 1.poster.png", "Item 2.glb", "Item 2.poster.png"] {
            assert!(shop.path(&format!("assets/packs/tools/{name}")).is_file(), "{name}");
        }
        // Without `.mint/`, they are found by the pack.
        fs::remove_dir_all(shop.path(".mint")).unwrap();
        fs::remove_file(shop.path("assets/packs/tools/Item 1.glb")).unwrap();
        assert_eq!(shop.run().await.done.len(), 1);
        assert_eq!(shop.simulator.operations_started(), 1);
    }
}
