//! Where upstream publishes the document.

use super::fetch::Fetcher;
use super::{SAVE_IT, Taken, Vendored, address, of_url, pages};
use crate::problem::Problem;

/// The servers of upstream; tests put their own in their place.
#[derive(Clone, Debug)]
pub(crate) struct Upstream {
    api: String,
    docs: String,
}

impl Default for Upstream {
    fn default() -> Self {
        Self { api: "https://api.mint.gg".into(), docs: "https://docs.mint.gg".into() }
    }
}

impl Upstream {
    /// One server in the place of both.
    pub(crate) fn at(base: &str) -> Self {
        let base = base.trim_end_matches('/');
        Self { api: base.into(), docs: base.into() }
    }

    /// Takes the document from the API, else from the documentation, else from the pages of the documentation.
    ///
    /// # Errors
    ///
    /// When all three fail; the error says why each did.
    pub(super) async fn take(&self, fetcher: &Fetcher, vendored: Option<&Vendored>) -> Result<Taken, Problem> {
        let mut failures = Vec::new();
        for url in [format!("{}/openapi.json", self.api), format!("{}/api-reference/openapi.json", self.docs)] {
            match of_url(fetcher, &address::parse(&url)?, vendored).await {
                Ok(taken) => return Ok(noting(taken, &failures)),
                Err(problem) => failures.push(problem),
            }
        }
        let index = address::parse(&format!("{}/llms.txt", self.docs))?;
        match pages::of_index(fetcher, &index).await {
            Ok(taken) => return Ok(noting(taken, &failures)),
            Err(problem) => failures.push(problem),
        }
        let reasons: Vec<_> = failures.iter().map(reason).collect();
        Err(Problem::new("upstream gives no document", reasons.join("\n"), SAVE_IT))
    }
}

/// Says what was tried before.
fn noting(mut taken: Taken, failures: &[Problem]) -> Taken {
    taken.notes.splice(0..0, failures.iter().map(reason));
    taken
}

fn reason(problem: &Problem) -> String {
    format!("{}: {}", problem.what, problem.why)
}
