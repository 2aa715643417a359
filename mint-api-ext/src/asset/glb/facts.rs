//! The facts about a GLB file.

use std::io::Read;
use std::time::Duration;

use super::head::Head;
use super::scene;
use crate::error::Error;

/// What is in a GLB file.
///
/// An element that this version cannot read, such as one that an extension changes beyond glTF 2.0, counts as one without
/// geometry.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Facts {
    /// The program that wrote the file, if it says.
    pub generator: Option<String>,
    /// The extensions that the file uses.
    pub extensions_used: Vec<String>,
    /// The extensions without which the file cannot be shown, such as `KHR_draco_mesh_compression`. Many programs lack some
    /// of them.
    pub extensions_required: Vec<String>,
    /// The triangles that the default scene draws, strips and fans included. A mesh counts once for each node that uses
    /// it, and for each instance of `EXT_mesh_gpu_instancing`. Points and lines do not count.
    ///
    /// The default scene is the one that the file names, else the first; without a scene, each mesh counts once.
    pub triangles: u64,
    /// The number of meshes in the file.
    pub meshes: usize,
    /// The number of materials in the file.
    pub materials: usize,
    /// The number of textures in the file.
    pub textures: usize,
    /// The number of skins in the file.
    pub skins: usize,
    /// The animations, in the order of the file.
    pub animations: Vec<Animation>,
    /// The least and the greatest corner of the default scene, in meters, Y up.
    ///
    /// They are the bounds of each mesh, as the file states them, moved by the transforms of the nodes. A rotated mesh can
    /// therefore be smaller than its bounds. Skins, morph targets and animations are not applied. `None` if the scene draws
    /// nothing, a mesh has no bounds, or instances of `EXT_mesh_gpu_instancing` are placed by the geometry.
    pub bounds: Option<[[f32; 3]; 2]>,
}

/// Bounds are finite, so that each equals itself.
impl Eq for Facts {}

/// An animation in a GLB file.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Animation {
    /// The name, if the file has one.
    pub name: Option<String>,
    /// The time of the last key frame. Playback begins at 0.
    pub length: Duration,
}

