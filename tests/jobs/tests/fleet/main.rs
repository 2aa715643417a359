//! Workers that are killed: every operation ends once, with its files, and the polls are those of one process.

#[cfg(unix)]
mod postgres;

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};
use std::{env, fs, thread};

use futures::StreamExt as _;
use mint_api_ext::asset::AssetKind;
use mint_api_ext::simulator::{API_KEY, Simulator};
use mint_jobs::{Error, Job, Settings, SimulatorProcess, Worker, WorkerProcess, scripts};
use object_store::memory::InMemory;
use sha2::{Digest as _, Sha256};
use tokio::sync::Mutex;

const OPERATIONS: usize = 500;
const KILLS: usize = 10;

/// What the account allows, all workers together.
const REQUESTS_PER_SECOND: u32 = 400;

/// The most jobs that a killed worker had.
const CONCURRENCY: usize = 8;

/// Two fleets at a time would disturb each other's times.
static ALONE: Mutex<()> = Mutex::const_new(());

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn with_sqlite() {
    let _alone = ALONE.lock().await;
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite:{}?mode=rwc", folder.path().join("queue.db").display());
    every_operation_ends_once(&database, 2, 1).await;
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn with_postgresql() {
    let _alone = ALONE.lock().await;
    let Some(postgres) = postgres::Postgres::start() else { return };
    every_operation_ends_once(&postgres.url(), 4, 2).await;
}

async fn every_operation_ends_once(database: &str, workers: u32, seed: u64) {
    let alone = thread::spawn(wait_in_one_process).join().unwrap().unwrap();
    let began = Instant::now();
    let store = tempfile::tempdir().unwrap();
    let mut simulator = SimulatorProcess::start(&program(), OPERATIONS).unwrap();
    let settings = Settings {
        database: database.to_owned(),
        api: simulator.url.clone(),
        key: API_KEY.to_owned(),
        store: store.path().to_owned(),
        requests_per_second: NonZeroU32::new(REQUESTS_PER_SECOND / workers).unwrap(),
    };
    let client = settings.worker().await.unwrap();
    kill_workers_until_all_have_ended(&client, &settings, &simulator.operations, workers, seed).await.unwrap();

    let outcomes = client.outcomes.all().await.unwrap();
    let mut ids = simulator.operations.clone();
    ids.sort();
    assert_eq!(outcomes.iter().map(|outcome| &outcome.operation).collect::<Vec<_>>(), ids.iter().collect::<Vec<_>>());
    for outcome in &outcomes {
        assert_eq!(outcome.status, "succeeded", "{outcome:?}");
        let files = outcome.files.iter().map(|file| saved(store.path(), &outcome.operation, file));
        assert_eq!(files.collect::<BTreeMap<_, _>>(), alone.files, "{outcome:?}");
    }

    let requests = simulator.requests().unwrap();
    let steps: i64 = outcomes.iter().map(|outcome| outcome.steps).sum();
    let recorded_again: i64 = outcomes.iter().map(|outcome| outcome.deliveries - 1).sum();
    println!(
        "{workers} workers, {KILLS} killed: {requests} requests in {steps} steps, {} in one process; \
         {recorded_again} outcomes recorded again; {:.1} s",
        alone.requests,
        began.elapsed().as_secs_f64()
    );
    assert!(requests as f64 <= 1.15 * alone.requests as f64, "{requests} requests, {} in one process", alone.requests);
    let repeated = requests as i64 - steps;
    let lost = (KILLS * CONCURRENCY) as i64;
    assert!((0..=lost).contains(&repeated), "{repeated} polls were repeated, and {lost} jobs at most were lost");
}

/// What one process needs, and makes, on its own.
struct Alone {
    requests: usize,
    /// The hashes of the files of a model, by name.
    files: BTreeMap<String, String>,
}

#[tokio::main(flavor = "current_thread")]
async fn wait_in_one_process() -> Result<Alone, Error> {
    tokio::time::pause();
    let simulator = Simulator::start().await?;
    let rate = NonZeroU32::new(REQUESTS_PER_SECOND).unwrap_or(NonZeroU32::MIN);
    let mint = simulator.mint_builder()?.requests_per_second(rate).build()?;
    let ids: Vec<_> = scripts(OPERATIONS).map(|script| simulator.add(script)).collect();
    let mut outcomes = mint.wait_many(ids);
    let mut last = None;
    while let Some((_, outcome)) = outcomes.next().await {
        last = Some(outcome?.into_succeeded()?.operation);
    }
    let requests = simulator.api_requests().len();
    let download = mint.download(&last.ok_or("no operation")?).only([AssetKind::Glb, AssetKind::Thumbnail]);
    let files = download.to_store(Arc::new(InMemory::new()), "").await?.complete()?;
    let files = files.into_iter().map(|file| (file.path.display().to_string(), file.sha256)).collect();
    Ok(Alone { requests, files })
}

/// Pushes each job twice, as a program does that is started again.
async fn push_all(client: &Worker, operations: &[String]) -> Result<(), Error> {
    for id in operations.iter().chain(operations) {
        client.queue.push(Job::first(client.mint.attach(id)?.save()), SystemTime::now()).await?;
    }
    Ok(())
}

async fn kill_workers_until_all_have_ended(
    client: &Worker,
    settings: &Settings,
    operations: &[String],
    workers: u32,
    seed: u64,
) -> Result<(), Error> {
    let start = || WorkerProcess::start(&program(), settings);
    let mut processes = (0..workers).map(|_| start()).collect::<Result<Vec<_>, _>>()?;
    push_all(client, operations).await?;
    let mut random = Random(seed);
    for _ in 0..KILLS {
        tokio::time::sleep(Duration::from_millis(300 + random.below(500))).await;
        let victim = random.below(u64::from(workers)) as usize;
        drop(processes.swap_remove(victim));
        processes.push(start()?);
    }
    let ended = client.outcomes.count().await?;
    assert!(ended < OPERATIONS as i64, "every operation had ended before the last worker was killed");
    let last_kill = Instant::now();
    while client.outcomes.count().await? < OPERATIONS as i64 {
        assert!(last_kill.elapsed() < Duration::from_secs(60), "some operations do not end");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    Ok(())
}

/// The name and the hash of a file in the store.
fn saved(store: &Path, operation: &str, file: &str) -> (String, String) {
    let bytes = fs::read(store.join(file)).unwrap();
    let name = file.strip_prefix(&format!("{operation}/")).unwrap();
    let hash = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    (name.to_owned(), hash)
}

/// The example, which `cargo test` builds beside the tests. `cargo test --test fleet` alone does not.
fn program() -> PathBuf {
    let test = env::current_exe().unwrap();
    let built = test.parent().and_then(Path::parent).unwrap();
    built.join("examples").join(format!("fleet{}", env::consts::EXE_SUFFIX))
}

/// SplitMix64.
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % end
    }
}
