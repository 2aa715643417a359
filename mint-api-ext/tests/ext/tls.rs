//! Real TLS: certificates that nobody trusts, and one that is trusted.

// What the verifiers of other systems ask of a certificate, this one does not have.
#![cfg(target_os = "linux")]

use mint_api_ext::asset::{Asset, AssetKind, Assets};
use mint_api_ext::client::Transport;
use mint_api_ext::download::Report;
use mint_api_ext::simulator::Simulator;
use mint_api_ext::{Credentials, ErrorKind, Mint, Server};
use mint_loopback::{CERTIFICATE, Loopback, Reply};

async fn serve(reply: Reply) -> Loopback {
    Loopback::start_tls(move |_| reply.clone()).await
}

fn mint(base_url: &str, transport: Transport) -> Mint {
    let builder = Mint::builder(Credentials::api_key("key").unwrap()).transport(transport);
    builder.server(Server::Custom(base_url.to_owned())).build().unwrap()
}

fn trusting() -> Transport {
    Transport::default().root_certificates_pem(CERTIFICATE)
}

async fn download(mint: &Mint, url: &str) -> Report {
    let directory = tempfile::tempdir().unwrap();
    let url = format!("{url}/a.stl?signature=1");
    let assets = Assets::from(Asset::new(AssetKind::Stl, &url));
    mint.download(assets).to_dir(directory.path()).await.unwrap()
}

#[tokio::test]
async fn a_certificate_that_nobody_trusts_is_no_failure_that_passes() {
    let server = serve(Reply::bytes("solid")).await;
    let mint = mint(server.base_url(), Transport::default());
    let error = mint.attach("op").unwrap().wait().await.unwrap_err();
    assert_eq!((error.kind(), error.wait().unwrap().polls), (ErrorKind::Configuration, 1));
    assert!(error.to_string().contains("certificate is not trusted"), "{error}");
    assert_eq!(server.connections().len(), 1);

    let report = download(&mint, server.base_url()).await;
    let error = &report.failures[0].error;
    assert_eq!(error.kind(), ErrorKind::Configuration, "{error}");
    assert!(!format!("{error} {error:?}").contains("signature"), "{error:?}");
    assert_eq!(server.connections().len(), 2);
}

#[tokio::test]
async fn a_certificate_that_is_trusted_is_so_for_downloads_too() {
    let server = serve(Reply::bytes("solid")).await;
    let url = server.base_url();
    assert_eq!(download(&mint(url, trusting()), url).await.complete().unwrap()[0].bytes, 5);
}

#[tokio::test]
async fn nothing_leads_from_https_to_http() {
    let simulator = Simulator::start().await.unwrap();
    let plain = simulator.add_file("a.stl", "model/stl", &b"solid"[..]);
    let server = serve(Reply::bytes("").status(302).header("location", &format!("{plain}?k=1"))).await;
    let report = download(&mint(server.base_url(), trusting()), server.base_url()).await;
    let error = &report.failures[0].error;
    assert_eq!(error.kind(), ErrorKind::Download);
    assert!(error.to_string().contains("from https to http") && !error.to_string().contains('?'), "{error}");
    assert!(simulator.cdn_requests().is_empty());
}

#[test]
fn certificates_that_cannot_be_read_are_refused() {
    let broken = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    for transport in [
        Transport::default().root_certificates_pem("no certificate"),
        Transport::default().root_certificates_pem(broken),
        Transport::default().root_certificate_der("no certificate"),
    ] {
        let credentials = Credentials::api_key("key").unwrap();
        let error = Mint::builder(credentials).transport(transport).build().unwrap_err();
        assert_eq!(error.kind(), mint_api_ext::ErrorKind::Configuration);
        assert!(error.to_string().contains("certificate"), "{error}");
    }
}
