use serde::{Deserialize, Deserializer};

/// Reads integers leniently, wherever they stand in a type: `1.0` is 1.
pub(crate) fn lenient<'de, T: Lenient<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    T::deserialize_lenient(deserializer)
}

pub(crate) trait Lenient<'de>: Sized {
    fn deserialize_lenient<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error>;
}

macro_rules! lenient_integers {
    ($($integer:ty),*) => {
        $(impl<'de> Lenient<'de> for $integer {
            fn deserialize_lenient<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                // Not a visitor of our own: where an application turns on serde_json's `arbitrary_precision`, only
                // serde_json knows how a number comes.
                let number = serde_json::Number::deserialize(deserializer)?;
                integral(&number).and_then(|integer| Self::try_from(integer).ok()).ok_or_else(|| {
                    serde::de::Error::custom(format_args!("{number} is no integer of type {}", stringify!($integer)))
                })
            }
        })*
    };
}

lenient_integers!(i8, u8, i16, u16, i32, u32, i64, u64);

pub(crate) fn integral(number: &serde_json::Number) -> Option<i128> {
    if let Some(integer) = number.as_i64() {
        return Some(integer.into());
    }
    if let Some(integer) = number.as_u64() {
        return Some(integer.into());
    }
    let float = number.as_f64().filter(|float| float.fract() == 0.0 && float.abs() <= u64::MAX as f64)?;
    // An integer just below the smallest one is rounded to it.
    (float != i64::MIN as f64).then_some(float as i128)
}

/// Implements a way to read scalars for what may hold them, wherever they are in a type.
macro_rules! for_holders {
    ($way:ident $read:ident $value:ident) => {
        pub(crate) struct $value<T>(pub(crate) T);

        impl<'de, T: $way<'de>> ::serde::Deserialize<'de> for $value<T> {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                T::$read(deserializer).map(Self)
            }
        }

        impl<'de, T: $way<'de>> $way<'de> for Option<T> {
            fn $read<D: ::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Ok(<Option<$value<T>> as ::serde::Deserialize>::deserialize(deserializer)?.map(|$value(value)| value))
            }
        }

        impl<'de, T: $way<'de>> $way<'de> for Vec<T> {
            fn $read<D: ::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let values = <Vec<$value<T>> as ::serde::Deserialize>::deserialize(deserializer)?;
                Ok(values.into_iter().map(|$value(value)| value).collect())
            }
        }

        impl<'de, T: $way<'de>> $way<'de> for ::std::collections::BTreeMap<String, T> {
            fn $read<D: ::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let values: ::std::collections::BTreeMap<_, _> = ::serde::Deserialize::deserialize(deserializer)?;
                Ok(values.into_iter().map(|(key, $value(value))| (key, value)).collect())
            }
        }
    };
}
pub(crate) use for_holders;

for_holders!(Lenient deserialize_lenient LenientValue);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers() {
        let read = |text: &str| {
            let mut deserializer = serde_json::Deserializer::from_str(text);
            lenient::<Option<i64>, _>(&mut deserializer).ok()
        };
        for (text, integer) in [
            ("1", Some(Some(1))),
            ("1.0", Some(Some(1))),
            ("-2e3", Some(Some(-2000))),
            ("null", Some(None)),
            ("9223372036854775807", Some(Some(i64::MAX))),
            ("9223372036854775808", None),
            ("-9223372036854775808", Some(Some(i64::MIN))),
            ("-9223372036854775809", None),
            ("1.5", None),
            ("1e300", None),
            ("\"1\"", None),
        ] {
            assert_eq!(read(text), integer, "{text}");
        }
    }
}
