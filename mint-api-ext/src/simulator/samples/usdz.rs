//! USDZ: a USD scene in an uncompressed zip archive.
//!
//! Format: <https://openusd.org/release/spec_usdz.html>, and
//! <https://openusd.org/release/spec_usdpreviewsurface.html> for the material.

use std::io::{Cursor, Write};

use zip::{CompressionMethod, DateTime, ZipWriter, write::SimpleFileOptions};

use super::{material, mesh::Mesh, sizes::GENERATOR};

/// Every file in the archive starts at a multiple of this, so that readers can map it into memory.
const ALIGNMENT: u16 = 64;

/// A USDZ file with the mesh and its material in one text layer.
pub(crate) fn usdz(detail: u32) -> Vec<u8> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .with_alignment(ALIGNMENT)
        // If another crate enables zip's `time` feature, the default is the current time.
        .last_modified_time(DateTime::default());
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    archive
        .start_file("model.usda", options)
        .and_then(|()| Ok(archive.write_all(scene(&Mesh::torus(detail)).as_bytes())?))
        .and_then(|()| archive.finish())
        .expect("the only file has a valid name and a small size, and writing to memory works")
        .into_inner()
}

fn scene(mesh: &Mesh) -> String {
    let bounds = vectors(&mesh.bounds());
    let counts = list(mesh.triangles.iter().map(|triangle| triangle.len()));
    let indices = list(mesh.triangles.iter().flatten());
    let points = vectors(&mesh.positions);
    let normals = vectors(&mesh.normals);
    let mesh = Mesh::NAME;
    let material = material::NAME;
    let color = vectors(&[material::BASE_COLOR]);
    let metallic = material::METALLIC;
    let roughness = material::ROUGHNESS;
    format!(
        r#"#usda 1.0
(
    defaultPrim = "Root"
    doc = "{GENERATOR}"
    metersPerUnit = 1
    upAxis = "Y"
)

def Xform "Root"
(
    kind = "component"
)
{{
    def Mesh "{mesh}"
    (
        prepend apiSchemas = ["MaterialBindingAPI"]
    )
    {{
        float3[] extent = [{bounds}]
        int[] faceVertexCounts = [{counts}]
        int[] faceVertexIndices = [{indices}]
        rel material:binding = </Root/{material}>
        normal3f[] normals = [{normals}] (
            interpolation = "vertex"
        )
        point3f[] points = [{points}]
        uniform token subdivisionScheme = "none"
    }}

    def Material "{material}"
    {{
        token outputs:surface.connect = </Root/{material}/Surface.outputs:surface>

        def Shader "Surface"
        {{
            uniform token info:id = "UsdPreviewSurface"
            color3f inputs:diffuseColor = {color}
            float inputs:metallic = {metallic}
            float inputs:roughness = {roughness}
            token outputs:surface
        }}
    }}
}}
"#
    )
}

fn vectors(vectors: &[[f32; 3]]) -> String {
    list(vectors.iter().map(|[x, y, z]| format!("({x:.5}, {y:.5}, {z:.5})")))
}

fn list(items: impl Iterator<Item = impl ToString>) -> String {
    items.map(|item| item.to_string()).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use zip::ZipArchive;

    use super::*;

    /// The numbers of the array that the scene assigns to `name`.
    fn array(scene: &str, name: &str) -> Vec<f32> {
        let (_, rest) = scene.split_once(&format!("{name} = [")).unwrap();
        let (array, _) = rest.split_once(']').unwrap();
        array.split(", ").map(|item| item.trim_matches(['(', ')']).parse().unwrap()).collect()
    }

    #[test]
    fn layer_is_stored_aligned_and_first() {
        for detail in 3..20 {
            let file = usdz(detail);
            let mut archive = ZipArchive::new(Cursor::new(&file)).unwrap();
            assert_eq!(archive.len(), 1);

            let mut layer = archive.by_index(0).unwrap();
            assert!(layer.name().ends_with(".usda"));
            assert_eq!(layer.compression(), CompressionMethod::Stored);
            assert!(!layer.encrypted());
            let start = layer.data_start().unwrap() as usize;
            assert_eq!(start % 64, 0);

            // Reading to the end checks the CRC too.
            let mut scene = Vec::new();
            layer.read_to_end(&mut scene).unwrap();
            assert!(file[start..].starts_with(&scene));
            assert!(scene.starts_with(b"#usda 1.0\n"));
        }
    }

    #[test]
    fn scene_reads_back_as_the_mesh() {
        let mesh = Mesh::torus(7);
        let scene = scene(&mesh);
        for (name, expected) in [
            ("point3f[] points", mesh.positions.as_flattened()),
            ("normal3f[] normals", mesh.normals.as_flattened()),
            ("float3[] extent", mesh.bounds().as_flattened()),
        ] {
            let numbers = array(&scene, name);
            assert_eq!(numbers.len(), expected.len());
            assert!(numbers.iter().zip(expected).all(|(a, b)| (a - b).abs() <= 1e-5), "{name}");
        }
        let indices = array(&scene, "int[] faceVertexIndices").into_iter();
        assert!(indices.eq(mesh.triangles.iter().flatten().map(|&vertex| f32::from(vertex))));
        let counts = array(&scene, "int[] faceVertexCounts");
        assert_eq!(counts, vec![3.0; mesh.triangles.len()]);
    }
}
