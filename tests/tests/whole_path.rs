//! Waits for an operation, downloads its files and opens them.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use mint_api_ext::Outcome;
use mint_api_ext::asset::AssetKind;
use mint_api_ext::download::FetchedFile;
use mint_api_ext::simulator::{Script, Simulator};

/// Plays a script to its end, and downloads the files of its operation.
async fn files_of(script: Script, directory: &Path) -> Vec<FetchedFile> {
    let simulator = Simulator::start().await.unwrap();
    let mint = simulator.mint().unwrap();
    let outcome = mint.attach(simulator.add(script)).unwrap().wait().await.unwrap();
    let Outcome::Succeeded(operation) = outcome else {
        panic!("{outcome:?}");
    };
    mint.download(&operation).to_dir(directory).await.unwrap().complete().unwrap()
}

#[tokio::test(start_paused = true)]
async fn every_file_opens_as_its_kind() {
    let directory = tempfile::tempdir().unwrap();
    let mut kinds = Vec::new();
    for (name, script) in [("m", Script::model()), ("w", Script::world()), ("c", Script::conversion())] {
        for file in files_of(script, &directory.path().join(name)).await {
            open(&file);
            kinds.push(file.kind.to_string());
        }
    }
    kinds.sort();
    kinds.dedup();
    assert_eq!(
        kinds,
        [
            "collider mesh",
            "fbx",
            "glb",
            "obj",
            "optimized glb",
            "panorama",
            "preview image",
            "rad",
            "spz 100k",
            "spz 500k",
            "stl",
            "thumbnail",
            "usdz",
        ]
    );
}

fn open(file: &FetchedFile) {
    let bytes = std::fs::read(&file.path).unwrap();
    assert_eq!(bytes.len() as u64, file.bytes);
    match &file.kind {
        AssetKind::Glb | AssetKind::OptimizedGlb | AssetKind::ColliderMesh => {
            let model = gltf::Gltf::from_slice(&bytes).unwrap();
            let primitives = model.meshes().flat_map(|mesh| mesh.primitives().collect::<Vec<_>>());
            assert!(primitives.count() > 0, "a model has a mesh");
        }
        AssetKind::PreviewImage | AssetKind::Thumbnail | AssetKind::Panorama => {
            let image = image::open(&file.path).unwrap();
            assert!(image.width() > 16 && image.height() > 16);
        }
        AssetKind::Usdz => {
            let mut archive = zip::ZipArchive::new(File::open(&file.path).unwrap()).unwrap();
            let mut scene = String::new();
            archive.by_index(0).unwrap().read_to_string(&mut scene).unwrap();
            assert!(scene.starts_with("#usda 1.0"));
        }
        AssetKind::Obj => assert!(String::from_utf8(bytes).unwrap().lines().any(|line| line.starts_with("f "))),
        AssetKind::Stl => {
            let triangles = u32::from_le_bytes(bytes[80..84].try_into().unwrap()) as usize;
            assert_eq!(bytes.len(), 84 + 50 * triangles);
        }
        AssetKind::Fbx => assert!(bytes.starts_with(b"Kaydara FBX Binary  \0")),
        AssetKind::Spz(_) => assert!(bytes.starts_with(&[0x1f, 0x8b]), "gzip"),
        AssetKind::Rad => assert!(bytes.starts_with(b"RAD0")),
        other => panic!("no test opens {other}"),
    }
}
