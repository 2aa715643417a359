//! Reads operations, models, worlds, packs, files, the account and prices.

use futures::FutureExt as _;
use futures::future::BoxFuture;
use mint_api::types::{
    AnimationArtifact, ArtifactManifest, AssetPack, EstimatePricingRequest, Me, Model, Operation, PricingEstimate,
    Usage, World,
};
use mint_api::{Client, FromReply};
use reqwest::StatusCode;

use super::AssetType;
use crate::client::{Answer, Mint, Sending, answer};
use crate::error::{Error, id};

/// The target types of animations. An operation calls both `animation`, so reads try both.
pub(crate) const ANIMATION_TARGETS: [&str; 2] = ["model_animation_clip", "model_animation_batch"];

/// Reads. The client retries each under its [`RetryPolicy`](crate::retry::RetryPolicy).
impl Mint {
    /// The current state of an operation: `GET /v1/operations/{operationId}`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument) for an invalid id; nothing is sent then.
    /// [`ErrorKind::Server`](crate::ErrorKind::Server) with the status and the problem document when the server refuses
    /// (401, 403, 404) or fails; [`ErrorKind::Transport`](crate::ErrorKind::Transport) or
    /// [`ErrorKind::Timeout`](crate::ErrorKind::Timeout) when it cannot be reached in time;
    /// [`ErrorKind::Decode`](crate::ErrorKind::Decode) when the reply is not what the API documents.
    ///
    /// # Examples
    ///
    /// ```
    /// # use mint_api_ext::simulator::{Script, Simulator};
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let simulator = Simulator::start().await?;
    /// # let (mint, id) = (simulator.mint()?, simulator.add(Script::model()));
    /// let operation = mint.operation(&id).await?;
    /// println!("{} is {}", operation.id, operation.status);
    /// # assert_eq!(operation.id, id);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn operation(&self, id: impl AsRef<str> + Send) -> Result<Operation, Error> {
        let handle = self.attach(id)?;
        Ok(self.with_retries(|| handle.poll()).await?.value)
    }

    /// A model: `GET /v1/models/{modelId}`.
    ///
    /// # Errors
    ///
    /// As [`operation`](Self::operation).
    ///
    /// # Examples
    ///
    /// ```
    /// # use mint_api_ext::simulator::{Script, Simulator};
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let simulator = Simulator::start().await?;
    /// # let mint = simulator.mint()?;
    /// let operation = mint.generate_model("a brass lamp").send_and_wait().await?.into_operation();
    /// if let Some(id) = operation.resource.and_then(|resource| resource.id) {
    ///     let model = mint.model(&id).await?;
    ///     println!("{:?}: {} files", model.name, mint_api_ext::asset::Assets::from(&model).len());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn model(&self, id: impl AsRef<str> + Send) -> Result<Model, Error> {
        let id = checked("model", id)?;
        Ok(self.with_retries(|| self.poll_model(&id)).await?.value)
    }

    /// A world: `GET /v1/worlds/{worldId}`.
    ///
    /// # Errors
    ///
    /// As [`operation`](Self::operation).
    ///
    /// # Examples
    ///
    /// ```
    /// # use mint_api_ext::simulator::{Script, Simulator};
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let simulator = Simulator::start().await?;
    /// # let mint = simulator.mint()?;
    /// let operation = mint.generate_world("a lighthouse in fog").send_and_wait().await?.into_operation();
    /// if let Some(id) = operation.resource.and_then(|resource| resource.id) {
    ///     let world = mint.world(&id).await?;
    ///     println!("{:?} is {:?}", world.name, world.status);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn world(&self, id: impl AsRef<str> + Send) -> Result<World, Error> {
        let id = checked("world", id)?;
        Ok(self.with_retries(|| self.poll_world(&id)).await?.value)
    }

    /// A generated pack of models, with its items: `GET /v1/asset-packs/{assetPackId}`.
    ///
    /// Each finished item names its model, which [`model`](Self::model) reads.
    /// [`generate_asset_pack`](Self::generate_asset_pack) makes a pack.
    ///
    /// # Errors
    ///
    /// As [`operation`](Self::operation).
    ///
    /// # Examples
    ///
    /// ```
    /// # use mint_api_ext::simulator::{Script, Simulator};
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let simulator = Simulator::start().await?;
    /// # let mint = simulator.mint()?;
    /// let operation = mint.generate_asset_pack("garden tools", 3).send_and_wait().await?.into_operation();
    /// if let Some(id) = operation.resource.and_then(|resource| resource.id) {
    ///     for item in mint.asset_pack(&id).await?.items.unwrap_or_default() {
    ///         println!("{:?} is {:?}", item.display_name, item.status);
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn asset_pack(&self, id: impl AsRef<str> + Send) -> Result<AssetPack, Error> {
        let id = checked("asset pack", id)?;
        self.read(&format!("read asset pack {id}"), &|api| api.get_asset_pack().asset_pack_id(&id).send().boxed()).await
    }

    /// Every file of an asset: `GET /v1/assets/{assetType}/{assetId}/artifact-manifest`.
    ///
    /// [`download`](Self::download) takes the manifest.
    ///
    /// # Errors
    ///
    /// As [`operation`](Self::operation).
    ///
    /// # Examples
    ///
    /// ```
    /// use mint_api_ext::asset::AssetType;
    /// # use mint_api_ext::simulator::{Script, Simulator};
    ///
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let simulator = Simulator::start().await?;
    /// # let mint = simulator.mint()?;
    /// # let operation = mint.generate_model("a brass lamp").send_and_wait().await?.into_operation();
    /// # let id = operation.resource.and_then(|resource| resource.id).unwrap_or_default();
    /// # let directory = tempfile::tempdir()?;
    /// let manifest = mint.artifact_manifest(AssetType::Model, id).await?;
    /// for artifact in &manifest.artifacts {
    ///     println!("{}: {:?}", artifact.id, artifact.role);
    /// }
    /// mint.download(&manifest).to_dir(directory.path()).await?.complete()?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn artifact_manifest(
        &self,
        asset_type: AssetType,
        id: impl AsRef<str> + Send,
    ) -> Result<ArtifactManifest, Error> {
        let (asset_type, id) = (checked("type of asset", asset_type.as_str())?, checked("asset", id)?);
        let what = format!("read the artifact manifest of {asset_type} {id}");
        self.read(&what, &|api| api.get_artifact_manifest().asset_type(&asset_type).asset_id(&id).send().boxed()).await
    }

    /// The files of an animation, without their URLs: `GET /v1/animations/{targetType}/{targetId}/artifacts`.
    ///
    /// Pass the id of the operation's resource. The route needs to know whether it is a clip or a batch of clips, which the
    /// operation does not say. This method asks for a clip first, then for a batch.
    ///
    /// # Errors
    ///
    /// As [`operation`](Self::operation). The server answers 403 if the owner of the model does not allow its download.
    ///
    /// # Examples
    ///
    /// ```
    /// # use mint_api_ext::simulator::{Script, Simulator};
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let simulator = Simulator::start().await?;
    /// # let mint = simulator.mint()?;
    /// # let made = mint.generate_model("a robot").send_and_wait().await?.into_operation();
    /// # let model = made.resource.and_then(|resource| resource.id).unwrap_or_default();
    /// # let operation = mint.animate_model(&model, "waves").send_and_wait().await?.into_operation();
    /// # let animation = operation.resource.and_then(|resource| resource.id).unwrap_or_default();
    /// for artifact in mint.animation_artifacts(&animation).await? {
    ///     let artifact = mint.animation_artifact(&animation, &artifact.id).await?;
    ///     println!("{:?} is at {:?}", artifact.filename, artifact.download_url);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn animation_artifacts(&self, id: impl AsRef<str> + Send) -> Result<Vec<AnimationArtifact>, Error> {
        let id = checked("animation", id)?;
        let what = format!("list the files of animation {id}");
        let list = self
            .read_animation(&what, &|api, target| {
                api.list_animation_artifacts().target_type(target).target_id(&id).send().boxed()
            })
            .await?;
        Ok(list.data)
    }

    /// One file of an animation, with its URL:
    /// `GET /v1/animations/{targetType}/{targetId}/artifacts/{artifactId}`.
    ///
    /// # Errors
    ///
    /// As [`animation_artifacts`](Self::animation_artifacts), which has an example.
    pub async fn animation_artifact(
        &self,
        id: impl AsRef<str> + Send,
        artifact_id: impl AsRef<str> + Send,
    ) -> Result<AnimationArtifact, Error> {
        let id = checked("animation", id)?;
        let artifact = artifact_id.as_ref().to_owned();
        // The id contains other ids: `clip:<id>:animation_glb`.
        artifact.split(':').try_for_each(|part| id::check("file", part))?;
        let what = format!("read file {artifact} of animation {id}");
        self.read_animation(&what, &|api, target| {
            api.get_animation_artifact().target_type(target).target_id(&id).artifact_id(&artifact).send().boxed()
        })
        .await
    }

    /// Every file of an animation: `GET /v1/animations/{targetType}/{targetId}/artifact-manifest`.
    ///
    /// # Errors
    ///
    /// As [`animation_artifacts`](Self::animation_artifacts).
    ///
    /// # Examples
    ///
    /// ```
    /// # use mint_api_ext::simulator::{Script, Simulator};
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let simulator = Simulator::start().await?;
    /// # let mint = simulator.mint()?;
    /// # let made = mint.generate_model("a robot").send_and_wait().await?.into_operation();
    /// # let model = made.resource.and_then(|resource| resource.id).unwrap_or_default();
    /// # let operation = mint.animate_model(&model, "waves").send_and_wait().await?.into_operation();
    /// # let animation = operation.resource.and_then(|resource| resource.id).unwrap_or_default();
    /// let manifest = mint.animation_manifest(&animation).await?;
    /// println!("{} files", manifest.artifacts.len());
    /// # Ok(())
    /// # }
    /// ```
    pub async fn animation_manifest(&self, id: impl AsRef<str> + Send) -> Result<ArtifactManifest, Error> {
        let id = checked("animation", id)?;
        let what = format!("read the artifact manifest of animation {id}");
        self.read_animation(&what, &|api, target| {
            api.get_animation_artifact_manifest().target_type(target).target_id(&id).send().boxed()
        })
        .await
    }

    /// The owner of the API key: `GET /v1/me`.
    ///
    /// # Errors
    ///
    /// As [`operation`](Self::operation).
    ///
    /// # Examples
    ///
    /// ```
    /// # use mint_api_ext::simulator::Simulator;
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let simulator = Simulator::start().await?;
    /// # let mint = simulator.mint()?;
    /// println!("{}", mint.me().await?.owner.user_id);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn me(&self) -> Result<Me, Error> {
        self.read("read the owner of the key", &|api| api.get_me().send().boxed()).await
    }

    /// The credits of the account: `GET /v1/usage`.
    ///
    /// # Errors
    ///
    /// As [`operation`](Self::operation).
    ///
    /// # Examples
    ///
    /// ```
    /// # use mint_api_ext::simulator::Simulator;
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let simulator = Simulator::start().await?;
    /// # let mint = simulator.mint()?;
    /// println!("{} credits", mint.usage().await?.credits.total_available);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn usage(&self) -> Result<Usage, Error> {
        self.read("read the credits of the account", &|api| api.get_usage().send().boxed()).await
    }

    /// The expected price of an operation: `POST /v1/pricing:estimate`. It starts nothing and costs nothing.
    ///
    /// The API gives estimates for the generation and the optimization of a model.
    ///
    /// # Errors
    ///
    /// As [`operation`](Self::operation).
    ///
    /// # Examples
    ///
    /// ```
    /// use mint_api_ext::types::{GenerationPreset, ModelGenerationEstimateRequest};
    /// # use mint_api_ext::simulator::Simulator;
    ///
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let simulator = Simulator::start().await?;
    /// # let mint = simulator.mint()?;
    /// let request = ModelGenerationEstimateRequest {
    ///     operation: "model_generation".parse()?,
    ///     generation_preset: GenerationPreset::Fast,
    ///     generation_mode: None,
    /// };
    /// println!("about {} credits", mint.estimate(request).await?.credits.estimated_total);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn estimate(&self, request: impl Into<EstimatePricingRequest> + Send) -> Result<PricingEstimate, Error> {
        let request = request.into();
        self.read("estimate the price", &|api| api.estimate_pricing().body(request.clone()).send().boxed()).await
    }

    /// One request for a model, for waits.
    pub(crate) fn poll_model<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<Answer<Model>, Error>> {
        async move { answer(format!("read model {id}"), self.api().get_model().model_id(id).send().await) }.boxed()
    }

    /// One request for a world, for waits.
    pub(crate) fn poll_world<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<Answer<World>, Error>> {
        async move { answer(format!("read world {id}"), self.api().get_world().world_id(id).send().await) }.boxed()
    }

    async fn read<'a, T: FromReply + Send>(
        &'a self,
        what: &str,
        send: &(dyn Fn(&'a Client) -> Sending<'a, T> + Send + Sync),
    ) -> Result<T, Error> {
        let read = self.with_retries(|| send(self.api()).map(|reply| answer(what, reply)));
        Ok(read.await?.value)
    }

    /// Reads an animation as a clip. If it is not one, reads it as a batch.
    async fn read_animation<'a, T: FromReply + Send>(
        &'a self,
        what: &str,
        send: &(dyn Fn(&'a Client, &'static str) -> Sending<'a, T> + Send + Sync),
    ) -> Result<T, Error> {
        let [clip, batch] = ANIMATION_TARGETS;
        let first = match self.read(what, &|api| send(api, clip)).await {
            Err(error) if is_of_other_target(&error) => error,
            result => return result,
        };
        match self.read(what, &|api| send(api, batch)).await {
            // The animation is neither, so the 404 says more than the second error.
            Err(second) if is_of_other_target(&second) && first.is_not_found() => Err(first),
            result => result,
        }
    }
}

/// Whether the animation may have the other target type: after a 404, or a 400 or 422 that names `targetType`.
fn is_of_other_target(error: &Error) -> bool {
    let names_target = |text: &str| text.to_ascii_lowercase().contains("targettype");
    match error.status() {
        Some(StatusCode::NOT_FOUND) => true,
        Some(StatusCode::BAD_REQUEST | StatusCode::UNPROCESSABLE_ENTITY) => {
            let detail = error.problem().and_then(|problem| problem.detail.as_deref());
            let paths = error.field_errors().iter().filter_map(|error| error.path.as_deref());
            detail.into_iter().chain(paths).any(names_target)
        }
        _ => false,
    }
}

fn checked(kind: &str, id: impl AsRef<str>) -> Result<String, Error> {
    id::check(kind, id.as_ref())?;
    Ok(id.as_ref().to_owned())
}
