//! The requests of entries.

use mint_api::types::GenerationMode;

use super::super::{Entry, Make};
use crate::client::Mint;
use crate::error::Error;
use crate::request::{Reference, SavedRequest};

/// The request that generates an entry, or animates the model `base`. `images` are the URLs of its pictures.
pub(super) fn generation(
    mint: &Mint,
    entry: &Entry,
    images: Vec<String>,
    base: Option<&str>,
    (key, name): (&str, &str),
) -> Result<SavedRequest, Error> {
    let prompt = &entry.prompt;
    match &entry.make {
        Make::Model { preset, pose, review, .. } => {
            let mut request = mint.generate_model(prompt).with_idempotency_key(key).name(name);
            if let Some(preset) = preset {
                request = request.generation_preset(*preset);
            }
            if let Some(pose) = pose {
                request = request.rigging_pose(*pose);
            }
            if *review {
                request = request.generation_mode(GenerationMode::Review);
            }
            if let Some(reference) = reference(images) {
                request = request.reference(reference);
            }
            request.save()
        }
        Make::World { preset, review, .. } => {
            let mut request = mint.generate_world(prompt).with_idempotency_key(key).name(name);
            if let Some(preset) = preset {
                request = request.generation_preset(*preset);
            }
            if *review {
                request = request.generation_mode(GenerationMode::Review);
            }
            if let Some(reference) = reference(images) {
                request = request.reference(reference);
            }
            request.save()
        }
        Make::Pack { preset, count, pack_type, style } => {
            let mut request = mint.generate_asset_pack(prompt, *count).with_idempotency_key(key).name(name);
            if let Some(preset) = preset {
                request = request.generation_preset(*preset);
            }
            if let Some(pack_type) = pack_type {
                request = request.asset_pack_type(pack_type);
            }
            if let Some(style) = style {
                request = request.style_guide(style);
            }
            request.save()
        }
        Make::Audio { preset, kind, seconds } => {
            let mut request = mint.generate_audio(prompt).with_idempotency_key(key).name(name);
            if let Some(preset) = preset {
                request = request.generation_preset(*preset);
            }
            if let Some(kind) = kind {
                request = request.audio_kind(*kind);
            }
            if let Some(seconds) = seconds {
                request = request.duration_seconds(*seconds);
            }
            request.save()
        }
        Make::Animation { height, .. } => {
            let mut request = mint.animate_model(base.unwrap_or_default(), prompt).with_idempotency_key(key);
            if let Some(height) = height {
                request = request.height_meters(*height);
            }
            request.save()
        }
    }
}

fn reference(mut images: Vec<String>) -> Option<Reference> {
    match images.len() {
        0 => None,
        1 => images.pop().map(Reference::Image),
        _ => Some(Reference::Views(images)),
    }
}
