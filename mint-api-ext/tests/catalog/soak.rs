//! A catalog whose runs are dropped, whose replies are lost and whose `.mint/` vanishes, all from a seed.

use std::fs;
use std::time::Duration;

use mint_api_ext::asset::AssetKind;
use mint_api_ext::simulator::{Fault, Reply, Route};

use crate::killed::{facts, run_for};
use crate::support::shop::{Shop, finish};

/// Twelve models, two worlds, a pack and a sound.
fn catalog() -> String {
    let model = |number: usize| {
        let more = ["", "optimize = 'light'", "convert = 'obj'", "files = ['glb', 'poster']"][number % 4];
        format!("[models.m{number}]\nprompt = 'model {number}'\n{more}\n")
    };
    let rest = "[worlds.a]\nprompt = 'a'\nfiles = 'collider'\n[worlds.b]\nprompt = 'b'\nfiles = 'poster'\n\
                [packs.tools]\nprompt = 'tools'\ncount = 2\n[audio.bell]\nprompt = 'bell'\n";
    (0..12).map(model).collect::<String>() + rest
}

/// A small generator of numbers (SplitMix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) >> 33).unwrap_or_default() % limit
    }
}

/// Lets something go wrong on the way.
fn trouble(shop: &Shop, dice: &mut Dice) {
    let routes = [
        Route::GenerateModel,
        Route::GenerateWorld,
        Route::GenerateAssetPack,
        Route::GenerateAudio,
        Route::OptimizeModel,
        Route::ConvertModel,
        Route::GetOperation,
        Route::GetModel,
    ];
    for _ in 0..dice.below(6) {
        let route = routes[dice.below(routes.len())];
        match dice.below(4) {
            0 => shop.simulator.reply_next(route, Reply::problem(429).header("retry-after", "1")),
            1 => shop.simulator.reply_next(route, Reply::problem(503)),
            _ => shop.simulator.lose_next_reply(route),
        }
    }
    match dice.below(3) {
        0 => shop.simulator.fault_next(AssetKind::Glb, Fault::status(403)),
        1 => shop.simulator.fault_next(AssetKind::Glb, Fault::cut_at(100)),
        _ => {}
    }
}

#[tokio::test(start_paused = true)]
async fn nothing_is_paid_twice_and_nothing_is_lost() {
    let clean = Shop::open(&catalog()).await;
    assert!(clean.run().await.is_complete());
    let (lock, spent, started) = (facts(&clean.text("mint.lock")), clean.spent(), clean.simulator.operations_started());
    for seed in 0..5 {
        let (shop, mut dice) = (Shop::open(&catalog()).await, Dice(seed));
        for _ in 0..6 {
            trouble(&shop, &mut dice);
            run_for(&shop, 1 + dice.below(150)).await;
            if dice.below(3) == 0 {
                let _ = fs::remove_dir_all(shop.path(".mint/staging"));
                let _ = fs::remove_file(shop.path(".mint/state.json"));
            }
        }
        until_complete(&shop).await;
        assert_eq!(shop.simulator.operations_started(), started, "seed {seed}");
        assert_eq!(shop.spent(), spent, "seed {seed}");
        assert_eq!(facts(&shop.text("mint.lock")), lock, "seed {seed}");
        assert!(shop.catalog().verify().unwrap().is_clean() && shop.plan().is_empty(), "seed {seed}");
    }
}

/// The server forgets keys after a minute, and the catalog trusts it for half of one.
#[tokio::test(start_paused = true)]
async fn a_server_that_forgets_keys_is_paid_once_for_models_and_worlds() {
    let lifetime = Duration::from_secs(30);
    let text = "[models.lamp]\nprompt = 'a lamp'\n[models.desk]\nprompt = 'a desk'\n[worlds.a]\nprompt = 'a'\nfiles = 'poster'";
    for seed in 0..4 {
        let (shop, mut dice) = (Shop::forgetful(text, 2 * lifetime).await, Dice(seed));
        for _ in 0..3 {
            let route = [Route::GenerateModel, Route::GenerateWorld][dice.below(2)];
            (0..6).for_each(|_| shop.simulator.lose_next_reply(route));
            let _ = finish(shop.start().key_lifetime(lifetime)).await.unwrap();
            tokio::time::sleep(Duration::from_secs(120)).await;
        }
        let summary = shop.run_with(|run| run.key_lifetime(lifetime)).await;
        assert!(summary.is_complete(), "{summary:?}");
        assert_eq!(shop.simulator.operations_started(), 3, "seed {seed}");
    }
}

async fn until_complete(shop: &Shop) {
    for _ in 0..10 {
        match finish(shop.start()).await {
            Ok((_, summary)) if summary.is_complete() => return,
            // Replies are still lost.
            Ok((_, summary)) => assert!(summary.waiting.is_empty(), "{summary:?}"),
            Err(error) => assert!(error.to_string().contains("plan again"), "{error}"),
        }
    }
    panic!("it does not end");
}
