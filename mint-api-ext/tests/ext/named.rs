//! Names that the caller gives to files.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::path::Path;
use std::sync::Arc;

use mint_api_ext::ErrorKind;
use mint_api_ext::asset::{Asset, AssetKind, Assets};
use mint_api_ext::download::{Download, Obtained};
use mint_api_ext::simulator::{Fault, Script, Simulator};
use mint_api_ext::types::Operation;
use object_store::ObjectStoreExt as _;
use object_store::memory::InMemory;
use serde_json::json;

use crate::support::leaks::CleanErr as _;

/// Every file below a directory, by its path, but for the manifest.
fn tree(directory: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![directory.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(directory).unwrap().to_str().unwrap().replace('\\', "/");
            match path.is_dir() {
                true => folders.push(path),
                false if name == "mint-manifest.json" => {}
                false => drop(files.insert(name, std::fs::read(&path).unwrap())),
            }
        }
    }
    files
}

fn names(directory: &Path) -> Vec<String> {
    tree(directory).into_keys().collect()
}

/// Puts the files on the simulator's CDN, and returns a model operation whose assets are their URLs.
fn model(simulator: &Simulator, id: &str, model: &str, files: &[(&str, &[u8])]) -> Operation {
    let mut assets = json!({});
    for (field, bytes) in files {
        assets[*field] = (simulator.add_file("a", "application/octet-stream", bytes.to_vec()) + "?signature=1").into();
    }
    let resource = json!({"type": "model", "id": model});
    let operation = json!({"id": id, "status": "succeeded", "resource": resource, "assets": assets});
    serde_json::from_value(operation).unwrap()
}

async fn obtained(download: Download, directory: &Path) -> Vec<Obtained> {
    let files = download.skip_content_checks().to_dir(directory).await.unwrap().complete().unwrap();
    files.iter().map(|file| file.obtained).collect()
}

#[tokio::test(start_paused = true)]
async fn files_are_named_after_a_thing() {
    let simulator = Simulator::start().await.unwrap();
    let mint = simulator.mint().unwrap();
    for (script, expected) in [
        (
            Script::model(),
            vec![
                "rider.fbx",
                "rider.glb",
                "rider.obj",
                "rider.optimized.glb",
                "rider.preview.png",
                "rider.stl",
                "rider.thumbnail.webp",
                "rider.usdz",
            ],
        ),
        (
            Script::world(),
            vec![
                "rider-100k.spz",
                "rider-500k.spz",
                "rider.collider.glb",
                "rider.panorama.jpg",
                "rider.preview.png",
                "rider.rad",
                "rider.thumbnail.webp",
            ],
        ),
    ] {
        let id = simulator.add(script.timeline([("succeeded", 0)]));
        let operation = mint.attach(id).unwrap().get().await.unwrap();
        let directory = tempfile::tempdir().unwrap();
        let run = async || obtained(mint.download(&operation).named("rider"), directory.path()).await;
        assert!(run().await.iter().all(|obtained| *obtained == Obtained::Fetched));
        assert_eq!(names(directory.path()), expected);
        assert!(run().await.iter().all(|obtained| *obtained == Obtained::AlreadyThere));

        let store = Arc::new(InMemory::new());
        for obtained in [Obtained::Fetched, Obtained::AlreadyThere] {
            let download = mint.download(&operation).named("people/rider");
            let files = download.to_store(store.clone(), "a").await.unwrap().complete().unwrap();
            assert!(files.iter().all(|file| file.obtained == obtained));
        }
        for name in &expected {
            store.head(&format!("a/people/{name}").into()).await.unwrap();
        }
    }
}

/// One directory for the files of many operations; each stays known by its resource and kind, whatever its path.
#[tokio::test(start_paused = true)]
async fn a_named_file_is_fetched_again_only_if_it_has_changed() {
    let simulator = Simulator::start().await.unwrap();
    let mint = simulator.mint().unwrap();
    let rider = model(&simulator, "op_1", "m_1", &[("stlUrl", b"solid rider")]);
    let horse = model(&simulator, "op_2", "m_2", &[("stlUrl", b"solid horse")]);
    let newer = model(&simulator, "op_3", "m_1", &[("stlUrl", b"solid newer rider")]);
    let directory = tempfile::tempdir().unwrap();
    let save = async |operation: &Operation, path: &'static str| {
        obtained(mint.download(operation).named_by(move |_| path), directory.path()).await[0]
    };
    for expected in [Obtained::Fetched, Obtained::AlreadyThere] {
        assert_eq!(save(&rider, "people/rider.stl").await, expected);
        assert_eq!(save(&horse, "animals/horse.stl").await, expected);
    }
    assert_eq!(save(&newer, "people/rider.stl").await, Obtained::Fetched);
    assert_eq!(save(&newer, "people/rider.stl").await, Obtained::AlreadyThere);
    let files = tree(directory.path());
    assert_eq!(files["people/rider.stl"], b"solid newer rider");
    assert_eq!(files["animals/horse.stl"], b"solid horse");
    // The path of another model's file.
    let download = mint.download(&horse).named_by(|_| "people/rider.stl");
    let error = download.to_dir(directory.path()).await.unwrap().complete().clean_err();
    assert!(error.to_string().contains("an earlier download saved another file there"), "{error}");
    assert_eq!(tree(directory.path()), files);
}

