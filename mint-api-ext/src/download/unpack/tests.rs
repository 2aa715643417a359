//! Archives that are taken, archives that are refused, and what becomes of the directory.

use tempfile::{TempDir, tempdir};

use super::*;
use crate::asset::AssetKind;
use crate::download::fuzzing::unpack::Zip;

/// An archive of files, each packed in this way under this name, in a directory of its own.
fn packed(entries: &[(&str, &str)]) -> TempDir {
    let mut zip = Zip::default();
    entries.iter().for_each(|(how, name)| zip.add(how, name, name.as_bytes()));
    let directory = tempdir().unwrap();
    fs::write(directory.path().join("a.zip"), zip.finish()).unwrap();
    directory
}

fn asset(first: Option<&str>) -> Asset {
    Asset { primary_path: first.map(str::to_owned), ..Asset::new(AssetKind::Obj, "https://a.b/a.zip") }
}

fn staged(directory: &TempDir, first: Option<&str>, overwrite: Overwrite, known: &[&str]) -> Result<Staged, String> {
    let archive = directory.path().join("a.zip");
    let known: Vec<_> = known.iter().map(PathBuf::from).collect();
    Staged::unpack(&asset(first), &archive, &archive, overwrite, &known).map_err(|error| error.to_string())
}

#[test]
fn what_an_archive_may_hold() {
    let deep = |parts: usize| vec!["a"; parts].join("/");
    let (deepest, too_deep) = (deep(MAX_DEPTH), deep(MAX_DEPTH + 1));
    let folders = [("s", "a/"), ("s", "a/b/"), ("s", "a/b/c"), ("s", "./"), ("s", "./d"), ("s", r"e\f")];
    for (entries, first, end) in [
        (&[("s", "a"), ("d", "b/c")][..], None, Ok(2)),
        (&folders, None, Ok(3)),
        (&[("s", &deepest)], None, Ok(1)),
        (&[("s", &too_deep)], None, Err("too deep")),
        (&[("s", "/a")], None, Err("absolute")),
        (&[("s", "a/../b")], None, Err("leads out")),
        (&[("s", "a\0b")], None, Err("null byte")),
        (&[("s", "")], None, Err("has no name")),
        (&[("l", "a")], None, Err("neither a file nor a directory")),
        (&[("x", "a")], None, Err("cannot be read")),
        (&[("s", "a"), ("s", "a")], None, Err("two files of one name")),
        (&[("s", "a"), ("s", "A")], None, Err("is there twice")),
        (&[("s", "a"), ("s", "A/b")], None, Err("within a file")),
        (&[("s", "A/b"), ("s", "a")], None, Err("within a file")),
        (&[("s", "a"), ("s", "A/")], None, Err("within a file")),
        (&[("s", "A/"), ("s", "a")], None, Err("within a file")),
        (&[("s", "a/b"), ("s", "A/c")], None, Ok(2)),
        // The file to open first.
        (&[("s", "a/b")], Some("a/b"), Ok(1)),
        (&[("s", "a/b")], Some(""), Ok(1)),
        (&[("s", "a/b")], Some("a"), Err("to open first")),
        (&[("s", "a/b")], Some("c"), Err("to open first")),
    ] {
        let directory = packed(entries);
        match (staged(&directory, first, Overwrite::IfChanged, &[]), end) {
            (Ok(staged), Ok(files)) => {
                assert_eq!(staged.files.len(), files, "{entries:?}");
                let unpacked = staged.publish().unwrap();
                for file in &unpacked.files {
                    let content = fs::read_to_string(unpacked.directory.join(file)).unwrap();
                    assert!(content.replace('\\', "/").ends_with(&*file.to_string_lossy()), "{content}");
                }
                let first = first.filter(|path| !path.is_empty()).map(|path| unpacked.directory.join(path));
                assert_eq!(unpacked.primary, first);
            }
            (Err(found), Err(why)) => assert!(found.contains(why), "{found}"),
            (found, end) => panic!("{:?} instead of {end:?} for {entries:?}", found.map(|staged| staged.files.clone())),
        }
        assert!(!directory.path().join("a.zip.unpacking").exists());
    }
}

