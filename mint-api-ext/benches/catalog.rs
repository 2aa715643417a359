//! Measures the catalog: `plan` and `verify` of 1,000 entries with 2 GB of files, and runs of many entries.
//!
//! `verify` that reads every file is compared with hashing alone, in interleaved rounds. The server of the runs is a process of
//! its own and needs no time for its operations. The figures are medians. The files are in Cargo's temporary directory, and
//! are removed at the end.
//!
//! ```text
//! cargo bench -p mint-api-ext --bench catalog
//! MINT_RUNS=50,200 cargo bench -p mint-api-ext --bench catalog --profile dev
//! ```

// A benchmark prints to the terminal.
#![allow(clippy::print_stdout)]

use std::env;
use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant, SystemTime};

use futures::StreamExt as _;
use mint_api_ext::catalog::{Catalog, Event};
use mint_api_ext::simulator::{API_KEY, Simulator};
use mint_api_ext::{Credentials, Mint, Server};
use sha2::{Digest as _, Sha256};

type Failure = Box<dyn std::error::Error>;

const ENTRIES: usize = 1_000;
const FILE_BYTES: usize = 2_000_000;
const ROUNDS: usize = 5;
const RUNS: &str = "50,200,1000";

fn main() -> Result<(), Failure> {
    if env::args().any(|argument| argument == "--serve") {
        return serve();
    }
    let mut server = Command::new(env::current_exe()?).arg("--serve").stdout(Stdio::piped()).spawn()?;
    let output = server.stdout.take().map(BufReader::new);
    let url = output.and_then(|output| output.lines().next()).transpose()?.unwrap_or_default();
    let measured = measure(&url);
    server.kill()?;
    server.wait()?;
    measured
}

/// Serves operations that end at once. Prints the base URL.
fn serve() -> Result<(), Failure> {
    runtime()?.block_on(async {
        let simulator = Simulator::builder().credits(1e9).speed(1e6).start().await?;
        println!("{}", simulator.base_url());
        std::future::pending().await
    })
}

fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()
}

fn measure(url: &str) -> Result<(), Failure> {
    let mint = Mint::builder(Credentials::api_key(API_KEY)?).server(Server::Custom(url.to_owned())).build()?;
    let mut before: Option<(f64, f64)> = None;
    for entries in env::var("MINT_RUNS").as_deref().unwrap_or(RUNS).split(',') {
        let entries: usize = entries.parse()?;
        let took = run(&mint, entries)?.as_secs_f64();
        let size = entries as f64;
        let exponent = before.map(|(fewer, less)| (took / less).ln() / (size / fewer).ln());
        let grows = exponent.map(|exponent| format!(", exponent {exponent:.2}")).unwrap_or_default();
        println!("run of {entries:5} entries: {took:8.2} s, {:6.2} ms each{grows}", took * 1e3 / size);
        before = Some((size, took));
    }
    if env::var_os("MINT_RUNS").is_some() {
        return Ok(());
    }
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let files = prepare(&mint, folder.path())?;
    let state = folder.path().join(".mint/state.json");
    let (mut hash, mut verify, mut unchanged, mut plan) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        hash.push(time(|| files.iter().try_for_each(|file| sha256(file).map(drop)))?);
        fs::remove_file(&state)?;
        verify.push(time(|| verify_all(folder.path()))?);
        unchanged.push(time(|| verify_all(folder.path()))?);
        plan.push(time(|| match Catalog::open(folder.path())?.plan()?.is_empty() {
            true => Ok(()),
            false => Err("the plan has work to do".into()),
        })?);
    }
    let [hash, verify, unchanged, plan] = [hash, verify, unchanged, plan].map(median);
    println!("hashing {ENTRIES} files of 2 MB: {hash:.0} ms");
    println!("verify, every file read: {verify:.0} ms, {:.2} x hashing alone", verify / hash);
    println!("verify without changes: {unchanged:.1} ms");
    println!("plan: {plan:.1} ms");
    Ok(())
}

fn verify_all(folder: &Path) -> Result<(), Failure> {
    let found = Catalog::open(folder)?.verify()?;
    if found.is_clean() && found.intact == ENTRIES { Ok(()) } else { Err(format!("{found:?}").into()) }
}

/// Makes a catalog of entries that are all done.
fn prepare(mint: &Mint, folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let definition = |names: &[String]| {
        let entry = |name: &String| format!("[models.{name}]\nprompt = 'a lamp'\n");
        format!("project = 'bench'\n{}", names.iter().map(entry).collect::<String>())
    };
    let names: Vec<_> = (0..ENTRIES).map(|number| format!("m{number:04}")).collect();
    fs::write(folder.join("mint.toml"), definition(&names[..1]))?;
    runtime()?.block_on(finish(mint, folder))?;
    // The entries have one prompt, so that the records of the first are right for all.
    let lock = fs::read_to_string(folder.join("mint.lock"))?;
    let path = folder.join("assets/models/m0000.glb");
    let content = fs::read(&path)?;
    let bytes: Vec<u8> = (0..FILE_BYTES).map(|index| u8::try_from(index * index % 251).unwrap_or_default()).collect();
    let lock = lock.replace(&format!("bytes = {}", content.len()), &format!("bytes = {FILE_BYTES}"));
    let lock = lock.replace(&sum(&content), &sum(&bytes));
    let (head, entry) = lock.split_once("\n[models.").ok_or("the lock has no entry")?;
    let all: String = names.iter().map(|name| format!("\n[models.{entry}").replace("m0000", name)).collect();
    fs::write(folder.join("mint.lock"), format!("{head}{all}"))?;
    fs::write(folder.join("mint.toml"), definition(&names))?;
    let paths: Vec<_> = names.iter().map(|name| folder.join(format!("assets/models/{name}.glb"))).collect();
    for path in &paths {
        fs::write(path, &bytes)?;
        File::options().write(true).open(path)?.set_modified(SystemTime::now() - Duration::from_secs(60))?;
    }
    Ok(paths)
}

/// Runs a new catalog of so many models.
fn run(mint: &Mint, entries: usize) -> Result<Duration, Failure> {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let entry = |number| format!("[models.m{number}]\nprompt = 'model {number}'\n");
    let project = folder.path().file_name().unwrap_or_default().to_string_lossy().replace('.', "");
    let definition = format!("project = 'bench-{project}'\n{}", (0..entries).map(entry).collect::<String>());
    fs::write(folder.path().join("mint.toml"), definition)?;
    let began = Instant::now();
    runtime()?.block_on(finish(mint, folder.path()))?;
    Ok(began.elapsed())
}

async fn finish(mint: &Mint, folder: &Path) -> Result<(), Failure> {
    let catalog = Catalog::open(folder)?;
    let mut run = catalog.run(mint, catalog.plan()?);
    while let Some(event) = run.next().await {
        match event? {
            Event::Finished(summary) if summary.is_complete() => return Ok(()),
            Event::Finished(summary) => return Err(format!("{summary:?}").into()),
            _ => {}
        }
    }
    Err("the run did not finish".into())
}

fn sha256(path: &Path) -> Result<String, Failure> {
    let (mut file, mut hash, mut buffer) = (File::open(path)?, Sha256::new(), vec![0; 256 * 1024]);
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hex(&hash.finalize())),
            length => hash.update(&buffer[..length]),
        }
    }
}

fn sum(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn hex(digest: &[u8]) -> String {
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Milliseconds.
fn time(work: impl FnOnce() -> Result<(), Failure>) -> Result<f64, Failure> {
    let began = Instant::now();
    work()?;
    Ok(began.elapsed().as_secs_f64() * 1e3)
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
