//! Enums of replies are open: they have the documented values as variants, and keep every other value.

use std::collections::BTreeMap;
use std::fmt::{Debug, Display};
use std::str::FromStr;

use mint_api::types::*;
use mint_api::{UnknownValue, types};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// The methods of every open enum. The generated types share no trait.
trait OpenEnum:
    Clone + Debug + DeserializeOwned + Display + FromStr + PartialEq + Serialize + for<'a> TryFrom<&'a str> + 'static
{
    fn known() -> &'static [Self];
    fn text(&self) -> &str;
    fn unknown(&self) -> Option<&UnknownValue>;
}

macro_rules! open_enums {
    ($($pointer:literal => $name:ident,)*) => {
        $(impl OpenEnum for $name {
            fn known() -> &'static [Self] {
                Self::KNOWN
            }

            fn text(&self) -> &str {
                self.as_str()
            }

            fn unknown(&self) -> Option<&UnknownValue> {
                match self {
                    Self::Unknown(value) => Some(value),
                    _ => None,
                }
            }
        })*

        /// The pointer to each enum in the document, and the check of its type.
        const ENUMS: &[(&str, fn(&[String]))] = &[$(($pointer, check::<$name>)),*];
    };
}

open_enums! {
    "/components/schemas/AssetStage" => AssetStage,
    "/components/schemas/ConvertedModelArtifact/properties/format" => ConvertedModelArtifactFormat,
    "/components/schemas/ConvertedModelArtifact/properties/packaging" => ConvertedModelArtifactPackaging,
    "/components/schemas/Model/properties/object" => ModelObject,
    "/components/schemas/Operation/properties/generationMode" => OperationGenerationMode,
    "/components/schemas/Operation/properties/generationPreset" => OperationGenerationPreset,
    "/components/schemas/Operation/properties/object" => OperationObject,
    "/components/schemas/Operation/properties/optimizationLevel" => OperationOptimizationLevel,
    "/components/schemas/Operation/properties/resource/oneOf/0/properties/type" => OperationResourceType,
    "/components/schemas/Operation/properties/status" => OperationStatus,
    "/components/schemas/Operation/properties/type" => OperationType,
    "/components/schemas/PricingEstimate/properties/object" => PricingEstimateObject,
    "/components/schemas/ReferenceImage/properties/type" => ReferenceImageType,
    "/components/schemas/Usage/properties/object" => UsageObject,
    "/components/schemas/World/properties/object" => WorldObject,
}

macro_rules! closed_enums {
    ($($pointer:literal => $name:ident,)*) => {
        /// The pointer to each enum that is only sent, and the check of its type.
        const CLOSED_ENUMS: &[(&str, fn(&[String]))] = &[$(($pointer, check_closed::<$name>)),*];
    };
}

closed_enums! {
    "/components/schemas/AudioKind" => AudioKind,
    "/components/schemas/ConversionFormat" => ConversionFormat,
    "/components/schemas/GenerationMode" => GenerationMode,
    "/components/schemas/GenerationPreset" => GenerationPreset,
    "/components/schemas/ModelGenerationEstimateRequest/properties/operation" => ModelGenerationEstimateRequestOperation,
    "/components/schemas/ModelOptimizationEstimateRequest/properties/operation" => ModelOptimizationEstimateRequestOperation,
    "/components/schemas/OptimizationLevel" => OptimizationLevel,
    "/components/schemas/RiggingPose" => RiggingPose,
}

#[test]
fn enums_are_open_where_they_are_read_and_closed_where_they_are_only_sent() {
    let mut documented = BTreeMap::new();
    find_enums(&mint_openapi::effective_document().unwrap(), &mut String::new(), &mut documented);
    for (pointer, check) in ENUMS.iter().chain(CLOSED_ENUMS) {
        let values = documented.remove(*pointer);
        check(&values.unwrap_or_else(|| panic!("the document has no enum at {pointer}: remove its row")));
    }
    assert!(documented.is_empty(), "enums without a row in this test: {documented:#?}");
}

