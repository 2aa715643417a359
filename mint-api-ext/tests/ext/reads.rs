//! Reads: what is sent, what is tried again, and what ends in an error.

use futures::{StreamExt as _, TryStreamExt as _};
use mint_api_ext::asset::AssetType;
use mint_api_ext::types::{GenerationPreset, Model, ModelGenerationEstimateRequest};
use mint_api_ext::{Error, ErrorKind, Mint};
use serde_json::{Value, json};

use crate::support::scripted::{Reply, Scripted, Sent, is, problem_that_says};

#[tokio::test]
async fn each_read_is_one_request_to_its_route() {
    let server = Scripted::by(|sent| match sent.line.split_once(' ').unwrap().1 {
        path if path.ends_with("/artifacts") => is(200, json!({"data": [{"id": "clip:c:animation_glb"}]})),
        path if path.ends_with("manifest") => is(200, json!({"artifacts": [{"id": "original_glb"}]})),
        path if path.contains("/artifacts/") => is(200, json!({"id": "clip:c:animation_glb", "downloadUrl": "u"})),
        "/v1/me" => is(200, json!({"authentication": {"type": "oauth"}, "owner": {"userId": "0xabc", "email": null}})),
        "/v1/usage" => is(200, json!({"object": "usage", "credits": {"totalAvailable": 20.5}})),
        "/v1/pricing:estimate" => is(200, json!({"credits": {"requiredToStart": 1, "estimatedTotal": 248}})),
        path => is(200, json!({"id": path.rsplit('/').next(), "status": "succeeded"})),
    })
    .await;
    let mint = server.mint_that_tries_twice();
    assert_eq!(mint.operation("op_1").await.unwrap().id, "op_1");
    assert_eq!(mint.model("m-1").await.unwrap().id, "m-1");
    assert_eq!(mint.world("w").await.unwrap().id, "w");
    assert_eq!(mint.asset_pack("p").await.unwrap().id, "p");
    assert_eq!(mint.artifact_manifest(AssetType::AssetPack, "p").await.unwrap().artifacts.len(), 1);
    assert_eq!(mint.animation_artifacts("a").await.unwrap()[0].id, "clip:c:animation_glb");
    let artifact = mint.animation_artifact("a", "clip:c:animation_glb").await.unwrap();
    assert_eq!(artifact.download_url.as_deref(), Some("u"));
    assert_eq!(mint.animation_manifest("a").await.unwrap().artifacts.len(), 1);
    assert_eq!(mint.me().await.unwrap().owner.user_id, "0xabc");
    assert_eq!(mint.usage().await.unwrap().credits.total_available, 20.5);
    let request = ModelGenerationEstimateRequest {
        operation: "model_generation".parse().unwrap(),
        generation_preset: GenerationPreset::Fast,
        generation_mode: None,
    };
    assert_eq!(mint.estimate(request).await.unwrap().credits.estimated_total, 248.0);
    assert_eq!(
        server.lines(),
        [
            "GET /v1/operations/op_1",
            "GET /v1/models/m-1",
            "GET /v1/worlds/w",
            "GET /v1/asset-packs/p",
            "GET /v1/assets/asset_pack/p/artifact-manifest",
            "GET /v1/animations/model_animation_clip/a/artifacts",
            "GET /v1/animations/model_animation_clip/a/artifacts/clip%3Ac%3Aanimation_glb",
            "GET /v1/animations/model_animation_clip/a/artifact-manifest",
            "GET /v1/me",
            "GET /v1/usage",
            "POST /v1/pricing:estimate",
        ]
    );
    let sent = server.sent().pop().unwrap();
    assert_eq!(sent.json(), json!({"operation": "model_generation", "generationPreset": "fast"}));
    assert_eq!(sent.key, None);
}

