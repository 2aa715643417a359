//! One schema is one type, under a name that a change elsewhere leaves alone; and numbers that a server writes as text.

use futures::StreamExt as _;
use generated::types;
use mint_loopback::{Loopback, Reply};
use mint_tests::client_of;
use serde_json::{Value, json};

#[allow(clippy::all, missing_docs, rustdoc::all, unreachable_patterns, unreachable_pub, unused_imports)]
#[allow(clippy::future_not_send, clippy::use_self, dead_code, missing_debug_implementations)]
mod generated {
    include!(concat!(env!("OUT_DIR"), "/types.rs"));
}

fn read<T: serde::de::DeserializeOwned>(json: Value) -> T {
    serde_json::from_value(json).unwrap()
}

async fn client(reply: fn() -> Reply) -> (Loopback, generated::Client) {
    let server = Loopback::start(move |_| reply()).await;
    let client = client_of(server.base_url(), generated::Client::new);
    (server, client)
}

#[test]
fn keywords_that_say_nothing_keep_the_reference() {
    let address = json!({"city": "Bern"});
    let order: types::Order = read(json!({"bill": address, "ship": address, "place": address}));
    let all: [Option<types::Address>; 3] = [order.bill, order.ship, order.place];
    assert!(all.into_iter().all(|address| address.unwrap().city == "Bern"));
    let same: types::Address = read::<types::Place>(address);
    assert_eq!(same.city, "Bern");
}

#[test]
fn equal_enums_of_one_property_are_one_type() {
    let order: types::Order = read(json!({"status": "on", "line": {"status": "on"}}));
    assert_eq!(order.status, order.line.unwrap().status);
    assert_eq!(types::OrderStatus::On, types::LineStatus::On);
    // One that is only sent has no unknown values.
    fn is_closed<T: Copy>(_: T) {}
    is_closed(types::NoteStatus::On);
}

#[test]
fn a_title_of_one_schema_names_its_type_beside_its_place() {
    let order: types::Order = read(json!({"parcel": {"kind": "box"}}));
    let parcel: types::Freight = order.parcel.unwrap();
    assert_eq!(parcel.kind, Some(types::FreightKind::Box));
    let by_place: types::OrderParcel = parcel;
    assert_eq!(by_place.kind, Some(types::OrderParcelKind::Box));
}

#[test]
fn a_member_of_a_union_is_the_component_unless_it_is_more() {
    let (cat, dog) = (json!({"name": "a", "claws": 4}), json!({"name": "b", "barks": true}));
    let types::Pet::Cat(types::Cat { claws, .. }) = read(cat) else { panic!("no cat") };
    assert_eq!(claws, 4);
    let types::Pet::Dog(types::PetDog { name, .. }) = read(dog) else { panic!("no dog") };
    assert_eq!(name.as_deref(), Some("b"));
}

#[test]
fn a_subtype_that_adds_nothing_is_a_type() {
    let order: types::Order = read(json!({"shape": {"kind": "Dot"}}));
    assert!(matches!(order.shape, Some(types::Shape::Dot(types::Dot { .. }))));
}

