//! A PostgreSQL of the test's own.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// Starts the server and waits. It stops the server when its standard input is closed, which also happens when the test dies.
const GUARD: &str = r#""$0" -D "$1/data" -k "$1" -c listen_addresses= -c fsync=off >"$1/log" 2>&1 &
cat >/dev/null; kill -INT $!; wait"#;

/// A cluster in a temporary folder, which listens on a socket in that folder and on no port.
pub(crate) struct Postgres {
    guard: Child,
    folder: TempDir,
}

impl Postgres {
    /// `None`, and it says so, where PostgreSQL is not installed.
    pub(crate) fn start() -> Option<Self> {
        let Some(programs) = programs() else {
            let _ = writeln!(
                std::io::stderr(),
                "SKIPPED: PostgreSQL is not installed, so the fleet was not tried with it; apt-get install postgresql"
            );
            return None;
        };
        let folder = tempfile::tempdir().unwrap();
        let user = user();
        if let Some((user, group)) = user {
            chown(folder.path(), Some(user), Some(group)).unwrap();
        }
        let run_as_user = |program: &Path| {
            let mut command = Command::new(program);
            if let Some((user, group)) = user {
                command.uid(user).gid(group);
            }
            command.current_dir(folder.path());
            command
        };
        let mut initdb = run_as_user(&programs.join("initdb"));
        initdb.args(["--username=mint", "--auth=trust", "--no-sync", "--pgdata=data"]);
        let made = initdb.output().unwrap();
        assert!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
        let mut guard = run_as_user(Path::new("/bin/sh"));
        guard.args(["-c", GUARD]).arg(programs.join("postgres")).arg(folder.path()).stdin(Stdio::piped());
        let postgres = Self { guard: guard.spawn().unwrap(), folder };
        postgres.wait_until_ready();
        Some(postgres)
    }

    pub(crate) fn url(&self) -> String {
        format!("postgres://mint@localhost/postgres?host={}", self.folder.path().display())
    }

    fn wait_until_ready(&self) {
        let log = self.folder.path().join("log");
        let began = Instant::now();
        loop {
            let text = fs::read_to_string(&log).unwrap_or_default();
            if text.contains("ready to accept connections") {
                return;
            }
            assert!(began.elapsed() < Duration::from_secs(30), "PostgreSQL does not start: {text}");
            thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        drop(self.guard.stdin.take());
        let _ = self.guard.wait();
    }
}

/// The folder of the server's programs. Debian has them where no PATH looks.
fn programs() -> Option<PathBuf> {
    let debian = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut debian: Vec<_> = debian.map(|version| version.path().join("bin")).collect();
    debian.sort();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path: Vec<_> = std::env::split_paths(&path).collect();
    debian
        .into_iter()
        .rev()
        .chain(path)
        .find(|folder| folder.join("initdb").exists() && folder.join("postgres").exists())
}

/// Root must be another user: PostgreSQL does not run as root.
fn user() -> Option<(u32, u32)> {
    let id = Command::new("id").arg("-u").output().unwrap().stdout;
    if id != b"0\n" {
        return None;
    }
    let users = fs::read_to_string("/etc/passwd").unwrap();
    let user = |name: &str| {
        let line = users.lines().find(|line| line.split(':').next() == Some(name))?;
        let mut ids = line.split(':').skip(2).map(|id| id.parse().ok());
        Some((ids.next()??, ids.next()??))
    };
    user("postgres").or_else(|| user("nobody"))
}
