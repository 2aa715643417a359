//! The child process: reads a document, generates, and writes the answer.

use std::any::Any;
use std::fs;
use std::io;
use std::panic;
use std::path::Path;
use std::process;
use std::thread;

use openapi_client_codegen::{Error, Settings, generate, source};

use super::answer::{Answer, Client, Refusal};
use super::exchange::Exchange;
use super::memory;
use crate::Exit;
use crate::problem::Problem;

/// The hidden command.
pub(crate) const COMMAND: &str = "generate-here";

/// Runs the hidden command. An allocation beyond [`memory::LIMIT`] aborts the process. It ends with its parent, too, which holds
/// the other end of stdin.
///
/// # Errors
///
/// When a file in the folder cannot be read or written.
pub(crate) fn work(folder: &Path) -> Result<Exit, Problem> {
    let fix = "this command is not for people; run cargo xtask codegen --spec FILE";
    memory::bound();
    thread::spawn(|| {
        let _ = io::copy(&mut io::stdin(), &mut io::sink());
        process::exit(1);
    });
    let exchange = Exchange::in_folder(folder);
    let Exchange { document, answer } = &exchange;
    let text = fs::read_to_string(document).map_err(|error| Problem::of_path("read", document, error, fix))?;
    exchange.write_answer(&answer_to(&text)).map_err(|error| Problem::of_path("write", answer, error, fix))?;
    Ok(Exit::Done)
}

/// What the generator makes of a text. A panic becomes a refusal.
fn answer_to(text: &str) -> Answer {
    match panic::catch_unwind(|| client(text)) {
        Ok(client) => Ok(client?),
        Err(payload) => Err(Refusal::of_generator(format!("panicked: {}", text_of(&*payload)))),
    }
}

fn client(text: &str) -> Result<Client, Error> {
    let generated = generate(&source::read(text)?, &Settings::default())?;
    Ok(Client { rust: generated.rust, report: generated.report, type_names: generated.type_names })
}

/// The message of a panic.
fn text_of(payload: &(dyn Any + Send)) -> &str {
    let text = payload.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| payload.downcast_ref::<&str>().copied()).unwrap_or("without a message")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::DOCUMENT;

    #[test]
    fn a_document_gives_a_client() {
        let client = answer_to(DOCUMENT).unwrap();
        assert_eq!(client.report.rejections().count(), 0);
        assert!(client.rust.contains("pub struct Client"));
        assert!(client.report.to_markdown().starts_with("# What became"));
    }

    #[test]
    fn a_text_that_is_no_document_is_unreadable() {
        for text in ["{\"openapi\": ", "openapi: [", "text"] {
            assert!(matches!(answer_to(text), Err(Refusal::Unreadable(_))), "{text}");
        }
    }

    #[test]
    fn an_answer_survives_the_way_between_the_processes() {
        let folder = tempfile::tempdir().unwrap();
        let exchange = Exchange::in_folder(folder.path());
        let refused = answer_to(&DOCUMENT.replacen("3.1.0", "2.0", 1)).unwrap_err();
        assert_eq!(refused.rejections()[0].code, openapi_client_codegen::Code::R003);
        exchange.write_answer(&Err(refused.clone())).unwrap();
        assert_eq!(exchange.read_answer().unwrap().unwrap_err(), refused);

        let client = answer_to(DOCUMENT).unwrap();
        exchange.write_answer(&Ok(client.clone())).unwrap();
        let read = exchange.read_answer().unwrap().unwrap();
        assert_eq!((read.rust, read.report, read.type_names), (client.rust, client.report, client.type_names));

        fs::write(&exchange.answer, "{\"Ok\":").unwrap();
        assert!(exchange.read_answer().is_none());
    }

    #[test]
    fn a_panic_keeps_its_words() {
        assert_eq!(text_of(&String::from("a b")), "a b");
        assert_eq!(text_of(&"a b"), "a b");
        assert_eq!(text_of(&1), "without a message");
    }
}
