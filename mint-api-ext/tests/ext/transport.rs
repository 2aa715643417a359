//! Failures of the network itself, and what a wait makes of them.

use std::time::Duration;

use futures::TryStreamExt as _;
use mint_api_ext::asset::{Asset, AssetKind, Assets};
use mint_api_ext::client::{Proxy, Transport};
use mint_api_ext::wait::Update;
use mint_api_ext::{Credentials, Error, ErrorKind, Mint, Outcome, Server};
#[cfg(feature = "socks")]
use mint_loopback::Loopback;
use mint_loopback::{Reply, in_turn};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use crate::support::leaks::CleanErr as _;
use crate::support::memory;

fn operation() -> Value {
    json!({
        "object": "operation", "id": "op", "type": "model_generation", "generationMode": "auto",
        "status": "succeeded", "createdAt": "t", "updatedAt": "t",
    })
}

fn mint(base_url: &str) -> Mint {
    memory::builder(base_url).build().unwrap()
}

async fn failures(mint: &Mint) -> Result<Vec<ErrorKind>, Error> {
    let updates: Vec<_> = mint.attach("op")?.wait().every_poll().updates().try_collect().await?;
    assert!(matches!(updates.last(), Some(Update::Ended(Outcome::Succeeded(_)))), "{updates:?}");
    let failed = updates.into_iter().filter_map(|update| match update {
        Update::PollFailed(error) => Some(error.kind()),
        _ => None,
    });
    Ok(failed.collect())
}

#[tokio::test(start_paused = true)]
async fn failures_of_a_connection_pass() {
    let body = operation().to_string();
    let chunk = format!("{:x}\r\n{body}\r\n", body.len());
    let server = memory::serve(in_turn([
        Reply::reset(),
        Reply::raw(""),
        Reply::json(&operation()).cut(body.len() - 1),
        Reply::raw(format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n{chunk}"
        )),
        Reply::raw("220 smtp.example.com ESMTP\r\n"),
        Reply::never(),
        Reply::json(&operation()),
    ]))
    .await;
    let mint = mint(server.base_url());
    let began = Instant::now();
    let kinds = failures(&mint).await.unwrap();
    assert_eq!(kinds[..5], [ErrorKind::Transport; 5]);
    assert_eq!(kinds[5..], [ErrorKind::Timeout], "a request is given up after 30 s");
    assert!(began.elapsed() < Duration::from_secs(30 + 62), "{:?}", began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_server_that_is_not_there_yet_is_waited_for() {
    let refusing = memory::refuse();
    let mint = mint(refusing.base_url());
    let _server = tokio::spawn(async move {
        sleep(Duration::from_secs(9)).await;
        refusing.listen(|_| Reply::json(&operation()))
    });
    assert_eq!(failures(&mint).await.unwrap(), [ErrorKind::Transport; 3]);
}

#[tokio::test(start_paused = true)]
async fn the_error_of_a_wait_tells_of_the_last_failure() {
    let server = memory::serve(|_| Reply::reset()).await;
    let mint = mint(server.base_url());
    for (wait, kind) in [
        (mint.attach("op").unwrap().wait().deadline(Duration::from_secs(30)), ErrorKind::Timeout),
        (mint.attach("op").unwrap().wait().failure_tolerance(Duration::from_secs(30)), ErrorKind::Transport),
    ] {
        let error = wait.await.clean_err();
        assert_eq!(error.kind(), kind, "{error}");
        let last = std::error::Error::source(&error).and_then(|source| source.downcast_ref::<Error>());
        assert_eq!(last.map(Error::kind), Some(ErrorKind::Transport), "{error:?}");
        let wait = error.wait().unwrap();
        assert!(wait.polls >= 5 && wait.elapsed >= Duration::from_secs(25), "{wait:?}");
        assert!(error.to_string().contains("attach to op again"), "{error}");
    }
}

/// A client whose proxy is a SOCKS proxy on this port.
fn mint_behind_socks(base_url: &str, port: u16) -> Mint {
    let proxy = Proxy::all(format!("socks5h://127.0.0.1:{port}")).unwrap();
    let builder = Mint::builder(Credentials::api_key("key").unwrap()).server(Server::Custom(base_url.to_owned()));
    builder.transport(Transport::default().proxy(proxy)).build().unwrap()
}

#[cfg(not(feature = "socks"))]
#[tokio::test]
async fn a_socks_proxy_needs_its_feature() {
    let mint = mint_behind_socks("http://127.0.0.1:9", 9);
    let asset = Asset::new(AssetKind::Stl, "http://127.0.0.1:9/a.stl");
    let directory = tempfile::tempdir().unwrap();
    let report = mint.download(Assets::from_iter([asset])).to_dir(directory.path()).await.unwrap();
    for error in [mint.attach("op").unwrap().wait().await.clean_err(), report.complete().clean_err()] {
        assert_eq!(error.kind(), ErrorKind::Configuration, "{error}");
        assert!(error.to_string().contains("the feature `socks`") && !error.is_transient(), "{error}");
    }
}

#[cfg(feature = "socks")]
#[tokio::test]
async fn calls_and_downloads_go_through_a_socks_proxy() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional};

    /// Serves one connection of SOCKS 5 (RFC 1928): no authentication, to an IPv4 address.
    async fn relay(mut client: tokio::net::TcpStream) -> std::io::Result<()> {
        let mut greeting = [0; 2];
        client.read_exact(&mut greeting).await?;
        client.read_exact(&mut vec![0; greeting[1].into()]).await?;
        client.write_all(&[5, 0]).await?;
        let mut request = [0; 10];
        client.read_exact(&mut request).await?;
        let [5, 1, 0, 1, a, b, c, d, high, low] = request else { panic!("not a connection to IPv4: {request:?}") };
        let port = u16::from_be_bytes([high, low]);
        let mut server = tokio::net::TcpStream::connect((std::net::Ipv4Addr::new(a, b, c, d), port)).await?;
        client.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).await?;
        copy_bidirectional(&mut client, &mut server).await?;
        Ok(())
    }

    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let relayed = std::sync::Arc::new(std::sync::atomic::AtomicU32::new(0));
    let counted = relayed.clone();
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            counted.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            tokio::spawn(relay(client));
        }
    });
    let server = Loopback::start(|request: &mint_loopback::Request| match request.path.as_str() {
        "/a.stl" => Reply::bytes("solid a"),
        _ => Reply::json(&operation()),
    })
    .await;
    let mint = mint_behind_socks(server.base_url(), port);
    assert!(mint.attach("op").unwrap().wait().await.unwrap().is_success());
    assert_eq!(relayed.load(std::sync::atomic::Ordering::Relaxed), 1);
    let asset = Asset::new(AssetKind::Stl, &server.url("/a.stl?signature=1"));
    let directory = tempfile::tempdir().unwrap();
    mint.download(Assets::from_iter([asset])).to_dir(directory.path()).await.unwrap().complete().unwrap();
    assert_eq!(relayed.load(std::sync::atomic::Ordering::Relaxed), 2);
}
