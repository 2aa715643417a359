//! The options of commands that may cost credits, and the question before they do.

use mint_api_ext::request::{Call, Estimated, Request};

use crate::exit_code::Code;
use crate::failure::Failure;
use crate::output::{Answer, Output};
use crate::shown::without_controls;

/// The options of a command that may cost credits.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Paying {
    /// Pay without a question
    #[arg(long, short)]
    pub(crate) yes: bool,
    /// Send nothing that is estimated to cost more
    #[arg(long, value_name = "N", value_parser = credits)]
    max_credits: Option<f64>,
    /// The price to go by where the server gives no estimate
    #[arg(long, value_name = "N", value_parser = credits)]
    assume_credits: Option<f64>,
}

/// Reads a number of credits.
pub(crate) fn credits(text: &str) -> Result<f64, String> {
    let number = text.parse().ok().filter(|number: &f64| number.is_finite() && *number >= 0.0);
    number.ok_or_else(|| "write a number of credits from 0, such as 500".to_owned())
}

impl Paying {
    /// Without limits: `yes` is whether to pay without a question.
    pub(crate) fn of(yes: bool) -> Self {
        Self { yes, max_credits: None, assume_credits: None }
    }

    /// The request with the limits on its price.
    pub(crate) fn limited<T: Call>(&self, mut request: Request<T>) -> Request<T> {
        if let Some(credits) = self.max_credits {
            request = request.max_credits(credits);
        }
        match self.assume_credits {
            Some(credits) => request.assume_credits(credits),
            None => request,
        }
    }

    /// Asks before a request is paid, with the estimate of the server.
    pub(crate) async fn consent_to<T: Estimated>(
        &self,
        what: &str,
        request: &Request<T>,
        output: &Output,
    ) -> Result<(), Failure> {
        if self.yes {
            return Ok(());
        }
        let credits = request.estimate().await?.credits;
        consent(what, &format!("about {} credits", credits.estimated_total), output)
    }

    /// Asks before something is paid whose price the server does not estimate.
    pub(crate) fn consent(&self, what: &str, output: &Output) -> Result<(), Failure> {
        match (self.yes, self.assume_credits) {
            (true, _) => Ok(()),
            (false, Some(credits)) => consent(what, &format!("{credits} credits, as assumed"), output),
            (false, None) => consent(what, "credits, and the server gives no estimate", output),
        }
    }
}

fn consent(what: &str, price: &str, output: &Output) -> Result<(), Failure> {
    match output.ask(&format!("{what}\nThis costs {price}. Go on?")) {
        Some(Answer::Yes) => Ok(()),
        Some(Answer::No) => Err(Failure::new(Code::Person, "nothing was paid, and nothing was done")),
        None => Err(Failure::usage(format!(
            "{what} costs {price}, and there is no terminal to ask at; run with --yes to pay"
        ))),
    }
}

/// The text of a call in questions and lists: what it does, and to what.
pub(crate) fn described(verb: &str, text: &str) -> String {
    let text = without_controls(text);
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{verb} \"{}...\"", &text[..end]),
        None => format!("{verb} \"{text}\""),
    }
}
