//! Sends a stored request.

use mint_api::types::Model;

use crate::client::Mint;
use crate::error::{Error, ErrorKind, quoted};
use crate::request::{
    AnimateModel, Budget, Call, ConvertModel, GenerateAssetPack, GenerateAudio, GenerateModel, GenerateWorld,
    Optimization, OptimizeModel, Request, SavedRequest, Start,
};
use crate::wait::OperationHandle;

/// What a request may spend.
pub(super) type Allowance<'a> = Option<(&'a Budget, f64)>;

/// What the server did.
pub(super) enum Sent {
    Started(OperationHandle),
    /// The model is optimized already. Nothing was started.
    Optimized(Box<Model>),
}

/// Sends a stored request, with the body and the key that it was stored with.
pub(super) async fn send(mint: &Mint, saved: &SavedRequest, allowance: Allowance<'_>) -> Result<Sent, Error> {
    match saved.call.as_str() {
        "generate_model" => start::<GenerateModel>(mint, saved, allowance).await,
        "generate_world" => start::<GenerateWorld>(mint, saved, allowance).await,
        "generate_asset_pack" => start::<GenerateAssetPack>(mint, saved, allowance).await,
        "generate_audio" => start::<GenerateAudio>(mint, saved, allowance).await,
        "animate_model" => start::<AnimateModel>(mint, saved, allowance).await,
        "convert_model" => start::<ConvertModel>(mint, saved, allowance).await,
        "optimize_model" => {
            let request = restore::<OptimizeModel>(mint, saved, allowance)?;
            match request.send().await? {
                Optimization::Started(handle) => Ok(Sent::Started(handle)),
                Optimization::AlreadyOptimized(model) => Ok(Sent::Optimized(model)),
                // Waits for it, though the reply names no operation.
                Optimization::InProgress(_) => Ok(Sent::Optimized(Box::new(request.send_and_wait().await?))),
            }
        }
        other => {
            let text =
                format!("the lock holds a call `{}`, which this version does not know; update it", quoted(other));
            Err(Error::new(ErrorKind::InvalidArgument, text))
        }
    }
}

async fn start<T: Start>(mint: &Mint, saved: &SavedRequest, allowance: Allowance<'_>) -> Result<Sent, Error> {
    Ok(Sent::Started(restore::<T>(mint, saved, allowance)?.send().await?))
}

fn restore<T: Call>(mint: &Mint, saved: &SavedRequest, allowance: Allowance<'_>) -> Result<Request<T>, Error> {
    let request = mint.restore::<T>(saved)?;
    Ok(match allowance {
        Some((budget, price)) => request.budget(budget).assume_credits(price),
        None => request,
    })
}

/// The server's estimate of the price of a stored request, if it gives one.
pub(super) async fn estimate(mint: &Mint, saved: &SavedRequest) -> Result<Option<f64>, Error> {
    let estimate = match saved.call.as_str() {
        "generate_model" => mint.restore::<GenerateModel>(saved)?.estimate().await?,
        "optimize_model" => mint.restore::<OptimizeModel>(saved)?.estimate().await?,
        _ => return Ok(None),
    };
    Ok(Some(estimate.credits.estimated_total.max(estimate.credits.required_to_start)))
}
