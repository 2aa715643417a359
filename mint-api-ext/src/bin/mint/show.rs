//! `mint show`.

use std::fmt::Write as _;

use mint_api::without_url_secrets;
use mint_api_ext::asset::Assets;
use serde_json::{Value, json};

use crate::exit_code::Code;
use crate::failure::Failure;
use crate::found::{Found, find};
use crate::output::Output;
use crate::session::Session;
use crate::shown::{page, resource};

#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// An operation, a model, a world or a pack
    id: String,
}

/// Shows an operation or what it made.
pub(crate) async fn run(options: Options, output: &Output) -> Result<Code, Failure> {
    let session = Session::new(output)?;
    let found = find(&session.mint, &options.id).await?;
    let (kind, mut data) = data(&found);
    data["files"] = files(&found);
    let text = text(kind, &data);
    output.result(kind, data, text.trim_end());
    Ok(Code::Done)
}

fn data(found: &Found) -> (&'static str, Value) {
    match found {
        Found::Operation(operation) => {
            let (kind, resource) = resource(operation).unzip();
            let error = operation.error.as_ref();
            let message = error.and_then(|error| error.message.as_deref());
            let data = json!({
                "id": operation.id,
                "status": operation.status.as_str(),
                "type": operation.type_.as_ref().map(|kind| kind.as_str()),
                "prompt": operation.prompt,
                "resource_type": kind,
                "resource": resource,
                "credits": operation.credits.as_ref().and_then(|credits| credits.finalized.or(credits.estimated)),
                "created_at": operation.created_at,
                "completed_at": operation.completed_at,
                "error_code": error.and_then(|error| error.code.as_deref()),
                "error": message.map(without_url_secrets),
                "page": page(operation.mint_url.as_deref()),
            });
            ("operation", data)
        }
        Found::Model(model) => {
            let data = json!({
                "id": model.id, "name": model.name, "status": model.status, "prompt": model.prompt,
                "created_at": model.created_at, "page": page(model.mint_url.as_deref()),
            });
            ("model", data)
        }
        Found::World(world) => {
            let data = json!({
                "id": world.id, "name": world.name, "status": world.status, "prompt": world.prompt,
                "created_at": world.created_at, "page": page(world.mint_url.as_deref()),
            });
            ("world", data)
        }
        Found::Pack(pack) => {
            let items = pack.items.iter().flatten();
            let items: Vec<_> = items.filter_map(|item| item.model_id.as_deref()).collect();
            let data = json!({"id": pack.id, "name": pack.name, "status": pack.status, "models": items});
            ("pack", data)
        }
    }
}

/// The files, without their URLs, which are signed.
fn files(found: &Found) -> Value {
    let assets = match found {
        Found::Operation(operation) => Assets::from(&**operation),
        Found::Model(model) => Assets::from(&**model),
        Found::World(world) => Assets::from(&**world),
        Found::Pack(_) => Assets::default(),
    };
    let file = |asset: &mint_api_ext::asset::Asset| {
        json!({
            "kind": asset.kind.to_string(), "file_name": asset.file_name, "bytes": asset.bytes,
            "content_type": asset.content_type, "item": asset.item.as_ref().map(|item| &item.name),
        })
    };
    assets.iter().map(file).collect()
}

/// The data for a person: a line for each field that is known, then a line for each file.
fn text(kind: &str, data: &Value) -> String {
    let mut text = format!("{kind}\n");
    for (name, value) in data.as_object().into_iter().flatten().filter(|(name, _)| *name != "files") {
        let value = match value {
            Value::Null => continue,
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let _ = writeln!(text, "  {:<14} {value}", name.replace('_', " "));
    }
    for file in data["files"].as_array().into_iter().flatten() {
        let item = file["item"].as_str().map(|item| format!("{item}: ")).unwrap_or_default();
        let bytes = file["bytes"].as_u64().map(|bytes| format!(", {bytes} bytes")).unwrap_or_default();
        let _ = writeln!(text, "  {:<14} {item}{}{bytes}", "file", file["kind"].as_str().unwrap_or_default());
    }
    text
}
