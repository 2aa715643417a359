//! Lists with a schema for each place are tuples; what a server sends instead is kept.

use generated::{Client, types};
use mint_loopback::{Loopback, Reply};
use mint_tests::client_of;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

#[allow(clippy::all, missing_docs, rustdoc::all, unreachable_patterns, unreachable_pub, unused_imports)]
#[allow(clippy::future_not_send, clippy::use_self, dead_code, missing_debug_implementations)]
mod generated {
    include!(concat!(env!("OUT_DIR"), "/tuples.rs"));
}

async fn serve(reply: Value) -> (Client, Loopback) {
    let server = Loopback::start(move |_| Reply::json(&reply)).await;
    (client_of(server.base_url(), Client::new), server)
}

/// Reads a value that must come back equal.
#[track_caller]
fn read<T: DeserializeOwned + Serialize>(json: Value) -> T {
    let read: T = serde_json::from_value(json.clone()).unwrap();
    assert_eq!(serde_json::to_value(&read).unwrap(), json);
    read
}

#[tokio::test]
async fn a_request_has_the_tuples_in_their_places() {
    let (client, server) = serve(json!({"points": [[1.5, 2]]})).await;
    let weights = std::collections::BTreeMap::from([("a".to_owned(), ("kg".to_owned(), 3).into())]);
    let draft = types::Draft::builder()
        .start((0.5, 1.0))
        .weights(weights)
        .note(types::DraftNote::from(("n".to_owned(), vec![1, 2])))
        .swapped(types::DraftSwapped::from((vec![3], "s".to_owned())))
        .free(types::DraftFree::Unknown(json!(["a", 1, true])))
        .optional(types::DraftOptional::from((7, None)));
    let call = client
        .put_route()
        .span((1, "a/b".to_owned()))
        .box_((1.5, -2.0))
        .joined(("x,y".to_owned(), 2, true))
        .deep_at((5, "z".to_owned()))
        .either(types::PutRouteEitherMember2::from((8, 9)))
        .x_range((10, 20));
    let route = call.body(draft).send().await.unwrap().into_inner();
    assert!(matches!(route.points[..], [types::Point::Tuple((1.5, 2.0))]), "{:?}", route.points);
    let request = server.request();
    assert_eq!(
        request.target(),
        "/routes/1,a%2Fb?box=1.5&box=-2.0&deep[at][]=5&deep[at][]=z&either=8&either=9&joined=x%2Cy,2,true"
            .replace('[', "%5B")
            .replace(']', "%5D")
    );
    assert_eq!(request.header("x-range"), ["10,20"]);
    assert_eq!(
        request.json(),
        json!({
            "start": [0.5, 1.0], "weights": {"a": ["kg", 3]}, "note": ["n", [1, 2]], "swapped": [[3], "s"],
            "free": ["a", 1, true], "optional": [7, null],
        })
    );
}

#[tokio::test]
async fn a_whole_reply_is_a_tuple() {
    let (client, _server) = serve(json!([1, "a"])).await;
    let types::LastReply::Tuple((1, name)) = client.last().send().await.unwrap().into_inner() else {
        panic!("no tuple")
    };
    assert_eq!(*name, "a");
}

#[test]
fn places_are_read_as_their_types() {
    let route: types::Route = read(json!({
        "points": [[1.0, 2.0]],
        "absent": null,
        "by_name": {"a": [3.0, 4.0]},
        "legs": [[[1.0, 2.0], [3.0, 4.0], {"length": 5}]],
        "stamped": ["2026-01-01T00:00:00Z", "on", 1],
        "both": [1.0, "b"],
        "rest": ["a", 1, 2],
        "only": [1],
    }));
    let types::RouteLegsItem::Tuple((_, types::Point::Tuple((3.0, _)), leg)) = &route.legs.as_ref().unwrap()[0] else {
        panic!()
    };
    assert_eq!(leg.length, 5);
    let Some(types::RouteStamped::Tuple((stamp, types::RouteStampedItem2::On, 1))) = &route.stamped else { panic!() };
    assert_eq!(stamp.as_str(), "2026-01-01T00:00:00Z");
    assert!(matches!(route.only, Some(types::RouteOnly::Tuple((1,)))));
    let types::RouteBoth::Tuple((1.0, text)) = route.both.unwrap() else { panic!() };
    assert_eq!(text, "b");
    // Integers as floats, numbers as texts, and new values of an enum are read in a tuple as everywhere.
    let route: types::Route =
        serde_json::from_value(json!({"points": [], "stamped": ["now", "dim", 1.0], "price": ["EUR", "12"]})).unwrap();
    let Some(types::RouteStamped::Tuple((_, types::RouteStampedItem2::Unknown(dim), 1))) = route.stamped else {
        panic!()
    };
    assert_eq!(dim.as_str(), "dim");
    assert!(matches!(route.price, Some(types::RoutePrice::Tuple((_, 12)))));
}

#[test]
fn what_is_no_such_tuple_is_kept() {
    for other in [json!([1.0]), json!([1.0, 2.0, 3.0]), json!(["a", 2.5]), json!([]), json!({"x": 1.0}), json!("1,2")] {
        let route: types::Route = read(json!({"points": [[1.0, 2.0], other], "absent": null}));
        let [types::Point::Tuple(_), types::Point::Unknown(kept)] = &route.points[..] else { panic!("{other}") };
        assert_eq!(*kept, other);
        let last: types::LastReply = read(other.clone());
        assert!(matches!(last, types::LastReply::Unknown(_)), "{other}");
        // What is only sent is exact, unless the document leaves the length open.
        assert!(serde_json::from_value::<types::DraftOptional>(other.clone()).is_err(), "{other}");
        read::<types::DraftFree>(other);
    }
}

#[test]
fn a_union_has_the_tuple_that_fits() {
    let shape = |json: Value| read::<types::RouteShape>(json);
    assert!(matches!(shape(json!([1.0, 2.0])), types::RouteShape::Point(types::Point::Tuple(_))));
    assert!(matches!(shape(json!([1.0, 2.0, 3.0])), types::RouteShape::RouteShapeMember1(_)));
    assert!(matches!(shape(json!(["a", 2])), types::RouteShape::RouteShapeMember3(_)));
    assert!(matches!(shape(json!("a")), types::RouteShape::String(_)));
    for other in [json!([true, false]), json!([1.0]), json!({})] {
        assert!(matches!(shape(other.clone()), types::RouteShape::Unknown(_)), "{other}");
    }
}

#[test]
fn a_tuple_may_hold_itself() {
    let types::Tree::Tuple(items) = read(json!(["a", ["b", null]])) else { panic!() };
    let (_, Some(types::Tree::Tuple(inner))) = *items else { panic!() };
    assert_eq!((inner.0.as_str(), inner.1.is_none()), ("b", true));
    let node: types::Node = read(json!({"pair": ["a", {"pair": ["b", null]}]}));
    let types::NodePair::Tuple(items) = node.pair else { panic!() };
    assert!(items.1.is_some_and(|node| matches!(node.pair, types::NodePair::Tuple(_))));
}
