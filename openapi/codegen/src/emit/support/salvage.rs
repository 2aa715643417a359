use std::borrow::Cow;
use std::cell::RefCell;

use serde::de::DeserializeOwned;
use serde_json::Error;

use super::decode_error::DecodeError;
use super::json::Json;
use super::json_reader::{JsonReader, Step};
use super::undecoded::UNDECODED;

/// How many bytes are read again at most, in all attempts together.
const MAX_BYTES: usize = 64 * 1024 * 1024;

/// Reads a reply. A property that is not of its type costs only itself where the object can be without it: the object
/// keeps it in its `Undecoded`.
///
/// # Errors
///
/// When the reply is no JSON, or lacks what its type cannot be without.
pub fn read_reply<T: DeserializeOwned>(body: &[u8]) -> Result<T, DecodeError> {
    read(body, MAX_BYTES / body.len().max(1024))
}

/// Reads JSON that is of its type in all parts.
///
/// # Errors
///
/// When it is not.
pub fn decode<T: DeserializeOwned>(body: &[u8]) -> Result<T, DecodeError> {
    read(body, 0)
}

/// A type of replies. Its reader is compiled with the client, and not once more in each crate that uses the client.
pub trait FromReply: Sized {
    /// As [`read_reply`].
    ///
    /// # Errors
    ///
    /// As [`read_reply`].
    fn from_reply(body: &[u8]) -> Result<Self, DecodeError>;
}

fn read<T: DeserializeOwned>(body: &[u8], attempts: usize) -> Result<T, DecodeError> {
    serde_json::from_slice(body).or_else(|error| match error.is_data() {
        true => read_again(body, error, attempts),
        false => Err(error.into()),
    })
}

#[cold]
fn read_again<T: DeserializeOwned>(body: &[u8], error: Error, attempts: usize) -> Result<T, DecodeError> {
    let mut value = None;
    let salvaged = salvage(body, attempts, &mut |json| T::deserialize(json).map(|read| value = Some(read)));
    match (salvaged, value) {
        (Ok(()), Some(value)) => Ok(value),
        (salvaged, _) => Err(DecodeError::new(salvaged.err().unwrap_or_default(), error)),
    }
}

