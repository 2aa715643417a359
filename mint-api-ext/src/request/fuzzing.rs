//! What holds for every stored request.

use super::call::Call;
use super::{
    AnimateModel, Approve, ConvertModel, GenerateAssetPack, GenerateAudio, GenerateModel, GenerateWorld, OptimizeModel,
    Resume, RetryModel, Revise, SavedRequest,
};
use crate::fuzzing::mint;

/// The input is JSON. A request that is read is written and read again as the same. One that is taken up keeps its call, its
/// key and its arguments: saved and taken up once more, it is the same.
pub fn saved_request(data: &[u8]) {
    let Ok(saved) = serde_json::from_slice::<SavedRequest>(data) else { return };
    let text = serde_json::to_string(&saved).expect("a saved request is JSON");
    assert_eq!(serde_json::from_str::<SavedRequest>(&text).ok().as_ref(), Some(&saved));
    for check in [
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
    ] {
        check(&saved);
    }
}

fn check<T: Call>(saved: &SavedRequest) {
    let Ok(request) = mint().restore::<T>(saved) else { return };
    assert_eq!((saved.call.as_str(), request.idempotency_key()), (T::NAME, saved.idempotency_key.as_str()));
    let Ok(again) = request.save() else { return };
    assert_eq!((&again.call, &again.idempotency_key), (&saved.call, &saved.idempotency_key));
    let restored = mint().restore::<T>(&again).expect("what was saved can be taken up");
    assert_eq!(restored.save().ok().as_ref(), Some(&again), "a request changes when it is taken up");
}