impl Facts {
    /// Reads the facts from the beginning of a GLB file; a file, a buffer or any other reader. It reads at most the JSON
    /// and the 20 bytes before it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) if the reader fails. [`ErrorKind::Decode`](crate::ErrorKind::Decode) if the
    /// file is not binary glTF 2.0, ends before its JSON does, has more than 16 MiB of JSON, or has JSON that is not glTF.
    ///
    /// # Examples
    ///
    /// ```
    /// use mint_api_ext::asset::glb::Facts;
    ///
    /// let json = br#"{ "asset": { "version": "2.0" }, "extensionsUsed": ["KHR_materials_unlit"]  }"#;
    /// let mut glb = b"glTF\x02\0\0\0".to_vec();
    /// glb.extend((20 + json.len() as u32).to_le_bytes());
    /// glb.extend((json.len() as u32).to_le_bytes());
    /// glb.extend(b"JSON");
    /// glb.extend(json);
    /// let facts = Facts::read(glb.as_slice())?;
    /// assert_eq!(facts.extensions_used, ["KHR_materials_unlit"]);
    /// assert_eq!(facts.triangles, 0);
    /// # Ok::<(), mint_api_ext::Error>(())
    /// ```
    pub fn read(reader: impl Read) -> Result<Self, Error> {
        let head = Head::read(reader)?;
        let drawn = scene::drawn(&head);
        Ok(Self {
            triangles: drawn.triangles,
            bounds: drawn.bounds(),
            meshes: head.meshes.len(),
            materials: head.materials.len(),
            textures: head.textures.len(),
            skins: head.skins.len(),
            animations: head.animations.iter().map(|animation| animation.facts(&head)).collect(),
            generator: head.asset.generator,
            extensions_used: head.extensions_used,
            extensions_required: head.extensions_required,
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::ErrorKind;
    use crate::simulator::samples;

    fn glb(json: &Value) -> Vec<u8> {
        let json = json.to_string();
        let mut file = b"glTF\x02\0\0\0\0\0\0\0".to_vec();
        file.extend((json.len() as u32).to_le_bytes());
        [&file[..], b"JSON", json.as_bytes(), b"and what follows"].concat()
    }

    #[track_caller]
    fn facts(json: &Value) -> Facts {
        Facts::read(glb(json).as_slice()).unwrap()
    }

    /// A file with these primitives, whose accessors have 12, 30 and 7 elements, and these nodes.
    fn file(primitives: Value, nodes: Value) -> Value {
        let accessor = |count: u32, min: [i32; 3], max: [i32; 3]| json!({ "count": count, "componentType": 5126, "type": "VEC3", "min": min, "max": max });
        json!({
            "asset": { "version": "2.0", "generator": "a writer" },
            "scenes": [{ "nodes": [0] }],
            "nodes": nodes,
            "meshes": [{ "primitives": primitives }],
            "accessors": [accessor(12, [-1, -2, -3], [1, 2, 3]), accessor(30, [0; 3], [0; 3]), accessor(7, [0; 3], [9; 3])],
        })
    }

    fn plain() -> Value {
        json!([{ "attributes": { "POSITION": 0 } }])
    }

    #[test]
    fn a_sample() {
        let file = samples::glb(3);
        let head = gltf::Gltf::from_slice(&file).unwrap();
        let primitive = head.meshes().next().unwrap().primitives().next().unwrap();
        let (indices, bounds) = (primitive.indices().unwrap(), primitive.bounding_box());
        let facts = Facts::read(file.as_slice()).unwrap();
        assert_eq!(facts.triangles, indices.count() as u64 / 3);
        assert_eq!((facts.meshes, facts.materials, facts.textures, facts.skins), (1, 1, 0, 0));
        assert_eq!(facts.bounds, Some([bounds.min, bounds.max]));
        assert!(facts.generator.is_some() && facts.animations.is_empty() && facts.extensions_used.is_empty());
    }

    #[test]
    fn triangles_by_mode() {
        let draco = json!({ "KHR_draco_mesh_compression": { "bufferView": 0, "attributes": { "POSITION": 0 } } });
        for (primitive, triangles) in [
            (json!({ "attributes": { "POSITION": 0 } }), 4),
            (json!({ "attributes": { "POSITION": 0 }, "indices": 1 }), 10),
            (json!({ "attributes": { "POSITION": 0 }, "indices": 1, "extensions": draco }), 10),
            (json!({ "attributes": { "POSITION": 0 }, "indices": 2 }), 2),
            (json!({ "attributes": { "POSITION": 0 }, "mode": 5 }), 10),
            (json!({ "attributes": { "POSITION": 0 }, "mode": 6, "indices": 2 }), 5),
            (json!({ "attributes": { "POSITION": 0 }, "mode": 0 }), 0),
            (json!({ "attributes": { "POSITION": 0 }, "mode": 3 }), 0),
            (json!({ "attributes": { "POSITION": 0 }, "mode": 99 }), 0),
            (json!({ "attributes": { "POSITION": 99 } }), 0),
            (json!({ "attributes": { "POSITION": 0 }, "indices": 99 }), 0),
            (json!({ "attributes": {} }), 0),
        ] {
            assert_eq!(facts(&file(json!([primitive]), json!([{ "mesh": 0 }]))).triangles, triangles, "{primitive}");
        }
    }

    #[test]
    fn nodes_place_and_repeat_meshes() {
        let half = std::f64::consts::FRAC_1_SQRT_2;
        let child = |child: Value| json!([{ "children": [1], "translation": [10, 0, 0] }, child]);
        for (nodes, meshes, bounds) in [
            (json!([{ "mesh": 0 }]), 1, Some([[-1., -2., -3.], [1., 2., 3.]])),
            (child(json!({ "mesh": 0, "scale": [2, 1, 1] })), 1, Some([[8., -2., -3.], [12., 2., 3.]])),
            // A quarter turn around Z: X becomes Y.
            (child(json!({ "mesh": 0, "rotation": [0, 0, half, half] })), 1, Some([[8., -1., -3.], [12., 1., 3.]])),
            (
                child(json!({ "mesh": 0, "matrix": [0, 1, 0, 0, -1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 5, 1] })),
                1,
                Some([[8., -1., 2.], [12., 1., 8.]]),
            ),
            (
                json!([{ "mesh": 0, "children": [1] }, { "mesh": 0, "translation": [1, 0, 0] }]),
                2,
                Some([[-1., -2., -3.], [2., 2., 3.]]),
            ),
            // Cycles, and nodes that are not in the file or not in the scene.
            (
                json!([{ "mesh": 0, "children": [0, 1, 9] }, { "children": [0] }, { "mesh": 0 }]),
                1,
                Some([[-1., -2., -3.], [1., 2., 3.]]),
            ),
            (json!([{ "mesh": 7 }]), 0, None),
            (json!([{ "mesh": 0, "scale": [3e38, 3e38, 3e38] }]), 1, None),
            (json!(["no node"]), 0, None),
        ] {
            let facts = facts(&file(plain(), nodes.clone()));
            let close = |a: [[f32; 3]; 2], b: [[f32; 3]; 2]| {
                a.as_flattened().iter().zip(b.as_flattened()).all(|(a, b)| (a - b).abs() < 1e-5)
            };
            assert_eq!(facts.triangles, 4 * meshes, "{nodes}");
            match (facts.bounds, bounds) {
                (Some(found), Some(bounds)) => assert!(close(found, bounds), "{nodes} {found:?}"),
                (found, bounds) => assert_eq!(found, bounds, "{nodes}"),
            }
        }
    }

    #[test]
    fn what_extensions_change_does_not_matter() {
        let instanced = json!({ "EXT_mesh_gpu_instancing": { "attributes": { "TRANSLATION": 2 } } });
        let mut json = file(plain(), json!([{ "mesh": 0, "extensions": instanced }]));
        json["extensionsUsed"] = json!(["EXT_mesh_gpu_instancing", "X_unknown"]);
        json["extensionsRequired"] = json!(["X_unknown"]);
        json["textures"] = json!([{ "extensions": { "KHR_texture_basisu": { "source": 0 } } }]);
        json["materials"] = json!([7, {}]);
        json["skins"] = json!([{}]);
        json["animations"] = json!([
            { "name": "walk", "channels": [{ "sampler": 0, "target": { "path": "pointer" } }],
              "samplers": [{ "input": 3, "output": 0 }, { "input": 4, "output": 0 }, "no sampler"] },
            {},
        ]);
        let time =
            |last: f64| json!({ "count": 2, "componentType": 5126, "type": "SCALAR", "min": [0], "max": [last] });
        json["accessors"].as_array_mut().unwrap().extend([time(1.5), time(0.5)]);
        let facts = facts(&json);
        assert_eq!((facts.triangles, facts.bounds), (4 * 7, None));
        assert_eq!((facts.materials, facts.textures, facts.skins), (2, 1, 1));
        assert_eq!((facts.extensions_used.len(), facts.extensions_required), (2, vec!["X_unknown".to_owned()]));
        let walk = Animation { name: Some("walk".into()), length: Duration::from_millis(1500) };
        assert_eq!(facts.animations, [walk, Animation::default()]);
        assert_eq!(facts.generator.as_deref(), Some("a writer"));
    }

    #[test]
    fn normalized_integers() {
        let mut json = file(plain(), json!([{ "mesh": 0, "scale": [2, 2, 2] }]));
        json["accessors"][0] = json!({
            "count": 3, "componentType": 5122, "normalized": true, "type": "VEC3",
            "min": [-32767, 0, 0], "max": [32767, 32767, 0],
        });
        assert_eq!(facts(&json).bounds, Some([[-2., 0., 0.], [2., 2., 0.]]));
        json["accessors"][0]["max"] = json!([1, 2]);
        assert_eq!(facts(&json).bounds, None);
        json["scenes"] = json!([]);
        assert_eq!(facts(&json).triangles, 1);
    }

    #[test]
    fn what_is_no_glb_is_an_error() {
        let whole = glb(&json!({ "asset": { "version": "2.0" } }));
        let long = [&whole[..12], &u32::MAX.to_le_bytes(), &whole[16..]].concat();
        let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
        for (file, why) in [
            (&b""[..], "within its header"),
            (&whole[..19], "within its header"),
            (&whole[..30], "within its JSON"),
            (b"glTF\x01\0\0\0................", "not binary glTF 2.0"),
            (&long, "at most 16777216"),
            (&glb(&json!("text")), "not glTF"),
            (&glb(&json!({ "meshes": 7 })), "not glTF"),
            (&[&whole[..12], &(deep.len() as u32).to_le_bytes(), b"JSON", deep.as_bytes()].concat(), "not glTF"),
        ] {
            let error = Facts::read(file).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Decode, "{error}");
            assert!(error.to_string().contains(why), "{error}");
        }
        let sample = samples::glb(3);
        (0..sample.len()).step_by(7).for_each(|end| drop(Facts::read(&sample[..end])));
    }
}