/// Reads again and again, each time without the innermost property that failed.
///
/// # Errors
///
/// The path to the value that failed first.
fn salvage(
    body: &[u8],
    attempts: usize,
    // No type parameter, so that this is compiled once.
    read: &mut dyn FnMut(JsonReader<'_>) -> Result<(), Error>,
) -> Result<(), String> {
    let Ok(mut json) = serde_json::from_slice::<Json<'_>>(body) else { return Err(String::new()) };
    let mut first = None;
    for _ in 0..=attempts {
        let path = RefCell::default();
        match read(JsonReader::new(&json).with_path(&path)) {
            Ok(()) if attempts > 0 => return Ok(()),
            Ok(()) => break,
            Err(_) => {
                let path = path.into_inner();
                first.get_or_insert_with(|| json.spelled(&path));
                if json.set_aside(path).is_none() {
                    break;
                }
            }
        }
    }
    Err(first.unwrap_or_default())
}

impl Json<'_> {
    /// Sets aside the innermost property of a struct on the path: its object keeps it. Returns `None` without such a property.
    fn set_aside(&mut self, mut path: Vec<Step>) -> Option<()> {
        while path.pop_if(|step| !step.is_property).is_some() {}
        let Step { index, .. } = path.pop()?;
        let object = path.into_iter().try_fold(self, |json, step| json.child_mut(step.index))?;
        let Self::Object(properties) = object else { return None };
        let (name, mut value) = properties.remove(index);
        value.restore();
        let found = properties.iter().position(|(name, _)| name == UNDECODED);
        let kept = found.unwrap_or_else(|| {
            properties.push((Cow::Borrowed(UNDECODED), Json::Object(Vec::new())));
            properties.len() - 1
        });
        if let Self::Object(kept) = &mut properties[kept].1 {
            kept.push((name, value));
        }
        Some(())
    }

    /// A path as a text: `assets.files[0].url`.
    fn spelled(&self, path: &[Step]) -> String {
        let mut text = String::new();
        let mut json = self;
        for Step { index, .. } in path {
            let child = match json {
                Self::List(list) => {
                    text += &format!("[{index}]");
                    list.get(*index)
                }
                _ => json.properties().get(*index).map(|(name, value)| {
                    text += if text.is_empty() { "" } else { "." };
                    text += name;
                    value
                }),
            };
            let Some(child) = child else { break };
            json = child;
        }
        text
    }

    fn child_mut(&mut self, index: usize) -> Option<&mut Self> {
        match self {
            Self::List(list) => list.get_mut(index),
            Self::Object(properties) => properties.get_mut(index).map(|(_, value)| value),
            _ => None,
        }
    }

    /// Puts back what was moved within the value.
    fn restore(&mut self) {
        match self {
            Self::List(list) => list.iter_mut().for_each(Self::restore),
            Self::Object(properties) => {
                if let Some(found) = properties.iter().position(|(name, _)| name == UNDECODED)
                    && let (_, Self::Object(kept)) = properties.remove(found)
                {
                    properties.extend(kept);
                }
                properties.iter_mut().for_each(|(_, value)| value.restore());
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::de::{Deserializer, MapAccess};
    use serde_json::json;

    use super::*;
    use crate::emit::support::objects::{FromProperties, Properties, as_read, read_object, required};
    use crate::emit::support::undecoded::Undecoded;

    #[derive(Debug)]
    struct Node {
        id: u8,
        child: Option<Box<Self>>,
        list: Option<Vec<Self>>,
        map: Option<BTreeMap<String, Self>>,
        undecoded: Undecoded,
    }

    impl<'de> FromProperties<'de> for Node {
        const NAMES: &'static [&'static str] = &["id", "child", "list", "map"];

        fn position(name: &str) -> Option<usize> {
            Self::NAMES.iter().position(|known| *known == name)
        }

        fn from_properties<A: MapAccess<'de>>(
            mut properties: Properties<A>,
            object: &mut Option<Self>,
        ) -> Result<(), A::Error> {
            let (mut id, mut child, mut list, mut map) = (None, None, None, None);
            properties.each(&mut |properties, index| match index {
                0 => properties.value(&mut id),
                1 => properties.option(&mut child),
                2 => properties.option(&mut list),
                _ => properties.option(&mut map),
            })?;
            *object = Some(Self {
                id: required(id, "id")?,
                child: as_read(child, "child")?,
                list: as_read(list, "list")?,
                map: as_read(map, "map")?,
                undecoded: properties.undecoded(),
            });
            Ok(())
        }
    }

    impl<'de> serde::Deserialize<'de> for Node {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            read_object(deserializer)
        }
    }

    fn read(json: &serde_json::Value) -> Result<Node, DecodeError> {
        read_reply(json.to_string().as_bytes())
    }

    fn kept(undecoded: &Undecoded) -> serde_json::Value {
        undecoded.iter().map(|(name, value)| (name.to_owned(), value.clone())).collect()
    }

    #[test]
    fn an_object_can_be_a_part_of_a_flat_one() {
        #[derive(serde::Deserialize)]
        struct Flat {
            name: String,
            #[serde(flatten)]
            node: Node,
        }

        let flat: Flat = serde_json::from_value(json!({"name": "a", "id": 7, "child": {"id": 8}})).unwrap();
        assert_eq!((&*flat.name, flat.node.id, flat.node.child.unwrap().id), ("a", 7, 8));
    }

    #[test]
    fn only_the_innermost_property_is_lost() {
        for (given, lost) in [
            (json!({"id": 1}), json!({})),
            (json!({"id": 1, "child": 7}), json!({"child": 7})),
            (json!({"id": 1, "child": [1], "list": {}, "map": []}), json!({"child": [1], "list": {}, "map": []})),
            // An object that cannot be without it is lost as a whole, with what was lost in it before.
            (json!({"id": 1, "child": {"list": 7}}), json!({"child": {"list": 7}})),
            (json!({"id": 1, "child": {"list": 7, "id": "x"}}), json!({"child": {"list": 7, "id": "x"}})),
            // An item of a list or of a map is no property.
            (json!({"id": 1, "list": [{"id": 1}, 7]}), json!({"list": [{"id": 1}, 7]})),
            (json!({"id": 1, "map": {"a": {"id": 256}}}), json!({"map": {"a": {"id": 256}}})),
        ] {
            assert_eq!(kept(&read(&given).unwrap().undecoded), lost, "{given}");
        }
        let node = read(&json!({"id": 1, "list": [{"id": 2}, {"id": 3, "map": 4}]})).unwrap();
        assert!(node.undecoded.is_empty());
        assert_eq!(kept(&node.list.unwrap()[1].undecoded), json!({"map": 4}));
        let node = read(&json!({"id": 1, "map": {"a": {"id": 2, "child": {"id": 3, "child": 4}}}})).unwrap();
        assert_eq!(kept(&node.map.unwrap()["a"].child.as_ref().unwrap().undecoded), json!({"child": 4}));
    }

    #[test]
    fn of_a_property_that_comes_twice_the_last_one_counts() {
        for (given, child) in [
            (r#"{"id": 1, "child": {"id": 2}, "child": {"id": 3}}"#, Some(3)),
            (r#"{"id": 1, "child": {"id": 2}, "child": null}"#, None),
            (r#"{"id": 1, "child": null, "child": {"id": 2}}"#, Some(2)),
        ] {
            let node: Node = read_reply(given.as_bytes()).unwrap();
            assert_eq!(node.child.map(|child| child.id), child, "{given}");
        }
    }

    #[test]
    fn a_whole_that_cannot_be_read_is_an_error() {
        for given in [json!({}), json!([1]), json!({"id": "x"}), json!({"id": -1, "child": 7}), json!(null)] {
            assert!(read(&given).is_err(), "{given}");
        }
        assert!(read_reply::<Node>(br#"{"id": 1, "child": 7"#).is_err());
        assert!(read_reply::<Vec<Node>>(br#"[{"id": 1, "child": 7}, {}]"#).is_err());
        assert_eq!(read_reply::<Vec<Node>>(br#"[{"id": 1, "child": 7}]"#).unwrap()[0].id, 1);
    }

    #[test]
    fn an_error_leads_to_the_value_that_failed_first() {
        for (given, reply, exact) in [
            (json!({"id": "x"}), "id", "id"),
            (json!({"id": 1, "list": [{"id": 1}, {"id": 2, "child": 7}]}), "", "list[1].child"),
            (json!({"id": 1, "map": {"a": {"id": 256}}}), "", "map.a.id"),
            (json!({}), "", ""),
            (json!([1]), "", ""),
        ] {
            let text = given.to_string();
            let path =
                |read: Result<Node, DecodeError>| read.map_or_else(|error| error.path().to_owned(), |_| String::new());
            assert_eq!(path(read(&given)), reply, "{given}");
            assert_eq!(path(decode(text.as_bytes())), exact, "{given}");
            assert_eq!(decode::<Node>(text.as_bytes()).is_err(), serde_json::from_str::<Node>(&text).is_err());
        }
        let error = decode::<Vec<Node>>(br#"[{"id": 1}, {"id": null}]"#).unwrap_err();
        assert_eq!(error.path(), "[1].id");
        assert!(error.to_string().starts_with("`[1].id`: invalid type: null"), "{error}");
        assert_eq!(decode::<Node>(b"{").unwrap_err().path(), "");
    }

    #[test]
    fn a_reply_with_the_name_of_what_is_kept_is_read() {
        let node = read(&json!({"id": 1, (UNDECODED): {"a": 1}, "child": {"id": 2, (UNDECODED): 7}})).unwrap();
        assert_eq!(node.id, 1);
        let node = read(&json!({"id": 1, (UNDECODED): 7, "child": 3})).unwrap();
        assert_eq!(node.id, 1);
    }

    #[test]
    fn many_lost_properties_end_in_bounded_work() {
        let list = |items: usize| -> Vec<_> { (0..items).map(|_| json!({"id": 1, "child": 7})).collect() };
        let read = read(&json!({"id": 1, "list": list(500)})).unwrap().list.unwrap();
        assert!(read.iter().all(|node| node.undecoded.get("child").is_some()));
        let text = json!(list(20_000)).to_string();
        assert!(read_reply::<Vec<Node>>(text.as_bytes()).is_err());
    }
}
