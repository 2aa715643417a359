//! Generates a model that stops at previews. A reviewer approves or revises each.
//!
//! Without a key it uses a simulated Mint, and a simulated reviewer who asks for one change:
//!
//! ```text
//! cargo run --example review -- "a brass lamp"
//! ```
//!
//! With a key it costs credits, and you are the reviewer:
//!
//! ```text
//! MINT_API_KEY=... cargo run --example review -- "a brass lamp"
//! ```

// An example prints to the terminal.
#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::error::Error;
use std::io::BufRead as _;
use std::process::ExitCode;

use mint_api_ext::asset::{AssetKind, Assets};
use mint_api_ext::request::Decision;
use mint_api_ext::simulator::Simulator;
use mint_api_ext::types::{GenerationMode, GenerationPreset};
use mint_api_ext::wait::Preview;
use mint_api_ext::{Mint, Outcome};

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
    let prompt = std::env::args().nth(1).unwrap_or_else(|| "a brass lamp".to_owned());
    if std::env::var_os("MINT_API_KEY").is_some() {
        return generate(&Mint::from_env()?, prompt, Reviewer::Person).await;
    }
    let simulator = Simulator::builder().speed(4.0).start().await?;
    println!("No MINT_API_KEY: using a simulated Mint at {}", simulator.base_url());
    generate(&simulator.mint()?, prompt, Reviewer::AsksFor("with a green shade")).await
}

/// The reviewer of the previews.
#[derive(Clone, Copy)]
enum Reviewer {
    /// The person at the terminal.
    Person,
    /// A simulated reviewer, who asks for this change first and then approves.
    AsksFor(&'static str),
}

async fn generate(mint: &Mint, prompt: String, reviewer: Reviewer) -> Result<(), Box<dyn Error + Send + Sync>> {
    let request = mint.generate_model(prompt).generation_mode(GenerationMode::Review);
    let handle = request.generation_preset(GenerationPreset::Fast).send().await?;
    println!("Started {}", handle.id());
    let mut round = 0;
    let review = handle.wait().review_with(move |preview| {
        round += 1;
        decide(reviewer, round, preview)
    });
    let outcome = review.await?;
    if let Outcome::AwaitingReview(preview) = &outcome {
        println!("{} still waits for a decision", preview.operation.id);
        return Ok(());
    }
    let operation = outcome.into_succeeded()?.operation;
    println!("{} is made: {}", operation.id, urls(&Assets::of(&operation), None));
    Ok(())
}

async fn decide(reviewer: Reviewer, round: u32, preview: Preview) -> Decision {
    let image = urls(&Assets::of(&preview.operation), Some(AssetKind::PreviewImage));
    println!("Preview {round}: {image}");
    let decision = match (reviewer, round) {
        (Reviewer::AsksFor(change), 1) => Decision::Revise(change.to_owned()),
        (Reviewer::AsksFor(_), _) => Decision::Approve,
        (Reviewer::Person, _) => {
            println!("Press enter to approve it, type what to change, or `stop`:");
            // Reading from a terminal blocks the thread.
            tokio::task::spawn_blocking(answer).await.unwrap_or(Decision::Stop)
        }
    };
    println!("Preview {round}: {decision:?}");
    decision
}

fn answer() -> Decision {
    match std::io::stdin().lock().lines().next() {
        Some(Ok(line)) => match line.trim() {
            "" => Decision::Approve,
            "stop" => Decision::Stop,
            change => Decision::Revise(change.to_owned()),
        },
        _ => Decision::Stop,
    }
}

/// The URLs of the files of a kind, or of all files.
fn urls(assets: &Assets, kind: Option<AssetKind>) -> String {
    let chosen = assets.iter().filter(|asset| kind.as_ref().is_none_or(|kind| asset.kind == *kind));
    chosen.map(|asset| asset.url.as_str()).collect::<Vec<_>>().join(" ")
}