/// Collects every enum of strings with its values. A `const` is an enum of one value.
fn find_enums(value: &Value, at: &mut String, found: &mut BTreeMap<String, Vec<String>>) {
    let members: Vec<(String, &Value)> = match value {
        Value::Object(object) => object.iter().map(|(name, value)| (name.replace('/', "~1"), value)).collect(),
        Value::Array(array) => array.iter().enumerate().map(|(index, value)| (index.to_string(), value)).collect(),
        _ => return,
    };
    let listed = value.get("enum").and_then(Value::as_array).cloned();
    let listed = listed.or_else(|| value.get("const").map(|only| vec![only.clone()]));
    let texts: Vec<_> = listed.iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect();
    if !texts.is_empty() {
        found.insert(at.clone(), texts);
    }
    for (member, value) in members {
        let length = at.len();
        at.push('/');
        at.push_str(&member);
        find_enums(value, at, found);
        at.truncate(length);
    }
}

fn check_closed<T: Debug + DeserializeOwned + Display + FromStr + Serialize>(documented: &[String]) {
    for text in documented {
        let value: T = serde_json::from_value(json!(text)).unwrap();
        assert_eq!(value.to_string(), *text);
        assert_eq!(serde_json::to_value(&value).unwrap(), json!(text));
        assert!(text.parse::<T>().is_ok());
        let other = format!("{text}_2");
        assert!(other.parse::<T>().is_err() && serde_json::from_value::<T>(json!(other)).is_err(), "{other}");
    }
}

fn check<T: OpenEnum>(documented: &[String]) {
    let known: Vec<_> = T::known().iter().map(T::text).collect();
    assert_eq!(known, documented, "known values");
    for (text, known) in documented.iter().zip(T::known()) {
        let read: T = serde_json::from_value(json!(text)).unwrap();
        assert_eq!(&read, known, "{text}");
        assert_eq!(read.unknown(), None, "{text}");
        assert_eq!(read.text(), text);
        assert_eq!(read.to_string(), *text);
        assert_eq!(serde_json::to_value(&read).unwrap(), json!(text));
        assert!(text.parse::<T>().is_ok_and(|parsed| parsed == read), "{text}");
        assert!(T::try_from(text.as_str()).is_ok_and(|parsed| parsed == read), "{text}");
    }

    let mut unknown = vec!["".to_owned(), " ".into(), "Unknown".into(), "null".into(), "tab\t\"é\u{1f600}".into()];
    // Values are not trimmed, and their case matters.
    unknown.extend(documented.iter().flat_map(|text| [text.to_uppercase(), format!("{text} "), format!("{text}_2")]));
    for text in &unknown {
        // Reads from a `Value`, and from a text, whose escapes cannot be borrowed.
        for read in [serde_json::from_value::<T>(json!(text)), serde_json::from_str(&json!(text).to_string())] {
            let read = read.unwrap();
            assert_eq!(read.unknown().map(UnknownValue::as_str), Some(text.as_str()), "{read:?}");
            assert_eq!(read.text(), text);
            assert_eq!(read.to_string(), *text);
            assert_eq!(serde_json::to_value(&read).unwrap(), json!(text));
        }
        assert!(text.parse::<T>().is_err(), "{text:?} was taken from a caller");
        assert!(T::try_from(text.as_str()).is_err(), "{text:?} was taken from a caller");
    }

    for value in [json!(null), json!(1), json!(true), json!([documented[0]]), json!({ &documented[0]: null })] {
        let error = serde_json::from_value::<T>(value.clone()).expect_err("this is no text");
        assert!(error.to_string().contains("expected a string"), "{value}: {error}");
    }
}

#[test]
fn unknown_values_are_compared_by_their_text() {
    let read = |text: &str| serde_json::from_value::<OperationStatus>(json!(text)).unwrap();
    assert_eq!(read("billing_required"), read("billing_required"));
    assert_ne!(read("billing_required"), read("paused"));
    assert_ne!(read("Queued"), types::OperationStatus::Queued);
}
