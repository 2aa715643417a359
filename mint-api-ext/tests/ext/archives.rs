//! Archives that are unpacked: as a whole, within their directory, or not at all.

use std::io::{Cursor, Write as _};
use std::path::Path;

use mint_api_ext::simulator::Simulator;
use mint_api_ext::{Asset, AssetKind, Assets, ErrorKind, Obtained, Report};
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
    let simulator = Simulator::start().await.unwrap();
    let mint = simulator.mint().unwrap();
    let mut asset = Asset::new(AssetKind::Obj, &simulator.add_file("lamp.zip", "application/zip", bytes));
    asset.file_name = Some("lamp.zip".into());
    asset.packaging = Some("zip".into());
    asset.primary_path = Some(primary.into());
    mint.download(Assets::from_iter([asset])).unpack_archives().to_dir(directory).await.unwrap()
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
        assert_eq!((unpacked.files, &unpacked.directory), (2, &directory.path().join("lamp")));
        assert_eq!(std::fs::read(unpacked.primary.as_ref().unwrap()).unwrap(), b"v 0 0 0");
        assert_eq!(std::fs::read(directory.path().join("lamp/textures/brass.png")).unwrap(), b"png");
        assert_eq!(names(directory.path()), ["lamp", "lamp.zip", "mint-manifest.json"]);
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
