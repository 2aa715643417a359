//! Measures the CPU time and the memory of waiting.
//!
//! It compares the CPU time of a poll, and the time to decode a full reply, with a bare client: a `reqwest` GET and
//! `serde_json` into hand-written structs of the same field types. It also measures the memory of one operation in a
//! batch, and what a poll costs there. The server is a process of its own. The rounds are interleaved, and the figures are
//! medians.
//!
//! Times depend on what else the machine does, instructions hardly. Where valgrind is installed, it also prints the
//! instructions of a poll, of a decode and of a poll in a batch, outside the kernel: this program runs under callgrind for
//! some of them and for twice as many, and the difference counts. Alone: `cargo bench --bench wait -- instructions`.
//!
//! ```text
//! cargo bench --bench wait
//! ```

// A benchmark prints to the terminal.
#![allow(clippy::print_stdout)]

use std::alloc::System;
use std::env;
use std::hint::black_box;
use std::io::{BufRead as _, BufReader};
use std::num::NonZeroU32;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant};

use cpu_time::ProcessTime;
use futures::StreamExt as _;
use mint_api_ext::simulator::{API_KEY, Script, Simulator};
use mint_api_ext::wait::PollingPolicy;
use mint_api_ext::{Credentials, Mint, Server, types};
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};
use tokio::sync::Notify;

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const ROUNDS: usize = 15;
const POLLS: u32 = 1500;
const DECODES: u32 = 20_000;
const WAITING: usize = 10_000;
/// How many requests a client sends in a second by default.
const PACE: u32 = 50;
/// How many of each are counted under callgrind.
const COUNTED: u32 = 300;
/// The same of polls in a batch of this size, each operation at least once before.
const COUNTED_IN_BATCH: u32 = 2 * BATCH as u32;
const BATCH: usize = 1000;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let has = |name: &str| env::args().any(|argument| argument == name);
    if has("--serve") {
        return serve();
    }
    if let [_, flag, what, count, url, id, reply] = &*env::args().collect::<Vec<_>>()
        && flag == "--counted"
    {
        return counted(what, count.parse()?, url, id, reply);
    }
    let mut server = Command::new(env::current_exe()?).arg("--serve").stdout(Stdio::piped()).spawn()?;
    let result = server.stdout.take().ok_or("no output of the server").map(BufReader::new).and_then(|output| {
        let mut lines = output.lines().map_while(Result::ok);
        let mut line = || lines.next().ok_or("the server said too little");
        Ok([line()?, line()?, line()?, line()?])
    });
    let measured = result.map_err(Into::into).and_then(|[url, id, reply, waiting]| {
        instructions(&url, &id, &reply, &waiting)?;
        if has("instructions") { Ok(()) } else { measure(&url, &id, &reply, &waiting) }
    });
    server.kill()?;
    server.wait()?;
    measured
}

/// Serves one finished model and many running ones. Prints the base URL, the ids and the reply.
fn serve() -> Result<(), Box<dyn std::error::Error>> {
    runtime()?.block_on(async {
        let simulator = Simulator::start().await?;
        let id = simulator.add(Script::model().timeline([("succeeded", 0)]));
        let reply = simulator.operation(&id).unwrap_or_default();
        let running = || simulator.add(Script::model().timeline([("running", 0)]));
        let waiting: Vec<_> = (0..WAITING).map(|_| running()).collect();
        println!("{}\n{id}\n{reply}\n{}", simulator.base_url(), waiting.join(" "));
        std::future::pending().await
    })
}

