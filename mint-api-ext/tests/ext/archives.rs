//! Archives that are unpacked: as a whole, within their directory, or not at all.

use std::io::{Cursor, Write as _};
use std::path::Path;

use mint_api_ext::ErrorKind;
use mint_api_ext::asset::{Asset, AssetKind, Assets};
use mint_api_ext::download::{Obtained, Overwrite, Report};
use mint_api_ext::simulator::Simulator;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        let options = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
        writer.start_file(*name, options).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

async fn unpack(bytes: Vec<u8>, primary: &str, directory: &Path) -> Report {
    unpack_over(bytes, primary, directory, Overwrite::IfChanged).await
}

async fn unpack_over(bytes: Vec<u8>, primary: &str, directory: &Path, overwrite: Overwrite) -> Report {
    let simulator = Simulator::start().await.unwrap();
    let mint = simulator.mint().unwrap();
    let mut asset = Asset::new(AssetKind::Obj, &simulator.add_file("lamp.zip", "application/zip", bytes));
    asset.file_name = Some("lamp.zip".into());
    asset.packaging = Some("zip".into());
    asset.primary_path = Some(primary.into());
    let download = mint.download(Assets::from_iter([asset])).unpack_archives().overwrite(overwrite);
    download.to_dir(directory).await.unwrap()
}

fn names(directory: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(directory).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[tokio::test]
async fn an_archive_is_unpacked_beside_itself() {
    let directory = tempfile::tempdir().unwrap();
    let bytes = archive(&[("lamp.obj", b"v 0 0 0"), ("textures/brass.png", b"png")]);
    for obtained in [Obtained::Fetched, Obtained::Fetched] {
        let files = unpack(bytes.clone(), "lamp.obj", directory.path()).await.complete().unwrap();
        assert_eq!(files[0].obtained, obtained);
        let unpacked = files[0].unpacked.as_ref().unwrap();
        assert_eq!(unpacked.files, [Path::new("lamp.obj"), Path::new("textures/brass.png")]);
        assert_eq!(unpacked.directory, directory.path().join("lamp"));
        assert_eq!(std::fs::read(unpacked.primary.as_ref().unwrap()).unwrap(), b"v 0 0 0");
        assert_eq!(std::fs::read(directory.path().join("lamp/textures/brass.png")).unwrap(), b"png");
        assert_eq!(names(directory.path()), ["lamp", "lamp.zip", "mint-manifest.json"]);
    }
}

/// A directory that was there before is not lost to an archive of its name.
#[tokio::test]
async fn an_archive_takes_the_place_of_nothing_but_itself() {
    let (both, one) = (archive(&[("a.obj", b"new"), ("b.obj", b"new")]), archive(&[("a.obj", b"new")]));
    // What is in the directory, whether a download unpacked an archive of both before, and what stops the next one.
    for (there, unpacked_before, overwrite, bytes, refused) in [
        (vec![], false, Overwrite::IfChanged, &both, ""),
        (vec!["a.obj"], false, Overwrite::Always, &both, ""),
        (vec!["notes.txt"], false, Overwrite::Always, &both, "`notes.txt` in it is not of the archive"),
        (vec!["mine/a.obj"], false, Overwrite::IfChanged, &both, "a.obj` in it is not of the archive"),
        (vec!["b.obj"], false, Overwrite::IfChanged, &one, "`b.obj` in it is not of the archive"),
        (vec![], true, Overwrite::IfChanged, &one, ""),
        (vec!["notes.txt"], true, Overwrite::IfChanged, &one, "`notes.txt` in it is not of the archive"),
        (vec!["a.obj"], false, Overwrite::Never, &both, "it is there already"),
    ] {
        let directory = tempfile::tempdir().unwrap();
        if unpacked_before {
            unpack(both.clone(), "a.obj", directory.path()).await.complete().unwrap();
        }
        let lamp = directory.path().join("lamp");
        for name in &there {
            std::fs::create_dir_all(lamp.join(name).parent().unwrap()).unwrap();
            std::fs::write(lamp.join(name), "old").unwrap();
        }
        let before = std::fs::read(directory.path().join("lamp.zip")).ok();
        let report = unpack_over(bytes.clone(), "a.obj", directory.path(), overwrite).await;
        match refused {
            "" => {
                let files = report.complete().unwrap()[0].unpacked.as_ref().unwrap().files.len();
                assert_eq!(names(&lamp).len(), files, "{there:?} {overwrite:?}");
                assert_eq!(std::fs::read(lamp.join("a.obj")).unwrap(), b"new", "{there:?} {overwrite:?}");
            }
            why => {
                let error = &report.failures[0].error;
                assert!(error.kind() == ErrorKind::Io && error.to_string().contains(why), "{there:?}: {error}");
                for name in &there {
                    assert_eq!(std::fs::read(lamp.join(name)).unwrap(), b"old", "{name}");
                }
                assert_eq!(std::fs::read(directory.path().join("lamp.zip")).ok(), before, "{there:?}");
            }
        }
    }
    // Nor is a file.
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("lamp"), "old").unwrap();
    let report = unpack(both, "a.obj", directory.path()).await;
    assert!(report.failures[0].error.to_string().contains("it is there already"), "{report:?}");
    assert_eq!(std::fs::read(directory.path().join("lamp")).unwrap(), b"old");
}