/// The model that a download prefers keeps its path when an optimized one appears.
#[tokio::test(start_paused = true)]
async fn a_picked_file_may_change_its_kind() {
    let simulator = Simulator::start().await.unwrap();
    let mint = simulator.mint().unwrap();
    let plain = model(&simulator, "op_1", "m_1", &[("glbUrl", b"plain")]);
    let both = model(&simulator, "op_1", "m_1", &[("glbUrl", b"plain"), ("optimizedGlbUrl", b"optimized")]);
    let other = model(&simulator, "op_2", "m_2", &[("optimizedGlbUrl", b"other")]);
    let directory = tempfile::tempdir().unwrap();
    let preferred = |operation| mint.download(operation).preferred().named("rider");
    assert_eq!(obtained(preferred(&plain), directory.path()).await, [Obtained::Fetched]);
    assert_eq!(obtained(preferred(&both), directory.path()).await, [Obtained::Fetched]);
    assert_eq!(tree(directory.path())["rider.glb"], b"optimized");
    let refused = preferred(&other).skip_content_checks().to_dir(directory.path()).await.unwrap();
    assert!(refused.complete().clean_err().to_string().contains("another file"));
    assert_eq!(names(directory.path()), ["rider.glb"]);
}

#[tokio::test(start_paused = true)]
async fn files_that_would_get_one_path_are_refused_before_any_byte() {
    let simulator = Simulator::start().await.unwrap();
    let mint = simulator.mint().unwrap();
    let url = |name: &str| format!("{}/{name}?signature=1", simulator.cdn_url());
    let (stl, obj) = (Asset::new(AssetKind::Stl, &url("a.stl")), Asset::new(AssetKind::Obj, &url("b.obj")));
    let clip = || Asset::new(AssetKind::Other("clip".into()), &url("c.glb"));
    let mut archive = Asset::new(AssetKind::Fbx, &url("d.zip"));
    archive.packaging = Some("zip".into());
    let both = |paths: [&'static str; 2]| {
        let download = mint.download(vec![stl.clone(), obj.clone()]);
        download.named_by(move |asset| paths[usize::from(asset.kind == AssetKind::Obj)])
    };
    let zip = |path: &'static str| {
        let download = mint.download(vec![archive.clone(), stl.clone()]).unpack_archives();
        download.named_by(move |asset| if asset.kind == AssetKind::Stl { path } else { "lamp.zip" })
    };
    for (download, texts) in [
        (both(["a", "a"]), ["obj (`", "/b.obj`) as \"a\": stl (`"]),
        (both(["a.glb", "A.GLB"]), ["as \"A.GLB\"", "gets the path `A.GLB`, too"]),
        (both(["e\u{301}.glb", "é.glb"]), ["as \"é.glb\"", "gets the path `é.glb`, too"]),
        (both(["x/a.glb", "X/A.glb"]), ["as \"X/A.glb\"", "too; use `named_by`"]),
        (both(["a", "a/b"]), ["obj (`", "gets the path of its folder `a`"]),
        (both(["A/b/c", "a/B"]), ["stl (`", "gets the path of its folder `A/b`"]),
        (mint.download(vec![clip(), clip()]).named("rider"), ["clip (`", "as \"rider.clip.glb\""]),
        (zip("lamp"), ["stl (`", "gets the path `lamp`, too"]),
        (zip("lamp/a.stl"), ["stl (`", "gets the path of its folder `lamp`"]),
        (both(["a", "../b"]), ["obj (`", "as \"../b\": the path must be relative"]),
        (both(["/tmp/a", "b"]), ["stl (`", "as \"/tmp/a\": the path must be relative"]),
        (both(["a", "mint-manifest.json"]), ["obj (`", "the manifest of a download has that name"]),
        (mint.download(stl.clone()).named("ri:der"), ["stl (`", "use \"ri_der\""]),
        (mint.download(stl.clone()).named(""), ["stl (`", "the path must be relative"]),
        (mint.download(stl.clone()).named("con"), ["as \"con\"", "use \"_con\""]),
    ] {
        let directory = tempfile::tempdir().unwrap();
        let error = download.to_dir(directory.path()).await.clean_err();
        assert_eq!(error.kind(), ErrorKind::InvalidArgument, "{error}");
        for text in texts {
            assert!(error.to_string().contains(text), "{text}: {error}");
        }
        assert_eq!(names(directory.path()), [""; 0]);
    }
    assert!(simulator.cdn_requests().is_empty());
    // What is not unpacked takes no directory.
    let packed = mint.download(vec![archive, stl]);
    let packed = packed.named_by(|asset| if asset.kind == AssetKind::Stl { "lamp" } else { "lamp.zip" });
    let directory = tempfile::tempdir().unwrap();
    assert_eq!(packed.to_dir(directory.path()).await.unwrap().failures.len(), 2, "the files are not on the CDN");
}

