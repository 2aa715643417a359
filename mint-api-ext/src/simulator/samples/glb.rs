//! Binary glTF 2.0.
//!
//! Format: <https://registry.khronos.org/glTF/specs/2.0/glTF-2.0.html>, chapter "GLB File Format".

use serde_json::{Value, json};

use super::{material, mesh::Mesh, sizes::GENERATOR};

const FLOAT: u32 = 5126;
const UNSIGNED_SHORT: u32 = 5123;
const ARRAY_BUFFER: u32 = 34962;
const ELEMENT_ARRAY_BUFFER: u32 = 34963;

/// A GLB file with one mesh, its normals and a PBR material.
pub(crate) fn glb(detail: u32) -> Vec<u8> {
    let mesh = Mesh::torus(detail);
    let [min, max] = mesh.bounds();
    let [r, g, b] = material::BASE_COLOR;

    let mut bin = Vec::new();
    let views = [
        view(&mut bin, floats(&mesh.positions), ARRAY_BUFFER),
        view(&mut bin, floats(&mesh.normals), ARRAY_BUFFER),
        view(&mut bin, mesh.triangles.iter().flatten().flat_map(|vertex| vertex.to_le_bytes()), ELEMENT_ARRAY_BUFFER),
    ];
    let gltf = json!({
        "asset": { "version": "2.0", "generator": GENERATOR },
        "scene": 0,
        "scenes": [{ "nodes": [0] }],
        "nodes": [{ "name": Mesh::NAME, "mesh": 0 }],
        "meshes": [{
            "name": Mesh::NAME,
            "primitives": [{
                "attributes": { "POSITION": 0, "NORMAL": 1 },
                "indices": 2,
                "material": 0,
            }],
        }],
        "materials": [{
            "name": material::NAME,
            "pbrMetallicRoughness": {
                "baseColorFactor": [r, g, b, 1.0],
                "metallicFactor": material::METALLIC,
                "roughnessFactor": material::ROUGHNESS,
            },
        }],
        "accessors": [
            {
                "bufferView": 0,
                "componentType": FLOAT,
                "count": mesh.positions.len(),
                "type": "VEC3",
                "min": min,
                "max": max,
            },
            {
                "bufferView": 1,
                "componentType": FLOAT,
                "count": mesh.normals.len(),
                "type": "VEC3",
            },
            {
                "bufferView": 2,
                "componentType": UNSIGNED_SHORT,
                "count": mesh.triangles.len() * 3,
                "type": "SCALAR",
            },
        ],
        "bufferViews": views,
        "buffers": [{ "byteLength": bin.len() }],
    });
    container(gltf.to_string().into_bytes(), bin)
}

fn floats(vectors: &[[f32; 3]]) -> impl Iterator<Item = u8> {
    vectors.iter().flatten().flat_map(|number| number.to_le_bytes())
}

/// Appends `data` to the buffer and describes where it is.
fn view(bin: &mut Vec<u8>, data: impl Iterator<Item = u8>, target: u32) -> Value {
    let offset = bin.len();
    bin.extend(data);
    json!({
        "buffer": 0,
        "byteOffset": offset,
        "byteLength": bin.len() - offset,
        "target": target,
    })
}

/// Puts the two chunks, each padded to 4 bytes, behind a GLB header.
fn container(mut json: Vec<u8>, mut bin: Vec<u8>) -> Vec<u8> {
    json.resize(json.len().next_multiple_of(4), b' ');
    bin.resize(bin.len().next_multiple_of(4), 0);
    let length = 12 + 8 + json.len() + 8 + bin.len();

    let mut file = Vec::with_capacity(length);
    file.extend(b"glTF");
    file.extend(2u32.to_le_bytes());
    file.extend((length as u32).to_le_bytes());
    for (kind, chunk) in [(b"JSON", json), (b"BIN\0", bin)] {
        file.extend((chunk.len() as u32).to_le_bytes());
        file.extend(kind);
        file.extend(chunk);
    }
    file
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_back_as_the_mesh() {
        for detail in [3, 12, 128] {
            let file = glb(detail);
            let mesh = Mesh::torus(detail);
            let gltf = gltf::Gltf::from_slice(&file).unwrap();
            let blob = gltf.blob.as_deref().unwrap();
            assert_eq!(gltf.buffers().next().unwrap().length(), blob.len());

            let primitive = gltf.meshes().next().unwrap().primitives().next().unwrap();
            let reader = primitive.reader(|_| Some(blob));
            let positions: Vec<_> = reader.read_positions().unwrap().collect();
            let normals: Vec<_> = reader.read_normals().unwrap().collect();
            let indices: Vec<_> = reader.read_indices().unwrap().into_u32().collect();
            assert_eq!(positions, mesh.positions);
            assert_eq!(normals, mesh.normals);
            assert!(indices.into_iter().eq(mesh.triangles.iter().flatten().copied().map(u32::from)));

            let bounds = primitive.bounding_box();
            assert_eq!([bounds.min, bounds.max], mesh.bounds());
            let pbr = primitive.material().pbr_metallic_roughness();
            assert_eq!(pbr.base_color_factor()[..3], material::BASE_COLOR);
        }
    }

    #[test]
    fn chunks_are_padded_and_fill_the_file() {
        // The lengths of the metadata differ.
        for detail in 3..20 {
            let file = glb(detail);
            let word = |at: usize| u32::from_le_bytes(file[at..at + 4].try_into().unwrap()) as usize;
            assert_eq!(word(8), file.len());

            let (json_start, json_length) = (20, word(12));
            let bin_start = json_start + json_length + 8;
            let bin_length = word(bin_start - 8);
            assert_eq!(json_length % 4, 0);
            assert_eq!(bin_length % 4, 0);
            assert_eq!(bin_start + bin_length, file.len());

            let json: Value = serde_json::from_slice(&file[json_start..][..json_length]).unwrap();
            assert_eq!(json["asset"]["generator"], GENERATOR);
        }
    }
}
