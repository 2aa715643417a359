//! Sample files: small, valid, and the same bytes on every run.
//!
//! Every model format has the same torus, every splat format the same cloud, and every image the
//! same gradient. Sizes out of range are clamped, so no builder can fail.

mod fbx;
mod fbx_record;
mod glb;
mod image;
mod material;
mod mesh;
mod obj;
mod rad;
mod sizes;
mod splat;
mod spz;
mod stl;
#[cfg(test)]
mod tests;
mod usdz;
mod wav;

pub(crate) use self::{
    fbx::fbx,
    glb::glb,
    image::{jpeg, png, webp},
    mesh::bounds,
    obj::obj,
    rad::rad,
    sizes::{IMAGE_SIDE, OPTIMIZED_DETAIL, PANORAMA, PLAIN_DETAIL, POINTS},
    spz::spz,
    stl::stl,
    usdz::usdz,
    wav::wav,
};
