//! `mint estimate`.

use mint_api_ext::types::{GenerationPreset, OptimizationLevel, PricingEstimate};
use serde_json::json;

use crate::exit_code::Code;
use crate::failure::Failure;
use crate::found::model_id;
use crate::generate::word;
use crate::key::client;
use crate::output::Output;

#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    #[command(subcommand)]
    thing: Thing,
}

#[derive(Debug, clap::Subcommand)]
enum Thing {
    /// Of a model
    #[command(after_help = "Examples:\n  mint estimate model --preset production")]
    Model {
        /// The tier of quality
        #[arg(long, default_value = "standard", value_parser = word(GenerationPreset::KNOWN, GenerationPreset::as_str))]
        preset: GenerationPreset,
    },
    /// Of optimizing a model
    #[command(after_help = "Examples:\n  mint estimate optimize MODEL_ID")]
    Optimize {
        /// The model, or the operation that made it
        id: String,
    },
}

/// Prints the server's estimate of a price.
pub(crate) async fn run(options: Options, output: &Output) -> Result<Code, Failure> {
    let mint = client()?;
    let PricingEstimate { credits, .. } = match options.thing {
        // The price depends on the tier alone.
        Thing::Model { preset } => mint.generate_model("a model").generation_preset(preset).estimate().await?,
        Thing::Optimize { id } => {
            let id = model_id(&mint, &id).await?;
            mint.optimize_model(id, OptimizationLevel::Moderate).estimate().await?
        }
    };
    let data = json!({"estimated_total": credits.estimated_total, "required_to_start": credits.required_to_start});
    let text = format!("about {} credits, {} to start", credits.estimated_total, credits.required_to_start);
    output.result("estimate", data, text);
    Ok(Code::Done)
}
