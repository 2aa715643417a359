//! What the API remembers, and how it looks at a moment.
//!
//! Nothing runs in the background: statuses, credits and files are computed from the clock when a request asks.

mod api_state;
mod bill;
mod environment;
mod operation;
mod resource;
mod resource_body;
mod result_files;
mod status;
mod store;
mod time;
mod work;

pub(crate) use self::api_state::ApiState;
pub(crate) use self::bill::{Missing, preview_price, price};
pub(crate) use self::environment::{Environment, Gates};
pub(crate) use self::operation::{Draft, Operation, mint_url};
pub(crate) use self::resource::Resource;
pub(crate) use self::result_files::{AUDIO_SECONDS, animation, audio, file_name, revise_preview};
pub(crate) use self::status::{is_over, is_success};
pub use self::store::API_KEY;
pub(crate) use self::store::{Ids, Intervention, Remembered, Store};
pub(crate) use self::time::Time;
pub(crate) use self::work::{Durations, Work, begin, make_files};
