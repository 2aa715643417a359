//! `mint simulator`.

use mint_api_ext::simulator::{API_KEY, Simulator};
use serde_json::json;

use crate::exit_code::Code;
use crate::failure::Failure;
use crate::output::Output;

/// How many times faster than the clock the operations of `--fast` run.
const FAST: f64 = 100.0;

#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// The port of the API [default: a free one]
    #[arg(long, value_name = "N")]
    port: Option<u16>,
    /// Run operations a hundred times faster
    #[arg(long)]
    fast: bool,
}

/// Serves until Ctrl-C.
pub(crate) async fn run(options: Options, output: &Output) -> Result<Code, Failure> {
    let builder = Simulator::builder().port(options.port.unwrap_or(0)).stable_ids();
    let builder = if options.fast { builder.speed(FAST) } else { builder };
    let simulator = builder.start().await.map_err(|error| {
        let port = options.port.map(|port| format!(" on port {port}")).unwrap_or_default();
        Failure::failed(format!("could not start the simulator{port}: {error}; choose another --port"))
    })?;
    let url = simulator.base_url();
    let data = json!({"base_url": url, "api_key": API_KEY});
    output.result("serving", data, format_args!("export MINT_API_BASE_URL={url}\nexport MINT_API_KEY={API_KEY}"));
    output.progress("The simulator runs until Ctrl-C. Run the two lines above in the shell that uses it.");
    output.progress(format_args!(
        "POST {url}/_simulator/faults sets faults, and GET {url}/_simulator shows the credits."
    ));
    tokio::signal::ctrl_c().await.map_err(|error| Failure::failed(format!("could not wait for Ctrl-C: {error}")))?;
    Ok(Code::Done)
}
