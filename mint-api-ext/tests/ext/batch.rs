//! Many operations at once.

use std::collections::{HashMap, HashSet};
use std::future::poll_fn;
use std::num::NonZeroU32;
use std::time::Duration;

use futures::StreamExt as _;
use mint_api_ext::simulator::{Reply, Script, Simulator};
use mint_api_ext::wait::{PollingPolicy, Update, WaitMany};
use mint_api_ext::{ErrorKind, Outcome};
use tokio::time::Instant;

#[tokio::test(start_paused = true)]
async fn results_come_in_the_order_they_end_and_a_bad_id_ends_only_itself() {
    let simulator = Simulator::start().await.unwrap();
    let mint = simulator.mint().unwrap();
    let world = simulator.add(Script::world());
    let model = simulator.add(Script::model());
    let ended: Vec<_> = mint.wait_many([world.as_str(), "a/b", "unknown", &model, &world]).collect().await;
    let ids: Vec<_> = ended.iter().map(|(id, _)| id.as_str()).collect();
    assert_eq!(ids, ["a/b", "unknown", &model, &world]);
    assert_eq!(ended[0].1.as_ref().unwrap_err().kind(), ErrorKind::InvalidArgument);
    assert!(ended[1].1.as_ref().unwrap_err().is_not_found());
    assert!(ended[2..].iter().all(|(_, result)| matches!(result, Ok(Outcome::Succeeded(_)))));
}

#[tokio::test(start_paused = true)]
async fn ids_are_added_and_removed_while_it_runs() {
    let simulator = Simulator::start().await.unwrap();
    let mint = simulator.mint().unwrap();
    let endless = simulator.add(Script::model().timeline([("running", 0)]));
    let first = simulator.add(Script::model());
    let (control, mut ended) = mint.wait_many([&endless, &first]).controlled();
    assert_eq!(ended.next().await.unwrap().0, first);
    let second = simulator.add(Script::model());
    control.add(&second);
    control.add("not an id");
    control.remove(&endless);
    control.remove("never added");
    assert_eq!(ended.next().await.unwrap().0, "not an id");
    assert_eq!(ended.next().await.unwrap().0, second);
    // Nothing is left, but more may come.
    assert!(tokio::time::timeout(Duration::from_secs(100), ended.next()).await.is_err());
    let sent = simulator.api_requests().len();
    tokio::time::sleep(Duration::from_secs(600)).await;
    assert_eq!(simulator.api_requests().len(), sent, "what was removed is not polled");
    drop(control);
    assert!(ended.next().await.is_none());
}

#[tokio::test(start_paused = true)]
async fn deadlines_of_each_and_of_the_whole() {
    let simulator = Simulator::start().await.unwrap();
    let mint = simulator.mint().unwrap();
    let endless = || simulator.add(Script::model().timeline([("running", 0)]));
    let began = Instant::now();
    let mut ended = mint.wait_many([endless()]).item_deadline(Duration::from_secs(50));
    let (id, result) = ended.next().await.unwrap();
    let error = result.unwrap_err();
    assert!(error.is_timeout() && error.to_string().contains("running"), "{error}");
    assert_eq!(error.wait().unwrap().id.as_str(), id);
    assert!(began.elapsed() <= Duration::from_secs(50));

    let began = Instant::now();
    let ids = [endless(), endless(), simulator.add(Script::model())];
    let ended: Vec<_> = mint.wait_many(ids).deadline(Duration::from_secs(40)).collect().await;
    assert!(ended[0].1.is_ok() && ended[1..].iter().all(|(_, result)| result.as_ref().unwrap_err().is_timeout()));
    assert_eq!((ended.len(), began.elapsed()), (3, Duration::from_secs(40)));
}

#[tokio::test(start_paused = true)]
async fn no_concurrency_counts_as_one() {
    let simulator = Simulator::start().await.unwrap();
    let mint = simulator.mint().unwrap();
    let ids: Vec<_> = (0..3).map(|_| simulator.add(Script::model().timeline([("succeeded", 0)]))).collect();
    let ended: Vec<_> = mint.wait_many(&ids).concurrency(0).collect().await;
    assert!(ended.len() == 3 && ended.iter().all(|(_, result)| result.is_ok()), "{ended:?}");
}

/// Two requests a second for ten operations: the last of them have their turn after the deadline.
#[tokio::test(start_paused = true)]
async fn who_is_not_polled_before_the_deadline_is_polled_after_it() {
    let simulator = Simulator::start().await.unwrap();
    let limit = NonZeroU32::new(2).unwrap();
    let mint = simulator.mint_builder().unwrap().requests_per_second(limit).build().unwrap();
    let ids: Vec<_> = (0..10).map(|_| simulator.add(Script::model().timeline([("succeeded", 0)]))).collect();
    let few = |deadline: fn(WaitMany) -> WaitMany| deadline(mint.wait_many(&ids).concurrency(1)).collect::<Vec<_>>();
    for (name, ended) in [
        ("item", few(|wait| wait.item_deadline(Duration::from_secs(2))).await),
        ("batch", few(|wait| wait.deadline(Duration::from_secs(2))).await),
    ] {
        // One was cut off when the deadline of the batch came.
        let polled = ended.iter().filter(|(_, result)| matches!(result, Ok(outcome) if outcome.is_success()));
        assert!(polled.count() >= 9, "{name}: {ended:?}");
    }
    // A server that wants no request is not asked.
    let limited = Reply::problem(429).header("retry-after", "100");
    let one = simulator.add(Script::model().replies([limited]));
    let ended: Vec<_> = mint
        .wait_many([&one].into_iter().chain(&ids))
        .concurrency(1)
        .deadline(Duration::from_millis(900))
        .collect()
        .await;
    assert_eq!(ended.len(), 11);
    assert!(ended.iter().all(|(_, result)| result.as_ref().is_err_and(mint_api_ext::Error::is_timeout)), "{ended:?}");
}

