//! The processes of the example `fleet`, for a program that starts them.

use std::io::{self, BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use mint_api_ext::simulator::{Script, Simulator};

use crate::{Error, Settings};

/// Models that take from 2 to 10 seconds.
pub fn scripts(count: usize) -> impl Iterator<Item = Script> {
    let durations = (1..10).cycle().take(count);
    durations.map(|seconds| Script::model().timeline([("queued", 1), ("running", seconds), ("succeeded", 0)]))
}

/// Serves this many operations until standard input is closed. Prints the base URL and the ids, then the number of requests
/// whenever it reads a line.
///
/// # Errors
///
/// When the simulator cannot start.
pub async fn serve(count: usize) -> Result<(), Error> {
    let simulator = Simulator::start().await?;
    let ids: Vec<_> = scripts(count).map(|script| simulator.add(script)).collect();
    println!("{}\n{}", simulator.base_url(), ids.join(" "));
    let answer = move || {
        for line in io::stdin().lines() {
            line?;
            println!("{}", simulator.api_requests().len());
        }
        Ok(())
    };
    tokio::task::spawn_blocking(answer).await?
}

/// A simulator in a process of its own. It ends when this is dropped, or the process that holds it dies.
#[derive(Debug)]
pub struct SimulatorProcess {
    /// The base URL of the API.
    pub url: String,
    /// The ids of the operations.
    pub operations: Vec<String>,
    child: Child,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl SimulatorProcess {
    /// Starts `fleet serve` with this many operations.
    ///
    /// # Errors
    ///
    /// When the program cannot be started or does not serve.
    pub fn start(fleet: &Path, operations: usize) -> Result<Self, Error> {
        let mut command = Command::new(fleet);
        command.args(["serve", &operations.to_string()]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn()?;
        let (Some(questions), Some(answers)) = (child.stdin.take(), child.stdout.take()) else {
            return Err("the simulator has no standard input and output".into());
        };
        let mut simulator =
            Self { url: String::new(), operations: vec![], child, questions, answers: BufReader::new(answers) };
        simulator.url = simulator.line()?;
        simulator.operations = simulator.line()?.split(' ').map(str::to_owned).collect();
        Ok(simulator)
    }

    /// How many requests the API has had.
    ///
    /// # Errors
    ///
    /// When the simulator does not answer.
    pub fn requests(&mut self) -> Result<usize, Error> {
        writeln!(self.questions, "requests")?;
        Ok(self.line()?.parse()?)
    }

    fn line(&mut self) -> Result<String, Error> {
        let mut line = String::new();
        self.answers.read_line(&mut line)?;
        Ok(line.trim_end().to_owned())
    }
}

impl Drop for SimulatorProcess {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A worker. It is killed when this is dropped, and ends by itself when the process that holds it dies.
#[derive(Debug)]
pub struct WorkerProcess(Child);

impl WorkerProcess {
    /// Starts `fleet work`.
    ///
    /// # Errors
    ///
    /// When the program cannot be started.
    pub fn start(fleet: &Path, settings: &Settings) -> Result<Self, Error> {
        let mut command = Command::new(fleet);
        settings.apply(&mut command);
        Ok(Self(command.arg("work").stdin(Stdio::piped()).spawn()?))
    }
}

/// SIGKILL, where there are signals: the worker does nothing more.
impl Drop for WorkerProcess {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
