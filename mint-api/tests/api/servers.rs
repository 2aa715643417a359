//! The named servers of the client are those of the document.

use mint_api::Server;

#[test]
fn the_servers_of_the_document_have_names() {
    let document = mint_openapi::effective_document().unwrap();
    let documented: Vec<_> = document["servers"].as_array().unwrap().iter().map(|server| &server["url"]).collect();
    let named = [Server::Production, Server::Development, Server::LocalDevelopment];
    assert_eq!(documented, named.each_ref().map(Server::url));
    assert_eq!(Server::default(), named[0]);
    for server in named {
        let local = server == Server::LocalDevelopment;
        assert!(server.url().starts_with("https://") || local, "{server:?} would be sent the key in the clear");
    }
}

#[test]
fn any_other_server_is_taken_as_it_is_and_shown_without_secrets() {
    for (url, shown) in [
        ("http://localhost:8080/", "Custom(\"http://localhost:8080/\")"),
        ("https://user:s3cr3t@api.mint.gg", "Custom(\"…@api.mint.gg\")"),
        ("https://api.mint.gg?key=s3cr3t", "Custom(\"https://api.mint.gg\")"),
    ] {
        let server = Server::Custom(url.into());
        assert_eq!(server.url(), url);
        assert_eq!(format!("{server:?}"), shown);
    }
    assert_eq!(format!("{:?}", Server::default()), "Production");
}