#[tokio::test(start_paused = true)]
async fn a_429_on_one_slows_all() {
    let simulator = Simulator::start().await.unwrap();
    let mint = simulator.mint().unwrap();
    let limited = Reply::problem(429).header("retry-after", "100");
    let one = simulator.add(Script::model().replies([limited, Reply::operation("succeeded")]));
    let others: Vec<_> =
        (0..5).map(|_| simulator.add(Script::model().timeline([("running", 30), ("succeeded", 0)]))).collect();
    let began = Instant::now();
    let ended: Vec<_> = mint.wait_many([one].into_iter().chain(others)).concurrency(1).collect().await;
    assert!(ended.iter().all(|(_, result)| result.is_ok()));
    let times: Vec<_> = simulator.api_requests().iter().map(|request| (request.at - began).as_secs()).collect();
    assert_eq!(times[0], 0);
    assert!(times[1..].iter().all(|time| *time >= 100), "{times:?}");
}

/// One limit for waits of any sort, single reads and the generated client; files are not counted.
#[tokio::test(start_paused = true)]
async fn the_rate_is_that_of_all_calls_and_of_no_download() {
    let simulator = Simulator::start().await.unwrap();
    let limit = NonZeroU32::new(2).unwrap();
    let mint = simulator.mint_builder().unwrap().requests_per_second(limit).build().unwrap();
    let id = simulator.add(Script::model().timeline([("succeeded", 0)]));
    let (clone, handle) = (mint.clone(), mint.attach(&id).unwrap());
    let (wait, many, got, raw) = tokio::join!(
        handle.wait().into_future(),
        clone.wait_many([&id]).collect::<Vec<_>>(),
        handle.get(),
        clone.api().get_operation().operation_id(&id).send(),
    );
    assert!(wait.is_ok() && many[0].1.is_ok() && raw.is_ok());
    let times: Vec<_> = simulator.api_requests().iter().map(|request| request.at).collect();
    assert_eq!(times.len(), 4);
    assert!(times.windows(2).all(|pair| pair[1] - pair[0] >= Duration::from_millis(500)), "{times:?}");

    let (directory, began) = (tempfile::tempdir().unwrap(), Instant::now());
    let files = mint.download(&got.unwrap()).to_dir(directory.path()).await.unwrap().complete().unwrap();
    assert_eq!(files.len(), 8);
    assert!(began.elapsed() < Duration::from_millis(500), "{:?}", began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn ten_thousand_operations_under_fifty_requests_a_second() {
    const OPERATIONS: usize = 10_000;
    let simulator = Simulator::start().await.unwrap();
    let limit = NonZeroU32::new(50).unwrap();
    let mint = simulator.mint_builder().unwrap().requests_per_second(limit).build().unwrap();
    let ids: HashSet<_> = (0..OPERATIONS)
        .map(|index| simulator.add(Script::model().timeline([("running", index as u64 % 210), ("succeeded", 0)])))
        .collect();
    let mut ended = mint.wait_many(ids.iter().cloned());
    let mut succeeded = HashSet::new();
    while let Some((id, result)) = ended.next().await {
        assert!(matches!(result, Ok(Outcome::Succeeded(_))), "{id}: {result:?}");
        assert!(succeeded.insert(id));
    }
    assert_eq!(succeeded, ids);

    let requests = simulator.api_requests();
    for window in requests.windows(51) {
        let apart = window[50].at - window[0].at;
        assert!(apart >= Duration::from_secs(1), "51 requests within {apart:?}");
    }
    // Nobody starves: a round of all takes 200 s, and nobody waits much longer than that between two polls.
    let mut polled: HashMap<&str, Instant> = HashMap::new();
    for request in &requests {
        if let Some(before) = polled.insert(&request.target, request.at) {
            let gap = request.at - before;
            assert!(gap <= Duration::from_secs(260), "{} waited {gap:?}", request.target);
        }
    }
}

/// An operation that may be polled again at once comes after those that are due.
#[tokio::test(start_paused = true)]
async fn no_delay_leaves_the_others_their_turn() {
    let simulator = Simulator::start().await.unwrap();
    let mint = simulator.mint().unwrap();
    let ids: Vec<_> =
        (0..4).map(|_| simulator.add(Script::model().timeline([("running", 10), ("succeeded", 0)]))).collect();
    let policy = PollingPolicy::new(|state| Duration::from_millis(if state.polls == 1 { 10 } else { 0 }));
    let ended: Vec<_> = mint.wait_many(&ids).concurrency(1).policy(policy).collect().await;
    assert!(ended.iter().all(|(_, result)| result.is_ok()), "{ended:?}");
    let polls: Vec<_> = simulator.api_requests().into_iter().map(|request| request.target).collect();
    assert!(polls.len() > 400, "{}", polls.len());
    for turns in polls[..400].chunks(4) {
        assert_eq!(turns.iter().collect::<HashSet<_>>().len(), 4, "{turns:?}");
    }
}

/// The task of a batch that sends as fast as it may is not woken for operations that could not be polled yet.
#[tokio::test(start_paused = true)]
async fn who_is_due_before_its_turn_wakes_nobody() {
    let mut wakes = Vec::new();
    for delay in [Duration::from_secs(1), Duration::from_secs(3600)] {
        let simulator = Simulator::start().await.unwrap();
        let mint = simulator.mint().unwrap();
        let ids: Vec<_> = (0..500).map(|_| simulator.add(Script::model().timeline([("running", 0)]))).collect();
        let mut batch = mint.wait_many(&ids).policy(PollingPolicy::new(move |_| delay));
        let mut polls = 0;
        let counted = poll_fn(|context| {
            polls += 1;
            batch.poll_next_unpin(context)
        });
        assert!(tokio::time::timeout(Duration::from_secs(8), counted).await.is_err());
        assert_eq!(simulator.api_requests().len(), 400, "{polls}");
        wakes.push(polls);
    }
    assert!(wakes[0] <= wakes[1] + 10, "{wakes:?}");
}

#[tokio::test(start_paused = true)]
async fn results_come_with_the_tags_of_their_operations() {
    let simulator = Simulator::start().await.unwrap();
    let mint = simulator.mint().unwrap();
    let (model, world) = (simulator.add(Script::model()), simulator.add(Script::world()));
    let handle = mint.attach(&world).unwrap();
    // Two tags of one operation both get its result.
    let ended = mint.wait_many([(1, mint.attach(&model).unwrap()), (2, handle), (3, mint.attach(&model).unwrap())]);
    let ended: HashMap<_, _> = ended.map(|(tag, result)| (tag, result.unwrap().operation().id.clone())).collect().await;
    assert_eq!(ended, HashMap::from([(1, model.clone()), (2, world), (3, model.clone())]));

    // A tag that is a text is not taken for an id, nor is an id for a tag.
    let (control, mut ended) = mint.wait_many([("lamp", "a/b")]).controlled();
    let (tag, result) = ended.next().await.unwrap();
    assert_eq!((tag, result.unwrap_err().kind()), ("lamp", ErrorKind::InvalidArgument));
    control.add(("desk", simulator.add(Script::model().timeline([("running", 0)]))));
    control.add(("chair", &model));
    control.remove("desk");
    assert_eq!(ended.next().await.unwrap().0, "chair");
    drop(control);
    assert!(tokio::time::timeout(Duration::from_secs(100), ended.next()).await.is_err(), "the desk goes on");
}

#[tokio::test(start_paused = true)]
async fn every_change_comes_with_its_tag() {
    let simulator = Simulator::start().await.unwrap();
    let mint = simulator.mint().unwrap();
    let model = simulator.add(Script::model().timeline([("queued", 5), ("running", 10), ("succeeded", 0)]));
    let broken = simulator.add(Script::model().timeline([("running", 0)]));
    let waits = mint.wait_many([("lamp", &model), ("desk", &broken), ("unknown", &"unknown".to_owned())]);
    let updates = waits.item_deadline(Duration::from_secs(60)).updates();
    let shown = updates.map(|(tag, update)| match update {
        Ok(Update::Changed(seen)) => format!("{tag} {}", seen.operation.status),
        Ok(Update::Ended(outcome)) => format!("{tag} ended {}", outcome.operation().status),
        Ok(other) => format!("{tag} {other:?}"),
        Err(error) => format!("{tag} {}", if error.is_not_found() { "not found" } else { "timeout" }),
    });
    let mut shown: Vec<_> = shown.collect().await;
    let of = |tag: &str| shown.iter().filter(|line| line.starts_with(tag)).cloned().collect::<Vec<_>>();
    assert_eq!(of("lamp"), ["lamp queued", "lamp running", "lamp ended succeeded"]);
    assert_eq!(of("desk"), ["desk running", "desk timeout"]);
    assert_eq!(of("unknown"), ["unknown not found"]);
    assert_eq!(shown.len(), 6, "{shown:?}");

    // What was removed yields nothing more, under either of its tags.
    let (control, waits) = mint.wait_many([("one", &broken), ("two", &broken)]).controlled();
    let mut updates = waits.updates();
    assert!(matches!(updates.next().await, Some(("one" | "two", Ok(Update::Changed(_))))));
    control.remove(&broken);
    drop(control);
    shown = updates.map(|(tag, update)| format!("{tag} {update:?}")).collect().await;
    assert!(shown.is_empty(), "{shown:?}");
}
