//! What an id on the command line names.

use mint_api_ext::types::{AssetPack, Model, Operation, World};
use mint_api_ext::{Error, Mint};

use crate::failure::Failure;
use crate::shown::resource;

/// What an id names.
#[derive(Debug)]
pub(crate) enum Found {
    Operation(Box<Operation>),
    Model(Box<Model>),
    World(Box<World>),
    Pack(Box<AssetPack>),
}

/// Finds what an id names. The ids of Mint do not say it, so the routes are asked in turn.
pub(crate) async fn find(mint: &Mint, id: &str) -> Result<Found, Failure> {
    let unknown = |error: &Error| error.is_not_found();
    match mint.operation(id).await {
        Err(error) if unknown(&error) => {}
        read => return Ok(Found::Operation(Box::new(read?))),
    }
    match mint.model(id).await {
        Err(error) if unknown(&error) => {}
        read => return Ok(Found::Model(Box::new(read?))),
    }
    match mint.world(id).await {
        Err(error) if unknown(&error) => {}
        read => return Ok(Found::World(Box::new(read?))),
    }
    match mint.asset_pack(id).await {
        Err(error) if unknown(&error) => {
            Err(Failure::failed(format!("the account has no operation, model, world or pack `{id}`; check the id")))
        }
        read => Ok(Found::Pack(Box::new(read?))),
    }
}

/// The id of the model that an id names, itself or by the operation that made it.
pub(crate) async fn model_id(mint: &Mint, id: &str) -> Result<String, Failure> {
    let operation = match mint.operation(id).await {
        Err(error) if error.is_not_found() => return Ok(id.to_owned()),
        read => read?,
    };
    match resource(&operation) {
        Some(("model", model)) => Ok(model.to_owned()),
        _ => Err(Failure::usage(format!("operation {id} has made no model; give the id of a model"))),
    }
}
