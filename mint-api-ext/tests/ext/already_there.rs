//! Files that are there before the download, and what the manifest tells of them.

use std::path::Path;
use std::sync::Arc;

use mint_api_ext::asset::{Asset, AssetKind, Assets};
use mint_api_ext::download::{Download, Event, Obtained, Overwrite, Report};
use mint_api_ext::simulator::{Fault, Script, Simulator};
use object_store::memory::InMemory;
use object_store::{ObjectStore, ObjectStoreExt as _};

use crate::plain_store::Plain;
use crate::support::leaks::CleanErr as _;

fn bodies(simulator: &Simulator) -> usize {
    simulator.cdn_requests().iter().filter(|request| !request.headers.contains_key("if-none-match")).count()
}

fn all(report: &Report, obtained: Obtained) -> bool {
    report.failures.is_empty() && report.files.iter().all(|file| file.obtained == obtained)
}

#[tokio::test(start_paused = true)]
async fn a_second_run_fetches_only_what_has_changed() {
    let simulator = Simulator::start().await.unwrap();
    let mint = simulator.mint().unwrap();
    let id = simulator.add(Script::model().timeline([("succeeded", 0)]));
    let operation = mint.attach(id).unwrap().get().await.unwrap();
    let directory = tempfile::tempdir().unwrap();
    let run = async || mint.download(&operation).to_dir(directory.path()).await.unwrap();

    assert!(all(&run().await, Obtained::Fetched));
    assert_eq!(bodies(&simulator), 8);
    let manifest = std::fs::read(directory.path().join("mint-manifest.json")).unwrap();
    let second = run().await;
    assert!(all(&second, Obtained::AlreadyThere), "{second:?}");
    assert_eq!(bodies(&simulator), 8, "nothing was fetched");
    assert_eq!(std::fs::read(directory.path().join("mint-manifest.json")).unwrap(), manifest);

    // Changed on this side: in size, in bytes, and gone.
    let path = |name: &str| directory.path().join(name);
    std::fs::write(path("model.fbx"), "x").unwrap();
    let mut glb = std::fs::read(path("model.glb")).unwrap();
    glb[100] ^= 1;
    std::fs::write(path("model.glb"), &glb).unwrap();
    std::fs::remove_file(path("model.stl")).unwrap();
    // And at the server.
    let assets = Assets::of(&operation);
    let obj = assets.iter().find(|asset| asset.kind == AssetKind::Obj).unwrap();
    simulator.add_fault(&obj.url, Fault::etag("\"new\""));
    let third = run().await;
    let fetched: Vec<_> = third.files.iter().filter(|file| file.obtained == Obtained::Fetched).collect();
    let kinds: Vec<_> = fetched.iter().map(|file| file.kind.to_string()).collect();
    assert_eq!(kinds, ["obj", "stl"]);
    assert_eq!(bodies(&simulator), 9, "only of the file that is gone; all others are asked for on a condition");
    refuses_what_was_edited(&third);
    assert_eq!(std::fs::read(path("model.fbx")).unwrap(), b"x");
    assert_eq!(std::fs::read(path("model.glb")).unwrap(), glb);
    for name in ["model.fbx", "model.glb"] {
        std::fs::remove_file(path(name)).unwrap();
    }
    // The server has its old version again, which is a change as well; after that there is none.
    let fourth = run().await;
    let of = |obtained| fourth.files.iter().filter(move |file| file.obtained == obtained);
    assert_eq!(of(Obtained::Fetched).map(|file| file.kind.to_string()).collect::<Vec<_>>(), ["glb", "fbx", "obj"]);
    assert_eq!(of(Obtained::AlreadyThere).count(), 5);
    assert!(all(&run().await, Obtained::AlreadyThere));
}

/// What a person changed is not replaced, and the error says so.
fn refuses_what_was_edited(report: &Report) {
    let kinds: Vec<_> = report.failures.iter().map(|failure| failure.asset.kind.to_string()).collect();
    assert_eq!(kinds, ["glb", "fbx"]);
    for failure in &report.failures {
        let text = failure.error.to_string();
        assert!(
            text.contains("it was changed after a download wrote it") && text.contains("Overwrite::Always"),
            "{text}"
        );
    }
}