#[tokio::test]
async fn operations_share_the_types_of_shared_parts() {
    let (server, client) = client(|| Reply::json(&json!({"reason": "gone"})).status(404)).await;
    let got = client.get_order().id(1).sort(types::Sort::Up).send().await.unwrap_err();
    let note = types::Note::builder().text("n");
    let put = client.put_order().id(1).sort(types::Sort::Down).body(note).send().await.unwrap_err();
    let reasons: Vec<types::Missing> = [got, put]
        .into_iter()
        .map(|error| match error {
            generated::Error::ErrorResponse(reply) => reply.into_inner(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(reasons.iter().map(|missing| &*missing.reason).collect::<Vec<_>>(), ["gone", "gone"]);
    let queries: Vec<_> = server.requests().into_iter().filter_map(|request| request.query).collect();
    assert_eq!(queries, ["sort=up", "sort=down"]);
}

#[tokio::test]
async fn numbers_are_read_from_text_and_written_as_numbers() {
    let line = json!({
        "count": "5", "counts": ["-1", 2], "maybe": null, "either": "7", "more": "8", "most": 9,
    });
    let line: types::Line = read(line);
    assert_eq!((line.count, line.maybe), (Some(5_i64), None));
    assert_eq!(
        serde_json::to_value(&line).unwrap(),
        json!({"count": 5, "counts": [-1, 2], "maybe": null, "either": 7, "more": 8, "most": 9}),
    );
    let line: types::Line = read(json!({"count": 5.0, "maybe": "10"}));
    assert_eq!((line.count, line.maybe), (Some(5), Some(10)));
    let parcel: types::Freight = read(json!({"weight": "2.5"}));
    assert_eq!(parcel.weight, Some(2.5));

    let (_server, client) = client(|| Reply::json(&json!("12"))).await;
    assert_eq!(*client.get_count().send().await.unwrap().into_inner(), 12);
}

#[tokio::test]
async fn numbers_are_read_from_text_whatever_decides_the_type_of_a_reply() {
    let (_server, ok) = client(|| Reply::json(&json!("12"))).await;
    let types::GetCountsReply::Status200(count) = ok.get_counts().send().await.unwrap().into_inner() else { panic!() };
    assert_eq!(*count, 12);

    let (_server, accepted) = client(|| Reply::json(&json!(["1", 2])).status(202)).await;
    let types::GetCountsReply::Status202(counts) = accepted.get_counts().send().await.unwrap().into_inner() else {
        panic!()
    };
    assert_eq!(*counts, [1, 2]);

    let (_server, missing) = client(|| Reply::json(&json!("3")).status(404)).await;
    match missing.get_counts().send().await.unwrap_err() {
        generated::Error::ErrorResponse(reply) => {
            assert!(matches!(reply.into_inner(), types::GetCountsError::Status404(count) if *count == 3));
        }
        other => panic!("{other:?}"),
    }

    let (_server, lines) = client(|| Reply::bytes("\"4\"\n5\n").header("content-type", "application/jsonl")).await;
    let items = lines.stream_counts().send().await.unwrap().into_inner();
    let items: Vec<i64> = items.map(|item| *item.unwrap()).collect().await;
    assert_eq!(items, [4, 5]);
}

#[test]
fn properties_of_dependent_schemas_have_their_types() {
    let address: types::Address = read(json!({"city": "Bern"}));
    let payment = types::Payment::builder().method("card".to_owned()).number("4".to_owned()).billing(address).coupon(7);
    let payment = types::Payment::try_from(payment).unwrap();
    let written = json!({"method": "card", "number": "4", "billing": {"city": "Bern"}, "coupon": 7});
    assert_eq!(serde_json::to_value(payment).unwrap(), written);
}

#[tokio::test]
async fn each_binding_of_a_template_is_a_type() {
    let (_server, client) = client(|| {
        Reply::json(&json!({"items": [{"city": "Bern"}], "next": {"items": [{"city": "Basel"}, {"city": "Chur"}]}}))
    })
    .await;
    let page: types::AddressPage = client.list_addresses().send().await.unwrap().into_inner();
    let first: &types::Address = &page.items[0];
    assert_eq!((&*first.city, &*page.next.unwrap().items[1].city), ("Bern", "Chur"));

    let page: types::NumberPage = read(json!({"items": [1, 2], "total": 2, "next": {"items": [3]}}));
    let numbers: [i64; 3] = [*page.items[0], *page.items[1], page.total];
    assert_eq!((numbers, *page.next.unwrap().items[0]), ([1, 2, 2], 3));

    let page: types::Page = read(json!({"items": ["any", 1]}));
    assert_eq!((&*page.items[0], &*page.items[1]), (&json!("any"), &json!(1)));

    let tree: types::NamedTree = read(json!({"name": "a", "children": [{"name": "b"}]}));
    let child: &types::NamedTree = &tree.children.unwrap()[0];
    assert_eq!(child.name.as_deref(), Some("b"));
}
