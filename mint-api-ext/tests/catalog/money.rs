//! Nothing is paid for twice, and no key is made without a person's word.

use std::fs;
use std::time::Duration;

use futures::StreamExt as _;
use mint_api_ext::catalog::{Change, Event, Step, Waiting};
use mint_api_ext::simulator::{Reply, Route};

use crate::support::shop::{Shop, id, ids};

const LAMP: &str = "[models.lamp]\nprompt = 'a lamp'";
/// How often a request is sent before it fails.
const ATTEMPTS: usize = 6;
const HOUR: Duration = Duration::from_secs(60 * 60);

/// Loses the reply to every attempt of a start, so that its fate stays unknown.
async fn lose(shop: &Shop, route: Route) {
    (0..ATTEMPTS).for_each(|_| shop.simulator.lose_next_reply(route));
    let summary = shop.run().await;
    assert_eq!(summary.failed.len(), 1, "{summary:?}");
    assert!(summary.failed[0].1.may_have_been_done());
    assert_eq!((shop.requests(route), shop.simulator.operations_started()), (ATTEMPTS, 1));
}

#[tokio::test(start_paused = true)]
async fn a_start_of_unknown_fate_is_sent_again_with_its_body_and_key() {
    let shop = Shop::open(LAMP).await;
    lose(&shop, Route::GenerateModel).await;
    let lock = shop.text("mint.lock");
    assert!(lock.contains("request = '{") && !lock.contains("operation"), "{lock}");
    assert_eq!(shop.planned(), ["unfinished models.lamp: generate, download"]);
    assert!(shop.plan().entries[0].steps[0].begun && shop.plan().total() == 0.0);
    let summary = shop.run().await;
    assert_eq!(ids(&summary.done), ["models.lamp"]);
    assert_eq!(shop.simulator.operations_started(), 1);
    assert!(!shop.text("mint.lock").contains("request ="), "{}", shop.text("mint.lock"));
}

#[tokio::test(start_paused = true)]
async fn the_stored_body_is_sent_and_not_what_the_definition_says_now() {
    let shop = Shop::open(LAMP).await;
    lose(&shop, Route::GenerateModel).await;
    shop.define(&format!("{LAMP}\nreview = true"));
    assert_eq!(ids(&shop.run().await.done), ["models.lamp"]);
    let bodies: std::collections::BTreeSet<_> = shop
        .simulator
        .api_requests()
        .into_iter()
        .filter(|request| request.target.ends_with("models:generate"))
        .map(|request| request.body)
        .collect();
    assert_eq!(bodies.len(), 1, "{bodies:?}");
}

#[tokio::test(start_paused = true)]
async fn a_start_older_than_an_hour_is_looked_for_by_its_name() {
    for section in ["models", "worlds"] {
        let shop = Shop::open(&format!("[{section}.lamp]\nprompt = 'a lamp'")).await;
        let route = if section == "models" { Route::GenerateModel } else { Route::GenerateWorld };
        lose(&shop, route).await;
        shop.clock.set_forward(HOUR);

        let summary = shop.run().await;
        assert_eq!(summary.done.len(), 1, "{summary:?}");
        assert_eq!((shop.simulator.operations_started(), shop.requests(route)), (1, ATTEMPTS));
        assert!(shop.plan().is_empty(), "{}", shop.plan());
    }
}

