//! A program that starts twelve models under a cap and a budget, killed at fifty moments: it pays for twelve.

use std::num::NonZeroU32;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use futures::future::join_all;
use mint_api_ext::asset::AssetKind;
use mint_api_ext::request::Budget;
use mint_api_ext::simulator::{API_KEY, Route, Simulator};
use mint_api_ext::types::GenerationPreset;
use mint_api_ext::wait::PollingPolicy;
use mint_api_ext::{Credentials, Mint, Server};

use crate::support::child::FEW_CERTIFICATES;
use crate::support::say::say;

const MODELS: usize = 12;
const KILLS: usize = 50;
/// What the simulator takes for a fast model.
const COST: f64 = 198.0;

/// The program: what a user would write to make twelve props, however often it must run. It does nothing in the test run
/// itself.
#[tokio::test]
async fn program() {
    let (Ok(url), Ok(directory)) = (std::env::var("MINT_SOAK_URL"), std::env::var("MINT_SOAK_DIRECTORY")) else {
        return;
    };
    let mint = Mint::builder(Credentials::api_key(API_KEY).unwrap()).server(Server::Custom(url));
    let mint = mint.requests_per_second(NonZeroU32::MAX).build().unwrap();
    let budget = mint.budget(MODELS as f64 * 248.0);
    let props = (0..MODELS).map(|number| prop(&mint, &budget, number, Path::new(&directory)));
    for error in join_all(props).await.into_iter().filter_map(Result::err) {
        eprintln!("error: {error}");
    }
}

async fn prop(mint: &Mint, budget: &Budget, number: usize, directory: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let request = mint.generate_model(format!("a lamp, number {number}")).generation_preset(GenerationPreset::Fast);
    let request = request.with_idempotency_key(format!("prop/lamp-{number}/v1")).max_credits(250).budget(budget);
    let quick = PollingPolicy::new(|_| Duration::from_millis(5));
    let operation = request.send().await?.wait().policy(quick).await?.into_succeeded()?.operation;
    let download = mint.download(&operation).only([AssetKind::Glb]).skip_sync();
    download.to_dir(directory.join(number.to_string())).await?.complete()?;
    Ok(())
}

fn spawn(simulator: &Simulator, directory: &Path) -> std::process::Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["soak::program", "--exact", "--nocapture"]);
    command.env("MINT_SOAK_URL", simulator.base_url()).env("MINT_SOAK_DIRECTORY", directory);
    command.env("SSL_CERT_FILE", FEW_CERTIFICATES);
    command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
}

/// No text offers another start, whatever it is about.
fn check_texts(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    for offer in ["new key", "another key", "try again", "start it again"] {
        assert!(!text.contains(offer), "{text}");
    }
    text
}

/// The simulator runs on other threads than this test, which blocks its own.
#[tokio::test(flavor = "multi_thread")]
async fn a_killed_program_pays_for_each_model_once() {
    // Knuth's generator.
    let mut seed = 20_u64;
    let mut random = move |below: u64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % below
    };
    let (mut kills, mut programs) = (0, 0);
    while kills < KILLS {
        // As many credits as the twelve models reserve at once, and no more.
        let credits = MODELS as f64 * 248.0;
        let simulator = Simulator::builder().credits(credits).speed(100.0).start().await.unwrap();
        let directory = tempfile::tempdir().unwrap();
        programs += 1;
        loop {
            let seen = || simulator.api_requests().len() + simulator.cdn_requests().len();
            let moment = seen() + random(60) as usize;
            if random(3) == 0 {
                simulator.lose_next_reply(Route::GenerateModel);
            }
            let mut child = spawn(&simulator, directory.path());
            while seen() < moment && child.try_wait().unwrap().is_none() {
                std::thread::sleep(Duration::from_micros(100));
            }
            if child.try_wait().unwrap().is_none() {
                child.kill().unwrap();
                kills += 1;
                check_texts(&child.wait_with_output().unwrap());
                continue;
            }
            let text = check_texts(&child.wait_with_output().unwrap());
            let is_there = |number: usize| directory.path().join(number.to_string()).join("model.glb").is_file();
            if (0..MODELS).all(is_there) {
                break;
            }
            panic!("not all files are there, and the program ended:\n{text}");
        }
        assert_eq!(simulator.operations_started(), MODELS);
        assert_eq!(simulator.credits(), credits - MODELS as f64 * COST);
    }
    say(&format!("{kills} kills of {programs} programs: each paid for {MODELS} models and has {MODELS} files"));
}
