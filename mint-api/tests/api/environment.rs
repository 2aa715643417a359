//! Clients in unusual environments: without certificates, without TLS, with a proxy.

use mint_loopback::Refusing;

use crate::child::{block_on, in_child};
use crate::examples::model;
use crate::loopback::{client_of, reply, serve};

/// Checks that a call over http to this machine works.
async fn call_loopback() {
    let server = serve(reply("200 OK", &[], model().to_string())).await;
    client_of(&server).get_operation().operation_id("op_1").send().await.unwrap();
    server.request();
}

// Other systems do not keep certificates in files, and OpenSSL finds its own at run time.
#[cfg(all(target_os = "linux", any(feature = "rustls", feature = "aws-lc"), not(feature = "native-tls")))]
#[test]
fn without_certificates_only_https_fails() {
    use mint_api::{BuildError, Client, Credentials, Server, Transport};

    let none = [("SSL_CERT_FILE", "/nonexistent"), ("SSL_CERT_DIR", "/nonexistent")];
    in_child("environment::without_certificates_only_https_fails", &none, || {
        let builder = Client::builder(Credentials::api_key("key").unwrap());
        for server in [Server::default(), Server::Custom("https://127.0.0.1:9".into())] {
            let error = builder.clone().server(server).build().expect_err("there are no certificates");
            assert!(matches!(error, BuildError::NoCertificates(_)), "{error:?}");
            let text = error.to_string();
            assert!(text.contains("`ca-certificates`") && text.contains("SSL_CERT_FILE"), "{text}");
        }
        let error = Transport::default().client(true, |builder| builder).expect_err("there are no certificates");
        assert!(matches!(error, BuildError::NoCertificates(_)), "{error:?}");
        block_on(call_loopback());
    });
}

// The library of the operating system has its own.
#[cfg(all(any(feature = "rustls", feature = "aws-lc"), not(feature = "native-tls")))]
#[test]
fn cryptography_that_the_application_installed_comes_first() {
    use mint_api::{BuildError, Transport};

    in_child("environment::cryptography_that_the_application_installed_comes_first", &[], || {
        let own = rustls::crypto::ring::default_provider();
        // It has no way to encrypt, so that no client can be built with it.
        rustls::crypto::CryptoProvider { cipher_suites: Vec::new(), ..own }.install_default().unwrap();
        let error = Transport::default().client(false, |builder| builder).expect_err("there are no cipher suites");
        assert!(matches!(error, BuildError::Transport(_)), "{error:?}");
    });
}

#[cfg(not(any(feature = "rustls", feature = "aws-lc", feature = "native-tls")))]
#[test]
fn without_tls_only_https_fails() {
    let client = mint_api::Client::builder(mint_api::Credentials::api_key("key").unwrap());
    let error = client.build().expect_err("there is no TLS");
    assert!(matches!(error, mint_api::BuildError::NoTls), "{error:?}");
    assert!(error.to_string().contains("`rustls`"), "{error}");
    block_on(call_loopback());
}

#[test]
fn requests_to_this_machine_never_go_through_the_proxy_of_the_system() {
    // A proxy would see the key unencrypted, and cannot reach this machine.
    block_on(async {
        let refusing = Refusing::start();
        let proxy = refusing.base_url();
        let proxies = ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"].map(|name| (name, proxy.as_str()));
        let variables = [&proxies[..], &[("no_proxy", ""), ("NO_PROXY", "")]].concat();
        in_child("environment::requests_to_this_machine_never_go_through_the_proxy_of_the_system", &variables, || {
            // A thread that runs one runtime cannot block on another.
            std::thread::scope(|scope| scope.spawn(|| block_on(call_loopback())).join().unwrap());
        });
    });
}
