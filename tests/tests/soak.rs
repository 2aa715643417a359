//! What a busy application does, for a while, with every fault on at random: it starts, waits, waits in batches, downloads and
//! gives up. Nothing leaks, no task is left, every file is right, and the credits add up.
//!
//! `MINT_SOAK_SECONDS` says how long; 5 where it is not set.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::io::{BufRead as _, BufReader, Write as _};
use std::num::NonZeroU32;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use futures::StreamExt as _;
use mint_api_ext::retry::{Exponential, RetryPolicy};
use mint_api_ext::simulator::{API_KEY, Simulator};
use mint_api_ext::types::{GenerationPreset, Operation};
use mint_api_ext::wait::PollingPolicy;
use mint_api_ext::{Credentials, Mint, Outcome, Server};
use serde_json::{Value, json};

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

/// How many things the application does at once.
const WORKERS: u64 = 8;
/// What the memory of the process may grow by after the first third: what is cached, and what an allocator holds back.
const MAY_GROW: u64 = 8 * 1024 * 1024;
const CREDITS: f64 = 100_000_000.0;

/// Knuth's generator.
struct Random(u64);

impl Random {
    fn below(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below
    }

    fn one_of<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len() as u64) as usize]
    }
}

/// The simulator, in a process of its own, whose memory is not that of the application.
struct SimulatorProcess {
    child: Child,
    url: String,
    http: reqwest::Client,
}

/// The program of that process. It does nothing in the test run itself.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn server() {
    if std::env::var_os("MINT_SOAK_SERVER").is_none() {
        return;
    }
    let simulator = Simulator::builder().credits(CREDITS).speed(500.0).start().await.unwrap();
    let mut out = std::io::stdout();
    writeln!(out, "\nserver {}", simulator.base_url()).unwrap();
    out.flush().unwrap();
    // Until the application ends, and with it its end of this pipe.
    let _ = tokio::task::spawn_blocking(|| std::io::stdin().lines().count()).await;
}

impl SimulatorProcess {
    fn start() -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["server", "--exact", "--nocapture"]).env("MINT_SOAK_SERVER", "1");
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(std::result::Result::ok);
        let url = lines.find_map(|line| Some(line.strip_prefix("server ")?.to_owned()));
        // After a minute the test harness says that the server still runs, and stops if no one reads that.
        std::thread::spawn(move || lines.for_each(drop));
        mint_loopback::install_cryptography();
        Self { child, url: url.unwrap(), http: reqwest::Client::new() }
    }

    /// Sets a fault at random: of a reply, of a file, or of what the server remembers.
    async fn fail(&self, random: &mut Random) -> Result<()> {
        let route = random.one_of(&["getOperation", "generateModel", "getModel", "getUsage"]);
        let kind = random.one_of(&["glb", "preview", "thumbnail"]);
        let fault = match random.below(8) {
            0 => json!({"fault": "reply", "route": route, "status": random.one_of(&[500, 502, 503, 504])}),
            1 => json!({"fault": "reply", "route": route, "status": 429, "headers": {"retry-after": "0"}}),
            2 => json!({"fault": "lose_reply", "route": route}),
            3 => json!({"fault": "expire_urls"}),
            4 => json!({"fault": "fail_operation", "code": "generation_failed", "message": "A fault."}),
            5 => json!({"fault": "file", "kind": kind, "effect": "cut_at", "value": random.below(700)}),
            6 => json!({"fault": "file", "kind": kind, "effect": "status", "value": random.one_of(&[403, 500, 503])}),
            _ => json!({"fault": "file", "kind": kind, "effect": random.one_of(&["no_etag", "ignore_range"])}),
        };
        let url = format!("{}/_simulator/faults", self.url.trim_end_matches('/'));
        self.http.post(url).body(fault.to_string()).send().await?.error_for_status()?;
        Ok(())
    }

    async fn state(&self) -> Result<Value> {
        let text = self.http.get(format!("{}/_simulator", self.url.trim_end_matches('/'))).send().await?.text().await?;
        Ok(serde_json::from_str(&text)?)
    }
}

