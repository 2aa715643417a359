//! The mesh in every model format: a torus around the Y axis, 1 m across.

use std::{f32::consts::TAU, ops::RangeInclusive};

use super::sizes::PLAIN_DETAIL;

/// Sides of the tube. The upper bound keeps vertex indices within 16 bits.
const DETAIL: RangeInclusive<u32> = 3..=128;

const RING_RADIUS: f32 = 0.35;
const TUBE_RADIUS: f32 = 0.15;

/// A closed triangle mesh; triangles are counter-clockwise seen from outside.
pub(super) struct Mesh {
    /// Vertices, in meters.
    pub(super) positions: Vec<[f32; 3]>,
    /// One unit normal per position.
    pub(super) normals: Vec<[f32; 3]>,
    /// The indices of the three vertices of each triangle.
    pub(super) triangles: Vec<[u16; 3]>,
}

/// The smallest and largest coordinates of an ordinary model, in meters.
pub(crate) fn bounds() -> [[f32; 3]; 2] {
    Mesh::torus(PLAIN_DETAIL).bounds()
}

impl Mesh {
    /// The name of the mesh, in formats that have one.
    pub(super) const NAME: &str = "Torus";

    /// A torus with `detail` sides to its tube and twice as many around its ring.
    pub(super) fn torus(detail: u32) -> Self {
        let sides = detail.clamp(*DETAIL.start(), *DETAIL.end()) as u16;
        let steps = sides * 2;
        let vertex = |step: u16, side: u16| (step % steps) * sides + side % sides;

        let mut mesh = Self { positions: Vec::new(), normals: Vec::new(), triangles: Vec::new() };
        for step in 0..steps {
            let (ring_sin, ring_cos) = angle(step, steps);
            for side in 0..sides {
                let (tube_sin, tube_cos) = angle(side, sides);
                let radius = RING_RADIUS + TUBE_RADIUS * tube_cos;
                mesh.positions.push([radius * ring_cos, TUBE_RADIUS * tube_sin, radius * ring_sin]);
                mesh.normals.push([tube_cos * ring_cos, tube_sin, tube_cos * ring_sin]);

                let [a, b] = [vertex(step, side), vertex(step, side + 1)];
                let [c, d] = [vertex(step + 1, side), vertex(step + 1, side + 1)];
                mesh.triangles.extend([[a, b, c], [c, b, d]]);
            }
        }
        mesh
    }

    /// The smallest and largest coordinates of the positions.
    pub(super) fn bounds(&self) -> [[f32; 3]; 2] {
        self.positions.iter().fold([[f32::MAX; 3], [f32::MIN; 3]], |[min, max], position| {
            [
                std::array::from_fn(|axis| min[axis].min(position[axis])),
                std::array::from_fn(|axis| max[axis].max(position[axis])),
            ]
        })
    }
}

/// Sine and cosine of `part / whole` of a full turn.
fn angle(part: u16, whole: u16) -> (f32, f32) {
    (TAU * f32::from(part) / f32::from(whole)).sin_cos()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn dot(a: [f32; 3], b: [f32; 3]) -> f32 {
        a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
    }

    #[test]
    fn every_edge_has_its_twin() {
        for detail in [3, 12, 128] {
            let mesh = Mesh::torus(detail);
            let mut edges = HashSet::new();
            for &[a, b, c] in &mesh.triangles {
                for edge in [(a, b), (b, c), (c, a)] {
                    assert!(edges.insert(edge), "{edge:?} is used twice");
                }
            }
            assert!(edges.iter().all(|&(a, b)| edges.contains(&(b, a))));
            assert_eq!(mesh.positions.len(), 2 * (detail * detail) as usize);
        }
    }

    #[test]
    fn triangles_face_along_their_normals() {
        let mesh = Mesh::torus(12);
        for triangle in &mesh.triangles {
            let [a, b, c] = triangle.map(|vertex| mesh.positions[usize::from(vertex)]);
            let [u, v] = [b, c].map(|end| std::array::from_fn::<f32, 3, _>(|i| end[i] - a[i]));
            let facing = [u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]];
            for vertex in triangle {
                assert!(dot(facing, mesh.normals[usize::from(*vertex)]) > 0.0);
            }
        }
    }

    #[test]
    fn normals_are_unit_long() {
        for normal in Mesh::torus(12).normals {
            assert!((dot(normal, normal) - 1.0).abs() < 1e-5);
        }
    }
}
