//! Waits for operations and downloads their files into `mint-out/`.
//!
//! Without a key it starts a simulator and attaches to a model and a world there:
//!
//! ```text
//! cargo run --example quickstart
//! ```
//!
//! With a key it attaches to one of your operations:
//!
//! ```text
//! MINT_API_KEY=... cargo run --example quickstart -- OPERATION_ID
//! ```

// An example prints to the terminal.
#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use futures::StreamExt as _;
use mint_api_ext::download::FetchedFile;
use mint_api_ext::progress::Progress;
use mint_api_ext::simulator::{Script, Simulator};
use mint_api_ext::types::OperationError;
use mint_api_ext::wait::Update;
use mint_api_ext::{Mint, OperationHandle, Outcome};

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            let mut source = error.source();
            while let Some(cause) = source {
                eprintln!("  caused by: {cause}");
                source = cause.source();
            }
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Box<dyn Error + Send + Sync>> {
    let id = std::env::args().nth(1);
    if std::env::var_os("MINT_API_KEY").is_some() {
        let id = id.ok_or("MINT_API_KEY is set: pass the id of an operation, or unset it to use the simulator")?;
        let mint = Mint::from_env()?;
        println!("Attaching to {id} at {}", mint.api().base_url());
        return wait_and_download(&mint, vec![mint.attach(id)?]).await;
    }
    if id.is_some() {
        return Err("an operation id needs a key: set MINT_API_KEY to one made at https://platform.mint.gg".into());
    }
    let simulator = Simulator::start().await?;
    let mint = simulator.mint()?;
    println!(
        "No MINT_API_KEY: using a simulated Mint at {} and files at {}",
        simulator.base_url(),
        simulator.cdn_url()
    );
    let handles = [Script::model(), Script::world()].map(|script| mint.attach(simulator.add(script)));
    wait_and_download(&mint, handles.into_iter().collect::<Result<_, _>>()?).await
}

async fn wait_and_download(mint: &Mint, handles: Vec<OperationHandle>) -> Result<(), Box<dyn Error + Send + Sync>> {
    let progress = Arc::new(Progress::default());
    let mut files = Vec::new();
    let mut updates = mint.wait_many(handles).updates();
    while let Some((id, update)) = updates.next().await {
        progress.show_update(format!("operation {id}"), update.as_ref());
        let Update::Ended(outcome) = update? else { continue };
        if !outcome.is_success() {
            return Err(explain(&outcome).into());
        }
        let progress = progress.clone();
        let directory: PathBuf = ["mint-out", &id].iter().collect();
        let download = mint.download(outcome.operation()).on_event(move |event| progress.show(event));
        files.extend(download.to_dir(directory).await?.complete()?);
    }
    print_table(&files);
    Ok(())
}

fn explain(outcome: &Outcome) -> String {
    let operation = outcome.operation();
    let id = &operation.id;
    match outcome {
        Outcome::AwaitingReview(_) => {
            format!("{id} waits for you to review its preview; approve it in Mint, then run this again")
        }
        Outcome::BillingRequired(_) => {
            format!("{id} needs more credits; top up at https://platform.mint.gg, then resume it")
        }
        Outcome::Failed(_) => match &operation.error {
            Some(OperationError { message: Some(message), .. }) => format!("{id} failed: {message}"),
            _ => format!("{id} failed, and Mint does not say why"),
        },
        _ => format!("{id} ended as `{}`", operation.status),
    }
}

fn print_table(files: &[FetchedFile]) {
    let shown = |path: &Path| path.display().to_string();
    let width = files.iter().map(|file| shown(&file.path).len()).max().unwrap_or(0);
    println!("\n{:16} {:width$} {:>10} sha256", "asset", "file", "bytes");
    for file in files {
        println!("{:16} {:width$} {:>10} {}", file.kind.to_string(), shown(&file.path), file.bytes, file.sha256);
    }
}
