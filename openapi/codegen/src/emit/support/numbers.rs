use serde::de::Error;
use serde::{Deserialize, Deserializer};

use super::integers::{for_holders, integral};

/// Reads numbers that a server may write as text, wherever they are in a type.
pub(crate) fn number_or_text<'de, T: NumberOrText<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    T::deserialize_number_or_text(deserializer)
}

pub(crate) trait NumberOrText<'de>: Sized {
    fn deserialize_number_or_text<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error>;
}

for_holders!(NumberOrText deserialize_number_or_text NumberOrTextValue);

/// A number, or a text that is one in JSON.
fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<serde_json::Number, D::Error> {
    match serde_json::Value::deserialize(deserializer)? {
        serde_json::Value::Number(number) => Ok(number),
        serde_json::Value::String(text) => {
            serde_json::from_str(&text).map_err(|_| D::Error::custom(format_args!("{text:?} is no number")))
        }
        _ => Err(D::Error::custom("expected a number or its text")),
    }
}

macro_rules! numbers {
    ($convert:expr, $($number:ty),*) => {
        $(impl<'de> NumberOrText<'de> for $number {
            fn deserialize_number_or_text<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let number = number(deserializer)?;
                let convert: fn(&serde_json::Number) -> Option<Self> = $convert;
                convert(&number).ok_or_else(|| {
                    D::Error::custom(format_args!("{number} is no number of type {}", stringify!($number)))
                })
            }
        })*
    };
}

numbers!(|number| Self::try_from(integral(number)?).ok(), i8, u8, i16, u16, i32, u32, i64, u64);
numbers!(|number| number.as_f64(), f64);
numbers!(|number| number.as_f64().map(|number| number as Self), f32);

#[cfg(test)]
mod tests {
    use super::*;

    fn read<T: for<'de> NumberOrText<'de>>(text: &str) -> Option<T> {
        number_or_text(&mut serde_json::Deserializer::from_str(text)).ok()
    }

    #[test]
    fn numbers_and_their_texts() {
        for (text, integer, number) in [
            ("5", Some(5), Some(5.0)),
            ("\"5\"", Some(5), Some(5.0)),
            ("\"-5.0\"", Some(-5), Some(-5.0)),
            ("\"2.5\"", None, Some(2.5)),
            ("2.5", None, Some(2.5)),
            ("\"9223372036854775808\"", None, Some(9_223_372_036_854_775_808.0)),
            ("\"\"", None, None),
            ("\"five\"", None, None),
            ("\"\\\"5\\\"\"", None, None),
            ("true", None, None),
        ] {
            assert_eq!(read::<i64>(text), integer, "{text}");
            assert_eq!(read::<f64>(text), number, "{text}");
        }
        assert_eq!(read("[\"1\", 2]"), Some(vec![1_i32, 2]));
        assert_eq!(read("null"), Some(None::<u8>));
        assert_eq!(read("{\"a\": \"3\"}"), Some(std::collections::BTreeMap::from([("a".to_owned(), 3_u64)])));
    }
}
