//! A stand-in for RAD, a chunked container of Gaussian splats.
//!
//! Mint publishes no specification of its `.rad` files, so they may look different. This layout is
//! that of the public encoder in Spark 2.0: a `RAD0` header, then `RADC` chunks, each with JSON
//! metadata padded to 8 bytes. It has plain properties and no level-of-detail tree. The splats are
//! real; the `comment` in the header names the simulator.
//!
//! Format: <https://github.com/sparkjsdev/spark/blob/main/rust/spark-lib/src/rad.rs>.

use serde_json::{Value, json};

use super::{
    sizes::GENERATOR,
    splat::{Splat, byte, cloud},
};

const VERSION: u32 = 1;
const CHUNK_SIZE: usize = 65_536;
const MAX_SH: u32 = 0;

/// Range of the logarithmic scales; Spark's default.
const LOG_SCALE: [f32; 2] = [-12.0, 9.0];

/// A RAD file with `points` splats.
pub(crate) fn rad(points: u32) -> Vec<u8> {
    let splats = cloud(points);
    let chunks: Vec<_> =
        splats.chunks(CHUNK_SIZE).enumerate().map(|(index, splats)| chunk(index * CHUNK_SIZE, splats)).collect();

    let mut offset = 0;
    let mut ranges = Vec::new();
    for chunk in &chunks {
        ranges.push(json!({ "offset": offset, "bytes": chunk.len() }));
        offset += chunk.len();
    }
    let mut file = header(
        b"RAD0",
        &json!({
            "version": VERSION,
            "type": "gsplat",
            "count": splats.len(),
            "maxSh": MAX_SH,
            "chunkSize": CHUNK_SIZE,
            "allChunkBytes": offset,
            "chunks": ranges,
            "comment": GENERATOR,
        }),
    );
    file.extend(chunks.into_iter().flatten());
    file
}

fn chunk(base: usize, splats: &[Splat]) -> Vec<u8> {
    let mut payload = Payload::default();
    let centers = planes(splats, |splat| splat.position);
    payload.push(json!({ "property": "center", "encoding": "f32" }), floats(&centers));

    let unit = |property: &str| json!({ "property": property, "encoding": "r8", "min": 0, "max": 1 });
    let alphas = planes(splats, |splat| [byte(splat.alpha * 255.0)]);
    payload.push(unit("alpha"), alphas);
    let colors = planes(splats, |splat| splat.color.map(|channel| byte(channel * 255.0)));
    payload.push(unit("rgb"), colors);

    let [min, max] = LOG_SCALE;
    // 0 means no extent.
    let scale = |x: f32| 1 + byte(((x - min) / (max - min)).clamp(0.0, 1.0) * 254.0);
    payload.push(
        json!({ "property": "scales", "encoding": "ln_0r8", "min": min, "max": max }),
        planes(splats, |splat| splat.log_scale.map(scale)),
    );

    // Readers derive `w`, which is never negative, from the other components.
    let rotations = planes(splats, |splat| {
        let [x, y, z, _] = splat.rotation;
        [x, y, z]
    });
    payload.push(json!({ "property": "orientation", "encoding": "f32" }), floats(&rotations));

    let mut chunk = header(
        b"RADC",
        &json!({
            "version": VERSION,
            "base": base,
            "count": splats.len(),
            "payloadBytes": payload.bytes.len(),
            "maxSh": MAX_SH,
            "properties": payload.properties,
        }),
    );
    chunk.extend((payload.bytes.len() as u64).to_le_bytes());
    chunk.extend(payload.bytes);
    chunk
}

/// The properties of a chunk and their data, each padded to 8 bytes.
#[derive(Default)]
struct Payload {
    properties: Vec<Value>,
    bytes: Vec<u8>,
}

impl Payload {
    fn push(&mut self, mut property: Value, data: Vec<u8>) {
        property["offset"] = json!(self.bytes.len());
        property["bytes"] = json!(data.len());
        self.properties.push(property);
        self.bytes.extend(data);
        self.bytes.resize(self.bytes.len().next_multiple_of(8), 0);
    }
}

fn header(magic: &[u8; 4], meta: &Value) -> Vec<u8> {
    let meta = meta.to_string();
    let mut header = magic.to_vec();
    header.extend((meta.len() as u32).to_le_bytes());
    header.extend(meta.into_bytes());
    header.resize(header.len().next_multiple_of(8), 0);
    header
}

/// All first components, then all second ones, and so on.
fn planes<T: Copy, const N: usize>(splats: &[Splat], attribute: impl Fn(&Splat) -> [T; N]) -> Vec<T> {
    let attribute = &attribute;
    (0..N).flat_map(|axis| splats.iter().map(move |splat| attribute(splat)[axis])).collect()
}

fn floats(numbers: &[f32]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
}

#[cfg(test)]
mod tests;