/// Unpacked files that are gone are unpacked again, without fetching the archive.
#[tokio::test]
async fn what_is_missing_of_an_archive_is_unpacked_again() {
    let directory = tempfile::tempdir().unwrap();
    let simulator = Simulator::start().await.unwrap();
    let mint = simulator.mint().unwrap();
    let bytes = archive(&[("a.obj", b"1"), ("b.obj", b"2")]);
    let mut asset = Asset::new(AssetKind::Obj, &simulator.add_file("lamp.zip", "application/zip", bytes));
    asset.packaging = Some("zip".into());
    let gone = directory.path().join("model/b.obj");
    for obtained in [Obtained::Fetched, Obtained::AlreadyThere] {
        let download = mint.download(Assets::from_iter([asset.clone()])).unpack_archives();
        let files = download.to_dir(directory.path()).await.unwrap().complete().unwrap();
        assert_eq!((files[0].obtained, files[0].unpacked.as_ref().unwrap().files.len()), (obtained, 2));
        assert_eq!(std::fs::read(&gone).unwrap(), b"2");
        std::fs::remove_file(&gone).unwrap();
    }
}

/// The same bytes, with one text in place of another of the same length: what a writer of archives would not write.
fn forged(bytes: Vec<u8>, from: &[u8], to: &[u8]) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let mut bytes = bytes;
    for at in 0..bytes.len() - from.len() {
        if bytes[at..].starts_with(from) {
            bytes[at..at + to.len()].copy_from_slice(to);
        }
    }
    bytes
}

#[tokio::test]
async fn archives_that_are_refused() {
    let link = {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        writer.add_symlink("a.obj", "/etc/passwd", SimpleFileOptions::default()).unwrap();
        writer.finish().unwrap().into_inner()
    };
    let two = archive(&[("a.obj", b"1"), ("b.obj", b"2")]);
    let broken = {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        let options = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
        writer.start_file("a.obj", options).unwrap();
        writer.write_all(b"what it says").unwrap();
        forged(writer.finish().unwrap().into_inner(), b"what it says", b"what it sags")
    };
    let numbered: Vec<_> = (0..=10_000).map(|number| format!("{number}.obj")).collect();
    let many = archive(&numbered.iter().map(|name| (name.as_str(), &b""[..])).collect::<Vec<_>>());
    for (name, bytes, says) in [
        ("escape", forged(archive(&[("aaaa.obj", b"1")]), b"aaaa.obj", b"../a.obj"), "not a path within"),
        ("absolute", forged(archive(&[("aa.obj", b"1")]), b"aa.obj", b"/a.obj"), "not a path within"),
        ("backslash", forged(archive(&[("aaaa.obj", b"1")]), b"aaaa.obj", b"..\\a.obj"), "not a path within"),
        ("drive", forged(archive(&[("aaa.obj", b"1")]), b"aaa.obj", b"C:a.obj"), "not a path within"),
        ("device", archive(&[("nul.obj", b"1")]), "not a path within"),
        ("link", link, "neither a file nor a directory"),
        ("twice", forged(two, b"b.obj", b"a.obj"), "two files of one name"),
        ("twice but for case", archive(&[("a.obj", b"1"), ("A.obj", b"2")]), "is there twice"),
        ("bomb", archive(&[("a.obj", &vec![0; 50_000_000])]), "times its size"),
        ("too many", many, "10000 are the most"),
        ("CRC", broken, "cannot be read"),
        ("no primary", archive(&[("b.obj", b"1")]), "is not in it"),
        ("a file where a directory is", archive(&[("a.obj", b"1"), ("a.obj/b", b"2")]), ""),
    ] {
        let directory = tempfile::tempdir().unwrap();
        let inner = directory.path().join("in");
        let report = unpack(bytes, "a.obj", &inner).await;
        let error = &report.failures[0].error;
        assert!(matches!(error.kind(), ErrorKind::Download | ErrorKind::Io), "{name}: {error}");
        assert!(error.to_string().contains(says), "{name}: {error}");
        assert_eq!(names(&inner).iter().filter(|name| !name.contains(".part")).count(), 0, "{name}");
        assert_eq!(names(directory.path()), ["in"], "{name}");
    }
}