fn measure(url: &str, id: &str, reply: &str, waiting: &str) -> Result<(), Box<dyn std::error::Error>> {
    let runtime = runtime()?;
    println!("{ROUNDS} interleaved rounds of {POLLS} polls and {DECODES} decodes; medians");

    let mint = client(url)?;
    let handle = mint.attach(id)?;
    let bare = Bare::new(url, id)?;
    let (mut ours, mut bares) = (Vec::new(), Vec::new());
    for round in 0..=ROUNDS {
        let our = runtime.block_on(cpu_per_poll(POLLS, async || handle.get().await.map(drop).map_err(Into::into)))?;
        let their = runtime.block_on(cpu_per_poll(POLLS, async || bare.poll().await))?;
        // The first round is a warm-up.
        if round > 0 {
            ours.push(our);
            bares.push(their);
        }
    }
    show("CPU per poll", median(ours), median(bares));

    let (mut ours, mut bare) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        ours.push(time_per_decode::<types::Operation>(reply)?);
        bare.push(time_per_decode::<bare::Operation>(reply)?);
    }
    show("decode", median(ours), median(bare));

    let waiting: Vec<_> = waiting.split(' ').map(str::to_owned).collect();
    runtime.block_on(paced(&paced_client(url, PACE)?, &waiting))?;
    runtime.block_on(memory_per_operation(&mint, waiting))
}

fn client(url: &str) -> Result<Mint, Box<dyn std::error::Error>> {
    paced_client(url, 1_000_000_000)
}

fn paced_client(url: &str, requests_per_second: u32) -> Result<Mint, Box<dyn std::error::Error>> {
    let pace = NonZeroU32::new(requests_per_second).ok_or("zero")?;
    let builder = Mint::builder(Credentials::api_key(API_KEY)?).server(Server::Custom(url.to_owned()));
    Ok(builder.requests_per_second(pace).build()?)
}

/// The bare client.
struct Bare {
    http: reqwest::Client,
    address: String,
}

impl Bare {
    fn new(url: &str, id: &str) -> Result<Self, Box<dyn std::error::Error>> {
        mint_loopback::install_cryptography();
        let http = reqwest::Client::builder().timeout(Duration::from_secs(30)).build()?;
        Ok(Self { http, address: format!("{url}/v1/operations/{id}") })
    }

    async fn poll(&self) -> Result<(), Box<dyn std::error::Error>> {
        let request = self.http.get(&self.address).bearer_auth(API_KEY);
        let reply = request.send().await?.error_for_status()?.bytes().await?;
        black_box(serde_json::from_slice::<bare::Operation>(&reply)?);
        Ok(())
    }
}

/// Prints the instructions of a poll and of a decode, if there is a valgrind.
fn instructions(url: &str, id: &str, reply: &str, waiting: &str) -> Result<(), Box<dyn std::error::Error>> {
    let program = env::current_exe()?;
    let count = |what: &str, count: u32, ids: &str| {
        let mut valgrind = Command::new("valgrind");
        valgrind.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]).arg(&program);
        let output = valgrind.args(["--counted", what, &count.to_string(), url, ids, reply]).output().ok()?;
        let said = String::from_utf8_lossy(&output.stderr);
        let collected = said.lines().find_map(|line| line.split_once("Collected : "))?.1;
        collected.trim().parse::<f64>().ok().filter(|_| output.status.success())
    };
    let each = |what: &str, some: u32, ids: &str| {
        Some((count(what, 2 * some, ids)? - count(what, some, ids)?) / f64::from(some))
    };
    let print = |what: &str, ours: Option<f64>, than: &str, theirs: Option<f64>| match (ours, theirs) {
        (Some(ours), Some(theirs)) => {
            println!("instructions of a {what}: {ours:.0}, {than} {theirs:.0}, ratio {:.2}", ours / theirs);
        }
        _ => println!("no instructions of a {what}: they need valgrind"),
    };
    for what in ["poll", "decode"] {
        print(what, each(what, COUNTED, id), "bare", each(&format!("bare {what}"), COUNTED, id));
    }
    let ids: Vec<_> = waiting.split(' ').take(BATCH).collect();
    let in_batch = each("batch", COUNTED_IN_BATCH, &ids.join(" "));
    print("poll in a batch", in_batch, "alone", each("alone", COUNTED, ids[0]));
    Ok(())
}

/// Does one thing so many times, for callgrind.
fn counted(what: &str, count: u32, url: &str, id: &str, reply: &str) -> Result<(), Box<dyn std::error::Error>> {
    let runtime = runtime()?;
    match what {
        "decode" => decode::<types::Operation>(reply, count)?,
        "alone" => runtime.block_on(poll_alone(&client(url)?, id, count))?,
        "batch" => runtime.block_on(poll_batch(&client(url)?, id, count))?,
        "bare decode" => decode::<bare::Operation>(reply, count)?,
        "bare poll" => {
            let bare = Bare::new(url, id)?;
            runtime.block_on(cpu_per_poll(count, async || bare.poll().await))?;
        }
        _ => {
            let handle = client(url)?.attach(id)?;
            runtime.block_on(cpu_per_poll(count, async || handle.get().await.map(drop).map_err(Into::into)))?;
        }
    }
    Ok(())
}

