//! Sample files the simulator serves: small, valid, and the same bytes on every run.
//!
//! Every model format carries the same torus, every splat format the same cloud, and every image
//! the same gradient. Sizes out of range are clamped, so no builder can fail.

mod fbx;
mod glb;
mod image;
mod material;
mod mesh;
mod obj;
mod rad;
mod splat;
mod spz;
mod stl;
mod usdz;
mod wav;

pub(crate) use self::{
    fbx::fbx,
    glb::glb,
    image::{jpeg, png, webp},
    obj::obj,
    rad::rad,
    spz::spz,
    stl::stl,
    usdz::usdz,
    wav::wav,
};

/// The smallest and largest coordinates of an ordinary model, in meters.
pub(crate) fn bounds() -> [[f32; 3]; 2] {
    mesh::Mesh::torus(PLAIN_DETAIL).bounds()
}

/// Mesh detail of an ordinary model.
pub(crate) const PLAIN_DETAIL: u32 = 12;

/// Mesh detail of a model reduced in size.
pub(crate) const OPTIMIZED_DETAIL: u32 = 6;

/// Side of an ordinary image, in pixels.
pub(crate) const IMAGE_SIDE: u32 = 256;

/// Width and height of a panorama; equirectangular images are twice as wide as high.
pub(crate) const PANORAMA: (u32, u32) = (1024, 512);

/// Splats in an ordinary cloud.
pub(crate) const POINTS: u32 = 1000;

/// What the files name as their author, where the format has a field for it.
const GENERATOR: &str = "Mint simulator";

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> Vec<Vec<u8>> {
        vec![
            glb(PLAIN_DETAIL),
            glb(OPTIMIZED_DETAIL),
            obj(PLAIN_DETAIL),
            stl(PLAIN_DETAIL),
            fbx(PLAIN_DETAIL),
            usdz(PLAIN_DETAIL),
            png(IMAGE_SIDE, IMAGE_SIDE),
            webp(IMAGE_SIDE, IMAGE_SIDE),
            jpeg(PANORAMA.0, PANORAMA.1),
            spz(POINTS),
            rad(POINTS),
            wav(1),
        ]
    }

    #[test]
    fn same_bytes_on_every_run() {
        assert!(all() == all());
    }

    #[test]
    fn default_sizes_are_small() {
        for file in all() {
            assert!((100..64 * 1024).contains(&file.len()), "{}", file.len());
        }
    }

    #[test]
    fn size_follows_detail() {
        for build in [glb, obj, stl, fbx, usdz] {
            assert!(build(OPTIMIZED_DETAIL).len() * 2 < build(PLAIN_DETAIL).len());
        }
        for build in [spz, rad] {
            assert!(build(POINTS / 4).len() * 2 < build(POINTS).len());
        }
    }

    #[test]
    fn out_of_range_sizes_are_clamped() {
        for build in [glb, obj, stl, fbx, usdz] {
            assert!(build(0) == build(3));
            assert!(build(u32::MAX) == build(128));
        }
        for build in [spz, rad] {
            assert!(build(0) == build(1));
            assert!(build(u32::MAX) == build(131_072));
        }
        for build in [png, webp, jpeg] {
            assert!(build(0, 0) == build(1, 1));
            assert!(build(u32::MAX, 1) == build(8192, 1));
        }
    }
}
