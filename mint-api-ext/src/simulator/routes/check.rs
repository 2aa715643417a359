//! The check of request bodies.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};
use url::Url;

use crate::simulator::http::{Problem, Route, field_error};

/// A field of a body.
enum Field {
    Required(&'static str, Rule),
    Optional(&'static str, Rule),
}

use Field::{Optional, Required};

/// The values that a field can have.
enum Rule {
    /// A string of 1 to this many characters.
    Text(usize),
    /// Any string.
    AnyText,
    OneOf(&'static [&'static str]),
    /// A list of at least one of these.
    ListOf(&'static [&'static str]),
    /// An absolute http or https URL.
    Url,
    /// A list of two to eight URLs.
    Views,
    /// A whole number from a minimum to a maximum.
    Count(u64, u64),
    /// A number above 0.
    Positive,
    Base64,
}

const ANY_LENGTH: usize = usize::MAX;
const NAME: Field = Optional("name", Rule::Text(120));
const PROMPT: Field = Required("prompt", Rule::Text(ANY_LENGTH));
const PRESETS: &[&str] = &["fast", "standard", "production"];
const PRESET: Field = Optional("generationPreset", Rule::OneOf(PRESETS));
const MODE: Field = Optional("generationMode", Rule::OneOf(&["auto", "review"]));
const IMAGE: Field = Optional("imageUrl", Rule::Url);
const VIEWS: Field = Optional("sourceImages", Rule::Views);
const WORLD: &[Field] = &[PROMPT, NAME, PRESET, MODE, IMAGE, VIEWS];
const MODEL: &[Field] =
    &[PROMPT, NAME, PRESET, MODE, IMAGE, VIEWS, Optional("riggingPose", Rule::OneOf(&["t_pose", "a_pose"]))];
const REVISE: &[Field] = &[Required("feedback", Rule::Text(2000))];
const OPTIMIZE: &[Field] = &[Optional("optimizationLevel", Rule::OneOf(&["light", "moderate", "aggressive"]))];
const CONVERT: &[Field] = &[Required("targetFormats", Rule::ListOf(&["glb", "obj", "stl", "usdz", "fbx"])), NAME];
const ANIMATE: &[Field] = &[Required("motionPrompt", Rule::Text(ANY_LENGTH)), Optional("heightMeters", Rule::Positive)];
const PACK: &[Field] = &[
    PROMPT,
    Required("itemCount", Rule::Count(2, 25)),
    Optional("assetPackType", Rule::AnyText),
    Optional("styleGuide", Rule::AnyText),
    NAME,
    PRESET,
];
const AUDIO: &[Field] = &[
    PROMPT,
    NAME,
    Optional("audioKind", Rule::OneOf(&["sound_effect", "general_audio"])),
    Optional("durationSeconds", Rule::Positive),
    PRESET,
];
const ESTIMATE_GENERATION: &[Field] = &[
    Required("operation", Rule::OneOf(&["model_generation", "model_optimization"])),
    Required("generationPreset", Rule::OneOf(PRESETS)),
    MODE,
];
const ESTIMATE_OPTIMIZATION: &[Field] =
    &[Required("operation", Rule::OneOf(&["model_optimization"])), Required("modelId", Rule::AnyText)];
const IMAGE_UPLOAD: &[Field] = &[
    Required("base64Data", Rule::Base64),
    Required("fileName", Rule::Text(ANY_LENGTH)),
    Required("contentType", Rule::AnyText),
    NAME,
];
const IMAGE_LINK: &[Field] = &[Required("sourceUrl", Rule::Url), Optional("fileName", Rule::Text(ANY_LENGTH)), NAME];

/// Parses a body and checks its fields.
///
/// # Errors
///
/// Returns a problem that lists every invalid field.
pub(crate) fn body(route: Route, bytes: &[u8]) -> Result<Map<String, Value>, Problem> {
    let body = match serde_json::from_slice(bytes) {
        Ok(Value::Object(body)) => body,
        Ok(_) => return Err(Problem::invalid(vec![field_error("", "invalid_type", "Must be an object.")])),
        Err(_) => return Err(Problem::invalid(vec![field_error("", "invalid_json", "The body is not JSON.")])),
    };
    let fields = fields(route, &body);
    let mut errors: Vec<_> = fields.iter().filter_map(|field| field_problem(field, &body)).collect();
    for name in body.keys() {
        if !fields.iter().any(|(Required(known, _) | Optional(known, _))| known == name) {
            errors.push(field_error(&pointer(name), "unknown_field", "There is no such field."));
        }
    }
    if route == Route::GenerateModel && body.contains_key("imageUrl") && body.contains_key("sourceImages") {
        errors.push(field_error("/sourceImages", "conflict", "Send imageUrl or sourceImages, not both."));
    }
    if errors.is_empty() { Ok(body) } else { Err(Problem::invalid(errors)) }
}

