//! What the simulator remembers between requests.

use mint_api_ext::simulator::{Reply, Route, Script, Simulator};
use serde_json::{Value, json};

use crate::simulator_api::{Api, KEY};

fn id(operation: &Value) -> &str {
    operation["id"].as_str().unwrap()
}

fn resource(operation: &Value) -> &str {
    operation["resource"]["id"].as_str().unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_key_used_again_begins_nothing_again() {
    let api = Api::new().await;
    let body = json!({"prompt": "a lamp"});
    let first = api.keyed("k", Route::GenerateModel, &[], body.clone()).await;
    api.seconds(10).await;
    let again = api.keyed("k", Route::GenerateModel, &[], body.clone()).await;
    assert_eq!((first.status, &first.body), (again.status, &again.body));
    assert_eq!(first.headers["location"], again.headers["location"]);
    assert_eq!(first.headers["retry-after"], "2");
    for (route, body) in [(Route::GenerateModel, json!({"prompt": "another"})), (Route::GenerateWorld, body)] {
        let refused = api.keyed("k", route, &[], body).await;
        assert_eq!(refused.status, 409);
        assert_eq!(refused.body["type"], "https://api.mint.gg/problems/idempotency-conflict");
    }
    assert_eq!(api.simulator.operations_started(), 1);
    let too_long = api.keyed(&"k".repeat(256), Route::GenerateModel, &[], json!({"prompt": "x"})).await;
    assert_eq!(too_long.status, 422);
}

#[tokio::test(start_paused = true)]
async fn a_review_stops_until_it_is_approved() {
    let api = Api::new().await;
    let operation = api.model("review").await;
    let id = id(&operation);
    assert_eq!(api.call(Route::ApproveOperation, &[id], json!({})).await.status, 409);
    api.seconds(60).await;
    let preview = api.operation(id).await;
    assert_eq!(preview["status"], "preview_ready");
    assert!(preview["assets"]["previewImageUrl"].is_string() && preview["assets"]["glbUrl"].is_null());
    let revised = api.call(Route::ReviseOperation, &[id], json!({"feedback": "older"})).await.body;
    assert_eq!(revised["status"], "running");
    assert!(revised["updatedAt"].as_str() > preview["updatedAt"].as_str());
    api.seconds(60).await;
    let second = api.operation(id).await;
    assert_eq!(second["status"], "preview_ready");
    assert_ne!(second["assets"]["previewImageUrl"], preview["assets"]["previewImageUrl"]);
    assert_eq!(api.call(Route::ApproveOperation, &[id], json!({})).await.body["status"], "running");
    assert_eq!(api.operation(id).await["status"], "running");
    api.seconds(60).await;
    assert_eq!(api.operation(id).await["status"], "succeeded");
    assert_eq!(api.call(Route::ApproveOperation, &[id], json!({})).await.status, 409);
    // In auto mode a preview waits for nobody.
    let auto = api.model("auto").await;
    api.seconds(3).await;
    tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    assert_eq!(api.operation(auto["id"].as_str().unwrap()).await["status"], "preview_ready");
    assert_eq!(api.call(Route::ApproveOperation, &[auto["id"].as_str().unwrap()], json!({})).await.status, 409);
}

#[tokio::test(start_paused = true)]
async fn a_gate_lingers_for_one_look() {
    let api = Api::of(Simulator::builder().lingering_gates()).await;
    let scripted = api.simulator.add(Script::model().reviewed());
    api.seconds(60).await;
    let preview = api.operation(&scripted).await;
    let approved = api.call(Route::ApproveOperation, &[&scripted], json!({})).await.body;
    assert_eq!(approved["status"], "running");
    assert_eq!(api.operation(&scripted).await, preview);
    assert_eq!(api.operation(&scripted).await["status"], "running");
}

#[tokio::test(start_paused = true)]
async fn credits_are_held_taken_and_given_back() {
    let api = Api::of(Simulator::builder().credits(2000.0)).await;
    let operation = api.model("auto").await;
    assert_eq!(
        operation["credits"],
        json!({"estimated": 798.0, "reserved": 798.0, "finalized": 0.0, "availableAfterReservation": 1202.0})
    );
    api.simulator.fail_next("generation_failed", "m");
    let failing = api.model("auto").await;
    assert_eq!(api.simulator.credits(), 404.0);
    api.seconds(60).await;
    assert_eq!(api.operation(id(&failing)).await["status"], "failed");
    let finished = api.operation(id(&operation)).await;
    assert_eq!((&finished["credits"]["reserved"], &finished["credits"]["finalized"]), (&json!(0.0), &json!(638.0)));
    let usage = api.call(Route::GetUsage, &[], Value::Null).await.body;
    assert_eq!(
        (&usage["credits"]["totalAvailable"], &usage["apiUsage"]["creditsUsed"]),
        (&json!(1362.0), &json!(638.0))
    );
}

#[tokio::test(start_paused = true)]
async fn without_credits_nothing_is_made_until_the_start_is_sent_again() {
    let api = Api::of(Simulator::builder().credits(100.0)).await;
    let send = || api.keyed("k", Route::GenerateModel, &[], json!({"prompt": "a lamp"}));
    let short = send().await.body;
    assert_eq!((&short["status"], &short["resource"]), (&json!("billing_required"), &Value::Null));
    assert_eq!(short["billing"]["requiredCredits"], 200.0);
    assert_eq!(short["billing"]["availableCredits"], 100.0);
    assert_eq!(api.call(Route::ResumeOperation, &[id(&short)], json!({})).await.status, 409);
    assert_eq!(send().await.body["status"], "billing_required");
    api.simulator.add_credits(1000.0);
    let begun = send().await.body;
    assert_eq!((&begun["id"], &begun["status"]), (&short["id"], &json!("queued")));
    assert_eq!(send().await.body, begun);
    assert_eq!(api.simulator.operations_started(), 1);
    api.seconds(60).await;
    assert_eq!(api.operation(id(&short)).await["status"], "succeeded");
}

#[tokio::test(start_paused = true)]
async fn credits_that_run_out_stop_an_operation_until_it_is_resumed() {
    for mode in ["auto", "review"] {
        let api = Api::of(Simulator::builder().credits(300.0)).await;
        let operation = api.model(mode).await;
        let id = id(&operation);
        assert_eq!(api.simulator.credits(), 100.0);
        api.seconds(60).await;
        if mode == "review" {
            let approved = api.call(Route::ApproveOperation, &[id], json!({})).await.body;
            assert_eq!(approved["status"], "billing_required");
        }
        let short = api.operation(id).await;
        assert_eq!(short["status"], "billing_required", "{mode}");
        assert_eq!(
            (&short["billing"]["stage"], &short["billing"]["requiredCredits"]),
            (&json!("final"), &json!(598.0))
        );
        let still = api.call(Route::ResumeOperation, &[id], json!({})).await.body;
        assert_eq!(still["status"], "billing_required");
        assert!(still["updatedAt"].as_str() > short["updatedAt"].as_str());
        api.simulator.add_credits(1000.0);
        let resumed = api.call(Route::ResumeOperation, &[id], json!({})).await.body;
        assert_eq!((&resumed["status"], &resumed["billing"]), (&json!("running"), &Value::Null));
        assert_eq!(api.simulator.credits(), 502.0);
        api.seconds(60).await;
        assert_eq!(api.operation(id).await["status"], "succeeded");
        assert_eq!(api.call(Route::ResumeOperation, &[id], json!({})).await.status, 409);
    }
}

#[tokio::test(start_paused = true)]
async fn a_model_is_optimised_once() {
    let api = Api::new().await;
    let model = api.model("auto").await;
    let optimize = async || api.call(Route::OptimizeModel, &[resource(&model)], json!({})).await;
    let refused = async |slug: &str| {
        let answered = optimize().await;
        let expected = json!(format!("https://api.mint.gg/problems/{slug}"));
        assert_eq!((answered.status, &answered.body["type"]), (409, &expected));
    };
    refused("model-not-ready").await;
    api.seconds(60).await;
    let started = optimize().await.body;
    assert_eq!((&started["type"], &started["optimizationLevel"]), (&json!("model_optimization"), &json!("moderate")));
    refused("model-optimization-in-progress").await;
    api.seconds(60).await;
    refused("model-already-optimized").await;
    let shown = api.call(Route::GetModel, &[resource(&model)], Value::Null).await.body;
    assert!(shown["assets"]["optimizedGlbUrl"].is_string());
    // One that a script added is so already.
    let scripted = api.simulator.add(Script::model());
    api.seconds(60).await;
    let scripted = api.operation(&scripted).await;
    assert_eq!(api.call(Route::OptimizeModel, &[resource(&scripted)], json!({})).await.status, 409);
}

#[tokio::test(start_paused = true)]
async fn what_failed_is_made_again_by_a_new_operation() {
    let api = Api::new().await;
    let retry = async |model: &str| api.call(Route::RetryModel, &[model], json!({})).await;
    let scripted = api.simulator.add(Script::model().fails("generation_failed", "m"));
    api.simulator.fail_next("generation_failed", "m");
    let started = api.model("auto").await;
    assert_eq!(retry(resource(&started)).await.status, 409);
    api.seconds(60).await;
    for failed in [api.operation(&scripted).await, api.operation(id(&started)).await] {
        assert_eq!(failed["status"], "failed");
        let again = retry(resource(&failed)).await.body;
        assert_ne!(again["id"], failed["id"]);
        assert_eq!(again["resource"], failed["resource"]);
        api.seconds(60).await;
        assert_eq!(api.operation(id(&again)).await["status"], "succeeded");
        let model = api.call(Route::GetModel, &[resource(&failed)], Value::Null).await.body;
        assert_eq!(model["status"], "succeeded");
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_made_again_without_credits_is_reviewed_after_they_came() {
    let api = Api::of(Simulator::builder().credits(200.0)).await;
    api.simulator.fail_next("generation_failed", "m");
    let failed = api.model("review").await;
    api.seconds(60).await;
    api.simulator.add_credits(-100.0);
    let again = api.call(Route::RetryModel, &[resource(&failed)], json!({})).await.body;
    assert_eq!((&again["status"], &again["resource"]), (&json!("billing_required"), &failed["resource"]));
    assert_eq!(api.call(Route::ResumeOperation, &[id(&again)], json!({})).await.body["status"], "billing_required");
    api.simulator.add_credits(1000.0);
    assert_eq!(api.call(Route::ResumeOperation, &[id(&again)], json!({})).await.body["status"], "queued");
    api.seconds(60).await;
    assert_eq!(api.operation(id(&again)).await["status"], "preview_ready");
}

#[tokio::test(start_paused = true)]
async fn a_pack_may_lose_a_model() {
    let api = Api::new().await;
    api.simulator.fail_next("generation_failed", "m");
    let pack = json!({"prompt": "x", "itemCount": 3, "generationPreset": "fast"});
    let pack = api.call(Route::GenerateAssetPack, &[], pack).await.body;
    api.seconds(60).await;
    assert_eq!(api.operation(id(&pack)).await["status"], "partially_succeeded");
    let shown = api.call(Route::GetAssetPack, &[resource(&pack)], Value::Null).await.body;
    let items = shown["items"].as_array().unwrap();
    assert_eq!((items.len(), &items[2]["status"]), (3, &json!("failed")));
    let model = api.call(Route::GetModel, &[items[0]["modelId"].as_str().unwrap()], Value::Null).await.body;
    assert!(model["assets"]["glbUrl"].is_string());
}

#[tokio::test(start_paused = true)]
async fn lists_page_from_the_newest() {
    let api = Api::new().await;
    let mut added: Vec<_> = (0..5).map(|_| api.simulator.add(Script::model()).replace("op_", "res_")).collect();
    api.simulator.add(Script::world());
    added.reverse();
    let (mut seen, mut query) = (Vec::new(), "?limit=2".to_owned());
    loop {
        let page = api.get(Route::ListModels, &query).await.body;
        seen.extend(page["data"].as_array().unwrap().iter().map(|model| id(model).to_owned()));
        // What is added meanwhile moves no page.
        api.simulator.add(Script::model());
        let pagination = &page["pagination"];
        assert_eq!(pagination["hasMore"], pagination["nextCursor"].is_string());
        let Some(cursor) = pagination["nextCursor"].as_str() else { break };
        query = format!("?limit=2&cursor={cursor}");
    }
    assert_eq!(seen, added);
    for query in ["?limit=0", "?limit=101", "?limit=x", "?cursor=none"] {
        assert_eq!(api.get(Route::ListModels, query).await.status, 422, "{query}");
    }
    assert_eq!(api.get(Route::ListWorlds, "").await.body["data"].as_array().unwrap().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_lost_reply_is_answered_again() {
    let api = Api::new().await;
    api.simulator.lose_next_reply(Route::GenerateModel);
    let headers = [("authorization", KEY), ("idempotency-key", "k")];
    let body = json!({"prompt": "a lamp"});
    let lost = api.exchange(api.request(Route::GenerateModel, &[], "", &body, &headers)).await;
    assert!(lost.is_err(), "{lost:?}");
    assert_eq!(api.simulator.operations_started(), 1);
    assert_eq!(api.keyed("k", Route::GenerateModel, &[], body.clone()).await.status, 202);
    assert_eq!(api.simulator.operations_started(), 1);
    let requests = api.simulator.api_requests();
    assert_eq!(requests.len(), 2);
    assert_eq!(requests[0].body, body.to_string());
}

#[tokio::test(start_paused = true)]
async fn the_next_replies_are_set_in_order() {
    let api = Api::new().await;
    let id = api.simulator.add(Script::model());
    api.simulator.reply_next(Route::GetOperation, Reply::problem(503).header("retry-after", "2"));
    api.simulator.reply_next(Route::GetOperation, Reply::json(200, json!({"id": "x", "status": "new"})));
    let send = || {
        let headers = [("authorization", KEY)];
        let request = api.request(Route::GetOperation, &[&id], "", &Value::Null, &headers);
        async { api.exchange(request).await.unwrap() }
    };
    let busy = send().await;
    assert_eq!((busy.status().as_u16(), &busy.headers()["retry-after"]), (503, &"2".parse().unwrap()));
    assert_eq!(send().await.text().await.unwrap(), r#"{"id":"x","status":"new"}"#);
    assert_eq!(send().await.status().as_u16(), 200);
}

#[tokio::test(start_paused = true)]
async fn tokens_come_and_go() {
    let api = Api::new().await;
    let me = async |token: &str| {
        let answered = api.call_with(Route::GetMe, &[], Value::Null, &[("authorization", token)]).await;
        (answered.status, answered.body["authentication"]["type"].clone())
    };
    assert_eq!(me("Bearer t").await.0, 401);
    api.simulator.accept_token("t");
    assert_eq!(me("Bearer t").await, (200, json!("oauth")));
    assert_eq!(me(KEY).await, (200, json!("api_key")));
    api.simulator.revoke_token("t");
    assert_eq!(me("Bearer t").await.0, 401);
}

#[tokio::test(start_paused = true)]
async fn a_world_takes_longer_and_speed_shortens_both() {
    // When a model and a world are looked at: before they are made, and after.
    for (speed, model, world) in [(1.0, [5, 7], [19, 21]), (8.0, [0, 1], [2, 3])] {
        let api = Api::of(Simulator::builder().speed(speed)).await;
        let model = (api.model("auto").await, model);
        let room = api.call(Route::GenerateWorld, &[], json!({"prompt": "a room"})).await;
        let mut passed = 0;
        for (operation, [before, after]) in [model, (room.body, world)] {
            for seconds in [before, after] {
                api.seconds(seconds - passed).await;
                passed = seconds;
                let over = api.operation(id(&operation)).await["status"] == "succeeded";
                assert_eq!(over, seconds == after, "{speed} {seconds}");
            }
        }
    }
}
