//! Real TLS: certificates that nobody trusts, and one that is trusted.

// What the verifiers of other systems ask of a certificate, this one does not have.
#![cfg(target_os = "linux")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use mint_api_ext::simulator::Simulator;
use mint_api_ext::{Asset, AssetKind, Assets, Credentials, ErrorKind, Mint, Report, Server, Transport};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// Made for these tests, and trusted by nobody else.
const CERTIFICATE: &[u8] = include_bytes!("tls/certificate.pem");
const KEY: &[u8] = include_bytes!("tls/key.pem");

/// A server of https that answers everything with this reply; its address, and how many connections it had.
async fn serve(reply: String) -> (String, Arc<AtomicUsize>) {
    let certificate = CertificateDer::from_pem_slice(CERTIFICATE).unwrap();
    let key = PrivateKeyDer::from_pem_slice(KEY).unwrap();
    let config = ServerConfig::builder().with_no_client_auth().with_single_cert(vec![certificate], key).unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    let connections = Arc::new(AtomicUsize::new(0));
    let count = connections.clone();
    tokio::spawn(async move {
        while let Ok((connection, _)) = listener.accept().await {
            count.fetch_add(1, Ordering::SeqCst);
            // A client that does not trust it hangs up.
            if let Ok(mut connection) = acceptor.accept(connection).await {
                let _ = connection.read(&mut [0; 4096]).await;
                let _ = connection.write_all(reply.as_bytes()).await;
                let _ = connection.shutdown().await;
            }
        }
    });
    (url, connections)
}

fn mint(base_url: &str, transport: Transport) -> Mint {
    let builder = Mint::builder(Credentials::api_key("key").unwrap()).transport(transport);
    builder.server(Server::Custom(base_url.to_owned())).build().unwrap()
}

fn trusting() -> Transport {
    Transport::default().root_certificate(reqwest::Certificate::from_pem(CERTIFICATE).unwrap())
}

async fn download(mint: &Mint, url: &str) -> Report {
    let directory = tempfile::tempdir().unwrap();
    let url = format!("{url}/a.stl?signature=1");
    let assets = Assets::from(Asset::new(AssetKind::Stl, &url));
    mint.download(assets).to_dir(directory.path()).await.unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_certificate_that_nobody_trusts_is_no_failure_that_passes() {
    let (url, connections) = serve("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nsolid".into()).await;
    let mint = mint(&url, Transport::default());
    let error = mint.attach("op").unwrap().wait().await.unwrap_err();
    assert_eq!((error.kind(), error.wait().unwrap().polls), (ErrorKind::Configuration, 1));
    assert!(error.to_string().contains("certificate is not trusted"), "{error}");
    assert_eq!(connections.load(Ordering::SeqCst), 1);

    let report = download(&mint, &url).await;
    let error = &report.failures[0].error;
    assert_eq!(error.kind(), ErrorKind::Configuration, "{error}");
    assert!(!format!("{error} {error:?}").contains("signature"), "{error:?}");
    assert_eq!(connections.load(Ordering::SeqCst), 2);
}

#[tokio::test(start_paused = true)]
async fn a_certificate_that_is_trusted_is_so_for_downloads_too() {
    let (url, _) = serve("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nsolid".into()).await;
    assert_eq!(download(&mint(&url, trusting()), &url).await.complete().unwrap()[0].bytes, 5);
}

#[tokio::test(start_paused = true)]
async fn nothing_leads_from_https_to_http() {
    let simulator = Simulator::start().await.unwrap();
    let plain = simulator.add_file("a.stl", "model/stl", &b"solid"[..]);
    let (url, _) = serve(format!("HTTP/1.1 302 Found\r\nlocation: {plain}?k=1\r\ncontent-length: 0\r\n\r\n")).await;
    let report = download(&mint(&url, trusting()), &url).await;
    let error = &report.failures[0].error;
    assert_eq!(error.kind(), ErrorKind::Download);
    assert!(error.to_string().contains("from https to http") && !error.to_string().contains('?'), "{error}");
    assert!(simulator.cdn_requests().is_empty());
}