impl Drop for SimulatorProcess {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What was done, in all.
#[derive(Default)]
struct Done {
    jobs: BTreeMap<&'static str, u64>,
    /// The operations that were started.
    started: Vec<String>,
    /// The operations whose files were fetched, or begun. No more than the ids, since what is kept here counts as a leak.
    downloads: BTreeSet<String>,
}

struct Application {
    mint: Mint,
    directory: tempfile::TempDir,
    done: Mutex<Done>,
}

impl Application {
    fn count(&self, what: &'static str) {
        *self.done.lock().unwrap().jobs.entry(what).or_default() += 1;
    }

    /// One job, which may be given up in its midst. Its error is one that a fault may cause.
    async fn job(&self, number: u64, random: &mut Random) {
        let patience = match random.below(4) {
            0 => Duration::from_millis(random.below(60)),
            _ => Duration::from_secs(60),
        };
        let work = async {
            match random.below(3) {
                0 => self.one(number).await,
                1 => self.batch(number).await,
                _ => self.read().await,
            }
        };
        match tokio::time::timeout(patience, work).await {
            Err(_) => self.count("given up"),
            Ok(Err(_)) => self.count("failed"),
            Ok(Ok(())) => self.count("done"),
        }
    }

    async fn start(&self, prompt: String) -> Result<mint_api_ext::OperationHandle> {
        let request = self.mint.generate_model(prompt).generation_preset(GenerationPreset::Fast).max_credits(1_000);
        let handle = request.send().await?;
        self.done.lock().unwrap().started.push(handle.id().to_string());
        Ok(handle)
    }

    async fn one(&self, number: u64) -> Result<()> {
        let handle = self.start(format!("a lamp, number {number}")).await?;
        match handle.wait().policy(quick()).failure_tolerance(Duration::from_secs(30)).await? {
            Outcome::Succeeded(operation) => self.download(operation).await,
            _ => Ok(()),
        }
    }

    async fn batch(&self, number: u64) -> Result<()> {
        let mut handles = Vec::new();
        for item in 0..4 {
            handles.push(self.start(format!("a chair, number {number}, {item}")).await?);
        }
        let mut ended = self.mint.wait_many(handles).policy(quick()).failure_tolerance(Duration::from_secs(30));
        while let Some((_, outcome)) = ended.next().await {
            if let Outcome::Succeeded(operation) = outcome? {
                self.download(operation).await?;
            }
        }
        Ok(())
    }

    async fn read(&self) -> Result<()> {
        self.mint.credits().await?;
        let mut models = self.mint.models().into_stream().take(3);
        while let Some(model) = models.next().await {
            model?;
        }
        Ok(())
    }

    async fn download(&self, operation: Operation) -> Result<()> {
        self.done.lock().unwrap().downloads.insert(operation.id.clone());
        fetch(&self.mint, &operation, self.directory.path()).await
    }
}

/// Downloads to the folder of the operation.
async fn fetch(mint: &Mint, operation: &Operation, directory: &Path) -> Result<()> {
    let download = mint.download(operation).preferred().skip_sync().failure_tolerance(Duration::from_secs(2));
    download.to_dir(directory.join(&operation.id)).await?.complete()?;
    Ok(())
}

fn client(url: &str, requests_per_second: u32) -> Result<Mint> {
    let backoff = Exponential::new(Duration::from_millis(2), 2.0, Duration::from_millis(20));
    let limit = NonZeroU32::new(requests_per_second).ok_or("no limit")?;
    let mint = Mint::builder(Credentials::api_key(API_KEY)?).server(Server::Custom(url.to_owned()));
    let mint = mint.retry_policy(RetryPolicy::new().backoff(backoff).attempts(20)).requests_per_second(limit);
    Ok(mint.request_timeout(Duration::from_secs(2)).build()?)
}

fn quick() -> PollingPolicy {
    PollingPolicy::new(|_| Duration::from_millis(5))
}

fn seconds() -> u64 {
    std::env::var("MINT_SOAK_SECONDS").ok().and_then(|seconds| seconds.parse().ok()).unwrap_or(5)
}

/// The memory of this process, in bytes; `None` where the system does not tell.
fn memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok().map(|kilobytes| kilobytes * 1024)
}

#[test]
fn a_busy_application_leaks_nothing() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(soak()).unwrap();
    // Connections and timers end with what used them; a task that is left would be counted for ever.
    let began = Instant::now();
    while runtime.metrics().num_alive_tasks() > 0 && began.elapsed() < Duration::from_secs(10) {
        std::thread::yield_now();
    }
    assert_eq!(runtime.metrics().num_alive_tasks(), 0, "tasks are left");
}

