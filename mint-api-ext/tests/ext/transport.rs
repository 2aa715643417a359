//! Failures of the network itself, and what a wait makes of them.

use std::time::Duration;

use futures::TryStreamExt as _;
use mint_api_ext::{Credentials, Error, ErrorKind, Mint, Outcome, Server, Update};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::time::{Instant, sleep};

/// What a server does with a request.
#[derive(Clone, Copy, Debug)]
enum Does {
    Reset,
    Close,
    /// The body ends before its length.
    BreakOff,
    /// A chunked body ends before its last chunk.
    BreakOffChunked,
    NoHttp,
    Nothing,
    Answer,
}

async fn respond(mut connection: TcpStream, does: Does) {
    assert!(connection.read(&mut [0; 4096]).await.unwrap() > 0);
    let operation = json!({
        "object": "operation", "id": "op", "type": "model_generation", "generationMode": "auto",
        "status": "succeeded", "createdAt": "t", "updatedAt": "t",
    });
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n";
    let length = operation.to_string().len();
    let reply = match does {
        Does::Reset => return connection.set_zero_linger().unwrap(),
        Does::Close => return,
        Does::BreakOff => format!("{head}content-length: {}\r\n\r\n{operation}", length + 1),
        Does::BreakOffChunked => format!("{head}transfer-encoding: chunked\r\n\r\n{length:x}\r\n{operation}\r\n"),
        Does::NoHttp => "220 smtp.example.com ESMTP\r\n".into(),
        Does::Nothing => return std::future::pending().await,
        Does::Answer => format!("{head}content-length: {length}\r\n\r\n{operation}"),
    };
    connection.write_all(reply.as_bytes()).await.unwrap();
}

/// A server that does one thing for each connection, and the last one for ever.
fn serve(listener: TcpListener, script: Vec<Does>) -> Mint {
    let mint = mint(&listener.local_addr().unwrap().to_string());
    tokio::spawn(async move {
        for number in 0.. {
            let (connection, _) = listener.accept().await.unwrap();
            tokio::spawn(respond(connection, script[number.min(script.len() - 1)]));
        }
    });
    mint
}

async fn listener() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").await.unwrap()
}

fn mint(address: &str) -> Mint {
    let builder = Mint::builder(Credentials::api_key("key").unwrap());
    builder.server(Server::Custom(format!("http://{address}"))).build().unwrap()
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
    let script = [Does::Reset, Does::Close, Does::BreakOff, Does::BreakOffChunked, Does::NoHttp, Does::Nothing];
    let mint = serve(listener().await, script.into_iter().chain([Does::Answer]).collect());
    let began = Instant::now();
    let kinds = failures(&mint).await.unwrap();
    assert_eq!(kinds[..5], [ErrorKind::Transport; 5]);
    assert_eq!(kinds[5..], [ErrorKind::Timeout], "a request is given up after 30 s");
    assert!(began.elapsed() < Duration::from_secs(30 + 62), "{:?}", began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_server_that_is_not_there_yet_is_waited_for() {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let mint = mint(&socket.local_addr().unwrap().to_string());
    tokio::spawn(async move {
        sleep(Duration::from_secs(9)).await;
        serve(socket.listen(8).unwrap(), vec![Does::Answer]);
    });
    assert_eq!(failures(&mint).await.unwrap(), [ErrorKind::Transport; 3]);
}

#[tokio::test(start_paused = true)]
async fn the_error_of_a_wait_tells_of_the_last_failure() {
    let mint = serve(listener().await, vec![Does::Reset]);
    for (wait, kind) in [
        (mint.attach("op").unwrap().wait().deadline(Duration::from_secs(30)), ErrorKind::Timeout),
        (mint.attach("op").unwrap().wait().failure_tolerance(Duration::from_secs(30)), ErrorKind::Transport),
    ] {
        let error = wait.await.unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
        let last = std::error::Error::source(&error).and_then(|source| source.downcast_ref::<Error>());
        assert_eq!(last.map(Error::kind), Some(ErrorKind::Transport), "{error:?}");
        let wait = error.wait().unwrap();
        assert!(wait.polls >= 5 && wait.elapsed >= Duration::from_secs(25), "{wait:?}");
        assert!(error.to_string().contains("attach to op again"), "{error}");
    }
}
