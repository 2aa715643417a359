//! Wavefront OBJ.
//!
//! Format: <https://www.loc.gov/preservation/digital/formats/fdd/fdd000507.shtml>.

use super::{mesh::Mesh, sizes::GENERATOR};

/// An OBJ file with positions, normals and triangles.
pub(crate) fn obj(detail: u32) -> Vec<u8> {
    let mesh = Mesh::torus(detail);
    let mut file = format!("# {GENERATOR}\no {}\n", Mesh::NAME);
    file.extend(mesh.positions.iter().map(|[x, y, z]| format!("v {x:.6} {y:.6} {z:.6}\n")));
    file.extend(mesh.normals.iter().map(|[x, y, z]| format!("vn {x:.4} {y:.4} {z:.4}\n")));
    file.extend(mesh.triangles.iter().map(|triangle| {
        // OBJ counts from 1.
        let [a, b, c] = triangle.map(|vertex| vertex + 1);
        format!("f {a}//{a} {b}//{b} {c}//{c}\n")
    }));
    file.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The fields of the lines that start with `keyword`.
    fn lines(file: &str, keyword: &str) -> Vec<Vec<String>> {
        let lines = file.lines().map(|line| line.split(' ').map(str::to_owned));
        lines.filter_map(|mut fields| (fields.next()? == keyword).then(|| fields.collect())).collect()
    }

    fn assert_vectors(lines: &[Vec<String>], expected: &[[f32; 3]], tolerance: f32) {
        assert_eq!(lines.len(), expected.len());
        for (line, expected) in lines.iter().zip(expected) {
            assert_eq!(line.len(), 3);
            for (field, expected) in line.iter().zip(expected) {
                assert!((field.parse::<f32>().unwrap() - expected).abs() <= tolerance);
            }
        }
    }

    #[test]
    fn reads_back_as_the_mesh() {
        let mesh = Mesh::torus(7);
        let file = String::from_utf8(obj(7)).unwrap();
        assert_vectors(&lines(&file, "v"), &mesh.positions, 1e-6);
        assert_vectors(&lines(&file, "vn"), &mesh.normals, 1e-4);

        let faces: Vec<[u16; 3]> = lines(&file, "f")
            .into_iter()
            .map(|face| {
                let corners: [String; 3] = face.try_into().unwrap();
                corners.map(|corner| {
                    let (position, normal) = corner.split_once("//").unwrap();
                    assert_eq!(position, normal);
                    position.parse::<u16>().unwrap() - 1
                })
            })
            .collect();
        assert_eq!(faces, mesh.triangles);
    }
}
