//! A folder in which the command runs, and the server that it buys from.

use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};

use mint_api_ext::simulator::{API_KEY, Simulator};
use serde_json::Value;
use tempfile::TempDir;

pub(crate) const CREDITS: f64 = 100_000.0;

/// Operations end as they start, so that no command waits for the next poll.
const AT_ONCE: f64 = 1e12;

pub(crate) struct Desk {
    pub(crate) simulator: Simulator,
    pub(crate) folder: TempDir,
}

/// What a command printed, and its exit code.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ran {
    pub(crate) fn of(output: Output) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Self { code: output.status.code().unwrap(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }

    /// The objects of `--json`.
    pub(crate) fn objects(&self) -> Vec<Value> {
        self.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// The data of the first object of a type.
    #[track_caller]
    pub(crate) fn object(&self, kind: &str) -> Value {
        let objects = self.objects();
        let found = objects.iter().find(|object| object["type"] == kind);
        found.unwrap_or_else(|| panic!("no {kind}: {self:#?}"))["data"].clone()
    }

    #[track_caller]
    pub(crate) fn ends(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{self:#?}");
        self
    }
}

/// The command with nothing of this process's environment.
pub(crate) fn mint(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mint"));
    command.args(arguments).env_clear().stdin(Stdio::null());
    // Windows opens no socket without it.
    command.envs(std::env::var_os("SYSTEMROOT").map(|root| ("SYSTEMROOT", root)));
    command
}

impl Desk {
    /// An empty folder.
    pub(crate) async fn empty() -> Self {
        Self::at_speed(AT_ONCE).await
    }

    /// An empty folder, and a server whose operations take longer than a test.
    pub(crate) async fn slow() -> Self {
        Self::at_speed(0.01).await
    }

    /// An empty folder, and a server of this speed.
    pub(crate) async fn at_speed(speed: f64) -> Self {
        let simulator = Simulator::builder().credits(CREDITS).speed(speed).start().await.unwrap();
        Self { simulator, folder: tempfile::tempdir().unwrap() }
    }

    /// A folder with a definition; the project is added.
    pub(crate) async fn of(definition: &str) -> Self {
        Self::empty().await.with(definition)
    }

    /// The same with a definition; the project is added.
    pub(crate) fn with(self, definition: &str) -> Self {
        self.write("mint.toml", &format!("project = 'test'\n{definition}"));
        self
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        fs::write(self.path(path), text).unwrap();
    }

    pub(crate) fn text(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap()
    }

    /// The command in this folder, without a key.
    pub(crate) fn keyless(&self, arguments: &[&str]) -> Command {
        let mut command = mint(arguments);
        command.current_dir(self.folder.path()).env("MINT_API_BASE_URL", self.simulator.base_url());
        command.env("XDG_STATE_HOME", self.path("state"));
        command
    }

    /// Runs the command in this folder.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        Ran::of(self.keyless(arguments).env("MINT_API_KEY", API_KEY).output().unwrap())
    }

    /// Runs the command in this folder, without retries.
    pub(crate) fn run_without_retries(&self, arguments: &[&str]) -> Ran {
        let mut command = self.keyless(arguments);
        Ran::of(command.env("MINT_API_KEY", API_KEY).env("MINT_RETRIES", "0").output().unwrap())
    }

    /// Starts the command in this folder.
    pub(crate) fn spawn(&self, arguments: &[&str]) -> Child {
        let mut command = self.keyless(arguments);
        command.env("MINT_API_KEY", API_KEY).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    /// Starts a model that is not waited for, and returns the id of its operation.
    pub(crate) fn start_model(&self, options: &[&str]) -> String {
        let arguments = ["generate", "model", "a lamp", "--yes", "--no-wait", "--json"];
        let ran = self.run(&[&arguments[..], options].concat()).ends(0);
        ran.object("started")["operation"].as_str().unwrap().to_owned()
    }

    pub(crate) fn spent(&self) -> f64 {
        CREDITS - self.simulator.credits()
    }
}
