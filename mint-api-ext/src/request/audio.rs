//! Generating audio.

use mint_api::Client;
use mint_api::types::{AudioKind, GenerateAudioRequest, GenerationPreset, IdempotencyKey};

use super::call::{Call, Sealed, Start, Starting};
use super::prepared::{Prepared, positive, text};
use super::request::Request;
use super::storable::Storable as _;

/// Generates audio; see [`Mint::generate_audio`](crate::Mint::generate_audio).
#[derive(Clone, Debug)]
pub struct GenerateAudio(pub(super) Prepared<GenerateAudioRequest>);

impl GenerateAudio {
    pub(super) fn new(prompt: &str) -> Self {
        let body = text("prompt", prompt).map(|prompt| GenerateAudioRequest {
            prompt,
            name: None,
            audio_kind: None,
            duration_seconds: None,
            generation_preset: None,
        });
        Self(Prepared::new(Self::endpoint(""), body))
    }
}

impl Request<GenerateAudio> {
    /// Sets the name that Mint shows, of 1 to 120 characters.
    pub fn name(self, name: impl Into<String>) -> Self {
        self.set(|body| text("name", &name.into()).map(|name| body.name = Some(name)))
    }

    /// Sets the kind of audio. Default: the server chooses.
    pub fn audio_kind(self, kind: AudioKind) -> Self {
        self.with(|body| body.audio_kind = Some(kind))
    }

    /// Sets the length in seconds, above 0. Default: the server chooses.
    pub fn duration_seconds(self, seconds: f64) -> Self {
        self.set(|body| positive("durationSeconds", seconds).map(|seconds| body.duration_seconds = Some(seconds)))
    }

    /// Sets the tier of quality. Default: the server chooses.
    pub fn generation_preset(self, preset: GenerationPreset) -> Self {
        self.with(|body| body.generation_preset = Some(preset))
    }
}

impl Sealed for GenerateAudio {
    type Body = GenerateAudioRequest;

    fn prepared(&mut self) -> &mut Prepared<GenerateAudioRequest> {
        &mut self.0
    }

    fn send<'a>(api: &'a Client, _: &str, key: IdempotencyKey, body: GenerateAudioRequest) -> Starting<'a> {
        Box::pin(api.generate_audio().idempotency_key(key).body(body).send())
    }
}

impl Call for GenerateAudio {}
impl Start for GenerateAudio {}
