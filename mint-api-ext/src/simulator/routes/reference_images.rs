//! Images to start from, kept where the API can read them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use crate::simulator::api::Call;
use crate::simulator::http::{HttpReply, Problem, field_error};
use crate::simulator::state::api_state::State;
use crate::simulator::state::store::Store;

pub(crate) fn create(state: &State, store: &mut Store, call: &Call) -> Result<HttpReply, Problem> {
    let kept = match call.text("base64Data") {
        Some(data) => Some(upload(state, call, data)?),
        None => None,
    };
    store.references += 1;
    let id = format!("ref_{:04}", store.references);
    Ok(HttpReply::ok(&json!({
        "id": id,
        "type": "reference_image",
        "url": kept,
        "sourceUrl": call.text("sourceUrl"),
        "imageUrl": kept,
        "assets": {"sourceUrl": call.text("sourceUrl"), "imageUrl": kept},
    })))
}

fn upload(state: &State, call: &Call, data: &str) -> Result<String, Problem> {
    let invalid = |path, message| Problem::invalid(vec![field_error(path, "invalid_value", message)]);
    let (content_type, extension) = match call.text("contentType") {
        Some("image/png") => ("image/png", "png"),
        Some("image/jpeg") => ("image/jpeg", "jpg"),
        Some("image/webp") => ("image/webp", "webp"),
        _ => return Err(invalid("/contentType", "Must be image/png, image/jpeg or image/webp.")),
    };
    let bytes = STANDARD.decode(data).map_err(|_| invalid("/base64Data", "Must be base64."))?;
    Ok(state.files.add(&format!("reference.{extension}"), content_type, bytes.into()))
}
