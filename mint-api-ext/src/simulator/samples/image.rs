//! A gradient in three image formats.
//!
//! Formats: <https://www.w3.org/TR/png-3/>, <https://www.rfc-editor.org/rfc/rfc9649> (WebP) and
//! <https://www.w3.org/Graphics/JPEG/itu-t81.pdf>.

use std::ops::RangeInclusive;

/// Sides within the limits of every format: WebP stops at 16384 pixels, JPEG at 65535.
const SIDE: RangeInclusive<u32> = 1..=8192;

const JPEG_QUALITY: u8 = 85;

/// An RGB PNG.
pub(crate) fn png(width: u32, height: u32) -> Vec<u8> {
    let (width, height) = clamp(width, height);
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    encoder
        .write_header()
        .and_then(|mut writer| writer.write_image_data(&gradient(width, height)))
        .expect("the image is not empty, its data fits, and writing to memory works");
    file
}

/// A lossless RGB WebP.
pub(crate) fn webp(width: u32, height: u32) -> Vec<u8> {
    let (width, height) = clamp(width, height);
    let mut file = Vec::new();
    image_webp::WebPEncoder::new(&mut file)
        .encode(&gradient(width, height), width, height, image_webp::ColorType::Rgb8)
        .expect("the sides are in range and writing to memory works");
    file
}

/// A JPEG. Its left and right edges meet, so at 2:1 it is an equirectangular panorama.
pub(crate) fn jpeg(width: u32, height: u32) -> Vec<u8> {
    let (width, height) = clamp(width, height);
    let mut file = Vec::new();
    jpeg_encoder::Encoder::new(&mut file, JPEG_QUALITY)
        .encode(&gradient(width, height), width as u16, height as u16, jpeg_encoder::ColorType::Rgb)
        .expect("the sides are in range, the data fits, and writing to memory works");
    file
}

fn clamp(width: u32, height: u32) -> (u32, u32) {
    let clamp = |side: u32| side.clamp(*SIDE.start(), *SIDE.end());
    (clamp(width), clamp(height))
}

/// RGB rows: green fades downwards, red and blue go up and down once around.
fn gradient(width: u32, height: u32) -> Vec<u8> {
    let mut pixels = Vec::with_capacity(3 * width as usize * height as usize);
    for y in 0..height {
        let green = (255 - 255 * y / height) as u8;
        for x in 0..width {
            pixels.extend([wave(x, width), green, wave(x + width / 4, width)]);
        }
    }
    pixels
}

/// A triangle wave from 0 to 255 and back. Integers, to be exact on every platform.
fn wave(x: u32, period: u32) -> u8 {
    let phase = 510 * (x % period) / period;
    phase.min(510 - phase) as u8
}

#[cfg(test)]
mod tests {
    use image::{ColorType, DynamicImage, ImageFormat, load_from_memory_with_format};

    use super::*;

    const SIZES: [(u32, u32); 4] = [(1, 1), (31, 17), (64, 32), (256, 256)];

    fn decode(file: &[u8], format: ImageFormat) -> DynamicImage {
        let image = load_from_memory_with_format(file, format).unwrap();
        assert_eq!(image.color(), ColorType::Rgb8);
        image
    }

    #[test]
    fn lossless_formats_keep_every_pixel() {
        for (width, height) in SIZES {
            for image in
                [decode(&png(width, height), ImageFormat::Png), decode(&webp(width, height), ImageFormat::WebP)]
            {
                assert_eq!((image.width(), image.height()), (width, height));
                assert!(image.as_bytes() == gradient(width, height));
            }
        }
    }

    #[test]
    fn jpeg_is_close_to_the_gradient() {
        for (width, height) in [(64, 32), (1024, 512)] {
            let image = decode(&jpeg(width, height), ImageFormat::Jpeg);
            assert_eq!((image.width(), image.height()), (width, height));
            let expected = gradient(width, height);
            let errors = image.as_bytes().iter().zip(&expected).map(|(a, b)| a.abs_diff(*b));
            let mean = errors.map(u64::from).sum::<u64>() / expected.len() as u64;
            assert!(mean <= 4, "{mean}");
        }
    }

    #[test]
    fn gradient_changes_across_and_down() {
        let pixels = gradient(4, 2);
        let reds = [0, 127, 255, 128];
        let blues = [127, 255, 128, 0];
        for (y, green) in [255, 128].into_iter().enumerate() {
            for x in 0..4 {
                let at = 3 * (4 * y + x);
                assert_eq!(pixels[at..at + 3], [reds[x], green, blues[x]]);
            }
        }
    }

    #[test]
    fn edges_meet() {
        let width = 1024;
        for row in gradient(width, 16).chunks_exact(3 * width as usize) {
            let ends = row[..3].iter().zip(&row[row.len() - 3..]);
            assert!(ends.into_iter().all(|(first, last)| first.abs_diff(*last) <= 2));
        }
    }
}
