//! Decoding.

use mint_api::{read_reply, types};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// The input is an object of replies, by the names of their types; returns whether every one is read. A reply that is read
/// keeps every text and number that it writes, and is written and read again as the same.
pub fn check(data: &[u8]) -> bool {
    let Ok(Value::Object(replies)) = serde_json::from_slice(data) else { return false };
    let mut all = true;
    for (name, reply) in replies {
        let known = TYPES.iter().find(|(known, _)| *known == name);
        all &= known.is_some_and(|(_, check)| check(&reply));
    }
    all
}

/// The check of a type.
type Check = fn(&Value) -> bool;

/// The types that replies are read as, with a check of each.
pub const TYPES: &[(&str, Check)] = &[
    ("AnimationArtifact", of::<types::AnimationArtifact>),
    ("AnimationArtifactList", of::<types::AnimationArtifactList>),
    ("AnimationOptions", of::<types::AnimationOptions>),
    ("Artifact", of::<types::Artifact>),
    ("ArtifactManifest", of::<types::ArtifactManifest>),
    ("ArtifactSource", of::<types::ArtifactSource>),
    ("Asset", of::<types::Asset>),
    ("AssetPack", of::<types::AssetPack>),
    ("AssetPackItem", of::<types::AssetPackItem>),
    ("AssetStage", of::<types::AssetStage>),
    ("ConversionFormat", of::<types::ConversionFormat>),
    ("ConvertedModelArtifact", of::<types::ConvertedModelArtifact>),
    ("ConvertedModelArtifacts", of::<types::ConvertedModelArtifacts>),
    ("ConvertedModelAssets", of::<types::ConvertedModelAssets>),
    ("FieldError", of::<types::FieldError>),
    ("GenerationAssets", of::<Option<types::GenerationAssets>>),
    ("GenerationMode", of::<types::GenerationMode>),
    ("GenerationPreset", of::<types::GenerationPreset>),
    ("Me", of::<types::Me>),
    ("Model", of::<types::Model>),
    ("ModelAssets", of::<types::ModelAssets>),
    ("ModelBounds", of::<types::ModelBounds>),
    ("ModelList", of::<types::ModelList>),
    ("Operation", of::<types::Operation>),
    ("OperationBilling", of::<types::OperationBilling>),
    ("OperationConversion", of::<types::OperationConversion>),
    ("OperationCredits", of::<types::OperationCredits>),
    ("Pagination", of::<types::Pagination>),
    ("PreviewAssets", of::<types::PreviewAssets>),
    ("PricingEstimate", of::<types::PricingEstimate>),
    ("Problem", of::<types::Problem>),
    ("ReferenceImage", of::<types::ReferenceImage>),
    ("Usage", of::<types::Usage>),
    ("World", of::<types::World>),
    ("WorldAssets", of::<types::WorldAssets>),
    ("WorldList", of::<types::WorldList>),
    ("WorldRuntime", of::<types::WorldRuntime>),
    ("WorldRuntimeCollider", of::<types::WorldRuntimeCollider>),
];

fn of<T: DeserializeOwned + Serialize>(sent: &Value) -> bool {
    let read = |value: &Value| read_reply::<T>(value.to_string().as_bytes());
    let Ok(reply) = read(sent) else { return false };
    let written = serde_json::to_value(&reply).expect("a reply is JSON");
    check_kept(sent, &written, &mut Vec::new());
    let again = read(&written).unwrap_or_else(|error| panic!("what was written is not read: {error}\n{written}"));
    let again = serde_json::to_value(&again).expect("a reply is JSON");
    assert_eq!(again, written, "a reply changes when it is read again");
    true
}

/// Panics where a text or a number was sent as another one.
fn check_kept<'a>(sent: &Value, written: &'a Value, at: &mut Vec<&'a str>) {
    match (sent, written) {
        (Value::String(_), Value::String(_)) => assert_eq!(written, sent, "{at:?}"),
        (Value::Number(sent), Value::Number(written)) => assert_eq!(written.as_f64(), sent.as_f64(), "{at:?}"),
        (Value::Array(sent), Value::Array(written)) if sent.len() == written.len() => {
            sent.iter().zip(written).for_each(|(sent, written)| check_kept(sent, written, at));
        }
        (Value::Object(sent), Value::Object(written)) => {
            for (name, written) in written {
                at.push(name);
                if let Some(sent) = sent.get(name) {
                    check_kept(sent, written, at);
                }
                at.pop();
            }
        }
        _ => {}
    }
}
