//! Uploads of reference images.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde_json::json;

use super::call::Call;
use crate::simulator::http::{HttpReply, Problem, field_error};
use crate::simulator::state::{Environment, Store};

/// Stores an uploaded image on the CDN. Of a linked image it stores only the link.
pub(crate) fn create(environment: &Environment, store: &mut Store, call: &Call) -> Result<HttpReply, Problem> {
    let uploaded = match call.text("base64Data") {
        Some(data) => Some(upload(environment, call, data)?),
        None => None,
    };
    let id = store.add_reference_image();
    Ok(HttpReply::ok(&json!({
        "id": id,
        "type": "reference_image",
        "url": uploaded,
        "sourceUrl": call.text("sourceUrl"),
        "imageUrl": uploaded,
        "assets": {"sourceUrl": call.text("sourceUrl"), "imageUrl": uploaded},
    })))
}

fn upload(environment: &Environment, call: &Call, data: &str) -> Result<String, Problem> {
    let invalid = |path, message| Problem::invalid(vec![field_error(path, "invalid_value", message)]);
    let (content_type, extension) = match call.text("contentType") {
        Some("image/png") => ("image/png", "png"),
        Some("image/jpeg") => ("image/jpeg", "jpg"),
        Some("image/webp") => ("image/webp", "webp"),
        _ => return Err(invalid("/contentType", "Must be image/png, image/jpeg or image/webp.")),
    };
    let bytes = STANDARD.decode(data).map_err(|_| invalid("/base64Data", "Must be base64."))?;
    Ok(environment.files.add(&format!("reference.{extension}"), content_type, Bytes::from(bytes)))
}