/// The API calls the picture WebP, and the CDN converted it.
#[tokio::test(start_paused = true)]
async fn a_picture_gets_the_extension_of_its_content() {
    let png = b"\x89PNG\r\n\x1a\n\0\0\0\0IEND\xaeB\x60\x82".to_vec();
    let simulator = Simulator::start().await.unwrap();
    let mint = simulator.mint().unwrap();
    let url = simulator.add_file("a.webp", "image/webp", png.clone());
    let picture = || Asset::new(AssetKind::PreviewImage, &url);
    let directory = tempfile::tempdir().unwrap();
    let store: Arc<dyn ObjectStore> = Arc::new(InMemory::new());
    for obtained in [Obtained::Fetched, Obtained::AlreadyThere] {
        let download = || mint.download(Assets::from_iter([picture()]));
        for report in
            [download().to_dir(directory.path()).await.unwrap(), download().to_store(store.clone(), "").await.unwrap()]
        {
            assert!(all(&report, obtained), "{report:?}");
            assert_eq!(report.files[0].path.file_name().unwrap(), "preview.png");
        }
    }
    assert_eq!(bodies(&simulator), 2);
    assert_eq!(std::fs::read(directory.path().join("preview.png")).unwrap(), png);
    assert!(!directory.path().join("preview.webp").exists());
    let place = object_store::path::Path::from("preview.png");
    assert_eq!(store.get(&place).await.unwrap().bytes().await.unwrap(), png);

    // A name that the API gave stays, and a name that is taken is not taken away.
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("preview.png"), "mine").unwrap();
    let assets = [picture(), named(picture(), "b.webp")];
    let report = mint.download(Assets::from_iter(assets)).to_dir(directory.path()).await.unwrap();
    let names: Vec<_> = report.files.iter().map(|file| file.path.file_name().unwrap().to_owned()).collect();
    assert_eq!(names, ["preview.webp", "b.webp"]);
    assert_eq!(std::fs::read(directory.path().join("preview.png")).unwrap(), b"mine");
}

/// What this version cannot read, it does not write over.
#[tokio::test(start_paused = true)]
async fn the_manifest_of_a_newer_version_is_refused() {
    let simulator = Simulator::start().await.unwrap();
    let mint = simulator.mint().unwrap();
    let url = simulator.add_file("a.stl", "model/stl", b"solid a".to_vec());
    let manifest = r#"{"version": 2, "assets": []}"#;
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("mint-manifest.json");
    std::fs::write(&path, manifest).unwrap();
    let store: Arc<dyn ObjectStore> = Arc::new(InMemory::new());
    let place = object_store::path::Path::from("mint-manifest.json");
    store.put(&place, manifest.into()).await.unwrap();
    let download = || mint.download(Assets::from_iter([Asset::new(AssetKind::Stl, &url)]));
    let errors = [
        download().to_dir(directory.path()).await.clean_err(),
        download().to_store(store.clone(), "").await.clean_err(),
    ];
    for error in errors {
        assert!(error.to_string().contains("a newer mint-api-ext wrote it, in version 2"), "{error}");
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap(), manifest);
    assert_eq!(store.get(&place).await.unwrap().bytes().await.unwrap(), manifest);
    assert!(simulator.cdn_requests().is_empty());
}

