use std::fmt::Display;

/// What a setter is given, or why it cannot be used.
pub(crate) fn converted<V: TryInto<T, Error: Display>, T>(value: V, name: &str) -> Result<T, String> {
    value.try_into().map_err(|error| format!("error converting supplied value for {name}: {error}"))
}

/// The field of a builder that must be set.
pub(crate) fn unset<T>(name: &str) -> Result<T, String> {
    Err(format!("no value supplied for {name}"))
}

/// The field of a builder that may be left out.
pub(crate) fn absent<T: Default>(_: &str) -> Result<T, String> {
    Ok(T::default())
}

/// The field of a builder that has a default value.
pub(crate) fn given<T>(_: &str, default: Result<T, String>) -> Result<T, String> {
    default
}

/// Makes the builder of a struct in the module above: of each field, the type, and what it is unless it is set. The
/// struct may have one more field, for what does not decode.
macro_rules! builder {
    ($name:ident $($undecoded:ident)?; $($field:ident: $value:ty, $unset:ident $(($default:expr))?;)*) => {
        #[derive(Clone, Debug)]
        pub struct $name {
            $($field: ::std::result::Result<$value, ::std::string::String>,)*
        }

        impl ::std::default::Default for $name {
            fn default() -> Self {
                Self { $($field: super::super::support::$unset(stringify!($field) $(, $default)?),)* }
            }
        }

        impl $name {
            $(pub fn $field<__T>(mut self, value: __T) -> Self
            where
                __T: ::std::convert::TryInto<$value>,
                __T::Error: ::std::fmt::Display,
            {
                self.$field = super::super::support::converted(value, stringify!($field));
                self
            })*
        }

        impl ::std::convert::TryFrom<$name> for super::$name {
            type Error = super::error::ConversionError;

            #[allow(unused_variables)]
            fn try_from(value: $name) -> ::std::result::Result<Self, super::error::ConversionError> {
                Ok(Self { $($field: value.$field?,)* $($undecoded: ::std::default::Default::default(),)? })
            }
        }

        impl ::std::convert::From<super::$name> for $name {
            #[allow(unused_variables)]
            fn from(value: super::$name) -> Self {
                Self { $($field: Ok(value.$field),)* }
            }
        }
    };
}
pub(crate) use builder;