#[tokio::test(start_paused = true)]
async fn a_start_that_is_not_found_waits_for_a_person() {
    let shop = Shop::open("[audio.bell]\nprompt = 'a bell'").await;
    lose(&shop, Route::GenerateAudio).await;
    for by in [HOUR, Duration::ZERO] {
        shop.clock.set_forward(by);
        let summary = shop.run().await;
        assert!(
            matches!(&summary.waiting[..], [(_, Waiting::UnknownFate { step: Step::Generate, name, .. })] if name.starts_with("bell #")),
            "{summary:?}"
        );
    }
    assert_eq!(shop.requests(Route::GenerateAudio), ATTEMPTS);
    let summary = shop.run_with(|run| run.resend(id("audio.bell"))).await;
    assert_eq!(summary.done.len(), 1, "{summary:?}");
    assert_eq!(shop.simulator.operations_started(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_clock_before_the_start_counts_as_too_old() {
    let shop = Shop::open("[audio.bell]\nprompt = 'a bell'").await;
    lose(&shop, Route::GenerateAudio).await;
    shop.clock.set_back(2 * HOUR);
    let summary = shop.run().await;
    assert!(matches!(summary.waiting[..], [(_, Waiting::UnknownFate { .. })]), "{summary:?}");
    assert_eq!(shop.requests(Route::GenerateAudio), ATTEMPTS);
    // A lifetime of the caller's own counts from the same time.
    shop.clock.set_forward(4 * HOUR);
    let summary = shop.run_with(|run| run.key_lifetime(5 * HOUR)).await;
    assert_eq!(summary.done.len(), 1, "{summary:?}");
}

#[tokio::test(start_paused = true)]
async fn a_conflict_stops_the_entry_and_makes_no_new_key() {
    let shop = Shop::open(LAMP).await;
    shop.run().await;
    fs::remove_file(shop.path("mint.lock")).unwrap();
    // The same key with another body.
    shop.define(&format!("{LAMP}\nreview = true"));
    for _ in 0..2 {
        let summary = shop.run().await;
        assert!(matches!(summary.waiting[..], [(_, Waiting::Conflict { .. })]), "{summary:?}");
    }
    assert_eq!(shop.requests(Route::GenerateModel), 2);
    assert!(matches!(shop.plan().entries[0].change, Change::Stopped { .. }));
    shop.define(LAMP);
    let summary = shop.run_with(|run| run.again(id("models.lamp"))).await;
    assert_eq!(summary.done.len(), 1, "{summary:?}");
    assert!(shop.text("mint.lock").contains("attempt = 2"));
}

#[tokio::test(start_paused = true)]
async fn a_failed_operation_is_not_started_again_without_a_persons_word() {
    let shop = Shop::open(LAMP).await;
    shop.simulator.fail_next("moderation_blocked", "No.");
    for _ in 0..3 {
        let summary = shop.run().await;
        let error = summary.failed[0].1.to_string();
        assert!(error.contains("No. (moderation_blocked)") && error.contains("ChangeRequest"), "{error}");
    }
    assert_eq!(shop.simulator.operations_started(), 1);
    assert_eq!(shop.planned(), ["stopped models.lamp: generate, download"]);
    let summary = shop.run_with(|run| run.again(id("models.lamp"))).await;
    assert_eq!(summary.done.len(), 1, "{summary:?}");
    assert_eq!(shop.simulator.operations_started(), 2);
    // Once more, though nothing failed: a person wants another one.
    let summary = shop.run_with(|run| run.again(id("models.lamp"))).await;
    assert_eq!(summary.done.len(), 1, "{summary:?}");
    assert_eq!(shop.simulator.operations_started(), 3);
    assert!(shop.text("mint.lock").contains("attempt = 3"), "{}", shop.text("mint.lock"));
}

#[tokio::test(start_paused = true)]
async fn a_refused_start_is_forgotten_and_sent_by_the_next_run() {
    let shop = Shop::open(LAMP).await;
    shop.simulator.reply_next(Route::GenerateModel, Reply::problem(402));
    let summary = shop.run().await;
    assert!(matches!(summary.waiting[..], [(_, Waiting::Credits { .. })]), "{summary:?}");
    assert_eq!(shop.planned(), ["new models.lamp: generate, download"]);
    assert_eq!(shop.run().await.done.len(), 1);
    assert_eq!(shop.simulator.operations_started(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_refusal_of_a_start_that_is_sent_again_settles_nothing() {
    let shop = Shop::open(LAMP).await;
    lose(&shop, Route::GenerateModel).await;
    shop.simulator.reply_next(Route::GenerateModel, Reply::problem(401));
    assert_eq!(shop.run().await.failed.len(), 1);
    assert!(shop.text("mint.lock").contains("request ="));
    assert_eq!(shop.run().await.done.len(), 1);
    assert_eq!(shop.simulator.operations_started(), 1);
}

#[tokio::test(start_paused = true)]
async fn the_budget_of_a_run_counts_what_earlier_runs_left_open() {
    let text = "budget = 1000\n[models.lamp]\nprompt = 'a lamp'\n[models.desk]\nprompt = 'a desk'";
    let shop = Shop::open(text).await;
    // Each is estimated at 798.
    let summary = shop.run().await;
    assert_eq!((summary.done.len(), summary.waiting.len()), (1, 1), "{summary:?}");
    assert!(matches!(&summary.waiting[0].1, Waiting::Credits { why, .. } if why.contains("budget")), "{summary:?}");
    assert_eq!(shop.run().await.done.len(), 1);

    let shop = Shop::open("budget = 1000\n[models.lamp]\nprompt = 'a lamp'").await;
    lose(&shop, Route::GenerateModel).await;
    shop.define("budget = 1000\n[models.desk]\nprompt = 'a desk'");
    let summary = shop.run().await;
    assert!(matches!(summary.waiting[..], [(_, Waiting::Credits { .. })]), "{summary:?}");
    assert_eq!(shop.planned(), ["new models.desk: generate, download", "orphaned models.lamp: "]);
}

#[tokio::test(start_paused = true)]
async fn with_a_budget_every_price_must_be_known() {
    let shop = Shop::open("budget = 5000\n[worlds.harbour]\nprompt = 'a harbour'").await;
    let summary = shop.run().await;
    assert!(
        matches!(&summary.waiting[0].1, Waiting::Credits { why, .. } if why.contains("`price = ...` in [worlds.harbour]"))
    );
    assert_eq!(shop.simulator.operations_started(), 0);
    shop.define("budget = 5000\n[worlds.harbour]\nprompt = 'a harbour'\nprice = 1650");
    let mut plan = shop.plan();
    plan.estimate(&shop.mint).await.unwrap();
    assert_eq!((plan.total(), plan.unpriced()), (1650.0, 0));
    assert_eq!(plan.to_string(), "new        worlds.harbour: generate 1650 credits, download\n1650 credits in all");
    assert_eq!(shop.run().await.done.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_lost_lock_buys_nothing_anew_while_the_server_remembers() {
    let shop = Shop::open("[models.chair]\nprompt = 'this chair'\nimage = 'chair.png'").await;
    fs::write(shop.path("chair.png"), b"\x89PNG\r\n\x1a\nchair").unwrap();
    assert_eq!(shop.planned(), ["new models.chair: upload, generate, download"]);
    assert_eq!(shop.run().await.done.len(), 1);
    let model = fs::read(shop.path("assets/models/chair.glb")).unwrap();
    fs::remove_file(shop.path("mint.lock")).unwrap();
    fs::remove_dir_all(shop.path(".mint")).unwrap();
    assert_eq!(shop.run().await.done.len(), 1);
    assert_eq!(shop.simulator.operations_started(), 1);
    assert_eq!(fs::read(shop.path("assets/models/chair.glb")).unwrap(), model);
}

#[tokio::test(start_paused = true)]
async fn a_picture_is_uploaded_once_whatever_its_name() {
    let entry = |name, image| format!("[models.{name}]\nprompt = '{name}'\nimage = '{image}'\n");
    let shop = Shop::open(&(entry("a", "one.png") + &entry("b", "one.png") + &entry("c", "two.png"))).await;
    for name in ["one.png", "two.png"] {
        fs::write(shop.path(name), b"\x89PNG\r\n\x1a\nsame").unwrap();
    }
    assert_eq!(shop.run().await.done.len(), 3);
    assert_eq!(shop.requests(Route::CreateReferenceImage), 1);
    fs::rename(shop.path("one.png"), shop.path("three.png")).unwrap();
    shop.define(&(entry("a", "three.png") + &entry("b", "three.png") + &entry("c", "two.png")));
    assert!(shop.plan().is_empty(), "{}", shop.plan());
    fs::write(shop.path("two.png"), b"\x89PNG\r\n\x1a\nother").unwrap();
    assert!(matches!(shop.plan().entries[2].change, Change::Changed));
}

#[tokio::test(start_paused = true)]
async fn a_public_lock_names_no_operation_and_no_cost_and_loses_nothing() {
    let text = format!("lock = 'public'\n{LAMP}\noptimize = 'light'\n[packs.tools]\nprompt = 'tools'\ncount = 2");
    let shop = Shop::open(&text).await;
    assert_eq!(shop.run().await.done.len(), 2);
    let lock = shop.text("mint.lock");
    assert!(!lock.contains("operation") && !lock.contains("credits") && lock.contains("resource"), "{lock}");
    fs::remove_dir_all(shop.path(".mint")).unwrap();
    fs::remove_file(shop.path("assets/models/lamp.glb")).unwrap();
    assert_eq!(shop.run().await.done.len(), 1);
    assert!(shop.plan().is_empty());
    assert_eq!(shop.simulator.operations_started(), 3);
}

/// A run is stopped while the first operation goes on, and the prompt is changed.
async fn supersede(shop: &Shop) {
    let mut run = shop.start();
    while !matches!(run.next().await.unwrap().unwrap(), Event::Started { .. }) {}
    drop(run);
    assert_eq!(shop.text("mint.lock").matches("price = 798").count(), 1);
    let definition = shop.text("mint.toml").replace("a lamp", "a big lamp");
    fs::write(shop.path("mint.toml"), definition).unwrap();
}

#[tokio::test(start_paused = true)]
async fn an_operation_of_an_earlier_prompt_is_waited_for_and_its_cost_recorded() {
    let shop = Shop::open(&format!("budget = 2000\n{LAMP}\nprice = 798")).await;
    supersede(&shop).await;
    let summary = shop.run().await;
    assert_eq!(ids(&summary.done), ["models.lamp"]);
    let lock = shop.text("mint.lock");
    assert!(!lock.contains("price =") && lock.matches("credits = 638").count() == 2, "{lock}");
    assert_eq!(shop.simulator.operations_started(), 2);
    assert!(shop.plan().is_empty(), "{}", shop.plan());
    // Back to the earlier prompt, which is paid for.
    shop.define(LAMP);
    assert_eq!(ids(&shop.run().await.done), ["models.lamp"]);
    assert_eq!(shop.simulator.operations_started(), 2);
}

#[tokio::test(start_paused = true)]
async fn an_operation_of_an_earlier_prompt_that_has_ended_holds_no_credits() {
    let shop = Shop::open(&format!("budget = 800\n{LAMP}\nprice = 798")).await;
    supersede(&shop).await;
    tokio::time::sleep(HOUR).await;
    assert_eq!(ids(&shop.run().await.done), ["models.lamp"]);
}

#[tokio::test(start_paused = true)]
async fn an_operation_of_a_removed_entry_is_settled() {
    let shop = Shop::open(&format!("{LAMP}\nprice = 798")).await;
    supersede(&shop).await;
    shop.define("");
    shop.run().await;
    let lock = shop.text("mint.lock");
    assert!(lock.contains("credits = 638") && !lock.contains("price ="), "{lock}");
    assert!(shop.catalog().prune().unwrap().unsettled.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_lost_start_of_an_earlier_prompt_is_looked_for_and_never_sent_again() {
    let shop = Shop::open(LAMP).await;
    lose(&shop, Route::GenerateModel).await;
    shop.define("[models.lamp]\nprompt = 'a big lamp'");
    assert_eq!(ids(&shop.run().await.done), ["models.lamp"]);
    assert_eq!((shop.simulator.operations_started(), shop.requests(Route::GenerateModel)), (2, ATTEMPTS + 1));
    let lock = shop.text("mint.lock");
    assert!(!lock.contains("request =") && lock.matches("done_at").count() == 2, "{lock}");
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_is_set_back_between_runs_costs_nothing() {
    let shop = Shop::open(LAMP).await;
    let mut run = shop.start();
    while !matches!(run.next().await.unwrap().unwrap(), Event::Started { .. }) {}
    drop(run);
    shop.clock.set_back(48 * HOUR);
    assert_eq!(ids(&shop.run().await.done), ["models.lamp"]);
    assert_eq!((shop.simulator.operations_started(), shop.requests(Route::GenerateModel)), (1, 1));
    assert!(shop.plan().is_empty(), "{}", shop.plan());
}