async fn cpu_per_poll(
    polls: u32,
    mut poll: impl AsyncFnMut() -> Result<(), Box<dyn std::error::Error>>,
) -> Result<f64, Box<dyn std::error::Error>> {
    let began = ProcessTime::now();
    for _ in 0..polls {
        poll().await?;
    }
    Ok(began.elapsed().as_secs_f64() / f64::from(polls))
}

fn time_per_decode<T: serde::de::DeserializeOwned>(reply: &str) -> Result<f64, serde_json::Error> {
    let began = Instant::now();
    decode::<T>(reply, DECODES)?;
    Ok(began.elapsed().as_secs_f64() / f64::from(DECODES))
}

fn decode<T: serde::de::DeserializeOwned>(reply: &str, count: u32) -> Result<(), serde_json::Error> {
    for _ in 0..count {
        black_box(serde_json::from_str::<T>(black_box(reply))?);
    }
    Ok(())
}

/// A policy that polls again after this delay, and tells when so many polls were made.
fn counting(delay: Duration, polls: u32) -> (PollingPolicy, Arc<Notify>) {
    let (made, enough) = (AtomicU32::new(0), Arc::new(Notify::new()));
    let told = enough.clone();
    let policy = PollingPolicy::new(move |_| {
        if made.fetch_add(1, Relaxed) + 1 == polls {
            told.notify_one();
        }
        delay
    });
    (policy, enough)
}

/// Polls one operation so many times, by one wait.
async fn poll_alone(mint: &Mint, id: &str, polls: u32) -> Result<(), Box<dyn std::error::Error>> {
    let (policy, enough) = counting(Duration::ZERO, polls);
    tokio::select! {
        ended = mint.attach(id)?.wait().policy(policy) => Err(format!("the operation ended: {ended:?}").into()),
        () = enough.notified() => Ok(()),
    }
}

/// Polls the operations of a batch in turn, so many times in all.
async fn poll_batch(mint: &Mint, ids: &str, polls: u32) -> Result<(), Box<dyn std::error::Error>> {
    let (policy, enough) = counting(Duration::from_secs(1), polls);
    let mut batch = mint.wait_many(ids.split(' ').map(str::to_owned)).policy(policy).no_item_deadline();
    tokio::select! {
        ended = batch.next() => Err(format!("an operation ended: {ended:?}").into()),
        () = enough.notified() => Ok(()),
    }
}

/// Measures what a poll costs at the pace at which a client sends, in a batch and in a wait for one operation: the machine
/// does other things between two polls.
async fn paced(mint: &Mint, ids: &[String]) -> Result<(), Box<dyn std::error::Error>> {
    let alone = async || {
        let began = ProcessTime::now();
        poll_alone(mint, &ids[0], PACE * 4).await?;
        Ok::<_, Box<dyn std::error::Error>>(began.elapsed().as_secs_f64() / f64::from(PACE * 4))
    };
    let before = alone().await?;
    let polls = Arc::new(AtomicU32::new(0));
    let counter = polls.clone();
    let often = PollingPolicy::new(move |_| {
        counter.fetch_add(1, Relaxed);
        Duration::from_secs(1)
    });
    let mut batch = mint.wait_many(ids.to_vec()).policy(often).no_item_deadline();
    let _ = tokio::time::timeout(Duration::from_secs(2), batch.next()).await;
    let (began, cpu, polled) = (Instant::now(), ProcessTime::now(), polls.load(Relaxed));
    let _ = tokio::time::timeout(Duration::from_secs(8), batch.next()).await;
    let (cpu, elapsed) = (cpu.elapsed().as_secs_f64(), began.elapsed().as_secs_f64());
    let in_batch = cpu / f64::from(polls.load(Relaxed) - polled);
    drop(batch);
    let alone = f64::midpoint(before, alone().await?);
    println!(
        "CPU per poll at {PACE} a second, of {}: {:.2} µs, alone {:.2} µs, ratio {:.2}; {:.1} % of a core",
        ids.len(),
        in_batch * 1e6,
        alone * 1e6,
        in_batch / alone,
        100.0 * cpu / elapsed
    );
    Ok(())
}

