//! Tokens that expire: when their source is asked, and how often a request is sent.

use std::error::Error as StdError;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures::future::join_all;
use mint_api::types::{EmptyRequest, Problem};
use mint_api::{BearerToken, Client, Credentials, Error, Server};
use mint_loopback::{Loopback, Request};
use tokio::sync::Semaphore;
use tokio::time::advance;

use crate::examples::model;
use crate::loopback::{client, reply, serve};

type Given = Result<BearerToken, Box<dyn StdError + Send + Sync>>;

/// A source that gives `token-1`, `token-2` and so on, or fails. It counts how often it is asked.
#[derive(Clone)]
struct Source {
    asked: Arc<AtomicUsize>,
    gate: Arc<Semaphore>,
    give: fn(usize) -> Given,
}

impl Source {
    fn new(give: fn(usize) -> Given) -> Self {
        Self { asked: Arc::default(), gate: Arc::new(Semaphore::new(Semaphore::MAX_PERMITS)), give }
    }

    /// A source that gives no token before its gate is opened.
    fn gated(give: fn(usize) -> Given) -> Self {
        Self { gate: Arc::new(Semaphore::new(0)), ..Self::new(give) }
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    fn client(&self, server: &Loopback) -> Client {
        let source = self.clone();
        let credentials = Credentials::token_source(move || {
            let source = source.clone();
            async move {
                let number = source.asked.fetch_add(1, Ordering::SeqCst) + 1;
                source.gate.acquire().await?.forget();
                (source.give)(number)
            }
        });
        Client::builder(credentials).server(Server::Custom(server.base_url().to_owned())).build().unwrap()
    }
}

fn numbered(number: usize) -> Given {
    Ok(BearerToken::new(format!("token-{number}"))?.expires_in(Duration::from_secs(3600)))
}

#[derive(Debug, thiserror::Error)]
#[error("https://auth.example/token?refresh_token=s3cr3t says no")]
struct Refused(#[source] std::io::Error);

fn refused(_: usize) -> Given {
    Err(Refused(std::io::Error::other("signed out")).into())
}

fn first_then_refused(number: usize) -> Given {
    if number == 1 { numbered(1) } else { refused(number) }
}

async fn call(client: &Client) -> Result<(), Error<Problem>> {
    client.get_operation().operation_id("op_1").send().await.map(drop)
}

/// A server that accepts every token except these.
async fn server(refused: &'static [&'static str]) -> Loopback {
    let unauthorized = reply("401 Unauthorized", &[], r#"{"type":"about:blank","title":"t","status":401}"#);
    let fine = reply("200 OK", &[], model().to_string());
    let answer = move |request: &Request| {
        let token = request.header("authorization")[0].strip_prefix("Bearer ").unwrap().to_owned();
        if refused.contains(&token.as_str()) { unauthorized.clone() } else { fine.clone() }
    };
    Loopback::start(answer).await
}

fn tokens(server: &Loopback) -> Vec<String> {
    let requests = server.requests();
    requests.iter().map(|request| request.header("authorization")[0].replace("Bearer ", "")).collect()
}

#[tokio::test(start_paused = true)]
async fn a_token_is_used_until_shortly_before_it_expires() {
    let (source, server) = (Source::new(numbered), server(&[]).await);
    let client = source.client(&server);
    for (seconds, token) in [(0, "token-1"), (3539, "token-1"), (1, "token-2"), (3000, "token-2"), (7200, "token-3")] {
        advance(Duration::from_secs(seconds)).await;
        call(&client).await.unwrap();
        assert_eq!(tokens(&server).last().unwrap(), token, "{seconds} s later");
    }
    assert_eq!(source.asked(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_short_lived_token_is_used_for_most_of_its_life_and_one_without_end_for_ever() {
    for (give, seconds, asked) in [
        ((|_| Ok(BearerToken::new("t")?.expires_in(Duration::from_secs(10)))) as fn(usize) -> Given, 8, 1),
        (|_| Ok(BearerToken::new("t")?.expires_in(Duration::from_secs(10))), 9, 2),
        (|_| Ok(BearerToken::new("t")?.expires_in(Duration::ZERO)), 0, 2),
        (|_| Ok(BearerToken::new("t")?.expires_in(Duration::MAX)), 1_000_000_000, 1),
        (|_| Ok(BearerToken::new("t")?), 1_000_000_000, 1),
    ] {
        let (source, server) = (Source::new(give), server(&[]).await);
        let client = source.client(&server);
        call(&client).await.unwrap();
        advance(Duration::from_secs(seconds)).await;
        call(&client).await.unwrap();
        assert_eq!(source.asked(), asked, "{seconds} s later");
    }
}

#[tokio::test]
async fn calls_at_the_same_time_ask_once_together() {
    let (source, server) = (Source::gated(numbered), server(&["token-1"]).await);
    let client = source.client(&server);
    let calls = join_all((0..8).map(|_| call(&client)));
    let open = async { source.gate.add_permits(8) };
    let (results, ()) = tokio::join!(calls, open);
    assert!(results.iter().all(Result::is_ok), "{results:?}");
    // Once for the first token, and once to replace the refused one.
    assert_eq!(source.asked(), 2);
    assert_eq!(tokens(&server).iter().filter(|token| *token == "token-2").count(), 8);
}

#[tokio::test]
async fn a_refused_token_is_replaced_once_and_the_same_request_sent_again() {
    let (source, server) = (Source::new(numbered), server(&["token-1"]).await);
    let client = source.client(&server);
    let call = client.approve_operation().operation_id("op_1").idempotency_key("key-1");
    call.body(EmptyRequest::default()).send().await.unwrap();
    assert_eq!(tokens(&server), ["token-1", "token-2"]);
    let requests = server.requests();
    assert_eq!(requests[0].line(), requests[1].line());
    assert_eq!((requests[0].text(), requests[1].text()), ("{}", "{}"));
    for request in &requests {
        assert_eq!(request.header("idempotency-key"), ["key-1"]);
        assert_eq!(request.header("content-type"), ["application/json"]);
    }
}

#[tokio::test]
async fn a_refused_token_is_not_used_while_another_is_on_its_way() {
    let (source, server) = (Source::gated(numbered), server(&["token-1"]).await);
    source.gate.add_permits(1);
    let client = source.client(&server);
    let first = call(&client);
    let second = async {
        while source.asked() < 2 {
            tokio::task::yield_now().await;
        }
        let (result, ()) = tokio::join!(call(&client), async { source.gate.add_permits(1) });
        result
    };
    let results = tokio::join!(first, second);
    results.0.and(results.1).unwrap();
    assert_eq!(tokens(&server), ["token-1", "token-2", "token-2"]);
}

#[tokio::test]
async fn a_second_refusal_is_returned() {
    let (source, server) = (Source::new(numbered), server(&["token-1", "token-2"]).await);
    let error = call(&source.client(&server)).await.unwrap_err();
    assert_eq!(error.status().unwrap(), 401);
    assert_eq!(tokens(&server), ["token-1", "token-2"]);
}

#[tokio::test]
async fn a_refused_key_is_not_sent_again() {
    let server = serve(reply("401 Unauthorized", &[], "")).await;
    assert_eq!(call(&client(server.base_url())).await.unwrap_err().status().unwrap(), 401);
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn without_another_token_the_refusal_is_returned() {
    let (source, server) = (Source::new(first_then_refused), server(&["token-1"]).await);
    assert_eq!(call(&source.client(&server)).await.unwrap_err().status().unwrap(), 401);
    assert_eq!((tokens(&server).len(), source.asked()), (1, 2));
}

#[tokio::test(start_paused = true)]
async fn a_token_that_cannot_be_renewed_is_used_until_it_expires() {
    let (source, server) = (Source::new(first_then_refused), server(&[]).await);
    let client = source.client(&server);
    call(&client).await.unwrap();
    advance(Duration::from_secs(3599)).await;
    call(&client).await.unwrap();
    advance(Duration::from_secs(1)).await;
    let error = call(&client).await.unwrap_err();
    assert!(matches!(error, Error::Custom(_)), "{error}");
    assert_eq!((tokens(&server).len(), source.asked()), (2, 3));
}

#[tokio::test(start_paused = true)]
async fn a_source_without_a_token_ends_the_call() {
    let never = Source::gated(numbered);
    for (source, says) in [
        (Source::new(refused), "gave no token: https://auth.example/token says no: signed out"),
        (Source::new(|_| Ok(BearerToken::new(" \n")?)), "the access token is empty"),
        (Source::new(|_| Ok(BearerToken::new("a\nb")?)), "holds a character no token has"),
        (Source::new(|_| panic!("on purpose")), "it stopped without an answer"),
        (never, "it did not answer within 30 s"),
    ] {
        let server = server(&[]).await;
        let error = call(&source.client(&server)).await.unwrap_err();
        let text = format!("{error} {error:?}");
        assert!(text.contains(says) && !text.contains("s3cr3t"), "{text}");
        assert!(server.requests().is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn dropping_a_call_does_not_lose_the_token_that_it_asked_for() {
    let (source, server) = (Source::gated(numbered), server(&[]).await);
    let client = source.client(&server);
    tokio::time::timeout(Duration::from_secs(1), call(&client)).await.unwrap_err();
    source.gate.add_permits(1);
    call(&client).await.unwrap();
    assert_eq!((tokens(&server), source.asked()), (vec!["token-1".to_owned()], 1));
}

/// A runtime with a paused clock: every time limit passes at once.
fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap()
}

/// Makes a call that gives up while its source still asks.
fn give_up(runtime: &tokio::runtime::Runtime, client: &Client) {
    let gave_up = async { tokio::time::timeout(Duration::from_secs(1), call(client)).await.is_err() };
    assert!(runtime.block_on(gave_up));
}

#[test]
fn a_runtime_that_ended_while_its_call_asked_ends_no_call_of_another() {
    let (here, gone) = (runtime(), runtime());
    let source = Source::gated(numbered);
    let server = here.block_on(server(&["token-1"]));
    let client = source.client(&server);
    give_up(&gone, &client);
    drop(gone);
    source.gate.add_permits(1);
    here.block_on(call(&client)).unwrap();
    assert_eq!((tokens(&server), source.asked()), (vec!["token-2".to_owned()], 2));
}

#[test]
fn a_call_that_waits_for_the_answer_to_another_outlives_its_runtime() {
    let (here, gone) = (runtime(), runtime());
    let source = Source::gated(numbered);
    let server = here.block_on(server(&["token-1"]));
    let client = source.client(&server);
    give_up(&gone, &client);
    let ends = async {
        tokio::task::yield_now().await;
        gone.shutdown_background();
        source.gate.add_permits(1);
    };
    let (results, ()) = here.block_on(async { tokio::join!(join_all((0..3).map(|_| call(&client))), ends) });
    assert!(results.iter().all(Result::is_ok), "{results:?}");
    assert_eq!((tokens(&server), source.asked()), (vec!["token-2".to_owned(); 3], 2));
}

#[test]
fn a_client_outlives_the_runtime_that_made_its_connections() {
    let (send, receive) = std::sync::mpsc::channel();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let serving = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            send.send(server(&[]).await).unwrap();
            stopped.await.unwrap_err();
        });
    });
    let (server, source) = (receive.recv().unwrap(), Source::new(numbered));
    let client = source.client(&server);
    for _ in 0..3 {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(call(&client)).unwrap();
    }
    assert_eq!((source.asked(), server.connections().len()), (1, 3));
    drop((server, stop));
    serving.join().unwrap();
}

#[tokio::test]
async fn no_token_is_shown() {
    let (source, server) = (Source::new(numbered), server(&["token-1", "token-2"]).await);
    let client = source.client(&server);
    let error = call(&client).await.unwrap_err();
    let token = BearerToken::new("token-1").unwrap();
    let text = format!("{client:?} {error:?} {error} {token:?} {:?}", client.get_operation());
    assert!(!text.contains("token-1") && !text.contains("token-2"), "{text}");
}
