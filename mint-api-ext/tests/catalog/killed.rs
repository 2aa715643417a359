//! A run that is dropped at any point, and run again.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use futures::StreamExt as _;
use mint_api_ext::catalog::Event;
use mint_api_ext::simulator::{Reply, Route};

use crate::support::shop::{Shop, finish};

const CATALOG: &str = "
    [models.lamp]
    prompt = 'a brass lamp'
    optimize = 'moderate'
    convert = ['fbx']
    image = 'lamp.png'
    files = ['glb', 'poster']
    [worlds.harbour]
    prompt = 'a harbour'
    files = ['collider']
    [audio.bell]
    prompt = 'a bell'
    [animations.walk]
    prompt = 'walks'
    model = 'lamp'
";

async fn open() -> Shop {
    let shop = Shop::open(CATALOG).await;
    fs::write(shop.path("lamp.png"), b"\x89PNG\r\n\x1a\nlamp").unwrap();
    shop
}

/// The lock without times and ids.
pub(crate) fn facts(text: &str) -> Vec<String> {
    let differs = ["sent_at", "done_at", "operation", "resource", "url"];
    let kept = |line: &&str| !differs.iter().any(|field| line.starts_with(field));
    text.lines().filter(kept).map(str::to_owned).collect()
}

fn files(root: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for file in fs::read_dir(folder).unwrap() {
            let path = file.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.insert(path.strip_prefix(root).unwrap().display().to_string(), fs::read(&path).unwrap());
            }
        }
    }
    found
}

/// Polls a run so many times and drops it. Whether it finished.
pub(crate) async fn run_for(shop: &Shop, polls: usize) -> bool {
    loop {
        let mut run = shop.start();
        let mut polled = 0;
        let finished = std::future::poll_fn(|context| {
            loop {
                if polled == polls {
                    return std::task::Poll::Ready(Ok(false));
                }
                polled += 1;
                match run.poll_next_unpin(context) {
                    std::task::Poll::Ready(Some(Ok(Event::Finished(_)))) => {
                        return std::task::Poll::Ready(Ok(true));
                    }
                    std::task::Poll::Ready(Some(Ok(_))) => {}
                    std::task::Poll::Ready(Some(Err(error))) => return std::task::Poll::Ready(Err(error)),
                    std::task::Poll::Ready(None) => panic!("the run ended"),
                    std::task::Poll::Pending => return std::task::Poll::Pending,
                }
            }
        });
        match finished.await {
            Ok(finished) => return finished,
            // A write of the run before was still under way when this one was planned.
            Err(error) if error.to_string().contains("plan again") => {}
            Err(error) => panic!("{error}"),
        }
    }
}

/// Runs to the end.
async fn run_to_the_end(shop: &Shop) {
    loop {
        match finish(shop.start()).await {
            Ok((events, summary)) => return assert!(summary.is_complete(), "{events:#?}"),
            Err(error) if error.to_string().contains("plan again") => {}
            Err(error) => panic!("{error}"),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn dropped_at_any_poll_and_run_again() {
    let clean = open().await;
    run_to_the_end(&clean).await;
    let (lock, spent) = (facts(&clean.text("mint.lock")), clean.spent());
    let made = files(&clean.path("assets"));
    let step = if std::env::var_os("MINT_EVERY_POLL").is_some() { 1 } else { 7 };
    for polls in (1..).step_by(step) {
        let shop = open().await;
        let finished = run_for(&shop, polls).await;
        if polls % 2 == 0 {
            // Losing it loses time alone.
            let _ = fs::remove_dir_all(shop.path(".mint/staging"));
            let _ = fs::remove_file(shop.path(".mint/state.json"));
        }
        run_to_the_end(&shop).await;
        assert_eq!(shop.simulator.operations_started(), clean.simulator.operations_started(), "{polls} polls");
        assert_eq!(shop.spent(), spent, "{polls} polls");
        assert_eq!(facts(&shop.text("mint.lock")), lock, "{polls} polls");
        assert_eq!(files(&shop.path("assets")).keys().collect::<Vec<_>>(), made.keys().collect::<Vec<_>>());
        assert!(shop.catalog().verify().unwrap().is_clean() && shop.plan().is_empty(), "{polls} polls");
        if finished {
            return;
        }
    }
}

/// Each request in turn gets no reply that helps, six times, so that its entry stops there.
#[tokio::test(start_paused = true)]
async fn a_request_of_any_route_fails_for_as_long_as_it_is_tried() {
    let clean = open().await;
    run_to_the_end(&clean).await;
    let lock = facts(&clean.text("mint.lock"));
    for route in [
        Route::CreateReferenceImage,
        Route::GenerateModel,
        Route::GenerateWorld,
        Route::GenerateAudio,
        Route::OptimizeModel,
        Route::ConvertModel,
        Route::AnimateModel,
        Route::GetModel,
        Route::GetWorld,
        Route::GetOperation,
    ] {
        for lost in [true, false] {
            let shop = open().await;
            for _ in 0..6 {
                match lost {
                    true => shop.simulator.lose_next_reply(route),
                    false => shop.simulator.reply_next(route, Reply::problem(500)),
                }
            }
            finish(shop.start()).await.unwrap();
            run_to_the_end(&shop).await;
            assert_eq!(shop.simulator.operations_started(), clean.simulator.operations_started(), "{route:?}");
            assert_eq!(shop.spent(), clean.spent(), "{route:?}");
            assert_eq!(facts(&shop.text("mint.lock")), lock, "{route:?}");
        }
    }
}

/// From the n-th event on, the lock cannot be written.
#[tokio::test(start_paused = true)]
async fn a_lock_that_cannot_be_written_any_longer() {
    let clean = open().await;
    run_to_the_end(&clean).await;
    let lock = facts(&clean.text("mint.lock"));
    let events = finish(clean.start()).await.unwrap().0.len() + 20;
    for broken_from in 1..events {
        let shop = open().await;
        let blocker = shop.path("mint.lock.new");
        let mut run = shop.start();
        let mut seen = 0;
        while let Some(event) = run.next().await {
            seen += 1;
            if seen == broken_from {
                fs::create_dir_all(blocker.join("x")).unwrap();
            }
            if matches!(event, Ok(Event::Finished(_))) {
                break;
            }
        }
        drop(run);
        let _ = fs::remove_dir_all(&blocker);
        run_to_the_end(&shop).await;
        assert_eq!(shop.simulator.operations_started(), clean.simulator.operations_started(), "event {broken_from}");
        assert_eq!(shop.spent(), clean.spent(), "event {broken_from}");
        assert_eq!(facts(&shop.text("mint.lock")), lock, "event {broken_from}");
        assert!(shop.catalog().verify().unwrap().is_clean() && shop.plan().is_empty(), "event {broken_from}");
    }
}
