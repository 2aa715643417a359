//! The kinds of files.

use std::fmt;

/// The kind of a file.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum AssetKind {
    /// The original model, binary glTF 2.0 (Y up, +Z forward).
    Glb,
    /// The model with fewer triangles, binary glTF 2.0; often with Draco compression.
    OptimizedGlb,
    /// The model as FBX.
    Fbx,
    /// The model as Wavefront OBJ, or a zip archive with it.
    Obj,
    /// The model as STL.
    Stl,
    /// The model as USDZ.
    Usdz,
    /// The collision mesh of a world, binary glTF 2.0.
    ColliderMesh,
    /// The panorama of a world.
    Panorama,
    /// The world as RAD splats, for streaming.
    Rad,
    /// The world as SPZ splats, at the named quality, such as `500k`.
    Spz(String),
    /// A picture of the result, or of its preview.
    PreviewImage,
    /// A small picture of the result.
    Thumbnail,
    /// A kind that this version does not know, with the name of its field, format or role.
    Other(String),
}

impl AssetKind {
    /// The kind of the file whose URL is in this field.
    pub(super) fn of_field(field: &str) -> Self {
        match field {
            "glbUrl" => Self::Glb,
            "optimizedGlbUrl" => Self::OptimizedGlb,
            "fbxUrl" => Self::Fbx,
            "objUrl" => Self::Obj,
            "stlUrl" => Self::Stl,
            "usdzUrl" => Self::Usdz,
            "colliderMeshUrl" => Self::ColliderMesh,
            "panoUrl" => Self::Panorama,
            "radUrl" => Self::Rad,
            "previewImageUrl" => Self::PreviewImage,
            "thumbnailUrl" => Self::Thumbnail,
            other => Self::Other(other.strip_suffix("Url").unwrap_or(other).to_owned()),
        }
    }

    /// The kind of a converted model in this format.
    pub(super) fn of_format(format: &str) -> Self {
        Self::of_field(&format!("{format}Url"))
    }

    /// The kind of an artifact.
    #[cfg(feature = "catalog")]
    pub(crate) fn of_artifact(artifact: &mint_api::types::Artifact) -> Self {
        super::artifacts::kind(artifact)
    }

    /// The id of a file of this kind in an artifact manifest.
    #[cfg(feature = "catalog")]
    pub(crate) fn artifact_id(&self) -> &str {
        match self {
            Self::Glb => "original_glb",
            Self::OptimizedGlb => "optimized_glb",
            Self::Fbx => "fbx",
            Self::Obj => "obj",
            Self::Stl => "stl",
            Self::Usdz => "ar_usdz",
            Self::ColliderMesh => "world_collider",
            Self::Panorama => "panorama",
            Self::Rad => "world_runtime_rad",
            Self::Spz(_) => "spz",
            Self::PreviewImage => "preview_image",
            Self::Thumbnail => "thumbnail",
            Self::Other(name) => name,
        }
    }

    /// The name of a file of this kind, without its extension.
    pub(crate) fn stem(&self) -> String {
        match self {
            Self::Glb | Self::Fbx | Self::Obj | Self::Stl | Self::Usdz => "model".into(),
            Self::OptimizedGlb => "model-optimized".into(),
            Self::ColliderMesh => "collider".into(),
            Self::Panorama => "panorama".into(),
            Self::Rad => "world".into(),
            Self::Spz(quality) => format!("world-{quality}"),
            Self::PreviewImage => "preview".into(),
            Self::Thumbnail => "thumbnail".into(),
            Self::Other(name) => name.clone(),
        }
    }

    /// The extension of a file of this kind, if its URL has none.
    pub(crate) fn extension(&self) -> &'static str {
        match self {
            Self::Glb | Self::OptimizedGlb | Self::ColliderMesh => "glb",
            Self::Fbx => "fbx",
            Self::Obj => "obj",
            Self::Stl => "stl",
            Self::Usdz => "usdz",
            Self::Rad => "rad",
            Self::Spz(_) => "spz",
            Self::Panorama => "jpg",
            Self::PreviewImage | Self::Thumbnail => "webp",
            Self::Other(_) => "bin",
        }
    }
}

impl fmt::Display for AssetKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Glb => f.write_str("glb"),
            Self::OptimizedGlb => f.write_str("optimized glb"),
            Self::Fbx => f.write_str("fbx"),
            Self::Obj => f.write_str("obj"),
            Self::Stl => f.write_str("stl"),
            Self::Usdz => f.write_str("usdz"),
            Self::ColliderMesh => f.write_str("collider mesh"),
            Self::Panorama => f.write_str("panorama"),
            Self::Rad => f.write_str("rad"),
            Self::Spz(quality) => write!(f, "spz {quality}"),
            Self::PreviewImage => f.write_str("preview image"),
            Self::Thumbnail => f.write_str("thumbnail"),
            Self::Other(name) => f.write_str(name),
        }
    }
}
