//! What a command prints: results on standard output, progress and errors on standard error.

use std::env;
use std::fmt::Display;
use std::io::{self, BufRead as _, IsTerminal as _, Write as _};

use mint_api_ext::progress::Progress;
use serde_json::{Value, json};
use tokio::sync::oneshot;

use crate::args::Args;
use crate::exit_code::Code;
use crate::failure::Failure;

/// The version of the envelope of `--json`.
const VERSION: u32 = 1;

/// Prints what a command reports. A stream that is closed is ignored, so that a reader such as `head` stops no run.
#[derive(Debug)]
pub(crate) struct Output {
    command: &'static str,
    format: Format,
    amount: Amount,
    colors: Colors,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Format {
    Text,
    /// An object per line: `version`, `command`, `type` and `data`.
    Json,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Amount {
    All,
    Problems,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Colors {
    Allowed,
    Off,
}

impl Output {
    pub(crate) fn new(args: &Args) -> Self {
        let no_color = args.no_color || wants_no_color();
        Self {
            command: args.command.name(),
            format: if args.json { Format::Json } else { Format::Text },
            amount: if args.quiet { Amount::Problems } else { Amount::All },
            colors: if no_color { Colors::Off } else { Colors::Allowed },
        }
    }

    /// Prints how far the command is, for a person.
    pub(crate) fn progress(&self, text: impl Display) {
        if self.shows_all() {
            let _ = writeln!(io::stderr(), "{}", printable(text));
        }
    }

    /// The progress of waits and downloads, for a person: bars in a terminal, lines elsewhere.
    pub(crate) fn live_progress(&self) -> Option<Progress> {
        self.shows_all().then(Progress::default)
    }

    /// Whether progress is shown as lines that move.
    pub(crate) fn has_bars(&self) -> bool {
        self.shows_all() && io::stderr().is_terminal()
    }

    /// Whether a picture can be shown among the results.
    pub(crate) fn has_pictures(&self) -> bool {
        self.shows_all() && self.is_colored(&io::stdout())
    }

    /// Prints a result: its text for a person, or its type and data.
    pub(crate) fn result(&self, kind: &str, data: Value, text: impl Display) {
        match self.format {
            Format::Json => self.object(kind, &data),
            Format::Text if self.amount == Amount::All => {
                let _ = writeln!(io::stdout(), "{}", printable(text));
            }
            Format::Text => {}
        }
    }

    /// Prints a result that is only for programs.
    pub(crate) fn data(&self, kind: &str, data: Value) {
        if self.format == Format::Json {
            self.object(kind, &data);
        }
    }

    /// Prints a result that is a problem, also when only problems are wanted.
    pub(crate) fn problem(&self, kind: &str, data: Value, text: impl Display) {
        self.data(kind, data);
        self.problem_text(text);
    }

    /// Prints a problem that is only for a person.
    pub(crate) fn problem_text(&self, text: impl Display) {
        if self.format == Format::Text {
            let word = painted(self.is_colored(&io::stdout()), "33", "problem:");
            let _ = writeln!(io::stdout(), "{word} {}", printable(text));
        }
    }

    /// Prints the end of the command, and returns its exit code.
    pub(crate) fn end(&self, ended: Result<Code, Failure>) -> Code {
        let (code, error) = match ended {
            Ok(code) => (code, None),
            Err(Failure { code, text }) => (code, Some(text)),
        };
        if let Some(text) = &error {
            let word = painted(self.is_colored(&io::stderr()), "1;31", "error:");
            let _ = writeln!(io::stderr(), "{word} {}", printable(text));
        }
        // A completion script is text in any format.
        if self.format == Format::Json && self.command != "completions" {
            let mut data = json!({"exit_code": code as u8});
            if let Some(text) = error {
                data["error"] = text.into();
            }
            self.object("end", &data);
        }
        code
    }

    /// Asks a person. `None` if standard input is no terminal.
    pub(crate) fn ask(&self, question: &str) -> Option<Answer> {
        if !io::stdin().is_terminal() {
            return None;
        }
        let _ = write!(io::stderr(), "{} [y/N] ", printable(question));
        let mut line = String::new();
        let read = io::stdin().lock().read_line(&mut line);
        let is_yes = read.is_ok() && matches!(line.trim().to_lowercase().as_str(), "y" | "yes");
        Some(if is_yes { Answer::Yes } else { Answer::No })
    }

    fn object(&self, kind: &str, data: &Value) {
        let object = json!({"version": VERSION, "command": self.command, "type": kind, "data": data});
        let _ = writeln!(io::stdout(), "{object}");
    }

    /// Whether a person reads the output, and wants all of it.
    fn shows_all(&self) -> bool {
        self.amount == Amount::All && self.format == Format::Text
    }

    fn is_colored(&self, stream: &impl io::IsTerminal) -> bool {
        self.colors == Colors::Allowed && stream.is_terminal()
    }
}

/// Whether the environment or the command line asks for no colors, also where the command line cannot be read.
pub(crate) fn wants_no_color() -> bool {
    env::args_os().any(|argument| argument == "--no-color")
        || env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
        || env::var_os("TERM").is_some_and(|value| value == "dumb")
}

/// Reads a line of standard input, on a thread that the end of the command does not wait for. `None` at the end.
pub(crate) async fn read_line() -> Option<String> {
    let (sender, line) = oneshot::channel();
    std::thread::spawn(move || {
        let mut line = String::new();
        let read = io::stdin().lock().read_line(&mut line);
        let _ = sender.send(read.is_ok_and(|bytes| bytes > 0).then_some(line));
    });
    line.await.ok().flatten()
}

/// What a person said.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Answer {
    Yes,
    No,
}

/// A text without what a terminal obeys, which names and prompts of other people may hold.
fn printable(text: impl Display) -> String {
    let is_obeyed = |character: char| character.is_control() && !matches!(character, '\n' | '\t');
    text.to_string().replace(is_obeyed, " ")
}

fn painted(is_colored: bool, color: &str, word: &str) -> String {
    match is_colored {
        true => format!("\u{1b}[{color}m{word}\u{1b}[0m"),
        false => word.to_owned(),
    }
}