#[tokio::test]
async fn what_cannot_be_an_id_is_not_sent() {
    let server = Scripted::by(|_| is(200, json!({"id": "x"}))).await;
    let mint = server.mint_that_tries_twice();
    for id in ["", "..", "a/b", "a\\b", "a b", "a?b", "a:approve", "ä"] {
        let errors = [
            mint.operation(id).await.err(),
            mint.model(id).await.err(),
            mint.world(id).await.err(),
            mint.asset_pack(id).await.err(),
            mint.artifact_manifest(AssetType::Model, id).await.err(),
            mint.artifact_manifest(id.into(), "m").await.err(),
            mint.animation_artifacts(id).await.err(),
            mint.animation_artifact(id, "c").await.err(),
            mint.animation_manifest(id).await.err(),
        ];
        assert!(errors.into_iter().all(|error| error.unwrap().kind() == ErrorKind::InvalidArgument), "{id}");
    }
    for artifact in ["", ":", "a::b", "../a", "a/b"] {
        let error = mint.animation_artifact("a", artifact).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidArgument, "{artifact}");
    }
    assert_eq!(server.lines(), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn what_may_pass_is_read_again_and_a_refusal_is_not() {
    for (status, requests) in [(503, 2), (429, 2), (500, 2), (401, 1), (403, 1), (404, 1)] {
        let server = Scripted::by(move |_| problem_that_says(status, "d")).await;
        let mint = server.mint_that_tries_twice();
        let error = mint.model("m").await.unwrap_err();
        assert_eq!(error.status().unwrap(), status);
        assert_eq!(server.lines().len(), requests, "{status}");
        assert!(error.to_string().starts_with("could not read model m: the server answered"), "{error}");
        let error = mint.models().into_stream().try_next().await.unwrap_err();
        assert_eq!((error.status().unwrap().as_u16(), server.lines().len()), (status, 2 * requests));
    }
}

#[tokio::test]
async fn an_animation_is_read_as_a_clip_then_as_a_batch() {
    let wrong_target = || problem_that_says(400, "targetType must be model_animation_batch.");
    let listed = || is(200, json!({"data": [{"id": "c"}]}));
    for (clip, batch, requests, ended) in [
        (listed(), listed(), 1, Ok(1)),
        (wrong_target(), listed(), 2, Ok(1)),
        (problem_that_says(404, "d"), listed(), 2, Ok(1)),
        (problem_that_says(404, "d"), problem_that_says(404, "d"), 2, Err(404)),
        (problem_that_says(404, "d"), wrong_target(), 2, Err(404)),
        (wrong_target(), problem_that_says(404, "d"), 2, Err(404)),
        (wrong_target(), problem_that_says(403, "d"), 2, Err(403)),
        (problem_that_says(400, "something else"), listed(), 1, Err(400)),
        (problem_that_says(403, "downloads are disabled"), listed(), 1, Err(403)),
    ] {
        let shown = format!("{clip:?} {batch:?}");
        let reply =
            move |sent: &Sent| if sent.line.contains("model_animation_clip") { clip.clone() } else { batch.clone() };
        let server = Scripted::by(reply).await;
        let result = server.mint_that_tries_twice().animation_artifacts("a").await;
        let result = result.map(|list| list.len()).map_err(|error| error.status().unwrap().as_u16());
        assert_eq!((result, server.lines().len()), (ended, requests), "{shown}");
    }
}

fn page(ids: &[&str], pagination: Value) -> Reply {
    let data: Vec<_> = ids.iter().map(|id| json!({ "id": id })).collect();
    is(200, json!({"data": data, "pagination": pagination}))
}

fn next(cursor: &str) -> Value {
    json!({"hasMore": true, "nextCursor": cursor})
}

async fn ids(mint: &Mint) -> (Vec<String>, Option<Error>) {
    let mut models = mint.models().into_stream();
    let mut ids = Vec::new();
    while let Some(model) = models.next().await {
        match model {
            Ok(Model { id, .. }) => {
                ids.push(id);
                assert!(ids.len() < 10, "the list does not end");
            }
            Err(error) => {
                assert!(models.next().await.is_none(), "the stream goes on after an error");
                return (ids, Some(error));
            }
        }
    }
    (ids, None)
}

#[tokio::test]
async fn a_list_is_read_to_its_end() {
    let server = Scripted::by(|sent| match sent.line.as_str() {
        "GET /v1/models" => page(&["a", "b"], next("1&x=/")),
        "GET /v1/models?cursor=1%26x%3D%2F" => page(&[], next("2")),
        "GET /v1/models?cursor=2" => page(&["c"], json!({"hasMore": false, "nextCursor": "1"})),
        other => panic!("{other}"),
    })
    .await;
    let (ids, error) = ids(&server.mint_that_tries_twice()).await;
    assert!(error.is_none(), "{error:?}");
    assert_eq!((ids.join(" ").as_str(), server.lines().len()), ("a b c", 3));
}

#[tokio::test]
async fn a_page_is_fetched_when_it_is_asked_for() {
    let server = Scripted::by(|sent| match sent.line.as_str() {
        "GET /v1/worlds?limit=2" => page(&["a", "b"], next("1")),
        "GET /v1/worlds?cursor=1&limit=2" => page(&["c", "d"], next("2")),
        other => panic!("{other}"),
    })
    .await;
    let mut worlds = server.mint_that_tries_twice().worlds().page_size(2).into_stream();
    assert_eq!(server.lines().len(), 0);
    for (id, requests) in [("a", 1), ("b", 1), ("c", 2), ("d", 2)] {
        assert_eq!(worlds.try_next().await.unwrap().unwrap().id, id);
        assert_eq!(server.lines().len(), requests, "{id}");
    }
}

#[tokio::test]
async fn a_cursor_that_comes_back_ends_a_list_with_an_error() {
    // At once, and after a round of several.
    for cycle in [&["1"][..], &["1", "2", "3"]] {
        let server = Scripted::by(|sent| {
            let at = cycle.iter().position(|cursor| sent.line.ends_with(&format!("cursor={cursor}")));
            page(&["a"], next(cycle[at.map_or(0, |at| (at + 1) % cycle.len())]))
        })
        .await;
        let (ids, error) = ids(&server.mint_that_tries_twice()).await;
        let error = error.unwrap();
        assert_eq!((ids.len(), server.lines().len()), (cycle.len() + 1, cycle.len() + 1));
        assert_eq!(error.kind(), ErrorKind::Decode);
        assert!(error.to_string().contains("the same cursor twice"), "{error}");
    }
}

#[tokio::test]
async fn more_without_a_cursor_is_an_error() {
    for pagination in [json!({"hasMore": true, "nextCursor": null}), next(""), json!({"hasMore": true})] {
        let server = Scripted::by(move |_| page(&["a"], pagination.clone())).await;
        let (ids, error) = ids(&server.mint_that_tries_twice()).await;
        assert_eq!((ids.len(), server.lines().len()), (1, 1));
        assert!(error.unwrap().to_string().contains("but not where"));
    }
}

#[tokio::test]
async fn a_page_size_out_of_bounds_is_not_sent() {
    let server = Scripted::by(|_| page(&["a"], json!({"hasMore": false}))).await;
    let mint = server.mint_that_tries_twice();
    for size in [0, 101, u32::MAX] {
        let error = mint.models().page_size(size).into_stream().try_next().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidArgument);
        assert!(error.to_string().contains("from 1 to 100"), "{error}");
    }
    assert_eq!(server.lines().len(), 0);
    for size in [1, 100] {
        mint.models().page_size(size).into_stream().try_next().await.unwrap();
    }
    assert_eq!(server.lines(), ["GET /v1/models?limit=1", "GET /v1/models?limit=100"]);
}
