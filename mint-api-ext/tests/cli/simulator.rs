//! `mint simulator` as a server for other processes.

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::process::Stdio;

use serde_json::{Value, json};

use crate::support::desk::{Ran, mint};
use crate::support::server::{SIMULATOR, Server};

/// The commands in README, with their arguments.
fn commands_of_readme() -> Vec<Vec<&'static str>> {
    let (_, section) = include_str!("../../README.md").split_once("\n## The command `mint`\n").unwrap();
    let (section, _) = section.split_once("\n## ").unwrap();
    let commands = section.lines().filter_map(|line| line.strip_prefix("mint "));
    commands.map(|line| line.split_whitespace().take_while(|word| !word.starts_with('#')).collect()).collect()
}

#[test]
fn the_commands_of_readme_lead_from_nothing_to_files() {
    let commands = commands_of_readme();
    let [simulator, others @ ..] = &commands[..] else { panic!("README has no command") };
    assert_eq!((simulator.as_slice(), others.len()), (SIMULATOR, 3), "{commands:?}");
    let mut server = Server::start();
    let folder = tempfile::tempdir().unwrap();
    for arguments in others {
        let output = mint(arguments).current_dir(folder.path()).envs(server.variables.clone()).output().unwrap();
        Ran::of(output).ends(0);
    }
    assert!(folder.path().join("assets/models/lamp.glb").is_file());
    #[cfg(unix)]
    {
        let signal = std::process::Command::new("kill").args(["-INT", &server.process.id().to_string()]).status();
        assert!(signal.unwrap().success());
        assert_eq!(server.process.wait().unwrap().code(), Some(0));
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
        let process = server.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut server = Server { process, variables: Vec::new() };
        let Some(Ok(line)) = BufReader::new(server.process.stdout.take().unwrap()).lines().next() else {
            return false;
        };
        line.contains(&format!("\"base_url\":\"http://127.0.0.1:{free}\""))
    };
    assert!((0..20).any(|_| serves()));
}

#[test]
fn the_control_route_sets_faults_and_shows_what_was_started() {
    let server = Server::start();
    let key = server.authorization();
    let generate = |prompt: &str, key_of_start: &str| {
        let headers = [key.clone(), format!("idempotency-key: {key_of_start}")];
        server.request("POST /v1/models:generate", &headers, &json!({"prompt": prompt}).to_string())
    };
    server.set(&json!({"fault": "reply", "route": "generateModel", "status": 503, "times": 2}));
    assert_eq!([generate("a", "a").0, generate("a", "a").0], ["503", "503"]);
    server.set(&json!({"fault": "reply", "route": "generateModel", "status": 418, "body": {"tea": true}}));
    assert_eq!(generate("a", "a"), ("418".to_owned(), json!({"tea": true})));
    let (status, first) = generate("a", "a");
    assert_eq!((status.as_str(), &generate("a", "a").1["id"]), ("202", &first["id"]));
    let state = server.set(&json!({"fault": "forget_keys"}));
    assert_eq!(state["operationsStarted"], 1);
    let (_, second) = generate("a", "a");
    assert_ne!(second["id"], first["id"]);
    let state = server.set(&json!({"fault": "add_credits", "credits": 100}));
    assert_eq!((&state["operationsStarted"], &state["startedByRoute"]), (&json!(2), &json!({"generateModel": 2})));
    // Each takes 798 while it goes on, and 638 when it has ended.
    let taken = 5100.0 - state["credits"].as_f64().unwrap();
    assert!((2.0 * 638.0..=2.0 * 798.0).contains(&taken), "{state}");
    server.set(&json!({"fault": "fail_operation", "code": "generation_failed", "message": "No."}));
    let (_, failing) = generate("b", "b");
    let id = failing["id"].as_str().unwrap().to_owned();
    let poll = || server.request(&format!("GET /v1/operations/{id}"), std::slice::from_ref(&key), "").1;
    let mut operation = poll();
    while operation["status"] != "failed" {
        assert!(["queued", "running", "preview_ready"].contains(&operation["status"].as_str().unwrap()), "{operation}");
        operation = poll();
    }
    assert_eq!(operation["error"]["message"], "No.");
}

#[test]
fn the_control_route_says_what_it_does_not_take() {
    let server = Server::start();
    for (body, says) in [
        (json!({"fault": "x"}), "unknown variant `x`"),
        (json!({"fault": "lose_reply", "route": "x"}), "no route `x`"),
        (json!({"fault": "lose_reply", "route": "getModel", "time": 1}), "unknown field `time`"),
        (json!({"fault": "file", "kind": "x", "effect": "html"}), "no kind of file `x`"),
        (json!({"fault": "file", "effect": "html"}), "one of `url`, `operation` and `kind`"),
        (json!({"fault": "file", "kind": "glb", "effect": "cut_at"}), "needs a whole number"),
        (json!({"fault": "file", "kind": "glb", "effect": "x"}), "no effect `x`"),
        (json!({"fault": "forget_keys", "after_seconds": -1}), "negative"),
        (Value::Null, "expected"),
    ] {
        let (status, problem) = server.request("POST /_simulator/faults", &[], &body.to_string());
        assert_eq!(status, "422", "{body}");
        assert!(problem["detail"].as_str().unwrap().contains(says), "{problem}");
    }
    assert_eq!(server.request("DELETE /_simulator", &[], "").0, "405");
    assert_eq!(server.request("GET /_simulator/x", &[], "").0, "404");
}

/// Two servers get the same requests in another order.
#[test]
fn ids_do_not_depend_on_the_order_of_arrival() {
    let ids = |order: [&str; 3]| {
        let server = Server::start();
        let start = |key: &str| {
            let mut headers = vec![server.authorization()];
            // The last has no key, and its id derives from its content.
            if key != "c" {
                headers.push(format!("idempotency-key: {key}"));
            }
            let (_, operation) =
                server.request("POST /v1/models:generate", &headers, &json!({"prompt": key}).to_string());
            operation["id"].as_str().unwrap().to_owned()
        };
        order.map(|key| (key.to_owned(), start(key))).into_iter().collect::<std::collections::BTreeMap<_, _>>()
    };
    let (one, other) = (ids(["a", "b", "c"]), ids(["c", "b", "a"]));
    assert_eq!(one, other);
    assert_eq!(one.values().collect::<std::collections::BTreeSet<_>>().len(), 3);
}
