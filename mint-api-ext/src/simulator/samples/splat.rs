//! The Gaussian splats in every splat format: flat discs spread evenly over a unit sphere.

use std::{
    f64::consts::{PI, TAU},
    ops::RangeInclusive,
};

/// Splats in a cloud. The upper bound keeps the largest file at a few megabytes.
const POINTS: RangeInclusive<u32> = 1..=131_072;

const ALPHA: f32 = 0.9;

/// Thickness of a disc as a part of its radius.
const FLATNESS: f64 = 0.1;

/// One Gaussian.
pub(super) struct Splat {
    /// The center.
    pub(super) position: [f32; 3],
    /// Opacity from 0 to 1.
    pub(super) alpha: f32,
    /// RGB from 0 to 1.
    pub(super) color: [f32; 3],
    /// Natural logarithms of the radii.
    pub(super) log_scale: [f32; 3],
    /// Unit quaternion `x, y, z, w` whose `w` is not negative.
    pub(super) rotation: [f32; 4],
}

/// A cloud of `points` splats.
pub(super) fn cloud(points: u32) -> Vec<Splat> {
    let points = points.clamp(*POINTS.start(), *POINTS.end());
    // The discs together have about the area of the sphere.
    let radius = (4.0 * PI / f64::from(points)).sqrt() / 2.0;
    let log_scale = [radius, radius, radius * FLATNESS].map(|radius| radius.ln() as f32);
    (0..points)
        .map(|index| {
            let normal = spiral(index, points);
            Splat {
                position: normal.map(|x| x as f32),
                alpha: ALPHA,
                color: normal.map(|x| (x as f32 + 1.0) / 2.0),
                log_scale,
                rotation: facing(normal),
            }
        })
        .collect()
}

/// A point of the Fibonacci sphere, which never reaches the poles.
fn spiral(index: u32, points: u32) -> [f64; 3] {
    let golden_angle = PI * (3.0 - 5f64.sqrt());
    let z = 1.0 - f64::from(2 * index + 1) / f64::from(points);
    let radius = (1.0 - z * z).sqrt();
    let (sin, cos) = (golden_angle * f64::from(index) % TAU).sin_cos();
    [radius * cos, radius * sin, z]
}

/// The shortest turn from the Z axis to `normal`, which must not be opposite to it.
fn facing([x, y, z]: [f64; 3]) -> [f32; 4] {
    let length = (2.0 * (1.0 + z)).sqrt();
    [-y, x, 0.0, 1.0 + z].map(|component| (component / length) as f32)
}

/// The byte nearest to `value`.
pub(super) fn byte(value: f32) -> u8 {
    // The cast saturates.
    value.round() as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn discs_lie_on_the_sphere() {
        for points in [1, 2, 1000, 131_072] {
            let cloud = cloud(points);
            assert_eq!(cloud.len(), points as usize);
            for splat in cloud {
                let [x, y, z, w] = splat.rotation;
                assert!((x * x + y * y + z * z + w * w - 1.0).abs() < 1e-5);
                assert!(w >= 0.0);
                // The Z axis after the rotation.
                let axis = [2.0 * (x * z + w * y), 2.0 * (y * z - w * x), 1.0 - 2.0 * (x * x + y * y)];
                for (axis, position) in axis.iter().zip(splat.position) {
                    assert!((axis - position).abs() < 1e-5);
                }
                assert!(splat.color.iter().all(|channel| (0.0..=1.0).contains(channel)));
            }
        }
    }
}
