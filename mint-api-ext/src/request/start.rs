//! The methods of [`Mint`] that start an operation.

use mint_api::types::{ConversionFormat, OptimizationLevel};

use super::{
    AnimateModel, ConvertModel, GenerateAssetPack, GenerateAudio, GenerateModel, GenerateWorld, OptimizeModel, Request,
    RetryModel,
};
use crate::client::Mint;

impl Mint {
    /// Describes a model to generate: `POST /v1/models:generate`. This method sends nothing.
    ///
    /// # Examples
    ///
    /// ```
    /// use mint_api_ext::types::GenerationPreset;
    /// # use mint_api_ext::simulator::Simulator;
    ///
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let simulator = Simulator::start().await?;
    /// # let mint = simulator.mint()?;
    /// let request = mint.generate_model("a brass lamp").generation_preset(GenerationPreset::Fast).max_credits(500);
    /// println!("if this program ends here, send it again with the key {}", request.idempotency_key());
    /// let handle = request.send().await?;
    /// println!("{}", handle.id());
    /// let outcome = handle.wait().await?;
    /// assert!(outcome.is_success());
    /// # Ok(())
    /// # }
    /// ```
    pub fn generate_model(&self, prompt: impl Into<String>) -> Request<GenerateModel> {
        Request::new(self, GenerateModel::new(&prompt.into()))
    }

    /// Describes a world to generate: `POST /v1/worlds:generate`. This method sends nothing.
    ///
    /// # Examples
    ///
    /// ```
    /// use mint_api_ext::request::Reference;
    /// # use mint_api_ext::simulator::Simulator;
    ///
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let simulator = Simulator::start().await?;
    /// # let mint = simulator.mint()?;
    /// let request = mint
    ///     .generate_world("a lighthouse in a storm")
    ///     .name("Lighthouse")
    ///     .reference(Reference::Image("https://example.com/lighthouse.png".into()));
    /// assert!(request.send_and_wait().await?.is_success());
    /// # Ok(())
    /// # }
    /// ```
    pub fn generate_world(&self, prompt: impl Into<String>) -> Request<GenerateWorld> {
        Request::new(self, GenerateWorld::new(&prompt.into()))
    }

    /// Describes an asset pack to generate, of 2 to 25 models: `POST /v1/asset-packs:generate`. This method sends nothing.
    ///
    /// # Examples
    ///
    /// ```
    /// # use mint_api_ext::simulator::Simulator;
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let simulator = Simulator::start().await?;
    /// # let mint = simulator.mint()?;
    /// let outcome = mint.generate_asset_pack("kitchen tools", 5).style_guide("low poly").send_and_wait().await?;
    /// assert!(outcome.is_success());
    /// # Ok(())
    /// # }
    /// ```
    pub fn generate_asset_pack(&self, prompt: impl Into<String>, item_count: u32) -> Request<GenerateAssetPack> {
        Request::new(self, GenerateAssetPack::new(&prompt.into(), item_count))
    }

    /// Describes audio to generate: `POST /v1/audio:generate`. This method sends nothing.
    ///
    /// # Examples
    ///
    /// ```
    /// # use mint_api_ext::simulator::Simulator;
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let simulator = Simulator::start().await?;
    /// # let mint = simulator.mint()?;
    /// let outcome = mint.generate_audio("a door that creaks").duration_seconds(3.0).send_and_wait().await?;
    /// assert!(outcome.is_success());
    /// # Ok(())
    /// # }
    /// ```
    pub fn generate_audio(&self, prompt: impl Into<String>) -> Request<GenerateAudio> {
        Request::new(self, GenerateAudio::new(&prompt.into()))
    }

