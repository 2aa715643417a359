//! Texts of a format have types of crates, keep their text in replies, and are exact in requests.

use generated::types;
use mint_loopback::{Loopback, Reply};
use mint_tests::client_of;
use serde_json::{Value, json};

#[allow(clippy::all, missing_docs, rustdoc::all, unreachable_patterns, unreachable_pub, unused_imports)]
#[allow(clippy::future_not_send, clippy::use_self, dead_code, missing_debug_implementations)]
mod generated {
    include!(concat!(env!("OUT_DIR"), "/formats.rs"));
}

const ID: &str = "67e55044-10b1-426f-9247-bb680e5fe0c8";

fn id() -> uuid::Uuid {
    ID.parse().unwrap()
}

fn day() -> chrono::NaiveDate {
    chrono::NaiveDate::from_ymd_opt(2026, 7, 1).unwrap()
}

fn thing(more: Value) -> types::Thing {
    let mut thing = json!({"id": ID, "data": ""});
    thing.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    serde_json::from_value(thing).unwrap()
}

async fn client(reply: Value, status: u16) -> (Loopback, generated::Client) {
    let server = Loopback::start(move |_| Reply::json(&reply).status(status)).await;
    let client = client_of(server.base_url(), generated::Client::new);
    (server, client)
}

#[test]
fn a_value_is_of_the_type_of_its_format() {
    let of = json!({
        "day": "2026-07-01", "gone": null, "v4": "10.0.0.1", "v6": "::1", "ip": "10.0.0.1", "data": "AAEC",
        "at": "https://a.b/c", "days": ["2026-07-01"], "by_day": {"x": "urn:a:b"}, "token": "AQI_-w",
    });
    let thing = thing(of);
    assert_eq!((thing.id.value().unwrap(), thing.day.unwrap().value().unwrap()), (id(), day()));
    assert_eq!(thing.v4.unwrap().value().unwrap(), std::net::Ipv4Addr::new(10, 0, 0, 1));
    assert_eq!(thing.v6.unwrap().value().unwrap(), std::net::Ipv6Addr::LOCALHOST);
    assert!(thing.ip.unwrap().value().unwrap().is_ipv4());
    assert_eq!(thing.at.unwrap().value().unwrap().host_str(), Some("a.b"));
    assert_eq!(thing.by_day.unwrap()["x"].value().unwrap().scheme(), "urn");
    assert_eq!(thing.days.unwrap()[0].value().unwrap(), day());
    assert_eq!(thing.data.value().unwrap().0, [0, 1, 2]);
    assert_eq!(thing.token.unwrap().value().unwrap().0, b"\x01\x02\x3f\xfb");
    assert!(thing.gone.is_none());
    // One type in a component, inline and in a request.
    let _: types::Uuid = thing.id;
}

#[test]
fn a_text_that_is_not_of_its_format_is_kept_as_it_came() {
    let of = json!({
        "id": "one", "data": "?", "day": "2026-7-1T", "gone": "soon", "v4": "::1", "v6": "", "ip": "here", "at": "/c",
        "days": ["2026-07-01", "2026-02-30"], "by_day": {"x": "x y"}, "kind": "c", "loose": ID,
    });
    let read = thing(of.clone());
    assert!(read.id.value().is_err() && read.data.value().is_err() && read.day.as_ref().unwrap().value().is_err());
    assert!(read.undecoded.is_empty(), "{read:?}");
    let written = serde_json::to_value(&read).unwrap();
    for (name, value) in of.as_object().unwrap() {
        assert_eq!(&written[name], value, "{name}");
    }
    // What is no text costs its property.
    let reply = json!({"id": ID, "data": "", "day": 3}).to_string();
    let read: types::Thing = generated::support::read_reply(reply.as_bytes()).unwrap();
    assert_eq!((&read.day, &serde_json::to_value(&read).unwrap()["day"]), (&None, &json!(3)));
}

