//! Binary STL.
//!
//! Format: <https://www.loc.gov/preservation/digital/formats/fdd/fdd000505.shtml>.

use super::{mesh::Mesh, sizes::GENERATOR};

/// Readers take a file that starts with `solid` for the text variant, so the header must not.
const HEADER_LENGTH: usize = 80;

/// A binary STL file with one facet per triangle.
pub(crate) fn stl(detail: u32) -> Vec<u8> {
    let mesh = Mesh::torus(detail);
    let mut file = GENERATOR.as_bytes().to_vec();
    file.resize(HEADER_LENGTH, 0);
    file.extend((mesh.triangles.len() as u32).to_le_bytes());
    for triangle in &mesh.triangles {
        let [a, b, c] = triangle.map(|vertex| mesh.positions[usize::from(vertex)]);
        let vectors = [facet_normal(a, b, c), a, b, c];
        file.extend(vectors.iter().flatten().flat_map(|number| number.to_le_bytes()));
        // No attributes.
        file.extend([0, 0]);
    }
    file
}

fn facet_normal(a: [f32; 3], b: [f32; 3], c: [f32; 3]) -> [f32; 3] {
    let [u, v] = [b, c].map(|end| [end[0] - a[0], end[1] - a[1], end[2] - a[2]]);
    let normal = [u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]];
    let length = normal.iter().map(|x| x * x).sum::<f32>().sqrt();
    normal.map(|x| x / length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_back_as_the_mesh() {
        let mesh = Mesh::torus(9);
        let file = stl(9);
        assert!(!file.starts_with(b"solid"));
        let count = u32::from_le_bytes(file[80..84].try_into().unwrap()) as usize;
        assert_eq!(count, mesh.triangles.len());
        assert_eq!(file.len(), 84 + 50 * count);

        for (facet, triangle) in file[84..].chunks_exact(50).zip(&mesh.triangles) {
            let numbers: Vec<f32> =
                facet[..48].chunks_exact(4).map(|bytes| f32::from_le_bytes(bytes.try_into().unwrap())).collect();
            let corners = triangle.map(|vertex| mesh.positions[usize::from(vertex)]);
            assert_eq!(numbers[3..], *corners.as_flattened());

            let dot = |other: [f32; 3]| numbers.iter().zip(other).map(|(a, b)| a * b).sum::<f32>();
            assert!((dot([numbers[0], numbers[1], numbers[2]]) - 1.0).abs() < 1e-5);
            assert!(triangle.iter().all(|&vertex| dot(mesh.normals[usize::from(vertex)]) > 0.5));
        }
    }
}
