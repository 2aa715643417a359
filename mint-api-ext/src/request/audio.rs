//! Generating audio.

use mint_api::Client;
use mint_api::types::{AudioKind, GenerateAudioRequest, GenerationPreset, IdempotencyKey};

use super::request::{Call, Replied, Request, Start, optional_text, positive, text};

/// Generating audio; see [`Mint::generate_audio`](crate::Mint::generate_audio).
#[derive(Clone, Debug)]
pub struct GenerateAudio {
    prompt: String,
    name: Option<String>,
    audio_kind: Option<AudioKind>,
    duration_seconds: Option<f64>,
    generation_preset: Option<GenerationPreset>,
}

impl GenerateAudio {
    pub(super) fn new(prompt: String) -> Self {
        Self { prompt, name: None, audio_kind: None, duration_seconds: None, generation_preset: None }
    }
}

impl Request<GenerateAudio> {
    /// A name to show for it, of 1 to 120 characters.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.call.name = Some(name.into());
        self
    }

    /// What sort of audio it is.
    pub fn audio_kind(mut self, kind: AudioKind) -> Self {
        self.call.audio_kind = Some(kind);
        self
    }

    /// How long it is, in seconds, more than 0.
    pub fn duration_seconds(mut self, seconds: f64) -> Self {
        self.call.duration_seconds = Some(seconds);
        self
    }

    /// The tier of quality. Default: the server's.
    pub fn generation_preset(mut self, preset: GenerationPreset) -> Self {
        self.call.generation_preset = Some(preset);
        self
    }
}

impl Call for GenerateAudio {
    type Body = GenerateAudioRequest;

    const DOES: &'static str = "generate audio";

    fn body(&self) -> Result<GenerateAudioRequest, String> {
        Ok(GenerateAudioRequest {
            prompt: text("prompt", &self.prompt)?,
            name: optional_text("name", self.name.as_ref())?,
            audio_kind: self.audio_kind,
            duration_seconds: positive("durationSeconds", self.duration_seconds)?,
            generation_preset: self.generation_preset,
        })
    }

    async fn send(&self, api: &Client, key: IdempotencyKey, body: GenerateAudioRequest) -> Replied {
        api.generate_audio().idempotency_key(key).body(body).send().await
    }
}

impl Start for GenerateAudio {}