/// Measures the memory that a batch needs for one more operation between two polls.
async fn memory_per_operation(mint: &Mint, ids: Vec<String>) -> Result<(), Box<dyn std::error::Error>> {
    let held = || {
        let stats = ALLOCATOR.stats();
        stats.bytes_allocated as i64 - stats.bytes_deallocated as i64
    };
    let count = ids.len();
    // Each operation is polled once at the start, and then not for an hour.
    let hourly = || PollingPolicy::new(|_| Duration::from_secs(3600));
    let mut one = mint.wait_many(ids[..1].to_vec()).policy(hourly()).no_item_deadline();
    let _ = tokio::time::timeout(Duration::from_secs(1), one.next()).await;
    let before = held();
    let mut batch = mint.wait_many(ids).policy(hourly()).no_item_deadline();
    let _ = tokio::time::timeout(Duration::from_secs(5), batch.next()).await;
    println!("memory per waiting operation: {} bytes, of {count}", (held() - before) / count as i64);
    Ok(())
}

fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()
}

fn show(what: &str, ours: f64, bare: f64) {
    println!("{what}: {:.2} µs, bare {:.2} µs, ratio {:.2}", ours * 1e6, bare * 1e6, ours / bare);
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Hand-written types of the reply. They do not accept unknown values.
#[allow(dead_code)]
mod bare {
    use std::collections::BTreeMap;

    use serde::Deserialize;

    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    pub(super) struct Operation {
        object: Object,
        id: String,
        r#type: Type,
        generation_mode: Mode,
        status: Status,
        prompt: Option<String>,
        generation_preset: Option<Preset>,
        generation_model: Option<String>,
        optimization_level: Option<Level>,
        resource: Option<Resource>,
        mint_url: Option<String>,
        assets: Option<Assets>,
        conversion: Option<Conversion>,
        error: Option<Error>,
        created_at: String,
        updated_at: String,
        completed_at: Option<String>,
        canceled_at: Option<String>,
    }

    #[derive(Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Object {
        Operation,
    }

    #[derive(Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Type {
        WorldGeneration,
        ModelGeneration,
        ModelOptimization,
        ModelConversion,
    }

    #[derive(Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Mode {
        Auto,
        Review,
    }

    #[derive(Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Status {
        Queued,
        Running,
        PreviewReady,
        Succeeded,
        Failed,
        Canceled,
    }

    #[derive(Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Preset {
        Fast,
        Standard,
        Production,
    }

    #[derive(Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Level {
        Light,
        Moderate,
        Aggressive,
    }

    #[derive(Deserialize)]
    struct Resource {
        r#type: ResourceType,
        id: String,
    }

    #[derive(Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum ResourceType {
        World,
        Model,
    }

    #[derive(Deserialize)]
    struct Error {
        code: String,
        message: String,
    }

    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Assets {
        // In the other order, serde would read every model as an empty world.
        Model(Model),
        World(World),
    }

    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct World {
        caption: Option<String>,
        collider_mesh_url: Option<String>,
        pano_url: Option<String>,
        preview_image_url: Option<String>,
        rad_url: Option<String>,
        spz_urls: Option<BTreeMap<String, String>>,
        thumbnail_url: Option<String>,
    }

    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Model {
        fbx_url: Option<String>,
        glb_url: Option<String>,
        glb_size_bytes: Option<i64>,
        obj_url: Option<String>,
        optimized_glb_url: Option<String>,
        optimized_glb_size_bytes: Option<i64>,
        preview_image_url: Option<String>,
        stl_url: Option<String>,
        thumbnail_url: Option<String>,
        usdz_url: Option<String>,
    }

    #[derive(Deserialize)]
    struct Conversion {
        id: Option<String>,
        assets: Option<serde_json::Value>,
    }
}
