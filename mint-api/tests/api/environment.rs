//! What the environment of a process does to its clients.

use mint_loopback::Refusing;

use crate::child::{block_on, in_child};
use crate::examples::model;
use crate::loopback::{client_of, reply, serve};

/// A call over http on this machine works.
async fn call_loopback() {
    let server = serve(reply("200 OK", &[], model().to_string())).await;
    client_of(&server).get_operation().operation_id("op_1").send().await.unwrap();
    server.request();
}

// Elsewhere the certificates are not a matter of files, and OpenSSL finds its own at run time.
#[cfg(all(target_os = "linux", feature = "rustls", not(feature = "native-tls")))]
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

#[cfg(not(any(feature = "rustls", feature = "native-tls")))]
#[test]
fn without_tls_only_https_fails() {
    let client = mint_api::Client::builder(mint_api::Credentials::api_key("key").unwrap());
    let error = client.build().expect_err("there is no TLS");
    assert!(matches!(error, mint_api::BuildError::NoTls), "{error:?}");
    assert!(error.to_string().contains("`rustls`"), "{error}");
    block_on(call_loopback());
}

#[test]
fn the_proxy_of_the_system_never_gets_what_is_for_this_machine() {
    // The key would reach the proxy in the clear, and a proxy elsewhere has no way back to this machine.
    block_on(async {
        let refusing = Refusing::start();
        let proxy = refusing.base_url();
        let proxies = ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"].map(|name| (name, proxy.as_str()));
        let variables = [&proxies[..], &[("no_proxy", ""), ("NO_PROXY", "")]].concat();
        in_child("environment::the_proxy_of_the_system_never_gets_what_is_for_this_machine", &variables, || {
            // On a thread of its own: a runtime cannot wait for another on the same one.
            std::thread::scope(|scope| scope.spawn(|| block_on(call_loopback())).join().unwrap());
        });
    });
}
