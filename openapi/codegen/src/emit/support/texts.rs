/// Implements what every checked string has: typify writes the type and its `FromStr`.
macro_rules! text {
    ($text:ident) => {
        impl ::std::ops::Deref for $text {
            type Target = ::std::string::String;

            fn deref(&self) -> &::std::string::String {
                &self.0
            }
        }

        impl ::std::convert::From<$text> for ::std::string::String {
            fn from(value: $text) -> Self {
                value.0
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $text {
            fn deserialize<__D: ::serde::Deserializer<'de>>(
                deserializer: __D,
            ) -> ::std::result::Result<Self, __D::Error> {
                ::std::string::String::deserialize(deserializer)?.parse().map_err(::serde::de::Error::custom)
            }
        }

        super::support::parsed! { $text }
    };
}
pub(crate) use text;

/// Implements what every enum of strings has. An open one has a variant for what it does not know.
macro_rules! text_enum {
    ($name:ident $($unknown:ident)?) => {
        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        /// Refuses a value that this version does not know, so that a typo is an error.
        impl ::std::str::FromStr for $name {
            type Err = self::error::ConversionError;

            fn from_str(value: &str) -> ::std::result::Result<Self, self::error::ConversionError> {
                Self::known(value).ok_or_else(|| "invalid value".into())
            }
        }

        impl ::serde::Serialize for $name {
            fn serialize<__S: ::serde::Serializer>(&self, serializer: __S) -> ::std::result::Result<__S::Ok, __S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<__D: ::serde::Deserializer<'de>>(deserializer: __D) -> ::std::result::Result<Self, __D::Error> {
                let read = super::support::deserialize_text(deserializer, |text| {
                    Self::known(text)
                        $(.or_else(|| Some(Self::$unknown(super::support::UnknownValue::new(text)))))?
                })?;
                read.ok_or_else(|| ::serde::de::Error::custom("invalid value"))
            }
        }

        super::support::parsed! { $name }
    };
}
pub(crate) use text_enum;

/// Implements conversions from strings for a type that has `FromStr`.
macro_rules! parsed {
    ($name:ident) => {
        impl ::std::convert::TryFrom<&str> for $name {
            type Error = self::error::ConversionError;

            fn try_from(value: &str) -> ::std::result::Result<Self, self::error::ConversionError> {
                value.parse()
            }
        }

        impl ::std::convert::TryFrom<::std::string::String> for $name {
            type Error = self::error::ConversionError;

            fn try_from(value: ::std::string::String) -> ::std::result::Result<Self, self::error::ConversionError> {
                value.parse()
            }
        }
    };
}
pub(crate) use parsed;