#[test]
fn how_much_an_archive_may_hold() {
    assert_eq!((MAX_BYTES, ALWAYS_ALLOWED), (4_294_967_296, 1_048_576));
    let allowed = 1_048_576;
    for (bytes, is_taken) in [(allowed, true), (allowed + 1, false)] {
        let mut zip = Zip::default();
        zip.add("d", "a", &vec![0; bytes]);
        let directory = tempdir().unwrap();
        fs::write(directory.path().join("a.zip"), zip.finish()).unwrap();
        assert_eq!(staged(&directory, None, Overwrite::IfChanged, &[]).is_ok(), is_taken, "{bytes}");
    }
    let names: Vec<_> = (0..=MAX_FILES).map(|number| number.to_string()).collect();
    let directory = packed(&names.iter().map(|name| ("s", name.as_str())).collect::<Vec<_>>());
    let refused = staged(&directory, None, Overwrite::IfChanged, &[]).err().unwrap();
    assert!(refused.contains("10001 files"), "{refused}");
}

#[test]
fn a_directory_is_replaced_unless_that_would_lose_a_file() {
    use Overwrite::{Always, IfChanged, Never};
    for (old, known, overwrite, is_replaced) in [
        (&[][..], &[][..], IfChanged, true),
        (&[("x", "other")], &[], IfChanged, false),
        (&[("x", "other")], &[], Always, false),
        (&[("x", "other")], &["x"], IfChanged, true),
        (&[("x", "other")], &["x"], Never, false),
        // A file of the archive, with the same bytes or with others.
        (&[("b", "b")], &[], IfChanged, true),
        (&[("b", "c")], &[], IfChanged, false),
        (&[("b", "")], &[], IfChanged, false),
        (&[("b", "other")], &[], IfChanged, false),
        (&[("b", "other")], &[], Always, true),
        (&[("b", "other")], &["b"], IfChanged, true),
        (&[("b", "b"), ("x", "other")], &[], IfChanged, false),
    ] {
        let directory = packed(&[("s", "b")]);
        let target = directory.path().join("a");
        for (name, content) in old {
            fs::create_dir_all(&target).unwrap();
            fs::write(target.join(name), content).unwrap();
        }
        let staged = staged(&directory, None, overwrite, known);
        assert_eq!(staged.is_ok(), is_replaced, "{old:?} {known:?} {overwrite:?}");
        if let Ok(staged) = staged {
            staged.publish().unwrap();
            assert_eq!(files_in(&target).unwrap(), [PathBuf::from("b")]);
        }
    }
    // A directory that has the name of a file.
    let directory = packed(&[("s", "b")]);
    fs::create_dir_all(directory.path().join("a/b")).unwrap();
    fs::write(directory.path().join("a/b/c"), "other").unwrap();
    assert!(staged(&directory, None, Always, &[]).is_err());
    // A file that has the name of the directory.
    let directory = packed(&[("s", "b")]);
    fs::write(directory.path().join("a"), "other").unwrap();
    assert!(staged(&directory, None, Always, &[]).is_err());
}

#[test]
fn an_older_directory_comes_back_if_the_new_one_cannot_be_published() {
    for is_there in [true, false] {
        let directory = packed(&[("s", "b")]);
        let target = directory.path().join("a");
        if is_there {
            fs::create_dir(&target).unwrap();
            fs::write(target.join("b"), "b").unwrap();
        }
        let staged = staged(&directory, None, Overwrite::IfChanged, &[]).unwrap();
        remove(&staged.staging).unwrap();
        assert!(staged.publish().is_err());
        assert_eq!(target.join("b").is_file(), is_there);
        assert!(!directory.path().join("a.replaced").exists());
    }
}

#[test]
fn what_is_there_is_not_unpacked_again() {
    use UnpackedFrom::{Earlier, This};
    for (old, known, from, overwrite, first, end) in [
        (&["b"][..], &["b"][..], This, Overwrite::IfChanged, None, Some("old")),
        (&["b"], &["b", "c"], This, Overwrite::IfChanged, None, Some("b")),
        (&["b"], &["b"], Earlier, Overwrite::IfChanged, None, Some("b")),
        (&[], &["b"], This, Overwrite::IfChanged, None, Some("b")),
        // A directory that no download recorded.
        (&["b"], &[], This, Overwrite::Never, None, Some("old")),
        (&["b"], &[], This, Overwrite::Always, None, Some("b")),
        (&["b"], &[], This, Overwrite::IfChanged, None, None),
        // The file to open first.
        (&["b"], &["b"], This, Overwrite::IfChanged, Some("b"), Some("old")),
        (&["b"], &["b"], This, Overwrite::IfChanged, Some(""), Some("old")),
        (&["d"], &["d"], This, Overwrite::IfChanged, Some("b"), Some("b")),
    ] {
        let directory = packed(&[("s", "b")]);
        let (target, unpacked) = (directory.path().join("a.zip"), directory.path().join("a"));
        for name in old {
            fs::create_dir_all(&unpacked).unwrap();
            fs::write(unpacked.join(name), "old").unwrap();
        }
        let earlier = known.iter().map(PathBuf::from).collect();
        let archive = Archive { asset: asset(first), target, overwrite, earlier, earlier_from: from };
        let found = archive.unpack_again().ok().map(|found| fs::read_to_string(found.directory.join("b")).unwrap());
        assert_eq!(found.as_deref(), end, "{old:?} {known:?} {overwrite:?} {first:?}");
    }
}

