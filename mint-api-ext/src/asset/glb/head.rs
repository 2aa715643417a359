//! The head of a GLB file: its JSON.

use std::io::{self, Read};
use std::time::Duration;

use gltf_json::{Accessor, Index, Mesh, Node, Scene, animation::Sampler};
use serde::de::{Deserialize, DeserializeOwned, Deserializer};
use serde_json::Value;

use super::Animation;
use crate::error::{Error, ErrorKind};

/// The longest JSON that is read.
const MOST_JSON: u32 = 16 * 1024 * 1024;
/// The header of the file and that of the first chunk.
const HEADERS: usize = 20;

/// The parts of the JSON that the facts come from.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Head {
    #[serde(deserialize_with = "or_default")]
    pub(super) asset: Asset,
    #[serde(deserialize_with = "or_default")]
    pub(super) extensions_used: Vec<String>,
    #[serde(deserialize_with = "or_default")]
    pub(super) extensions_required: Vec<String>,
    pub(super) scene: Lenient<usize>,
    pub(super) scenes: Vec<Lenient<Scene>>,
    pub(super) nodes: Vec<Lenient<DrawnNode>>,
    pub(super) meshes: Vec<Lenient<Mesh>>,
    pub(super) accessors: Vec<Lenient<Accessor>>,
    pub(super) materials: Vec<serde::de::IgnoredAny>,
    pub(super) textures: Vec<serde::de::IgnoredAny>,
    pub(super) skins: Vec<serde::de::IgnoredAny>,
    pub(super) animations: Vec<JsonAnimation>,
}

#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
pub(super) struct Asset {
    pub(super) generator: Option<String>,
}

/// A node, with its instances.
#[derive(Debug, serde::Deserialize)]
pub(super) struct DrawnNode {
    #[serde(flatten)]
    pub(super) node: Node,
    #[serde(default, rename = "extensions")]
    extensions: Value,
}

/// An animation. Its channels are not read: an extension may aim them at other things than nodes.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
pub(super) struct JsonAnimation {
    name: Lenient<String>,
    samplers: Vec<Lenient<Sampler>>,
}

/// An element of the file; `None` if it is not as glTF 2.0 has it.
#[derive(Debug)]
pub(super) struct Lenient<T>(pub(super) Option<T>);

impl<T> Default for Lenient<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Lenient<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(serde_json::from_value(Value::deserialize(deserializer)?).ok()))
    }
}

fn or_default<'de, T: DeserializeOwned + Default, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    Ok(Lenient::deserialize(deserializer)?.0.unwrap_or_default())
}

impl Head {
    /// Reads the head and nothing after it.
    pub(super) fn read(mut reader: impl Read) -> Result<Self, Error> {
        let mut headers = [0; HEADERS];
        reader.read_exact(&mut headers).map_err(failed)?;
        let end = json_end(&headers).ok_or_else(|| wrong("it is not binary glTF 2.0 that begins with JSON"))?;
        let length = end - HEADERS;
        if length > MOST_JSON as usize {
            return Err(wrong(&format!("it has {length} bytes of JSON, and at most {MOST_JSON} are read")));
        }
        let mut json = Vec::new();
        reader.take(length as u64).read_to_end(&mut json).map_err(failed)?;
        if json.len() < length {
            return Err(wrong("it ends within its JSON"));
        }
        serde_json::from_slice(&json)
            .map_err(|error| wrong(&format!("its JSON is not glTF: {error}")).with_source(error))
    }

    pub(super) fn accessor(&self, index: Index<Accessor>) -> Option<&Accessor> {
        self.accessors.get(index.value())?.0.as_ref()
    }
}

impl DrawnNode {
    /// The number of instances of the node's mesh that `EXT_mesh_gpu_instancing` asks for.
    pub(super) fn instances(&self, head: &Head) -> Option<u64> {
        let attributes = self.extensions.get("EXT_mesh_gpu_instancing")?.get("attributes")?.as_object()?;
        let index = usize::try_from(attributes.values().next()?.as_u64()?).ok()?;
        Some(head.accessors.get(index)?.0.as_ref()?.count.0)
    }
}

impl JsonAnimation {
    pub(super) fn facts(&self, head: &Head) -> Animation {
        let samplers = self.samplers.iter().filter_map(|sampler| sampler.0.as_ref());
        let lasts = samplers.filter_map(|sampler| head.accessor(sampler.input)?.max.as_ref()?.get(0)?.as_f64());
        let length = Duration::try_from_secs_f64(lasts.fold(0.0, f64::max)).unwrap_or_default();
        Animation { name: self.name.0.clone(), length }
    }
}

/// How many bytes of a file [`Facts::read`](super::Facts::read) needs, if these first bytes are those of a GLB file that it
/// can read.
pub(crate) fn head_length(head: &[u8]) -> Option<usize> {
    json_end(head).filter(|end| *end <= HEADERS + MOST_JSON as usize)
}

/// Where the JSON of a GLB file ends, if these first bytes of the file say so.
fn json_end(head: &[u8]) -> Option<usize> {
    let headers = head.get(..HEADERS)?;
    let is_json = headers.starts_with(b"glTF\x02\0\0\0") && headers.ends_with(b"JSON");
    let length = u32::from_le_bytes(headers[12..16].try_into().ok()?);
    is_json.then(|| HEADERS + length as usize)
}

fn wrong(why: &str) -> Error {
    Error::new(ErrorKind::Decode, format!("could not read what is in the GLB file: {why}"))
}

fn failed(error: io::Error) -> Error {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => wrong("it ends within its header"),
        _ => Error::new(ErrorKind::Io, format!("could not read what is in the GLB file: {error}")).with_source(error),
    }
}
