//! Generating asset packs.

use mint_api::Client;
use mint_api::types::{GenerateAssetPackRequest, GenerationPreset, IdempotencyKey};

use super::call::{Call, Sealed, Start, Starting};
use super::prepared::{Prepared, text};
use super::request::Request;
use super::storable::Storable as _;

/// Generates an asset pack; see [`Mint::generate_asset_pack`](crate::Mint::generate_asset_pack).
#[derive(Clone, Debug)]
pub struct GenerateAssetPack(pub(super) Prepared<GenerateAssetPackRequest>);

impl GenerateAssetPack {
    pub(super) fn new(prompt: &str, item_count: u32) -> Self {
        let body = match (2..=25).contains(&item_count) {
            false => Err(format!("`itemCount` is {item_count}; a pack has 2 to 25 items")),
            true => text("prompt", prompt).map(|prompt| GenerateAssetPackRequest {
                prompt,
                item_count: item_count.into(),
                asset_pack_type: None,
                style_guide: None,
                name: None,
                generation_preset: None,
            }),
        };
        Self(Prepared::new(Self::endpoint(""), body))
    }
}

impl Request<GenerateAssetPack> {
    /// Sets the kind of pack, such as `general_asset_pack`. Default: the server chooses.
    pub fn asset_pack_type(self, kind: impl Into<String>) -> Self {
        self.with(|body| body.asset_pack_type = Some(kind.into()))
    }

    /// Sets a style that all items share.
    pub fn style_guide(self, style: impl Into<String>) -> Self {
        self.with(|body| body.style_guide = Some(style.into()))
    }

    /// Sets the name that Mint shows for the pack, of 1 to 120 characters.
    pub fn name(self, name: impl Into<String>) -> Self {
        self.set(|body| text("name", &name.into()).map(|name| body.name = Some(name)))
    }

    /// Sets the tier of quality. Default: the server chooses.
    pub fn generation_preset(self, preset: GenerationPreset) -> Self {
        self.with(|body| body.generation_preset = Some(preset))
    }
}

impl Sealed for GenerateAssetPack {
    type Body = GenerateAssetPackRequest;

    fn prepared(&mut self) -> &mut Prepared<GenerateAssetPackRequest> {
        &mut self.0
    }

    fn send<'a>(api: &'a Client, _: &str, key: IdempotencyKey, body: GenerateAssetPackRequest) -> Starting<'a> {
        Box::pin(api.generate_asset_pack().idempotency_key(key).body(body).send())
    }
}

impl Call for GenerateAssetPack {}
impl Start for GenerateAssetPack {}
