//! The usual sizes of sample files, and their author.

/// Mesh detail of an ordinary model.
pub(crate) const PLAIN_DETAIL: u32 = 12;

/// Mesh detail of an optimized model.
pub(crate) const OPTIMIZED_DETAIL: u32 = 6;

/// Side of an ordinary image, in pixels.
pub(crate) const IMAGE_SIDE: u32 = 256;

/// Width and height of a panorama, in pixels. Equirectangular images are twice as wide as high.
pub(crate) const PANORAMA: (u32, u32) = (1024, 512);

/// Splats in an ordinary cloud.
pub(crate) const POINTS: u32 = 1000;

/// The author in formats that have a field for one.
pub(super) const GENERATOR: &str = "Mint simulator";
