use std::fmt;

use serde::de::{Deserializer, MapAccess, Visitor};

/// Shows a derived implementation objects and nothing else, whatever it asks for.
pub(crate) struct OnlyObject<T>(pub(crate) T);

impl<'de, D: Deserializer<'de>> Deserializer<'de> for OnlyObject<D> {
    type Error = D::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_map(OnlyObject(visitor))
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

impl<'de, V: Visitor<'de>> Visitor<'de> for OnlyObject<V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.expecting(f)
    }

    fn visit_map<A: MapAccess<'de>>(self, access: A) -> Result<V::Value, A::Error> {
        self.0.visit_map(access)
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::{Value, json};

    use super::*;
    use crate::emit::support::json::Json;

    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(default)]
    struct Pair {
        first: u8,
        second: u8,
    }

    #[test]
    fn a_list_is_no_object() {
        for (text, read) in [
            (r#"{"second": 2, "first": 1, "third": 3}"#, Ok(Pair { first: 1, second: 2 })),
            ("{}", Ok(Pair::default())),
            ("[1, 2]", Err("invalid type: sequence, expected struct Pair")),
            ("[]", Err("invalid type: sequence, expected struct Pair")),
            ("null", Err("invalid type: null, expected struct Pair")),
            ("1", Err("invalid type: integer `1`, expected struct Pair")),
        ] {
            let value: Value = serde_json::from_str(text).unwrap();
            let json: Json<'_> = serde_json::from_str(text).unwrap();
            for found in [
                Pair::deserialize(OnlyObject(&mut serde_json::Deserializer::from_str(text))),
                Pair::deserialize(OnlyObject(&value)),
                Pair::deserialize(OnlyObject(&json)),
            ] {
                match (found, &read) {
                    (Ok(found), Ok(read)) => assert_eq!(&found, read, "{text}"),
                    (Err(error), Err(told)) => assert!(error.to_string().contains(told), "{text}: {error}"),
                    (found, _) => panic!("{text}: {found:?}"),
                }
            }
        }
        assert!(Pair::deserialize(&json!([1, 2])).is_ok(), "what serde derives");
    }
}