#[cfg(unix)]
#[tokio::test]
async fn a_folder_that_leads_elsewhere_is_not_entered() {
    let simulator = Simulator::start().await.unwrap();
    let mint = simulator.mint().unwrap();
    let operation = model(&simulator, "op_1", "m_1", &[("stlUrl", b"solid")]);
    let (directory, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    std::os::unix::fs::symlink(outside.path(), directory.path().join("link")).unwrap();
    std::fs::write(directory.path().join("file"), "mine").unwrap();
    for (path, why) in [
        ("link/a.stl", "link`: it is a symbolic link"),
        ("link/b/c/a.stl", "link`: it is a symbolic link"),
        ("file/a.stl", "file`: it is a file"),
    ] {
        let download = mint.download(&operation).named_by(move |_| path);
        let report = download.to_dir(directory.path()).await.unwrap();
        let error = &report.failures[0].error;
        assert!(error.kind() == ErrorKind::Io && error.to_string().contains(why), "{error}");
    }
    assert_eq!(names(outside.path()), [""; 0]);
    assert_eq!(std::fs::read(directory.path().join("file")).unwrap(), b"mine");
    assert!(simulator.cdn_requests().is_empty());
}

/// The CDN converted the picture. A function names the extension, too; a name does not.
#[tokio::test(start_paused = true)]
async fn the_extension_of_a_picture() {
    let simulator = Simulator::start().await.unwrap();
    let mint = simulator.mint().unwrap();
    let mut png = Vec::new();
    image::DynamicImage::new_rgb8(4, 4).write_to(&mut Cursor::new(&mut png), image::ImageFormat::Png).unwrap();
    let url = simulator.add_file("a.webp", "image/webp", png);
    let picture = || mint.download(Asset::new(AssetKind::PreviewImage, &url));
    let directory = tempfile::tempdir().unwrap();
    for expected in [Obtained::Fetched, Obtained::AlreadyThere] {
        let named = picture().poster().named("rider").to_dir(directory.path()).await.unwrap().complete().unwrap();
        let by = picture().named_by(|_| "b.webp").to_dir(directory.path()).await.unwrap().complete().unwrap();
        assert_eq!((named[0].obtained, by[0].obtained), (expected, expected));
    }
    assert_eq!(names(directory.path()), ["b.webp", "rider.poster.png"]);
}

#[tokio::test(start_paused = true)]
async fn a_partial_file_in_a_folder_is_continued() {
    let bytes: Vec<u8> = (0..900_000_u32).map(|n| (n * 31 % 251) as u8).collect();
    let simulator = Simulator::start().await.unwrap();
    let mint = simulator.mint().unwrap();
    let operation = model(&simulator, "op_1", "m_1", &[("stlUrl", &bytes)]);
    let url = Assets::of(&operation).iter().next().unwrap().url.clone();
    simulator.add_fault(&url, Fault::cut_at(500_000));
    // Longer than a download waits.
    simulator.add_fault(&url, Fault::status(429).header("retry-after", "3600"));
    let directory = tempfile::tempdir().unwrap();
    let download = || mint.download(&operation).named("a/b/rider");
    download().to_dir(directory.path()).await.unwrap().complete().clean_err();
    assert_eq!(names(directory.path()), ["a/b/rider.stl.part", "a/b/rider.stl.part.json"]);
    assert_eq!(obtained(download(), directory.path()).await, [Obtained::Continued]);
    assert_eq!(names(directory.path()), ["a/b/rider.stl"]);
    assert!(tree(directory.path())["a/b/rider.stl"] == bytes);
}
