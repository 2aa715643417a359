//! Generating asset packs.

use mint_api::Client;
use mint_api::types::{GenerateAssetPackRequest, GenerationPreset, IdempotencyKey};

use super::request::{Call, Replied, Request, Start, optional_text, text};

/// Generating an asset pack; see [`Mint::generate_asset_pack`](crate::Mint::generate_asset_pack).
#[derive(Clone, Debug)]
pub struct GenerateAssetPack {
    prompt: String,
    item_count: u32,
    asset_pack_type: Option<String>,
    style_guide: Option<String>,
    name: Option<String>,
    generation_preset: Option<GenerationPreset>,
}

impl GenerateAssetPack {
    pub(super) fn new(prompt: String, item_count: u32) -> Self {
        let (asset_pack_type, style_guide, name, generation_preset) = (None, None, None, None);
        Self { prompt, item_count, asset_pack_type, style_guide, name, generation_preset }
    }
}

impl Request<GenerateAssetPack> {
    /// The kind of pack, such as `general_asset_pack`.
    pub fn asset_pack_type(mut self, kind: impl Into<String>) -> Self {
        self.call.asset_pack_type = Some(kind.into());
        self
    }

    /// A style that all items share.
    pub fn style_guide(mut self, style: impl Into<String>) -> Self {
        self.call.style_guide = Some(style.into());
        self
    }

    /// A name to show for the pack, of 1 to 120 characters.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.call.name = Some(name.into());
        self
    }

    /// The tier of quality. Default: the server's.
    pub fn generation_preset(mut self, preset: GenerationPreset) -> Self {
        self.call.generation_preset = Some(preset);
        self
    }
}

impl Call for GenerateAssetPack {
    type Body = GenerateAssetPackRequest;

    const DOES: &'static str = "generate an asset pack";

    fn body(&self) -> Result<GenerateAssetPackRequest, String> {
        if !(2..=25).contains(&self.item_count) {
            return Err(format!("`itemCount` is {}; a pack has 2 to 25 items", self.item_count));
        }
        Ok(GenerateAssetPackRequest {
            prompt: text("prompt", &self.prompt)?,
            item_count: self.item_count.into(),
            asset_pack_type: self.asset_pack_type.clone(),
            style_guide: self.style_guide.clone(),
            name: optional_text("name", self.name.as_ref())?,
            generation_preset: self.generation_preset,
        })
    }

    async fn send(&self, api: &Client, key: IdempotencyKey, body: GenerateAssetPackRequest) -> Replied {
        api.generate_asset_pack().idempotency_key(key).body(body).send().await
    }
}

impl Start for GenerateAssetPack {}
