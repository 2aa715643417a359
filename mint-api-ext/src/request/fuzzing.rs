//! What holds for every stored request.

use serde_json::Value;

use super::call::Call;
use super::{
    AnimateModel, Approve, ConvertModel, GenerateAssetPack, GenerateAudio, GenerateModel, GenerateWorld, OptimizeModel,
    Resume, RetryModel, Revise, SavedRequest,
};
use crate::fuzzing::mint;

/// The input is JSON; returns whether some call takes it up. A request that is read is written and read again as the same. One
/// that is taken up keeps its call, its key, its arguments and its limits: saved and taken up once more, it is the same.
pub fn saved_request(data: &[u8]) -> bool {
    let Ok(saved) = serde_json::from_slice::<SavedRequest>(data) else { return false };
    let text = serde_json::to_string(&saved).expect("a saved request is JSON");
    assert_eq!(serde_json::from_str::<SavedRequest>(&text).ok().as_ref(), Some(&saved));
    let checks = [
        check::<AnimateModel>,
        check::<Approve>,
        check::<ConvertModel>,
        check::<GenerateAssetPack>,
        check::<GenerateAudio>,
        check::<GenerateModel>,
        check::<GenerateWorld>,
        check::<OptimizeModel>,
        check::<Resume>,
        check::<RetryModel>,
        check::<Revise>,
    ];
    checks.iter().any(|check| check(&saved))
}

fn check<T: Call>(saved: &SavedRequest) -> bool {
    let Ok(request) = mint().restore::<T>(saved) else { return false };
    assert_eq!((saved.call.as_str(), request.idempotency_key()), (T::NAME, saved.idempotency_key.as_str()));
    let Ok(again) = request.save() else { return false };
    assert_eq!((&again.call, &again.idempotency_key), (&saved.call, &saved.idempotency_key));
    let [now, mut before] = [&again, saved].map(|saved| {
        let mut stored = serde_json::to_value(saved).expect("a saved request is JSON");
        stored["found"] = stored["found"].is_object().into();
        stored
    });
    // A call without an id in its path has no use for one.
    if now["id"].is_null() {
        before["id"] = Value::Null;
    }
    assert!(is_same(&now, &before), "it was {before} and is {now}");
    let restored = mint().restore::<T>(&again).expect("what was saved can be taken up");
    assert_eq!(restored.save().ok().as_ref(), Some(&again), "a request changes when it is taken up");
    true
}

/// Whether values are the same, however absence and whole numbers are written.
fn is_same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Object(one), Value::Object(other)) => one.keys().chain(other.keys()).all(|name| {
            let [one, other] = [one, other].map(|fields| fields.get(name).unwrap_or(&Value::Null));
            is_same(one, other)
        }),
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| is_same(one, other))
        }
        (Value::Number(one), Value::Number(other)) => one.as_f64() == other.as_f64(),
        (one, other) => one == other,
    }
}
