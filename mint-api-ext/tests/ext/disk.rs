//! What a disk may do: be full, be read-only, hold links and directories where files should be.

use std::path::Path;

#[cfg(target_os = "linux")]
use crate::support::say::say;
use mint_api_ext::ErrorKind;
use mint_api_ext::asset::{Asset, AssetKind, Assets};
use mint_api_ext::download::{Obtained, Report};
use mint_api_ext::simulator::Simulator;

async fn download(bytes: Vec<u8>, directory: &Path) -> Report {
    download_from(&Simulator::start().await.unwrap(), bytes, directory).await
}

async fn download_from(simulator: &Simulator, bytes: Vec<u8>, directory: &Path) -> Report {
    let mint = simulator.mint().unwrap();
    let url = simulator.add_file("a.stl", "model/stl", bytes);
    let assets = Assets::from_iter([Asset::new(AssetKind::Stl, &url)]);
    mint.download(assets).to_dir(directory).await.unwrap()
}

fn io_failure(report: &Report, says: &str) {
    let error = &report.failures[0].error;
    assert_eq!(error.kind(), ErrorKind::Io, "{error}");
    assert!(error.to_string().contains(says), "{error}");
}

/// A small file system, or nothing where none can be mounted.
#[cfg(target_os = "linux")]
pub(crate) struct Small(pub(crate) tempfile::TempDir);

#[cfg(target_os = "linux")]
impl Small {
    pub(crate) fn mount(options: &str) -> Option<Self> {
        let directory = tempfile::tempdir().unwrap();
        let mut mount = std::process::Command::new("mount");
        let mount = mount.args(["-t", "tmpfs", "-o", options, "tmpfs"]).arg(directory.path());
        let mounted = mount.output().is_ok_and(|output| output.status.success());
        if !mounted {
            say("SKIPPED: no file system can be mounted here; run as root");
        }
        mounted.then_some(Self(directory))
    }
}

#[cfg(target_os = "linux")]
impl Drop for Small {
    fn drop(&mut self) {
        let _ = std::process::Command::new("umount").arg(self.0.path()).status();
    }
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_full_disk_is_told_and_leaves_no_file() {
    let Some(small) = Small::mount("size=1m") else {
        return;
    };
    let target = small.0.path().join("model.stl");
    std::fs::write(small.0.path().join("other"), vec![0; 500_000]).unwrap();
    let bytes: Vec<u8> = (0..900_000_u32).map(|n| (n % 251) as u8).collect();
    let simulator = Simulator::start().await.unwrap();
    io_failure(&download_from(&simulator, bytes.clone(), small.0.path()).await, "make room on the disk");
    assert!(!target.exists());
    // Where there is room, what was saved is not fetched again.
    std::fs::remove_file(small.0.path().join("other")).unwrap();
    let files = download_from(&simulator, bytes.clone(), small.0.path()).await.complete().unwrap();
    assert_eq!((files[0].obtained, std::fs::read(target).unwrap() == bytes), (Obtained::Continued, true));
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_read_only_directory() {
    let Some(small) = Small::mount("ro,size=1m") else {
        return;
    };
    io_failure(&download(vec![b'x'; 10], small.0.path()).await, "choose a directory that can be written to");
}

#[tokio::test]
async fn a_directory_under_the_name_of_the_file() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::create_dir(directory.path().join("model.stl")).unwrap();
    io_failure(&download(vec![b'x'; 10], directory.path()).await, "it is a directory");
}

/// The name itself is cut to fit; the directory may be too long for any name.
#[cfg(unix)]
#[tokio::test]
async fn a_path_that_is_too_long() {
    let simulator = Simulator::start().await.unwrap();
    let mint = simulator.mint().unwrap();
    let url = simulator.add_file("a.stl", "model/stl", vec![b'x'; 10]);
    let mut asset = Asset::new(AssetKind::Stl, &url);
    asset.file_name = Some(format!("{}.stl", "é".repeat(300)));
    let directory = tempfile::tempdir().unwrap();
    let files = mint.download(Assets::from_iter([asset])).to_dir(directory.path()).await.unwrap().complete().unwrap();
    assert!(files[0].path.is_file());

    let deep = directory.path().join("d".repeat(300));
    let error = mint.download(Assets::from_iter([Asset::new(AssetKind::Stl, &url)])).to_dir(deep).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Io);
}

#[cfg(unix)]
#[tokio::test]
async fn links_are_replaced_and_never_followed() {
    let outside = tempfile::tempdir().unwrap();
    let directory = tempfile::tempdir().unwrap();
    let kept = outside.path().join("kept");
    std::fs::write(&kept, "before").unwrap();
    for name in ["model.stl", "model.stl.part", "model.stl.part.json", "mint-manifest.json", "mint-manifest.json.new"] {
        std::os::unix::fs::symlink(&kept, directory.path().join(name)).unwrap();
    }
    let files = download(vec![b'x'; 10], directory.path()).await.complete().unwrap();
    assert!(files[0].path.symlink_metadata().unwrap().is_file());
    assert_eq!(std::fs::read(&files[0].path).unwrap(), [b'x'; 10]);
    assert_eq!(std::fs::read(&kept).unwrap(), b"before");

    std::fs::remove_file(directory.path().join("model.stl")).unwrap();
    std::os::unix::fs::symlink(&kept, directory.path().join("model.stl.lock")).unwrap();
    io_failure(&download(vec![b'x'; 10], directory.path()).await, "symbolic link");
    assert_eq!(std::fs::read(&kept).unwrap(), b"before");
}
