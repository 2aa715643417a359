//! SPZ version 2, Niantic's compressed Gaussian splats.
//!
//! Format: <https://github.com/nianticlabs/spz>, section "File Format". That section leaves out the
//! scale factors; these are from the library in the same repository.

use std::io::Write;

use flate2::{Compression, write::GzEncoder};

use super::splat::{Splat, byte, cloud};

const MAGIC: u32 = 0x5053_474e;
const VERSION: u32 = 2;
const SH_DEGREE: u8 = 0;
const FRACTIONAL_BITS: u8 = 12;
const FLAGS: u8 = 0;
const RESERVED: u8 = 0;

/// The spherical harmonic of degree zero; a color is stored as its coefficient.
const SH_C0: f32 = 0.282_094_8;
const COLOR_SCALE: f32 = 0.15;

/// An SPZ file with `points` splats.
pub(crate) fn spz(points: u32) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(&payload(&cloud(points))).and_then(|()| encoder.finish()).expect("writing to memory works")
}

/// The file before compression: a header, then attribute after attribute.
fn payload(splats: &[Splat]) -> Vec<u8> {
    let mut data = Vec::new();
    data.extend(MAGIC.to_le_bytes());
    data.extend(VERSION.to_le_bytes());
    data.extend((splats.len() as u32).to_le_bytes());
    data.extend([SH_DEGREE, FRACTIONAL_BITS, FLAGS, RESERVED]);
    data.extend(splats.iter().flat_map(|splat| splat.position).flat_map(fixed_point));
    data.extend(splats.iter().map(|splat| byte(splat.alpha * 255.0)));
    data.extend(splats.iter().flat_map(|splat| splat.color.map(color)));
    data.extend(splats.iter().flat_map(|splat| splat.log_scale.map(|x| byte((x + 10.0) * 16.0))));
    // Readers derive `w`, which is never negative, from the other components.
    data.extend(splats.iter().flat_map(|splat| {
        let [x, y, z, _] = splat.rotation;
        [x, y, z].map(|component| byte(component * 127.5 + 127.5))
    }));
    data
}

/// A signed 24-bit fixed point number.
fn fixed_point(coordinate: f32) -> [u8; 3] {
    let scaled = coordinate * f32::from(1u16 << FRACTIONAL_BITS);
    let [low, middle, high, _] = (scaled.round() as i32).to_le_bytes();
    [low, middle, high]
}

fn color(channel: f32) -> u8 {
    byte(((channel - 0.5) / SH_C0 * COLOR_SCALE + 0.5) * 255.0)
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use flate2::read::GzDecoder;

    use super::*;

    fn unpack(file: &[u8]) -> Vec<u8> {
        let mut data = Vec::new();
        GzDecoder::new(file).read_to_end(&mut data).unwrap();
        data
    }

    #[test]
    fn header_and_length_are_exact() {
        for points in [1, 1000] {
            let data = unpack(&spz(points));
            assert_eq!(data.len(), 16 + 19 * points as usize);
            assert_eq!(data[..8], *b"NGSP\x02\0\0\0");
            assert_eq!(data[8..12], points.to_le_bytes());
            assert_eq!(data[12..16], [0, 12, 0, 0]);
        }
    }

    #[test]
    fn attributes_read_back_within_their_precision() {
        let points = 1000;
        let data = unpack(&spz(points as u32));
        let (positions, rest) = data[16..].split_at(9 * points);
        let (alphas, rest) = rest.split_at(points);
        let (colors, rest) = rest.split_at(3 * points);
        let (scales, rotations) = rest.split_at(3 * points);

        let close = |a: f32, b: f32, tolerance: f32| assert!((a - b).abs() <= tolerance, "{a} {b}");
        for (i, splat) in cloud(points as u32).iter().enumerate() {
            close(f32::from(alphas[i]) / 255.0, splat.alpha, 0.002);
            for axis in 0..3 {
                let at = 3 * i + axis;
                let [low, middle, high] = positions[3 * at..][..3].try_into().unwrap();
                // Shifting down again extends the sign.
                let fixed = i32::from_le_bytes([0, low, middle, high]) >> 8;
                close(fixed as f32 / 4096.0, splat.position[axis], 0.000_13);

                let harmonic = (f32::from(colors[at]) / 255.0 - 0.5) / 0.15;
                close(0.5 + 0.282_095 * harmonic, splat.color[axis], 0.004);
                close(f32::from(scales[at]) / 16.0 - 10.0, splat.log_scale[axis], 0.032);
                close(f32::from(rotations[at]) / 127.5 - 1.0, splat.rotation[axis], 0.005);
            }
        }
    }
}