async fn soak() -> Result<()> {
    let simulator = SimulatorProcess::start();
    let (mint, directory) = (client(&simulator.url, 200)?, tempfile::tempdir()?);
    let application = Arc::new(Application { mint, directory, done: Mutex::default() });

    let (began, length) = (Instant::now(), Duration::from_secs(seconds()));
    let workers = (0..WORKERS).map(|worker| {
        let application = application.clone();
        tokio::spawn(async move {
            let mut random = Random(worker + 1);
            let mut number = worker;
            while began.elapsed() < length {
                application.job(number, &mut random).await;
                number += WORKERS;
            }
        })
    });
    let workers: Vec<_> = workers.collect();
    let (mut random, mut warm, mut faults) = (Random(77), None, 0);
    while began.elapsed() < length {
        simulator.fail(&mut random).await?;
        faults += 1;
        tokio::time::sleep(Duration::from_millis(50)).await;
        if began.elapsed() > length / 3 && warm.is_none() {
            warm = memory();
        }
    }
    for worker in workers {
        worker.await?;
    }
    let now = memory();

    let Application { directory, done, .. } = Arc::into_inner(application).ok_or("a worker is left")?;
    let Done { jobs, started, downloads } = done.into_inner().unwrap();
    // What was done is checked faster than it was done.
    let mint = client(&simulator.url, 100_000)?;
    // A download that was given up goes on, and has its file.
    for id in &downloads {
        let fresh = mint.operation(id).await?;
        let mut tries = 0..5;
        while let Err(error) = fetch(&mint, &fresh, directory.path()).await {
            tries.next().ok_or_else(|| format!("{id}: {error}"))?;
        }
        check_files(&directory.path().join(id))?;
    }
    // Every operation that was started ends, and what it cost is what the server took.
    let mut spent = 0.0;
    for id in &started {
        let handle = mint.attach(id)?;
        let _ = handle.wait().policy(quick()).failure_tolerance(Duration::from_secs(30)).await?;
        spent += handle.cost().await?.unwrap_or_default();
    }
    let state = simulator.state().await?;
    let mut out = std::io::stderr();
    let megabytes = |bytes: Option<u64>| bytes.map_or("?".to_owned(), |bytes| format!("{:.1}", bytes as f64 / 1e6));
    writeln!(
        out,
        "{} s: {jobs:?}, {} operations, {} downloads, {faults} faults, {spent} credits; memory {} MB after a third, {} MB at \
         the end",
        length.as_secs(),
        started.len(),
        downloads.len(),
        megabytes(warm),
        megabytes(now)
    )?;
    if let (Some(warm), Some(now)) = (warm, now) {
        assert!(now <= warm + MAY_GROW, "the memory grew from {warm} to {now} bytes");
    }
    assert!(jobs.get("done").is_some_and(|done| *done > 0) && !downloads.is_empty(), "{jobs:?}");
    // A start that was given up before its reply came is not among those whose id is known.
    let unknown = state["operationsStarted"].as_u64().unwrap_or_default() - started.len() as u64;
    let given_up = jobs.get("given up").copied().unwrap_or_default() + jobs.get("failed").copied().unwrap_or_default();
    assert!(
        unknown <= given_up,
        "{unknown} starts are not known, and {given_up} jobs were given up or failed: {state}"
    );
    let used = state["creditsUsed"].as_f64().unwrap_or_default();
    let each = spent / started.len() as f64;
    assert!(spent <= used && used <= spent + 2.0 * each * unknown as f64, "spent {spent}, used {used}: {state}");
    Ok(())
}

/// One whole GLB, the manifest, and nothing that a download was still writing.
fn check_files(directory: &Path) -> Result<()> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(directory)? {
        let path = entry?.path();
        names.push(path.file_name().unwrap_or_default().to_string_lossy().into_owned());
        if path.extension().is_some_and(|extension| extension == "glb") {
            gltf::Gltf::from_slice(&std::fs::read(&path)?)?;
        }
    }
    names.sort();
    let expected = |name: &String| name.ends_with(".glb") || name == "mint-manifest.json" || name.ends_with(".lock");
    if names.iter().all(expected) && names.iter().any(|name| name.ends_with(".glb")) {
        return Ok(());
    }
    Err(format!("{}: {names:?}", directory.display()).into())
}
