//! Names and properties that a document does not declare where a generator looks for them: they collide with nothing, and
//! nothing of them is lost.

use generated::{Client, types};
use mint_loopback::{Loopback, Reply};
use mint_tests::client_of;
use serde_json::{Value, json};

#[allow(clippy::all, missing_docs, rustdoc::all, unreachable_patterns, unreachable_pub, unused_imports)]
#[allow(clippy::future_not_send, clippy::use_self, dead_code, missing_debug_implementations)]
mod generated {
    include!(concat!(env!("OUT_DIR"), "/names.rs"));
}

fn through<T: serde::de::DeserializeOwned + serde::Serialize>(json: &Value) -> Value {
    serde_json::to_value(serde_json::from_value::<T>(json.clone()).unwrap()).unwrap()
}

/// What a request sends.
async fn sent<T, E: std::fmt::Debug>(send: impl AsyncFnOnce(Client) -> Result<T, E>) -> Value {
    let server = Loopback::start(|_| Reply::bytes("").status(204)).await;
    send(client_of(server.base_url(), Client::new)).await.unwrap();
    serde_json::from_slice(&server.request().body).unwrap()
}

#[test]
fn a_schema_may_be_named_like_anything() {
    let nested = json!({"a": "x", "next": {"a": "y"}});
    assert_eq!(through::<types::Object>(&nested), nested);
    assert_eq!(through::<types::D>(&nested), nested);
    assert_eq!(through::<types::Any>(&nested), nested);
}

#[test]
fn what_is_required_and_not_declared_may_be_absent_from_a_reply() {
    let grant = json!({"grant-type": "a", "fooBar": "b"});
    assert_eq!(through::<types::Grant>(&grant), grant);
    let whole = json!({"grant-type": "a", "grant_type": "c", "fooBar": "b", "foo_bar": [1]});
    assert_eq!(through::<types::Grant>(&whole), whole);
    for rest in [json!({"id": 1}), json!({"id": 1, "extra": 2, "more": 3})] {
        assert_eq!(through::<types::Rest>(&rest), rest);
    }
}

#[tokio::test]
async fn what_is_required_and_not_declared_is_sent() {
    let body = types::SendGrantBody::builder().grant_type("a").grant_type2(json!({"any": 1}));
    let grant = sent(async |client| client.send_grant().body(body).send().await).await;
    assert_eq!(grant, json!({"grant-type": "a", "grant_type": {"any": 1}}));
    let incomplete = types::SendGrantBody::builder().grant_type("a");
    let client = client_of("http://127.0.0.1:1", Client::new);
    assert!(client.send_grant().body(incomplete).send().await.is_err());
}

#[tokio::test]
async fn properties_of_other_names_are_kept_and_sent() {
    let object = json!({"id": 1, "extra": "declared", "x": {"y": [1]}, "z": null});
    assert_eq!(through::<types::Open>(&object), object);
    let object = json!({"id": 1, "name": "n", "x": true});
    assert_eq!(through::<types::OpenMerged>(&object), object);
    let object = json!({"id": 1, "x": "y"});
    assert_eq!(through::<types::Unevaluated>(&object), object);

    let patch = types::Patch::builder().name("n".to_owned());
    assert_eq!(sent(async |client| client.send_patch().body(patch).send().await).await, json!({"name": "n"}));
    let extra = [("x".to_owned(), json!(1))].into_iter().collect::<serde_json::Map<_, _>>();
    let patch = types::Patch::builder().name("n".to_owned()).extra(extra);
    assert_eq!(sent(async |client| client.send_patch().body(patch).send().await).await, json!({"name": "n", "x": 1}));
}

#[tokio::test]
async fn a_parameter_may_be_named_like_anything() {
    let server = Loopback::start(|_| Reply::json(&json!({}))).await;
    let client = client_of(server.base_url(), Client::new);
    let call = client.send_names().body(types::Object::builder()).body_map2("1").body2("2").send2("3").client2("4");
    call.value("5")
        .self_("6")
        .result("7")
        .url("8")
        .request("9")
        .response("10")
        .info("11")
        .header_map2("12")
        .form("13")
        .send()
        .await
        .unwrap();
    let target = server.request().target();
    for pair in ["body_map=1", "body=2", "send=3", "client=4", "value=5", "self=6", "result=7", "url=8", "request=9"] {
        assert!(target.contains(pair), "{target}");
    }
}

#[test]
fn an_integer_that_no_type_holds_is_kept_as_json() {
    for text in ["18446744073709551616", "-9223372036854775809", "123456789012345678901234567890", "0.5"] {
        let count = serde_json::from_str::<types::Count>(text).unwrap();
        assert!(matches!(count, types::Count::Unknown(_)), "{text}: {count:?}");
        let count = serde_json::from_str::<types::Count>(&format!(r#"{{"value": {text}}}"#)).unwrap();
        assert!(matches!(count, types::Count::Unknown(_)), "{text}: {count:?}");
        let amount = serde_json::from_str::<types::Amount>(text).unwrap();
        assert!(matches!(amount, types::Amount::Number(_)), "{text}: {amount:?}");
    }
    let count = serde_json::from_str::<types::Count>("-9223372036854775808").unwrap();
    assert!(matches!(count, types::Count::Integer(i64::MIN)), "{count:?}");
}
