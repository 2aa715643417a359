//! The types of assets, as the API names them.

use std::fmt;

/// The type of an asset: `assetType` in the API's paths and manifests.
///
/// # Examples
///
/// ```
/// use mint_api_ext::asset::AssetType;
///
/// assert_eq!(AssetType::from("material_pack"), AssetType::MaterialPack);
/// assert_eq!(AssetType::from("hologram").as_str(), "hologram");
/// ```
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum AssetType {
    /// `model`: a 3D model.
    Model,
    /// `world`: an explorable world.
    World,
    /// `image`: a generated or uploaded image.
    Image,
    /// `audio`: a sound or a piece of music.
    Audio,
    /// `material`: the textures of one surface.
    Material,
    /// `material_pack`: several materials.
    MaterialPack,
    /// `asset_pack`: several models.
    AssetPack,
    /// A type that this version does not know, with the API's name for it. Reads check the name like an id before they send
    /// it.
    Other(String),
}

impl AssetType {
    /// The API's name for the type.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Model => "model",
            Self::World => "world",
            Self::Image => "image",
            Self::Audio => "audio",
            Self::Material => "material",
            Self::MaterialPack => "material_pack",
            Self::AssetPack => "asset_pack",
            Self::Other(name) => name,
        }
    }
}

impl From<&str> for AssetType {
    fn from(name: &str) -> Self {
        match name {
            "model" => Self::Model,
            "world" => Self::World,
            "image" => Self::Image,
            "audio" => Self::Audio,
            "material" => Self::Material,
            "material_pack" => Self::MaterialPack,
            "asset_pack" => Self::AssetPack,
            other => Self::Other(other.to_owned()),
        }
    }
}

impl From<String> for AssetType {
    fn from(name: String) -> Self {
        Self::from(name.as_str())
    }
}

impl fmt::Display for AssetType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_as_they_are_written() {
        for name in ["model", "world", "image", "audio", "material", "material_pack", "asset_pack", "new", ""] {
            let asset_type = AssetType::from(name);
            assert_eq!(asset_type.to_string(), name);
            let is_known = !matches!(name, "new" | "");
            assert_eq!(matches!(asset_type, AssetType::Other(_)), !is_known, "{name}");
        }
    }
}
