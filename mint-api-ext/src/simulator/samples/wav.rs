//! A tone as a WAV file: PCM, 16 bits, one channel.
//!
//! Format: <https://learn.microsoft.com/windows/win32/xaudio2/resource-interchange-file-format--riff->.

use std::f32::consts::TAU;

/// Samples in a second.
const RATE: u32 = 8000;

/// The pitch of the tone, in hertz.
const PITCH: f32 = 440.0;

/// A WAV file with a tone of 1 to 60 seconds.
pub(crate) fn wav(seconds: u32) -> Vec<u8> {
    let samples = seconds.clamp(1, 60) * RATE;
    let bytes = samples * 2;
    let mut file = Vec::new();
    file.extend(b"RIFF");
    file.extend((bytes + 36).to_le_bytes());
    file.extend(b"WAVEfmt ");
    file.extend(16_u32.to_le_bytes());
    // PCM, one channel.
    file.extend([1_u16, 1].map(u16::to_le_bytes).concat());
    file.extend([RATE, RATE * 2].map(u32::to_le_bytes).concat());
    // Bytes and bits of a sample.
    file.extend([2_u16, 16].map(u16::to_le_bytes).concat());
    file.extend(b"data");
    file.extend(bytes.to_le_bytes());
    for sample in 0..samples {
        // A second has a whole number of waves, so the wave repeats, and `f32` is exact enough within a second.
        let time = (sample % RATE) as f32 / RATE as f32;
        file.extend((((TAU * PITCH * time).sin() * 8000.0) as i16).to_le_bytes());
    }
    file
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_in_the_head_are_those_of_the_file() {
        let file = wav(2);
        let size = |place: usize| u32::from_le_bytes(file[place..place + 4].try_into().unwrap()) as usize;
        assert_eq!((size(4) + 8, size(40) + 44), (file.len(), file.len()));
        assert_eq!(file.len(), 44 + 2 * 2 * RATE as usize);
    }
}