/// The same in a store that names versions, and in one that does not.
#[tokio::test(start_paused = true)]
async fn a_second_run_to_a_store_fetches_only_what_has_changed() {
    for store in [Arc::new(InMemory::new()) as Arc<dyn ObjectStore>, Arc::new(Plain::default())] {
        let simulator = Simulator::start().await.unwrap();
        let mint = simulator.mint().unwrap();
        let id = simulator.add(Script::model().timeline([("succeeded", 0)]));
        let operation = mint.attach(id).unwrap().get().await.unwrap();
        let run = async |settings: fn(Download) -> Download| {
            settings(mint.download(&operation)).to_store(store.clone(), "a/b").await.unwrap()
        };
        let place = |name: &str| object_store::path::Path::from(format!("a/b/{name}"));
        let read = async |name: &str| store.get(&place(name)).await.unwrap().bytes().await.unwrap();
        let fetched = |report: &Report| {
            assert!(report.failures.is_empty(), "{report:?}");
            let fetched = report.files.iter().filter(|file| file.obtained == Obtained::Fetched);
            fetched.map(|file| file.kind.to_string()).collect::<Vec<_>>()
        };

        let first = run(|download| download).await;
        assert!(all(&first, Obtained::Fetched));
        let manifest = read("mint-manifest.json").await;
        assert!(!String::from_utf8_lossy(&manifest).contains('?'));
        let second = run(|download| download).await;
        assert!(all(&second, Obtained::AlreadyThere), "{second:?}");
        let told = |report: &Report| {
            let files = report.files.iter();
            files.map(|file| (file.path.clone(), file.bytes, file.sha256.clone())).collect::<Vec<_>>()
        };
        assert_eq!((told(&second), bodies(&simulator)), (told(&first), 8));
        assert_eq!(read("mint-manifest.json").await, manifest);

        // Changed in the store: in size, in bytes, and gone. And at the server.
        store.put(&place("model.fbx"), "x".into()).await.unwrap();
        let mut glb = read("model.glb").await.to_vec();
        glb[100] ^= 1;
        store.put(&place("model.glb"), glb.clone().into()).await.unwrap();
        store.delete(&place("model.stl")).await.unwrap();
        let assets = Assets::of(&operation);
        let obj = assets.iter().find(|asset| asset.kind == AssetKind::Obj).unwrap();
        simulator.add_fault(&obj.url, Fault::etag("\"new\""));
        let third = run(|download| download).await;
        refuses_what_was_edited(&third);
        let kinds: Vec<_> = third.files.iter().filter(|file| file.obtained == Obtained::Fetched).collect();
        assert_eq!(kinds.iter().map(|file| file.kind.to_string()).collect::<Vec<_>>(), ["obj", "stl"]);
        assert_eq!(read("model.glb").await, glb);
        for name in ["model.fbx", "model.glb"] {
            store.delete(&place(name)).await.unwrap();
        }
        assert_eq!(fetched(&run(|download| download).await), ["glb", "fbx", "obj"]);
        assert!(all(&run(|download| download).await, Obtained::AlreadyThere));
        assert_eq!(fetched(&run(|download| download.overwrite(Overwrite::Always)).await).len(), 8);

        // Without a manifest, files of the same bytes are taken up.
        store.put(&place("mint-manifest.json"), "nonsense".into()).await.unwrap();
        assert_eq!(fetched(&run(|download| download).await).len(), 8);
        assert!(all(&run(|download| download).await, Obtained::AlreadyThere));
        // A second download adds to what the first one wrote.
        let stl = Asset::new(AssetKind::Stl, &simulator.add_file("a.stl", "model/stl", b"solid a".to_vec()));
        let other = mint.download(Assets::from_iter([named(stl, "z.stl")]));
        assert!(all(&other.to_store(store.clone(), "a/b").await.unwrap(), Obtained::Fetched));
        assert!(all(&run(|download| download).await, Obtained::AlreadyThere));
    }
}

fn named(mut asset: Asset, name: &str) -> Asset {
    asset.file_name = Some(name.into());
    asset
}

#[tokio::test]
async fn never_leaves_what_is_in_a_store() {
    let simulator = Simulator::start().await.unwrap();
    let mint = simulator.mint().unwrap();
    let url = simulator.add_file("a.stl", "model/stl", b"solid new".to_vec());
    let store: Arc<dyn ObjectStore> = Arc::new(InMemory::new());
    let place = object_store::path::Path::from("model.stl");
    store.put(&place, "mine".into()).await.unwrap();
    let download = mint.download(Assets::from_iter([Asset::new(AssetKind::Stl, &url)])).overwrite(Overwrite::Never);
    let report = download.to_store(store.clone(), "").await.unwrap();
    assert!(all(&report, Obtained::AlreadyThere) && simulator.cdn_requests().is_empty());
    assert_eq!(report.files[0].bytes, 4);
    assert_eq!(store.get(&place).await.unwrap().bytes().await.unwrap(), "mine");
}

