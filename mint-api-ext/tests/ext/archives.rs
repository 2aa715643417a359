//! Archives that are unpacked: as a whole, within their directory, or not at all.

use std::io::{Cursor, Write as _};
use std::path::Path;

use mint_api_ext::ErrorKind;
use mint_api_ext::asset::{Asset, AssetKind, Assets};
use mint_api_ext::download::{Obtained, Overwrite, Report};
use mint_api_ext::simulator::Simulator;
use mint_api_ext::types::Operation;
use serde_json::json;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::support::leaks::CleanErr as _;

pub(crate) fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
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
    let url = simulator.add_file("lamp.zip", "application/zip", bytes);
    let download = mint.download(&conversion("op", &url, primary)).unpack_archives().overwrite(overwrite);
    download.to_dir(directory).await.unwrap()
}

/// An operation that made one archive.
fn conversion(id: &str, url: &str, primary: &str) -> Operation {
    let obj = json!({
        "url": url, "filename": "lamp.zip", "packaging": "zip", "primaryPath": primary, "byteSize": -1, "artifactVersion": 1, "extension": "zip", "format": "obj",
        "contentType": "application/zip",
    });
    let conversion = json!({"assets": {"artifacts": {"obj": obj}}});
    let operation = json!({"id": id, "status": "succeeded", "type": "model_conversion", "conversion": conversion});
    serde_json::from_value(operation).unwrap()
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

/// Two operations whose archives have files of the same names, in one directory.
#[tokio::test]
async fn an_archive_of_another_operation_is_not_replaced() {
    let simulator = Simulator::start().await.unwrap();
    let mint = simulator.mint().unwrap();
    let directory = tempfile::tempdir().unwrap();
    let [first, second] = [b"first", b"other"].map(|bytes| archive(&[("a.obj", bytes)]));
    let of = |id, bytes| conversion(id, &simulator.add_file("lamp.zip", "application/zip", bytes), "a.obj");
    let (first, second) = (of("op_1", first), of("op_2", second));
    mint.download(&first).unpack_archives().to_dir(directory.path()).await.unwrap().complete().unwrap();
    let report = mint.download(&second).unpack_archives().to_dir(directory.path()).await.unwrap();
    assert!(report.complete().clean_err().to_string().contains("a directory for each operation"));
    // Nor is what was unpacked, where the archive itself is gone.
    std::fs::remove_file(directory.path().join("lamp.zip")).unwrap();
    let report = mint.download(&second).unpack_archives().to_dir(directory.path()).await.unwrap();
    assert!(report.complete().clean_err().to_string().contains("`a.obj` in it is not of the archive"));
    assert_eq!(std::fs::read(directory.path().join("lamp/a.obj")).unwrap(), b"first");
}

/// A run that does not unpack keeps the list of what an earlier one unpacked, for the next that does.
#[tokio::test]
async fn the_manifest_remembers_what_was_unpacked() {
    let simulator = Simulator::start().await.unwrap();
    let mint = simulator.mint().unwrap();
    let directory = tempfile::tempdir().unwrap();
    for (bytes, unpacks) in [(b"old", true), (b"new", false), (b"new", true)] {
        let url = simulator.add_file("lamp.zip", "application/zip", archive(&[("a.obj", bytes)]));
        let download = mint.download(&conversion("op", &url, "a.obj"));
        let download = if unpacks { download.unpack_archives() } else { download };
        download.to_dir(directory.path()).await.unwrap().complete().unwrap();
    }
    assert_eq!(std::fs::read(directory.path().join("lamp/a.obj")).unwrap(), b"new");
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

/// Archives as other programs make them.
#[tokio::test]
async fn archives_that_are_taken() {
    let directories = {
        let mut writer = ZipWriter::new(Cursor::new(archive(&[])));
        for name in ["/", "My Model /", "My Model /"] {
            let _ = writer.add_directory(name, SimpleFileOptions::default());
        }
        writer.start_file("My Model /a.obj", SimpleFileOptions::default()).unwrap();
        writer.finish().unwrap().into_inner()
    };
    for (name, bytes, files) in [
        ("dot", forged(archive(&[("aaa.obj", b"1")]), b"aaa.obj", b"./a.obj"), ["a.obj"]),
        ("backslash", forged(archive(&[("t/a.obj", b"1")]), b"t/a.obj", b"t\\a.obj"), ["t/a.obj"]),
        ("directories", directories, ["My Model /a.obj"]),
        ("trailing bytes", [archive(&[("a.obj", b"1")]), b"trailing".to_vec()].concat(), ["a.obj"]),
        ("ZIP64 in a small file", with_zip64_end(archive(&[("a.obj", b"1")])), ["a.obj"]),
        #[cfg(not(windows))]
        ("device", archive(&[("nul.obj", b"1")]), ["nul.obj"]),
        #[cfg(not(windows))]
        ("colon", archive(&[("C:a.obj", b"1")]), ["C:a.obj"]),
    ] {
        let directory = tempfile::tempdir().unwrap();
        let report = unpack(bytes, "", directory.path()).await;
        let unpacked = report.complete().unwrap_or_else(|error| panic!("{name}: {error}"))[0].unpacked.clone().unwrap();
        assert_eq!(unpacked.files, files.map(Path::new), "{name}");
        assert!(unpacked.directory.join(files[0]).is_file(), "{name}");
    }
}

/// An archive of one file with an end record of ZIP64, whose numbers the usual end record leaves to it (APPNOTE 4.3.14).
fn with_zip64_end(archive: Vec<u8>) -> Vec<u8> {
    let (rest, end) = archive.split_at(archive.len() - 22);
    let [size, offset] = [12, 16].map(|at| u64::from(u32::from_le_bytes(end[at..at + 4].try_into().unwrap())));
    let mut bytes = rest.to_vec();
    let at = bytes.len() as u64;
    bytes.extend(b"PK\x06\x06");
    bytes.extend(44_u64.to_le_bytes());
    bytes.extend([45, 0, 45, 0]);
    bytes.extend([0; 8]);
    for number in [1, 1, size, offset] {
        bytes.extend(number.to_le_bytes());
    }
    bytes.extend(b"PK\x06\x07");
    bytes.extend([0; 4]);
    bytes.extend(at.to_le_bytes());
    bytes.extend(1_u32.to_le_bytes());
    bytes.extend(b"PK\x05\x06\0\0\0\0");
    bytes.extend([0xff; 12]);
    bytes.extend([0; 2]);
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
        ("deep escape", forged(archive(&[("a/aa/a.obj", b"1")]), b"a/aa/a.obj", b"a/..\\a.obj"), "leads out of it"),
        ("link", link, "neither a file nor a directory"),
        ("twice", forged(two, b"b.obj", b"a.obj"), "two files of one name"),
        ("twice but for case", archive(&[("a.obj", b"1"), ("A.obj", b"2")]), "is there twice"),
        ("twice but for a slash", archive(&[("a/b.obj", b"1"), ("a//b.obj", b"2")]), "is there twice"),
        ("within a file", archive(&[("a", b"1"), ("A/b.obj", b"2")]), "is within a file"),
        ("around a file", archive(&[("a/b.obj", b"1"), ("a", b"2")]), "a file and a directory"),
        ("deep", archive(&[(&format!("{}a.obj", "a/".repeat(32)), b"1")]), "is too deep"),
        ("bomb", archive(&[("a.obj", &vec![0; 50_000_000])]), "times its size"),
        ("too many", many, "10000 are the most"),
        ("CRC", broken, "cannot be read"),
        ("no primary", archive(&[("b.obj", b"1")]), "is not in it"),
    ] {
        let directory = tempfile::tempdir().unwrap();
        let inner = directory.path().join("in");
        let report = unpack(bytes, "a.obj", &inner).await;
        let error = &report.failures[0].error;
        assert_eq!(error.kind(), ErrorKind::Download, "{name}: {error}");
        assert!(error.to_string().contains(says), "{name}: {error}");
        assert_eq!(names(&inner).iter().filter(|name| !name.contains(".part")).count(), 0, "{name}");
        assert_eq!(names(directory.path()), ["in"], "{name}");
    }
}
