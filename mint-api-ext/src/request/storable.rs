//! How each call is stored.

use super::call::Sealed;
use super::prepared::{Endpoint, Prepared};
use super::{
    AnimateModel, Approve, ConvertModel, GenerateAssetPack, GenerateAudio, GenerateModel, GenerateWorld, OptimizeModel,
    Resume, RetryModel, Revise,
};

/// A call that can be stored. Other crates cannot name this trait.
pub trait Storable: Sealed {
    /// The name of the call in a saved request. It never changes.
    const NAME: &'static str;

    /// The route of the call. `id` is the id in its path, empty for a path without one.
    fn endpoint(id: &str) -> Endpoint;

    fn of(prepared: Prepared<Self::Body>) -> Self;
}

macro_rules! storable {
    ($($call:ident, $name:literal, $endpoint:expr;)*) => {$(
        impl Storable for $call {
            const NAME: &'static str = $name;

            fn endpoint(id: &str) -> Endpoint {
                let endpoint: fn(&str) -> Endpoint = $endpoint;
                endpoint(id)
            }

            fn of(prepared: Prepared<Self::Body>) -> Self {
                Self(prepared)
            }
        }
    )*};
}

storable! {
    GenerateModel, "generate_model", |_| Endpoint::collection("generate a model");
    GenerateWorld, "generate_world", |_| Endpoint::collection("generate a world");
    GenerateAssetPack, "generate_asset_pack", |_| Endpoint::collection("generate an asset pack");
    GenerateAudio, "generate_audio", |_| Endpoint::collection("generate audio");
    AnimateModel, "animate_model", |id| Endpoint::model("animate", id.to_owned());
    ConvertModel, "convert_model", |id| Endpoint::model("convert", id.to_owned());
    OptimizeModel, "optimize_model", |id| Endpoint::model("optimize", id.to_owned());
    RetryModel, "retry_model", |id| Endpoint::model("retry", id.to_owned());
    Approve, "approve", |id| Endpoint::operation("approve", id);
    Revise, "revise", |id| Endpoint::operation("revise", id);
    Resume, "resume", |id| Endpoint::operation("resume", id);
}
