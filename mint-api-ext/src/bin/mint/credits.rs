//! `mint credits`.

use mint_api_ext::catalog::{Bought, Catalog};
use serde_json::json;

use crate::exit_code::Code;
use crate::failure::Failure;
use crate::key::client;
use crate::output::Output;

#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Print what each entry of mint.lock in this folder cost
    #[arg(long)]
    by_entry: bool,
}

/// Prints the credits of the account, or what the entries cost.
pub(crate) async fn run(options: Options, output: &Output) -> Result<Code, Failure> {
    if options.by_entry {
        return by_entry(output);
    }
    let credits = client()?.credits().await?;
    let used = credits.used.map(|used| format!(", {used} used by the API")).unwrap_or_default();
    let data = json!({"available": credits.available, "used": credits.used});
    output.result("credits", data, format_args!("{} credits available{used}", credits.available));
    Ok(Code::Done)
}

fn by_entry(output: &Output) -> Result<Code, Failure> {
    let entries = Catalog::open(".")?.bought();
    for Bought { entry, credits, .. } in &entries {
        let cost = credits.map_or_else(|| "?".to_owned(), |credits| credits.to_string());
        let data = json!({"entry": entry.to_string(), "credits": credits});
        output.result("entry", data, format_args!("{cost:>10}  {entry}"));
    }
    let total = entries.iter().filter_map(|bought| bought.credits).fold(0.0, |sum, credits| sum + credits);
    let unknown = entries.iter().filter(|bought| bought.credits.is_none()).count();
    let rest = if unknown > 0 { format!(", and {unknown} entries whose cost is not recorded") } else { String::new() };
    let data = json!({"credits": total, "unknown": unknown});
    output.result("total", data, format_args!("{:>10}  in all{rest}", total.to_string()));
    Ok(Code::Done)
}
