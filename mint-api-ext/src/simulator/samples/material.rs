//! The surface of the sample mesh, in metallic-roughness terms.

/// The name of the material, in formats that have one.
pub(super) const NAME: &str = "Clay";
/// Linear RGB.
pub(super) const BASE_COLOR: [f32; 3] = [0.8, 0.4, 0.2];
/// From 0, dielectric, to 1, metal.
pub(super) const METALLIC: f32 = 0.0;
/// From 0, a mirror, to 1, matte.
pub(super) const ROUGHNESS: f32 = 0.75;