#[test]
fn the_entries_that_the_end_record_counts() {
    let end = |count: u16| [&b"PK\x05\x06"[..], &[0; 6], &count.to_le_bytes(), &[0; 10]].concat();
    let of_zip64 = |count: u64| [&b"PK\x06\x06"[..], &[0; 28], &count.to_le_bytes(), &[0; 16]].concat();
    for (bytes, found) in [
        (vec![], None),
        (end(0), Some(0)),
        (end(7), Some(7)),
        ([&b"file"[..], &end(7)].concat(), Some(7)),
        ([&vec![1; TAIL][..], &end(7)].concat(), Some(7)),
        (end(u16::MAX), None),
        ([of_zip64(70_000), end(u16::MAX)].concat(), Some(70_000)),
        ([&vec![1; TAIL][..], &of_zip64(70_000), &end(u16::MAX)].concat(), Some(70_000)),
    ] {
        let directory = tempdir().unwrap();
        let path = directory.path().join("a.zip");
        fs::write(&path, &bytes).unwrap();
        assert_eq!(entries(&mut File::open(&path).unwrap(), bytes.len() as u64).unwrap(), found);
    }
}

#[test]
fn paths_within_an_archive() {
    for (name, path) in [
        ("a/b", Ok("a/b")),
        (r"a\b", Ok("a/b")),
        ("./a//b/", Ok("a/b")),
        ("/", Ok("")),
        ("", Ok("")),
        ("a..b", Ok("a..b")),
        ("/a", Err("absolute")),
        (r"\a", Err("absolute")),
        ("..", Err("leads out")),
        ("a/..", Err("leads out")),
        ("a\0", Err("null byte")),
    ] {
        match (inside(name), path) {
            (Ok(found), Ok(path)) => assert_eq!(found, Path::new(path)),
            (Err(found), Err(why)) => assert!(found.contains(why), "{found}"),
            (found, path) => panic!("{found:?} instead of {path:?}"),
        }
    }
    assert_eq!(inside("a/nul").is_ok(), cfg!(not(windows)));
}

#[test]
fn what_is_removed() {
    let directory = tempdir().unwrap();
    let path = |name: &str| directory.path().join(name);
    fs::create_dir(path("full")).unwrap();
    fs::write(path("full/file"), "").unwrap();
    fs::write(path("file"), "").unwrap();
    for name in ["missing", "full", "file"] {
        remove(&path(name)).unwrap();
        assert!(!path(name).exists());
    }
    fs::write(path("file"), "").unwrap();
    assert_eq!(remove(&path("file/missing")).is_ok(), cfg!(windows));
}

#[test]
fn where_an_archive_is_unpacked() {
    for (archive, directory) in [
        ("a/lamp.obj.zip", "a/lamp.obj"),
        ("a/lamp", "a/lamp-unpacked"),
        ("a/lamp.glb.part.zip", "a/lamp.glb.part.zip-unpacked"),
        ("mint-manifest.json.zip", "mint-manifest.json.zip-unpacked"),
        ("lamp .a long extension", "lamp .a long extension-unpacked"),
        ("lamp..a long extension", "lamp..a long extension-unpacked"),
    ] {
        assert_eq!(directory_of(Path::new(archive)), Path::new(directory));
    }
}

#[test]
fn names_that_windows_forbids() {
    for name in ["a:b", "a ", "a.", "a.obj.", "nul", "COM1.txt", "a?", "<a", "a|b", "\"", "*", "a\u{1}b"] {
        assert!(is_forbidden_by_windows(name), "{name}");
    }
    for name in ["a", ".a", "a b", "a.b", "nulls", "com10.txt"] {
        assert!(!is_forbidden_by_windows(name), "{name}");
    }
}