/// The fields of a route's body.
fn fields(route: Route, body: &Map<String, Value>) -> &'static [Field] {
    match route {
        Route::GenerateWorld => WORLD,
        Route::GenerateModel => MODEL,
        Route::ReviseOperation => REVISE,
        Route::OptimizeModel => OPTIMIZE,
        Route::ConvertModel => CONVERT,
        Route::AnimateModel => ANIMATE,
        Route::GenerateAssetPack => PACK,
        Route::GenerateAudio => AUDIO,
        Route::EstimatePricing if body.get("operation").is_some_and(|name| name == "model_optimization") => {
            ESTIMATE_OPTIMIZATION
        }
        Route::EstimatePricing => ESTIMATE_GENERATION,
        Route::CreateReferenceImage if body.contains_key("sourceUrl") => IMAGE_LINK,
        Route::CreateReferenceImage => IMAGE_UPLOAD,
        _ => &[],
    }
}

/// The error of a field, if the field is not valid.
fn field_problem(field: &Field, body: &Map<String, Value>) -> Option<Value> {
    let (Required(name, rule) | Optional(name, rule)) = field;
    let path = pointer(name);
    match (body.get(*name), field) {
        (Some(value), _) => rule.check(&path, value).err(),
        (None, Required(..)) => Some(field_error(&path, "required", format!("{name} is required."))),
        (None, Optional(..)) => None,
    }
}

/// The JSON pointer of a field (RFC 6901).
fn pointer(name: &str) -> String {
    format!("/{}", name.replace('~', "~0").replace('/', "~1"))
}

impl Rule {
    fn check(&self, path: &str, value: &Value) -> Result<(), Value> {
        let error = |code, message: String| Err(field_error(path, code, message));
        match self {
            Self::Text(max) => {
                let length = text(path, value)?.chars().count();
                if length == 0 {
                    return error("too_short", "Must not be empty.".to_owned());
                }
                if length > *max {
                    return error("too_long", format!("Must have at most {max} characters."));
                }
            }
            Self::AnyText => {
                text(path, value)?;
            }
            Self::OneOf(known) => {
                if !known.contains(&text(path, value)?) {
                    return error("invalid_value", format!("Must be one of {}.", known.join(", ")));
                }
            }
            Self::ListOf(known) => {
                for (index, item) in list(path, value, 1, usize::MAX)?.iter().enumerate() {
                    Self::OneOf(known).check(&format!("{path}/{index}"), item)?;
                }
            }
            Self::Url => {
                let url = Url::parse(text(path, value)?);
                if !url.is_ok_and(|url| matches!(url.scheme(), "http" | "https")) {
                    return error("invalid_url", "Must be an absolute URL.".to_owned());
                }
            }
            Self::Views => {
                for (index, item) in list(path, value, 2, 8)?.iter().enumerate() {
                    Self::Url.check(&format!("{path}/{index}"), item)?;
                }
            }
            Self::Count(min, max) => {
                // In JSON Schema 3.0 is an integer.
                let Some(number) = value.as_f64().filter(|number| number.fract() == 0.0) else {
                    return error("invalid_type", "Must be a whole number.".to_owned());
                };
                if number < *min as f64 || number > *max as f64 {
                    return error("out_of_range", format!("Must be {min} to {max}."));
                }
            }
            Self::Positive => match value.as_f64() {
                None => return error("invalid_type", "Must be a number.".to_owned()),
                Some(number) if number <= 0.0 => return error("out_of_range", "Must be above 0.".to_owned()),
                Some(_) => {}
            },
            Self::Base64 => {
                if STANDARD.decode(text(path, value)?).is_err() {
                    return error("invalid_value", "Must be base64.".to_owned());
                }
            }
        }
        Ok(())
    }
}

fn text<'a>(path: &str, value: &'a Value) -> Result<&'a str, Value> {
    value.as_str().ok_or_else(|| field_error(path, "invalid_type", "Must be a text."))
}

fn list<'a>(path: &str, value: &'a Value, min: usize, max: usize) -> Result<&'a [Value], Value> {
    let Some(items) = value.as_array() else {
        return Err(field_error(path, "invalid_type", "Must be a list."));
    };
    if items.len() < min {
        return Err(field_error(path, "too_short", format!("Must have at least {min} items.")));
    }
    if items.len() > max {
        return Err(field_error(path, "too_long", format!("Must have at most {max} items.")));
    }
    Ok(items)
}
