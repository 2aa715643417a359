//! `mint optimize`, `mint convert` and `mint animate`: work on a model.

use mint_api_ext::types::{ConversionFormat, OptimizationLevel};

use crate::after::After;
use crate::exit_code::Code;
use crate::failure::Failure;
use crate::found::model_id;
use crate::generate::word;
use crate::journal::Call;
use crate::output::Output;
use crate::owned::refuse;
use crate::paying::{Paying, described};
use crate::session::{Session, optimized};

#[derive(Debug, clap::Args)]
pub(crate) struct Optimize {
    /// The model, or the operation that made it
    id: String,
    /// How far to optimize
    #[arg(long, default_value = "moderate", value_parser = word(OptimizationLevel::KNOWN, OptimizationLevel::as_str))]
    level: OptimizationLevel,
    #[command(flatten)]
    paying: Paying,
    #[command(flatten)]
    after: After,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Convert {
    /// The model, or the operation that made it
    id: String,
    /// The formats, such as usdz,obj
    #[arg(
        long, required = true, value_name = "FORMATS", value_delimiter = ',',
        value_parser = word(ConversionFormat::KNOWN, ConversionFormat::as_str),
    )]
    to: Vec<ConversionFormat>,
    #[command(flatten)]
    paying: Paying,
    #[command(flatten)]
    after: After,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Animate {
    /// The model, or the operation that made it
    id: String,
    /// The motion
    text: String,
    /// The height of the character in metres
    #[arg(long, value_name = "METRES")]
    height: Option<f64>,
    #[command(flatten)]
    paying: Paying,
    #[command(flatten)]
    after: After,
}

/// Makes the file of a model smaller.
pub(crate) async fn optimize(options: Optimize, output: &Output) -> Result<Code, Failure> {
    let Optimize { id, level, paying, after } = options;
    let session = Session::new(output)?;
    let model = model_id(&session.mint, &id).await?;
    refuse(&model, |entry| format!("write `optimize = \"{level}\"` in [{entry}], and run `mint sync`"))?;
    let what = format!("optimize model {model}");
    let request = paying.limited(session.mint.optimize_model(model, level));
    let saved = request.save()?;
    paying.consent_to(&what, &request, output).await?;
    let begun = session.begin(what, Call::Request(Box::new(saved)), optimized(&request)).await?;
    after.follow(&session, begun).await
}

/// Converts a model to other formats.
pub(crate) async fn convert(options: Convert, output: &Output) -> Result<Code, Failure> {
    let Convert { id, to, paying, after } = options;
    let session = Session::new(output)?;
    let model = model_id(&session.mint, &id).await?;
    let formats: Vec<_> = to.iter().map(ConversionFormat::as_str).collect();
    refuse(&model, |entry| format!("write `convert = {formats:?}` in [{entry}], and run `mint sync`"))?;
    let what = format!("convert model {model} to {}", formats.join(", "));
    let request = paying.limited(session.mint.convert_model(model, to.iter().copied()));
    after.start(&session, &paying, what, &request).await
}

/// Animates a model.
pub(crate) async fn animate(options: Animate, output: &Output) -> Result<Code, Failure> {
    let Animate { id, text, height, paying, after } = options;
    let session = Session::new(output)?;
    let model = model_id(&session.mint, &id).await?;
    refuse(&model, |entry| {
        format!("write an entry `[animations.NAME]` with `model = \"{}\"`, and run `mint sync`", entry.name)
    })?;
    let what = described(&format!("animate model {model},"), &text);
    let mut request = paying.limited(session.mint.animate_model(model, &text));
    if let Some(metres) = height {
        request = request.height_meters(metres);
    }
    after.start(&session, &paying, what, &request).await
}
