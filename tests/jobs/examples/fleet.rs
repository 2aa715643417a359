//! Workers that share one queue of waits.
//!
//! ```text
//! cargo run --manifest-path tests/jobs/Cargo.toml --example fleet
//! ```
//!
//! starts a simulator with 60 operations and three workers, each a process of its own, and shows how they get on. With
//! `DATABASE_URL=postgres://...` the queue is in PostgreSQL; by default it is a file of SQLite.
//!
//! `fleet work` is one worker, with the [`Settings`] in its environment. It ends when its standard input is closed, so that
//! it does not outlive the process that started it. `fleet serve COUNT` is the simulator.

use std::num::NonZeroU32;
use std::process::{self, ExitCode};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use std::{env, fs, io, thread};

use mint_api_ext::simulator::API_KEY;
use mint_jobs::{Error, Job, Settings, SimulatorProcess, WorkerProcess};

const OPERATIONS: usize = 60;
const WORKERS: u32 = 3;

/// What the account allows, all workers together.
const REQUESTS_PER_SECOND: u32 = 60;

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<_> = env::args().skip(1).collect();
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    let end = match arguments[..] {
        [] => demonstrate().await,
        ["work"] => work().await,
        ["serve", count] => mint_jobs::serve(count.parse().unwrap_or(OPERATIONS)).await,
        _ => Err("usage: fleet [work | serve COUNT]".into()),
    };
    match end {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Works for as long as standard input is open. A database that fails for a while only delays the jobs.
async fn work() -> Result<(), Error> {
    end_with_standard_input();
    let worker = Settings::from_environment()?.worker().await?;
    loop {
        let started = SystemTime::now().duration_since(UNIX_EPOCH)?.as_nanos();
        let name = format!("worker-{}-{started}", process::id());
        if let Err(error) = worker.queue.work(&name, worker.clone()).await {
            eprintln!("{name}: {error}; it starts again in a second");
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

async fn demonstrate() -> Result<(), Error> {
    let fleet = env::current_exe()?;
    let folder = env::temp_dir().join(format!("mint-fleet-{}", process::id()));
    fs::create_dir_all(&folder)?;
    let mut simulator = SimulatorProcess::start(&fleet, OPERATIONS)?;
    let sqlite = || format!("sqlite:{}?mode=rwc", folder.join("queue.db").display());
    let settings = Settings {
        database: env::var("DATABASE_URL").unwrap_or_else(|_| sqlite()),
        api: simulator.url.clone(),
        key: API_KEY.to_owned(),
        store: folder.clone(),
        requests_per_second: NonZeroU32::new(REQUESTS_PER_SECOND / WORKERS).unwrap_or(NonZeroU32::MIN),
    };

    let client = settings.worker().await?;
    let before = client.outcomes.count().await?;
    for id in &simulator.operations {
        client.queue.push(Job::first(client.mint.attach(id)?.save()), SystemTime::now()).await?;
    }
    let workers = (0..WORKERS).map(|_| WorkerProcess::start(&fleet, &settings)).collect::<Result<Vec<_>, _>>()?;
    loop {
        let ended = client.outcomes.count().await? - before;
        println!("{ended} of {OPERATIONS} operations ended after {} requests", simulator.requests()?);
        if ended == OPERATIONS as i64 {
            break;
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    drop(workers);
    println!("the files are in {}", folder.display());
    Ok(())
}

fn end_with_standard_input() {
    thread::spawn(|| {
        let _ = io::copy(&mut io::stdin(), &mut io::sink());
        process::exit(0);
    });
}
