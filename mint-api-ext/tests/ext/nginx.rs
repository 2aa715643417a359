//! The core of downloading against a server that is not ours: nginx, where it is installed.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use mint_api_ext::Mint;
use mint_api_ext::asset::{Asset, AssetKind, Assets};
use mint_api_ext::download::{Event, FetchedFile, Obtained};
use mint_api_ext::simulator::Simulator;
use mint_loopback::Refusing;
use tokio::sync::Notify;

use crate::support::say::say;

const SIZE: usize = 3_000_000;

struct Nginx {
    child: Child,
    root: tempfile::TempDir,
    url: String,
}

impl Nginx {
    /// `None`, and it says so, where nginx is not installed.
    fn start() -> Option<Self> {
        // Debian has it where only root's PATH looks.
        let program = ["nginx", "/usr/sbin/nginx"].into_iter().find(|program| {
            let version = Command::new(program).arg("-v").stdout(Stdio::null()).stderr(Stdio::null()).status();
            version.is_ok_and(|status| status.success())
        });
        let Some(program) = program else {
            say("SKIPPED: nginx is not installed, so downloads were not tried with it; apt-get install nginx-light");
            return None;
        };
        // Another program may take the port before nginx does, which ends it; then it is another port.
        let mut told = String::new();
        for _ in 0..8 {
            let free = Refusing::start();
            let port = free.port();
            drop(free);
            match Self::start_at(program, port) {
                Ok(nginx) => return Some(nginx),
                Err(why) => told = why,
            }
        }
        panic!("nginx does not start: {told}");
    }

    /// What nginx says where it ends before it takes connections.
    fn start_at(program: &str, port: u16) -> Result<Self, String> {
        let root = tempfile::tempdir().unwrap();
        let shown = root.path().display();
        let configuration = format!(
            "daemon off; pid {shown}/pid; error_log {shown}/error.log; user root;\n\
             events {{}}\n\
             http {{ access_log off; client_body_temp_path {shown}/t1; proxy_temp_path {shown}/t2;\n\
             fastcgi_temp_path {shown}/t3; uwsgi_temp_path {shown}/t4; scgi_temp_path {shown}/t5; gzip on; gzip_types *;\n\
             server {{ listen 127.0.0.1:{port}; root {shown}/www;\n\
             location /moved/ {{ rewrite ^/moved(/.*) $1 redirect; }}\n\
             location /slow/ {{ alias {shown}/www/; limit_rate_after 1m; limit_rate 1; }} }} }}\n"
        );
        std::fs::create_dir(root.path().join("www")).unwrap();
        std::fs::write(root.path().join("nginx.conf"), configuration).unwrap();
        let mut nginx = Command::new(program);
        nginx.args(["-e", "stderr", "-c"]).arg(root.path().join("nginx.conf")).arg("-p").arg(root.path());
        let log = root.path().join("stderr");
        let child = nginx.stdout(Stdio::null()).stderr(std::fs::File::create(&log).unwrap()).spawn().unwrap();
        let mut nginx = Self { child, root, url: format!("http://127.0.0.1:{port}") };
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            if nginx.child.try_wait().unwrap().is_some() {
                return Err(std::fs::read_to_string(log).unwrap());
            }
            std::thread::yield_now();
        }
        Ok(nginx)
    }

    fn put(&self, bytes: &[u8]) {
        std::fs::write(self.root.path().join("www/a.stl"), bytes).unwrap();
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // The master ends its workers only when it is asked to.
        let pid = self.child.id().to_string();
        let _ = Command::new("kill").args(["-TERM", &pid]).status();
        let _ = self.child.wait();
    }
}

fn file(first: usize) -> Vec<u8> {
    (first..first + SIZE).map(|n| (n * 31 % 251) as u8).collect()
}

async fn save(mint: &Mint, url: &str, directory: &Path) -> FetchedFile {
    let assets = Assets::from_iter([Asset::new(AssetKind::Stl, url)]);
    mint.download(assets).to_dir(directory).await.unwrap().complete().unwrap().remove(0)
}

/// Downloads the first part of a file, as slow as it comes, and drops it.
async fn begin(mint: &Mint, url: &str, directory: &Path) {
    let arrived = Arc::new(Notify::new());
    let seen = arrived.clone();
    let download = mint.download(Assets::from_iter([Asset::new(AssetKind::Stl, url)])).on_event(move |event| {
        if matches!(event, Event::Progress { bytes, .. } if *bytes > 500_000) {
            seen.notify_one();
        }
    });
    let task = tokio::spawn(download.to_dir(directory).into_future());
    arrived.notified().await;
    task.abort();
    assert!(task.await.unwrap_err().is_cancelled());
}

#[tokio::test]
async fn a_real_server() {
    let Some(nginx) = Nginx::start() else {
        return;
    };
    let simulator = Simulator::start().await.unwrap();
    let mint = simulator.mint().unwrap();
    let (fast, slow) = (format!("{}/a.stl", nginx.url), format!("{}/slow/a.stl", nginx.url));
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("model.stl");
    nginx.put(&file(0));

    assert_eq!(save(&mint, &fast, directory.path()).await.obtained, Obtained::Fetched);
    assert!(std::fs::read(&path).unwrap() == file(0));
    assert_eq!(save(&mint, &fast, directory.path()).await.obtained, Obtained::AlreadyThere, "304 Not Modified");

    // Continued: the part was fetched under another path, so its sidecar is told that it is the same file.
    let same_file = || {
        let sidecar = directory.path().join("model.stl.part.json");
        let text = std::fs::read_to_string(&sidecar).unwrap();
        std::fs::write(sidecar, text.replace("/slow/a.stl", "/a.stl")).unwrap();
    };
    std::fs::remove_file(&path).unwrap();
    begin(&mint, &slow, directory.path()).await;
    same_file();
    let saved = save(&mint, &fast, directory.path()).await;
    assert_eq!(saved.obtained, Obtained::Continued, "206 Partial Content");
    assert!(std::fs::read(&path).unwrap() == file(0));

    // Everything is there but the name: 416.
    std::fs::remove_file(&path).unwrap();
    begin(&mint, &slow, directory.path()).await;
    same_file();
    std::fs::write(directory.path().join("model.stl.part"), file(0)).unwrap();
    let saved = save(&mint, &fast, directory.path()).await;
    assert_eq!((saved.obtained, saved.attempts), (Obtained::Continued, 1), "416 Range Not Satisfiable");

    // Another version meanwhile: from the beginning.
    std::fs::remove_file(&path).unwrap();
    begin(&mint, &slow, directory.path()).await;
    same_file();
    nginx.put(&file(7)[1..]);
    let saved = save(&mint, &fast, directory.path()).await;
    assert_eq!(saved.obtained, Obtained::Fetched, "200 by If-Range");
    assert!(std::fs::read(&path).unwrap() == file(7)[1..]);

    let moved = format!("{}/moved/a.stl", nginx.url);
    let elsewhere = tempfile::tempdir().unwrap();
    assert_eq!(save(&mint, &moved, elsewhere.path()).await.bytes, SIZE as u64 - 1, "302 Found");

    let missing = Assets::from_iter([Asset::new(AssetKind::Stl, &format!("{}/none.stl?s=secret", nginx.url))]);
    let error = mint.download(missing).to_dir(directory.path().join("none")).await.unwrap().complete().unwrap_err();
    assert_eq!(error.status().map(|status| status.as_u16()), Some(404));
    assert!(!error.to_string().contains("secret"), "{error}");
}
