//! `mint-assets.json` beside the files.

use std::fs;

use expect_test::expect_file;
use mint_api_ext::ErrorKind;
use mint_api_ext::simulator::{Reply, Route};
use serde_json::{Value, json};

use crate::support::shop::Shop;

const LAMP: &str = "registry = 'mint-assets.json'\n[models.lamp]\nprompt = 'a lamp'\nfiles = ['glb', 'poster']";
const FILE: &str = "mint-assets.json";

async fn write(shop: &Shop) -> bool {
    shop.catalog().write_registry(&shop.mint).await.unwrap()
}

fn registry(shop: &Shop) -> Value {
    serde_json::from_str(&shop.text(FILE)).unwrap()
}

fn change(shop: &Shop, change: impl FnOnce(&mut Value)) {
    let mut value = registry(shop);
    change(&mut value);
    fs::write(shop.path(FILE), value.to_string()).unwrap();
}

#[tokio::test(start_paused = true)]
async fn every_kind_of_entry_has_a_record() {
    let definition = "registry = 'mint-assets.json'\n\
        [models.rider]\nprompt = 'a rider'\nfiles = ['glb', 'original', 'poster']\n\
        [worlds.harbour]\nprompt = 'a harbour'\nfiles = ['all']\n\
        [packs.tools]\nprompt = 'tools'\ncount = 2\nfiles = ['glb']\n\
        [audio.bell]\nprompt = 'a bell'\n\
        [animations.walk]\nprompt = 'walks'\nmodel = 'rider'\n";
    let shop = Shop::open(definition).await;
    let summary = shop.run().await;
    assert!(summary.is_complete(), "{summary:?}");
    assert!(!shop.catalog().is_registry_current().unwrap() && !shop.path(FILE).exists());
    assert!(write(&shop).await);
    let origin = shop.simulator.base_url();
    let text = shop.text(FILE).replace(origin.trim_end_matches('/'), "https://cdn.mint.gg");
    let text = text.replace(shop.simulator.cdn_url().trim_end_matches('/'), "https://cdn.mint.gg");
    expect_file!["registry.json"].assert_eq(&text);

    // What is up to date is not asked for again.
    let requests = shop.simulator.api_requests().len();
    assert!(shop.catalog().is_registry_current().unwrap() && !write(&shop).await);
    assert_eq!(shop.simulator.api_requests().len(), requests);
}

#[tokio::test(start_paused = true)]
async fn what_a_person_wrote_stays() {
    let shop = Shop::open(LAMP).await;
    // Not as this library would write it: an order, a number and a form of its own.
    let theirs = "{\"source\": {\"assetId\": \"x\"},   \"b\": 1.50, \"a\": [1, 2]}";
    let text = format!(
        "{{\"note\": \"ours\", \"registryVersion\": 1, \"assetRoot\": \"public\", \"assets\": {{\"own\": {theirs}}}}}"
    );
    fs::write(shop.path(FILE), text).unwrap();
    shop.run().await;
    assert!(write(&shop).await);
    assert!(shop.text(FILE).contains(theirs), "{}", shop.text(FILE));
    assert_eq!((&registry(&shop)["note"], &registry(&shop)["assetRoot"]), (&json!("ours"), &json!("public")));

    let moved = json!({"position": [2, 0, -3.5], "rotation": [0, 0, 0], "scale": [1, 1, 1]});
    change(&shop, |registry| registry["assets"]["lamp"]["transform"] = moved.clone());
    assert!(!write(&shop).await);
    let first = registry(&shop)["assets"]["lamp"]["source"]["assetId"].clone();
    shop.define(&LAMP.replace("a lamp", "a lantern"));
    shop.run().await;
    assert!(write(&shop).await);
    let lamp = &registry(&shop)["assets"]["lamp"];
    assert_ne!(lamp["source"]["assetId"], first);
    assert_eq!(lamp["transform"], moved);
}

#[tokio::test(start_paused = true)]
async fn a_renamed_entry_takes_its_record_along_and_a_pruned_one_loses_it() {
    let shop = Shop::open(LAMP).await;
    shop.run().await;
    write(&shop).await;
    change(&shop, |registry| registry["assets"]["lamp"]["transform"]["position"][0] = 7.into());
    shop.define(&LAMP.replace("models.lamp", "models.lantern"));
    shop.run().await;
    assert!(write(&shop).await);
    let assets = registry(&shop)["assets"].clone();
    assert_eq!((&assets["lamp"], &assets["lantern"]["transform"]["position"][0]), (&Value::Null, &json!(7)));
    assert_eq!(assets["lantern"]["artifacts"]["original_glb"]["localPath"], "assets/models/lantern.glb");

    change(&shop, |registry| registry["assets"]["own"] = json!({"source": {"assetId": "x"}}));
    shop.define("registry = 'mint-assets.json'");
    assert!(!write(&shop).await, "files that are there are in the registry");
    shop.catalog().prune().unwrap();
    assert_eq!(registry(&shop)["assets"], json!({"own": {"source": {"assetId": "x"}}}));
}

#[tokio::test(start_paused = true)]
async fn a_refused_manifest_is_made_up_for_by_the_files() {
    let shop = Shop::open(LAMP).await;
    shop.run().await;
    shop.simulator.reply_next(Route::GetArtifactManifest, Reply::problem(403));
    assert!(write(&shop).await);
    let lamp = registry(&shop)["assets"]["lamp"].clone();
    assert_eq!(lamp["source"].get("mintUrl"), None);
    let glb = &lamp["artifacts"]["original_glb"];
    let fields = ["role", "format", "contentType", "loaderHint", "filename"].map(|field| glb[field].as_str().unwrap());
    assert_eq!(fields, ["source_model", "glb", "model/gltf-binary", "gltf", "lamp.glb"]);
    assert!(shop.catalog().is_registry_current().unwrap());
}

#[tokio::test(start_paused = true)]
async fn no_signed_url_is_written() {
    let shop = Shop::open("registry = 'mint-assets.json'\n[worlds.harbour]\nprompt = 'a harbour'").await;
    shop.run().await;
    // The manifest has signed URLs from now on.
    shop.simulator.expire_urls();
    assert!(write(&shop).await);
    let text = shop.text(FILE);
    assert!(!text.contains('?') && !text.to_lowercase().contains("sig"), "{text}");
    let harbour = &registry(&shop)["assets"]["harbour"];
    assert_eq!(harbour["mode"], "local_files");
    assert_eq!(harbour["artifacts"]["world_runtime_rad"]["localPath"], "assets/worlds/harbour.rad");
}

#[tokio::test(start_paused = true)]
async fn what_is_no_registry_is_left_as_it_is() {
    let shop = Shop::open(LAMP).await;
    shop.run().await;
    for (text, why) in [
        ("<<<<<<< ours", "expected value at line 1 column 1"),
        ("{}", "`registryVersion` is missing"),
        ("{\"registryVersion\": 2}", "`registryVersion` is 2"),
        ("{\"registryVersion\": 1, \"assets\": []}", "`assets`: invalid type: sequence, expected a map"),
    ] {
        fs::write(shop.path(FILE), text).unwrap();
        let error = shop.catalog().write_registry(&shop.mint).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidArgument);
        assert!(error.to_string().contains(why) && error.to_string().contains("mint-assets.json"), "{error}");
        assert_eq!(shop.text(FILE), text);
    }
}
