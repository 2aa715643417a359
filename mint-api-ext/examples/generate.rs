//! Generates a model from a prompt, and downloads its files into `mint-out/`.
//!
//! Without a key it uses a simulated Mint, which makes the same lamp from every prompt:
//!
//! ```text
//! cargo run --example generate -- "a brass lamp"
//! ```
//!
//! With a key it costs credits. It starts nothing if the estimate is above 500:
//!
//! ```text
//! MINT_API_KEY=... cargo run --example generate -- "a brass lamp"
//! ```

// An example prints to the terminal.
#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

use futures::TryStreamExt as _;
use mint_api_ext::simulator::Simulator;
use mint_api_ext::types::{GenerationPreset, ModelGenerationEstimateRequest};
use mint_api_ext::wait::Update;
use mint_api_ext::{Mint, OperationHandle, Outcome};

const MAX_CREDITS: u32 = 500;

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Box<dyn Error + Send + Sync>> {
    let usage = r#"say what to make, such as: cargo run --example generate -- "a brass lamp""#;
    let prompt = std::env::args().nth(1).ok_or(usage)?;
    if std::env::var_os("MINT_API_KEY").is_some() {
        return generate(&Mint::from_env()?, &prompt).await;
    }
    let simulator = Simulator::builder().speed(4.0).start().await?;
    println!("No MINT_API_KEY: using a simulated Mint at {}", simulator.base_url());
    generate(&simulator.mint()?, &prompt).await
}

async fn generate(mint: &Mint, prompt: &str) -> Result<(), Box<dyn Error + Send + Sync>> {
    let preset = GenerationPreset::Fast;
    let price = ModelGenerationEstimateRequest {
        operation: "model_generation".parse()?,
        generation_preset: preset,
        generation_mode: None,
    };
    let estimated = mint.estimate(price).await?.credits.estimated_total;
    println!("About {estimated} credits of {}", mint.usage().await?.credits.total_available);

    let request = mint.generate_model(prompt).generation_preset(preset).max_credits(MAX_CREDITS);
    let handle = request.send().await?;
    println!("Started {} with the idempotency key {}", handle.id(), request.idempotency_key());
    let operation = watch(&handle).await?.into_succeeded()?.operation;

    let directory: PathBuf = ["mint-out", &operation.id].iter().collect();
    for file in mint.download(&operation).to_dir(directory).await?.complete()? {
        println!("{:>10} bytes {}", file.bytes, file.path.display());
    }
    Ok(())
}

/// Waits, and prints each change of the status.
async fn watch(handle: &OperationHandle) -> Result<Outcome, Box<dyn Error + Send + Sync>> {
    let mut updates = handle.wait().updates();
    while let Some(update) = updates.try_next().await? {
        match update {
            Update::Changed(seen) => println!("{} is {}", handle.id(), seen.operation.status),
            Update::Ended(outcome) => return Ok(outcome),
            _ => {}
        }
    }
    Err("the updates ended without an outcome".into())
}
