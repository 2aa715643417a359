//! The kinds of operations.

/// What an operation makes or changes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum OperationKind {
    World,
    Model,
    Conversion,
    Optimization,
    Animation,
    AssetPack,
    Audio,
}

impl OperationKind {
    /// The `resource.type` of an operation of this kind.
    pub(crate) fn resource_type(self) -> &'static str {
        match self {
            Self::World => "world",
            Self::Model | Self::Conversion | Self::Optimization => "model",
            Self::Animation => "animation",
            Self::AssetPack => "asset_pack",
            Self::Audio => "audio",
        }
    }

    /// The `type` of an operation of this kind; `None` for kinds whose `type` the document does not list.
    pub(crate) fn operation_type(self) -> Option<&'static str> {
        match self {
            Self::World => Some("world_generation"),
            Self::Model => Some("model_generation"),
            Self::Conversion => Some("model_conversion"),
            Self::Optimization => Some("model_optimization"),
            Self::Animation | Self::AssetPack | Self::Audio => None,
        }
    }
}
