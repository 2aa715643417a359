//! `mint api`.

use mint_api_ext::simulator::Route;

use crate::support::desk::Desk;

const LAMP: [&str; 6] = ["api", "post", "/v1/models:generate", "--body", "lamp.json", "--yes"];

#[tokio::test(flavor = "multi_thread")]
async fn a_route_is_read() {
    let desk = Desk::empty().await;
    let ran = desk.run(&["api", "GET", "/v1/me", "--json"]).ends(0);
    assert!(ran.object("reply")["json"]["owner"].is_object(), "{ran:?}");
    let ran = desk.run(&["api", "get", "/v1/models", "--query", "limit=5"]).ends(0);
    assert!(ran.stdout.contains("\"data\""), "{ran:?}");
    assert_eq!(desk.simulator.api_requests().last().unwrap().target, "/v1/models?limit=5");
    desk.run(&["api", "GET", "/v1/nothing"]).ends(1);
    for wrong in [&["api", "GET", "v1/me"][..], &["api", "FETCH", "/v1/me"], &["api", "GET", "/v1/me", "--query", "x"]]
    {
        desk.run(wrong).ends(2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_route_starts_is_written_down() {
    let desk = Desk::empty().await;
    desk.write("lamp.json", r#"{"prompt": "a lamp"}"#);
    desk.run(&LAMP).ends(0);
    assert!(desk.run(&["list", "operations"]).ends(0).stdout.contains("(`mint wait op_0001`)"));
    desk.run(&["wait"]).ends(0);
    // The reply holds signed URLs.
    let ran = desk.run(&["api", "GET", "/v1/operations/op_0001"]).ends(0);
    assert!(ran.stdout.contains("model.glb") && !ran.stdout.contains('?'), "{ran:?}");

    desk.simulator.lose_next_reply(Route::GenerateModel);
    desk.run_without_retries(&LAMP).ends(6);
    let listed = desk.run(&["list", "operations", "--json"]).ends(0).object("operation");
    desk.run(&["resend", listed["idempotency_key"].as_str().unwrap(), "--yes"]).ends(0);
    assert_eq!(desk.simulator.operations_started(), 2);
    desk.write("lamp.json", "{");
    desk.run(&LAMP).ends(2);
}