#[test]
fn a_union_is_decided_by_format() {
    let either = |value: Value| thing(json!({"either": value})).either.unwrap();
    assert!(matches!(either(json!(ID)), types::ThingEither::Uuid(found) if found.value().unwrap() == id()));
    assert!(matches!(either(json!("2026-07-01")), types::ThingEither::Date(found) if found.value().unwrap() == day()));
    assert!(matches!(either(json!(3)), types::ThingEither::Integer(3)));
    assert!(matches!(either(json!("x")), types::ThingEither::Unknown(found) if found == "x"));
    let named = |value: Value| thing(json!({"names": value})).names.unwrap();
    assert!(matches!(named(json!(ID)), types::ThingNames::Key(_)));
    assert!(matches!(named(json!("x")), types::ThingNames::Text(_)));
    assert!(matches!(named(json!([ID])), types::ThingNames::Array(_)));
    let limit = |value: Value| thing(json!({"limit": value})).limit.unwrap();
    assert!(matches!(limit(json!("2026-07-01")), types::ThingLimit::Date(_)));
    assert!(matches!(limit(json!("never")), types::ThingLimit::ThingLimitMember2(types::ThingLimitMember2::Never)));
    let sent = |value: types::NewThingEither| serde_json::to_value(value).unwrap();
    assert_eq!(sent(types::Date::from(day()).into()), "2026-07-01");
    assert!(serde_json::from_value::<types::NewThingEither>(json!("x")).is_err());
}

#[tokio::test]
async fn a_request_writes_the_value() {
    let (server, client) = client(json!({"id": ID, "data": ""}), 200).await;
    let body = types::NewThing::builder()
        .id(id())
        .data(types::Byte::from(b"\x01\x02\x3f\xfb"))
        .token(types::Base64url::from(b"\x01\x02\x3f\xfb"))
        .at(types::Uri::from(url::Url::parse("https://a.b/c?d").unwrap()))
        .v4("10.0.0.1".parse::<types::Ipv4>().unwrap())
        .day(Some(types::Date::from(day())));
    let reply = client.put_thing().id(id()).body(body).send().await.unwrap().into_inner();
    let sent = server.request();
    assert_eq!(sent.path, format!("/things/{ID}"));
    let body = json!({
        "id": ID, "data": "AQI/+w==", "token": "AQI_-w==", "at": "https://a.b/c?d", "v4": "10.0.0.1", "day": "2026-07-01",
    });
    assert_eq!(sent.json(), body);

    // A text is parsed, and what a reply had is sent as it came.
    let error = client.put_thing().id("one").body(types::NewThing::builder().id(reply.id)).send().await.unwrap_err();
    assert!(matches!(error, generated::Error::InvalidRequest(_)), "{error:?}");
    assert!(types::NewThing::try_from(types::NewThing::builder().id("one")).is_err());
    assert!(types::Ipv4::try_from("::1").is_err());
    assert_eq!("67E5504410B1426F9247BB680E5FE0C8".parse::<types::Uuid>().unwrap().as_str(), ID);
}

#[tokio::test]
async fn parameters_of_every_place_have_the_type() {
    let (server, client) = client(json!(ID), 404).await;
    let call = client
        .get_thing()
        .id(id())
        .after(day())
        .from(vec![types::Ipv4::from(std::net::Ipv4Addr::LOCALHOST), "10.0.0.1".parse().unwrap()])
        .where_day(day())
        .where_key(id())
        .x_trace(id())
        .session(id());
    let error = call.send().await.unwrap_err();
    let request = server.request();
    assert_eq!(request.path, format!("/things/{ID}"));
    let query = format!("after=2026-07-01&from=127.0.0.1&from=10.0.0.1&where%5Bday%5D=2026-07-01&where%5Bkey%5D={ID}");
    assert_eq!(request.query.as_deref(), Some(&*query));
    assert_eq!(request.header("x-trace"), [ID]);
    assert_eq!(request.header("cookie"), [format!("session={ID}")]);
    match error {
        generated::Error::ErrorResponse(reply) => {
            assert!(matches!(reply.into_inner(), types::GetThingError::Status404(found) if found.value() == Ok(id())));
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn replies_without_an_object_and_bodies_that_are_no_json() {
    let (server, client) = client(json!(["2026-07-01", "never"]), 200).await;
    let days: Vec<types::Date> = client.list_days().send().await.unwrap().into_inner();
    assert_eq!((days[0].value().unwrap(), days[1].as_str()), (day(), "never"));
    server.take_requests();

    let form = types::PostFormBody::builder().id(id()).days(vec![types::Date::from(day())]);
    let _ = client.post_form().body(form).send().await;
    let sent = server.request();
    assert_eq!(sent.text(), format!("days=2026-07-01&id={ID}"));
    server.take_requests();

    let parts = types::PostPartsBody::builder().id(id()).data(b"\x00").at(types::Uri::try_from("urn:a:b").unwrap());
    let _ = client.post_parts().body(parts).send().await;
    let sent = server.request();
    for part in [format!("\r\n\r\n{ID}\r\n"), "\r\n\r\nAA==\r\n".into(), "\r\n\r\nurn:a:b\r\n".into()] {
        assert!(sent.text().contains(&part), "{part:?} in {}", sent.text());
    }
}
