//! `mint simulator` as a server for other processes.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::process::{Child, Stdio};

use crate::support::desk::{Ran, mint};

/// Stops the server also when a test fails.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn three_commands_from_nothing_to_files() {
    let mut server =
        Server(mint(&["simulator", "--fast"]).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap());
    let lines = BufReader::new(server.0.stdout.take().unwrap()).lines().take(2);
    let variables: HashMap<_, _> = lines
        .map(|line| {
            let line = line.unwrap();
            let (name, value) = line.strip_prefix("export ").unwrap().split_once('=').unwrap();
            (name.to_owned(), value.to_owned())
        })
        .collect();
    let folder = tempfile::tempdir().unwrap();
    for arguments in [&["init"][..], &["sync", "--yes"], &["verify"]] {
        let output = mint(arguments).current_dir(folder.path()).envs(&variables).output().unwrap();
        Ran::of(output).ends(0);
    }
    assert!(folder.path().join("assets/models/lamp.glb").is_file());
    #[cfg(unix)]
    {
        let signal = std::process::Command::new("kill").args(["-INT", &server.0.id().to_string()]).status();
        assert!(signal.unwrap().success());
        assert_eq!(server.0.wait().unwrap().code(), Some(0));
    }
}

#[test]
fn a_port_that_is_taken() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let ran = Ran::of(mint(&["simulator", "--port", &port]).output().unwrap()).ends(1);
    assert!(ran.stderr.contains(&format!("on port {port}")) && ran.stderr.contains("--port"), "{ran:?}");
}

#[test]
fn a_port_that_is_chosen() {
    // Another process may take the port meanwhile; then another one is chosen.
    let serves = || {
        let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port().to_string();
        let mut server = mint(&["simulator", "--port", &free, "--json"]);
        let mut server = Server(server.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap());
        let line = BufReader::new(server.0.stdout.take().unwrap()).lines().next().unwrap().unwrap();
        line.contains(&format!("\"base_url\":\"http://127.0.0.1:{free}\""))
    };
    assert!((0..20).any(|_| serves()));
}
