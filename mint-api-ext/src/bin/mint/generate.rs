//! `mint generate`.

use std::path::Path;

use clap::builder::{PossibleValuesParser, TypedValueParser, ValueParser};
use mint_api_ext::Mint;
use mint_api_ext::request::Reference;
use mint_api_ext::types::{AudioKind, GenerationMode, GenerationPreset, RiggingPose};
use serde_json::json;

use crate::after::After;
use crate::exit_code::Code;
use crate::failure::Failure;
use crate::output::Output;
use crate::paying::{Paying, described};
use crate::session::Session;

#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    #[command(subcommand)]
    thing: Thing,
}

#[derive(Debug, clap::Subcommand)]
enum Thing {
    /// Make a 3D model
    #[command(after_help = "\
Examples:
  mint generate model \"a brass lamp\" --preset fast --out lamp
  mint generate model \"the same chair\" --image front.png --image side.png --yes --max-credits 900
  mint generate model \"a robot\" --pose t_pose --review --no-wait")]
    Model {
        /// What to make
        text: String,
        /// The tier of quality
        #[arg(long, value_parser = word(GenerationPreset::KNOWN, GenerationPreset::as_str))]
        preset: Option<GenerationPreset>,
        /// A picture to work from, a file or a URL; give several views of one thing by several options
        #[arg(long = "image", value_name = "PICTURE")]
        images: Vec<String>,
        /// The name that Mint shows
        #[arg(long)]
        name: Option<String>,
        /// The pose of a character
        #[arg(long, value_parser = word(RiggingPose::KNOWN, RiggingPose::as_str))]
        pose: Option<RiggingPose>,
        /// Stop at a preview, which `mint review` shows
        #[arg(long)]
        review: bool,
        #[command(flatten)]
        paying: Paying,
        #[command(flatten)]
        after: After,
    },
    /// Make a world
    ///
    /// The server gives no estimate of its price.
    #[command(after_help = "\
Examples:
  mint generate world \"a harbour at dawn\" --out harbour --only runtime
  mint generate world \"this harbour\" --image photo.jpg --yes --max-credits 2000 --assume-credits 1650")]
    World {
        /// What to make
        text: String,
        /// The tier of quality
        #[arg(long, value_parser = word(GenerationPreset::KNOWN, GenerationPreset::as_str))]
        preset: Option<GenerationPreset>,
        /// A picture to work from, a file or a URL; give several views of one place by several options
        #[arg(long = "image", value_name = "PICTURE")]
        images: Vec<String>,
        /// The name that Mint shows
        #[arg(long)]
        name: Option<String>,
        /// Stop at a preview, which `mint review` shows
        #[arg(long)]
        review: bool,
        #[command(flatten)]
        paying: Paying,
        #[command(flatten)]
        after: After,
    },
    /// Make a pack of 2 to 25 models in one style
    ///
    /// The server gives no estimate of its price.
    #[command(
        after_help = "Examples:\n  mint generate pack \"kitchen tools\" --items 5 --style \"low poly\" --out tools"
    )]
    Pack {
        /// What to make
        text: String,
        /// The number of models
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(2..=25))]
        items: u32,
        /// A style that all models share
        #[arg(long)]
        style: Option<String>,
        /// The tier of quality
        #[arg(long, value_parser = word(GenerationPreset::KNOWN, GenerationPreset::as_str))]
        preset: Option<GenerationPreset>,
        /// The name that Mint shows
        #[arg(long)]
        name: Option<String>,
        #[command(flatten)]
        paying: Paying,
        #[command(flatten)]
        after: After,
    },
    /// Make a sound
    ///
    /// The server gives no estimate of its price.
    #[command(after_help = "Examples:\n  mint generate audio \"a door that creaks\" --seconds 3 --out creak")]
    Audio {
        /// What to make
        text: String,
        /// The kind of sound
        #[arg(long, value_parser = word(AudioKind::KNOWN, AudioKind::as_str))]
        kind: Option<AudioKind>,
        /// The length in seconds
        #[arg(long, value_name = "N")]
        seconds: Option<f64>,
        /// The tier of quality
        #[arg(long, value_parser = word(GenerationPreset::KNOWN, GenerationPreset::as_str))]
        preset: Option<GenerationPreset>,
        /// The name that Mint shows
        #[arg(long)]
        name: Option<String>,
        #[command(flatten)]
        paying: Paying,
        #[command(flatten)]
        after: After,
    },
}

