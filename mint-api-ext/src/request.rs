//! Requests that start something, or let it go on.

mod asset_pack;
mod audio;
mod call;
mod credits;
mod found;
mod gate;
mod generation;
mod image_source;
mod media_type;
mod model;
mod mutation;
mod optimization;
mod prepared;
mod reference;
mod reference_image;
mod request;
mod review;
mod start;

pub use asset_pack::GenerateAssetPack;
pub use audio::GenerateAudio;
pub use call::{Call, Start};
pub use gate::{Approve, Resume, Revise};
pub use generation::{GenerateModel, GenerateWorld};
pub use image_source::ImageSource;
pub use model::{AnimateModel, ConvertModel, RetryModel};
pub use optimization::{Optimization, OptimizeModel};
pub use reference::Reference;
pub use reference_image::{ReferenceImage, UploadImage};
pub use request::Request;
pub use review::{Decision, Review};
