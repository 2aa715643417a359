//! Tokens that expire, in waits and starts.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use mint_api_ext::client::BearerToken;
use mint_api_ext::simulator::Simulator;
use mint_api_ext::{Credentials, ErrorKind, Mint, Server};

use crate::support::memory;

/// A client whose source gives `token-1`, then `token-2` and so on, and how often the source was asked.
fn mint(simulator: &Simulator) -> (Mint, Arc<AtomicUsize>) {
    let asked = Arc::<AtomicUsize>::default();
    let count = asked.clone();
    let credentials = Credentials::token_source(move || {
        let number = count.fetch_add(1, Ordering::SeqCst) + 1;
        async move { Ok(BearerToken::new(format!("token-{number}"))?) }
    });
    let mint = Mint::builder(credentials).server(Server::Custom(simulator.base_url())).transport(memory::transport());
    (mint.build().unwrap(), asked)
}

#[tokio::test(start_paused = true)]
async fn a_wait_outlives_its_token() {
    let simulator = Simulator::start().await.unwrap();
    let (mint, asked) = mint(&simulator);
    simulator.accept_token("token-1");
    let handle = mint.generate_model("a brass lamp").send().await.unwrap();
    simulator.revoke_token("token-1");
    simulator.accept_token("token-2");
    assert!(handle.wait().await.unwrap().is_success());
    assert_eq!(asked.load(Ordering::SeqCst), 2);
    let refused: Vec<_> = simulator
        .api_requests()
        .iter()
        .map(|request| request.headers["authorization"].to_str().unwrap().to_owned())
        .collect();
    assert_eq!(refused.iter().filter(|token| *token == "Bearer token-1").count(), 2);
}

#[tokio::test]
async fn a_start_whose_token_is_refused_starts_once() {
    let simulator = Simulator::start().await.unwrap();
    let (mint, asked) = mint(&simulator);
    simulator.accept_token("token-2");
    let request = mint.generate_model("a brass lamp");
    request.send().await.unwrap();
    assert_eq!((simulator.operations_started(), asked.load(Ordering::SeqCst)), (1, 2));
    let requests = simulator.api_requests();
    assert_eq!(requests.len(), 2);
    assert!(requests.iter().all(|sent| sent.headers["idempotency-key"] == request.idempotency_key()));
}

#[tokio::test]
async fn a_start_whose_every_token_is_refused_is_told() {
    let simulator = Simulator::start().await.unwrap();
    let (mint, asked) = mint(&simulator);
    let error = mint.generate_model("a brass lamp").send().await.unwrap_err();
    assert!(error.is_unauthorized() && error.to_string().contains("sign in again"), "{error}");
    assert_eq!((simulator.operations_started(), asked.load(Ordering::SeqCst)), (0, 2));
    assert_eq!(simulator.api_requests().len(), 2);
}

#[tokio::test]
async fn a_source_without_a_token_ends_a_wait() {
    let simulator = Simulator::start().await.unwrap();
    let credentials = Credentials::token_source(|| async { Err("the refresh token was revoked".into()) });
    let mint = Mint::builder(credentials).server(Server::Custom(simulator.base_url())).build().unwrap();
    let error = mint.attach("op").unwrap().wait().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Credentials);
    assert!(error.to_string().contains("the refresh token was revoked; sign in again"), "{error}");
    assert!(simulator.api_requests().is_empty());
}