#[tokio::test(start_paused = true)]
async fn the_manifest_tells_what_was_saved_and_no_secret() {
    let simulator = Simulator::start().await.unwrap();
    let mint = simulator.mint().unwrap();
    let directory = tempfile::tempdir().unwrap();
    for name in ["a", "b"] {
        let url = simulator.add_file(&format!("{name}.stl"), "model/stl", name.as_bytes().to_vec());
        let asset = named(Asset::new(AssetKind::Stl, &format!("{url}?signature=secret")), &format!("{name}.stl"));
        mint.download(Assets::from_iter([asset])).to_dir(directory.path()).await.unwrap().complete().unwrap();
    }
    let text = std::fs::read_to_string(directory.path().join("mint-manifest.json")).unwrap();
    assert!(!text.contains("secret") && !text.contains('?'), "{text}");
    let manifest: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(manifest["version"], 1);
    // The second download left what the first one wrote.
    assert_eq!(manifest["files"].as_object().unwrap().keys().collect::<Vec<_>>(), ["a.stl", "b.stl"]);
    let a = &manifest["files"]["a.stl"];
    assert_eq!((&a["kind"], &a["bytes"], &a["contentType"]), (&"stl".into(), &1.into(), &"model/stl".into()));
    assert_eq!(a["sha256"], "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb");
}

/// A server with one file.
struct One {
    simulator: Simulator,
    asset: Asset,
}

impl One {
    async fn start() -> Self {
        let simulator = Simulator::start().await.unwrap();
        let asset = Asset::new(AssetKind::Stl, &simulator.add_file("a.stl", "model/stl", b"solid new".to_vec()));
        Self { simulator, asset }
    }

    /// The report of a download, and how many requests it sent.
    async fn download(&self, directory: &Path, settings: impl Fn(Download) -> Download) -> (Report, usize) {
        let before = self.simulator.cdn_requests().len();
        let download = self.simulator.mint().unwrap().download(Assets::from_iter([self.asset.clone()]));
        let report = settings(download).to_dir(directory).await.unwrap();
        (report, self.simulator.cdn_requests().len() - before)
    }
}

async fn stl(directory: &Path, settings: impl Fn(Download) -> Download) -> (Report, usize) {
    One::start().await.download(directory, settings).await
}

#[tokio::test]
async fn never_leaves_what_is_there() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("model.stl");
    let never = |download: Download| download.overwrite(Overwrite::Never);
    let one = One::start().await;
    let (report, requests) = one.download(directory.path(), never).await;
    assert!(all(&report, Obtained::Fetched) && requests == 1);
    std::fs::write(&path, "mine").unwrap();
    let (report, requests) = one.download(directory.path(), never).await;
    assert!(all(&report, Obtained::AlreadyThere) && requests == 0);
    assert_eq!((report.files[0].bytes, std::fs::read(&path).unwrap()), (4, b"mine".to_vec()));
}

/// Somebody else makes the file between the first look and the end of the download.
#[tokio::test]
async fn never_does_not_take_the_place_of_a_file_made_meanwhile() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("model.stl");
    let made = path.clone();
    let (report, _) = stl(directory.path(), move |download| {
        let made = made.clone();
        download.overwrite(Overwrite::Never).on_event(move |event| {
            // Not before the download has looked.
            if matches!(event, Event::Started { .. }) {
                std::fs::write(&made, "mine").unwrap();
            }
        })
    })
    .await;
    assert!(report.failures[0].error.to_string().contains("another program made it"), "{report:?}");
    assert_eq!(std::fs::read(&path).unwrap(), b"mine");
    assert!(!directory.path().join("model.stl.part").exists());
}

#[tokio::test]
async fn always_fetches() {
    let directory = tempfile::tempdir().unwrap();
    for _ in 0..2 {
        let (report, requests) = stl(directory.path(), |download| download.overwrite(Overwrite::Always)).await;
        assert!(all(&report, Obtained::Fetched) && requests == 1);
    }
}

#[tokio::test]
async fn a_spoiled_manifest_is_none() {
    for manifest in ["", "nonsense", "{\"version\": 1, \"files\": []}", "{\"version\": \"new\"}", "[]"] {
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join("mint-manifest.json"), manifest).unwrap();
        let (report, _) = stl(directory.path(), |download| download).await;
        assert!(all(&report, Obtained::Fetched), "{manifest}");
    }
}

#[tokio::test]
async fn files_that_are_too_large_are_refused() {
    let directory = tempfile::tempdir().unwrap();
    let (report, _) = stl(directory.path(), |download| download.max_bytes(8)).await;
    assert!(report.failures[0].error.to_string().contains("`max_bytes` allows 8"), "{report:?}");
    let (report, _) = stl(directory.path(), |download| download.max_bytes(9)).await;
    assert!(report.failures.is_empty());
}