    /// Describes the animation of a model, by its id: `POST /v1/models/{modelId}:animate`. This method sends nothing.
    ///
    /// # Examples
    ///
    /// ```
    /// # use mint_api_ext::simulator::Simulator;
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let simulator = Simulator::start().await?;
    /// # let mint = simulator.mint()?;
    /// let model = mint.generate_model("a robot").send_and_wait().await?.into_succeeded()?.operation;
    /// let id = model.resource.and_then(|model| model.id).ok_or("no model")?;
    /// let outcome = mint.animate_model(id, "waves with one arm").height_meters(1.75).send_and_wait().await?;
    /// assert!(outcome.is_success());
    /// # Ok(())
    /// # }
    /// ```
    pub fn animate_model(&self, model: impl Into<String>, motion_prompt: impl Into<String>) -> Request<AnimateModel> {
        Request::new(self, AnimateModel::new(model.into(), &motion_prompt.into()))
    }

    /// Describes the conversion of a model, by its id, to other formats: `POST /v1/models/{modelId}:convert`.
    /// This method sends nothing. The operation has the files in its `conversion`.
    ///
    /// # Examples
    ///
    /// ```
    /// use mint_api_ext::types::ConversionFormat;
    /// # use mint_api_ext::simulator::Simulator;
    ///
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let simulator = Simulator::start().await?;
    /// # let mint = simulator.mint()?;
    /// let model = mint.generate_model("a brass lamp").send_and_wait().await?.into_succeeded()?.operation;
    /// let id = model.resource.and_then(|model| model.id).ok_or("no model")?;
    /// let outcome = mint.convert_model(id, [ConversionFormat::Usdz, ConversionFormat::Obj]).send_and_wait().await?;
    /// assert!(outcome.operation().conversion.is_some());
    /// # Ok(())
    /// # }
    /// ```
    pub fn convert_model(
        &self,
        model: impl Into<String>,
        formats: impl IntoIterator<Item = ConversionFormat>,
    ) -> Request<ConvertModel> {
        Request::new(self, ConvertModel::new(model.into(), formats.into_iter().collect()))
    }

    /// Describes generating a model again, by its id, after its operation failed: `POST /v1/models/{modelId}:retry`.
    /// This method sends nothing. With the outcome of the operation at hand, use
    /// [`FailedOperation::retry`](crate::wait::FailedOperation::retry).
    ///
    /// # Examples
    ///
    /// ```
    /// # use mint_api_ext::simulator::Simulator;
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let simulator = Simulator::start().await?;
    /// # let mint = simulator.mint()?;
    /// # simulator.fail_next("transient_generation_failure", "It did not work out.");
    /// # let failed = mint.generate_model("a brass lamp").send_and_wait().await?;
    /// # let id = failed.into_operation().resource.and_then(|model| model.id).ok_or("no model")?;
    /// assert!(mint.retry_model(id).send_and_wait().await?.is_success());
    /// # Ok(())
    /// # }
    /// ```
    pub fn retry_model(&self, model: impl Into<String>) -> Request<RetryModel> {
        Request::new(self, RetryModel::new(model.into()))
    }

    /// Describes the optimization of a model, by its id, which makes its file smaller:
    /// `POST /v1/models/{modelId}:optimize`. This method sends nothing.
    ///
    /// # Examples
    ///
    /// ```
    /// use mint_api_ext::request::Optimization;
    /// use mint_api_ext::types::OptimizationLevel;
    /// # use mint_api_ext::simulator::Simulator;
    ///
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let simulator = Simulator::start().await?;
    /// # let mint = simulator.mint()?;
    /// let model = mint.generate_model("a brass lamp").send_and_wait().await?.into_succeeded()?.operation;
    /// let id = model.resource.and_then(|model| model.id).ok_or("no model")?;
    /// match mint.optimize_model(id, OptimizationLevel::Moderate).max_credits(50).send().await? {
    ///     Optimization::Started(handle) => println!("{}", handle.wait().await?.operation().status),
    ///     Optimization::AlreadyOptimized(model) => println!("{} is optimized", model.id),
    ///     Optimization::InProgress(model) => println!("{} is being optimized", model.id),
    ///     other => println!("{other:?}"),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn optimize_model(&self, model: impl Into<String>, level: OptimizationLevel) -> Request<OptimizeModel> {
        Request::new(self, OptimizeModel::new(model.into(), level))
    }
}
