//! Reading one resource by its id, and lists page by page.

mod asset_type;
mod list;
mod read;

pub use asset_type::AssetType;
pub use list::{Items, List};