/// Reads one of the words that the API knows.
pub(crate) fn word<T>(known: &'static [T], name: impl Fn(&'static T) -> &'static str) -> ValueParser
where
    T: std::str::FromStr<Err: std::error::Error + Send + Sync + 'static> + Clone + Send + Sync + 'static,
{
    let names: Vec<_> = known.iter().map(name).collect();
    PossibleValuesParser::new(names).try_map(|text| text.parse::<T>()).into()
}

/// Sets the parts of a request that are given. The calls have these methods each, and no trait for them.
macro_rules! set_given {
    ($request:ident, $($method:ident: $given:expr),+) => {
        $(if let Some(given) = $given {
            $request = $request.$method(given);
        })+
    };
}

/// Makes a thing, waits for it, and downloads it where asked to.
pub(crate) async fn run(options: Options, output: &Output) -> Result<Code, Failure> {
    let session = Session::new(output)?;
    let mint = &session.mint;
    let (begun, after) = match options.thing {
        Thing::Model { text, preset, images, name, pose, review, paying, after } => {
            let what = described("generate model", &text);
            let mut request = paying.limited(mint.generate_model(&text));
            set_given!(request, generation_preset: preset, name: name, rigging_pose: pose);
            if review {
                request = request.generation_mode(GenerationMode::Review);
            }
            check_images(&images)?;
            request.save()?;
            paying.consent_to(&what, &request, output).await?;
            if let Some(reference) = uploaded(mint, images, output).await? {
                request = request.reference(reference);
            }
            (session.start(what, &request).await?, after)
        }
        Thing::World { text, preset, images, name, review, paying, after } => {
            let what = described("generate world", &text);
            let mut request = paying.limited(mint.generate_world(&text));
            set_given!(request, generation_preset: preset, name: name);
            if review {
                request = request.generation_mode(GenerationMode::Review);
            }
            check_images(&images)?;
            request.save()?;
            paying.consent(&what, output)?;
            if let Some(reference) = uploaded(mint, images, output).await? {
                request = request.reference(reference);
            }
            (session.start(what, &request).await?, after)
        }
        Thing::Pack { text, items, style, preset, name, paying, after } => {
            let what = described("generate pack", &text);
            let mut request = paying.limited(mint.generate_asset_pack(&text, items));
            set_given!(request, style_guide: style, generation_preset: preset, name: name);
            return after.start(&session, &paying, what, &request).await;
        }
        Thing::Audio { text, kind, seconds, preset, name, paying, after } => {
            let what = described("generate audio", &text);
            let mut request = paying.limited(mint.generate_audio(&text));
            set_given!(request, audio_kind: kind, duration_seconds: seconds, generation_preset: preset, name: name);
            return after.start(&session, &paying, what, &request).await;
        }
    };
    after.follow(&session, begun).await
}

fn is_url(image: &str) -> bool {
    image.starts_with("https://") || image.starts_with("http://")
}

/// Checks the pictures before a person is asked.
fn check_images(images: &[String]) -> Result<(), Failure> {
    if images.len() > 8 {
        return Err(Failure::usage(format!("there are {} pictures, and at most 8 are taken", images.len())));
    }
    match images.iter().find(|image| !is_url(image) && !Path::new(image).is_file()) {
        Some(missing) => Err(Failure::usage(format!("there is no picture `{missing}`; check its path"))),
        None => Ok(()),
    }
}

/// Uploads the files among the pictures. A file that was uploaded before is uploaded under the same key.
async fn uploaded(mint: &Mint, images: Vec<String>, output: &Output) -> Result<Option<Reference>, Failure> {
    let mut urls = Vec::new();
    for image in images {
        if is_url(&image) {
            urls.push(image);
            continue;
        }
        let cannot = |error| Failure::usage(format!("could not read the picture `{image}`: {error}"));
        let bytes = std::fs::read(&image).map_err(cannot)?;
        let upload = mint.upload_image(Path::new(&image)).idempotency_key_from("mint generate", &bytes);
        let kept = upload.send().await?;
        output.data("uploaded", json!({"path": image, "id": kept.id}));
        output.progress(format_args!("uploaded `{image}`"));
        urls.push(kept.url);
    }
    Ok(match urls.len() {
        0 => None,
        1 => urls.pop().map(Reference::Image),
        _ => Some(Reference::Views(urls)),
    })
}
