//! The routes of the API.

use std::borrow::Cow;

use axum::http::Method;
use percent_encoding::percent_decode_str;

use super::problem::Problem;

macro_rules! routes {
    ($($name:ident = $id:literal $method:ident $template:literal;)+) => {
        /// A route of the API, named after its `operationId` in the document.
        #[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
        #[non_exhaustive]
        pub enum Route {
            $(#[doc = concat!("`", stringify!($method), " ", $template, "`")] $name,)+
        }

        impl Route {
            /// Every route.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// The `operationId` in the document, such as `generateModel`.
            pub fn operation_id(self) -> &'static str {
                match self { $(Self::$name => $id),+ }
            }

            /// The method, such as `POST`.
            pub fn method(self) -> &'static str {
                match self { $(Self::$name => stringify!($method)),+ }
            }

            /// The path in the document, such as `/v1/models/{modelId}:optimize`.
            pub fn path(self) -> &'static str {
                match self { $(Self::$name => $template),+ }
            }
        }
    };
}

routes! {
    GetOperation = "getOperation" GET "/v1/operations/{operationId}";
    ApproveOperation = "approveOperation" POST "/v1/operations/{operationId}:approve";
    ReviseOperation = "reviseOperation" POST "/v1/operations/{operationId}:revise";
    ResumeOperation = "resumeOperation" POST "/v1/operations/{operationId}:resume";
    GenerateWorld = "generateWorld" POST "/v1/worlds:generate";
    GenerateModel = "generateModel" POST "/v1/models:generate";
    OptimizeModel = "optimizeModel" POST "/v1/models/{modelId}:optimize";
    RetryModel = "retryModel" POST "/v1/models/{modelId}:retry";
    ConvertModel = "convertModel" POST "/v1/models/{modelId}:convert";
    AnimateModel = "animateModel" POST "/v1/models/{modelId}:animate";
    ListModels = "listModels" GET "/v1/models";
    GetModel = "getModel" GET "/v1/models/{modelId}";
    ListWorlds = "listWorlds" GET "/v1/worlds";
    GetWorld = "getWorld" GET "/v1/worlds/{worldId}";
    GetMe = "getMe" GET "/v1/me";
    GetUsage = "getUsage" GET "/v1/usage";
    EstimatePricing = "estimatePricing" POST "/v1/pricing:estimate";
    CreateReferenceImage = "createReferenceImage" POST "/v1/reference-images";
    GetArtifactManifest = "getArtifactManifest" GET "/v1/assets/{assetType}/{assetId}/artifact-manifest";
    GetAsset = "getAsset" GET "/v1/assets/{assetType}/{assetId}";
    GenerateAssetPack = "generateAssetPack" POST "/v1/asset-packs:generate";
    GetAssetPack = "getAssetPack" GET "/v1/asset-packs/{assetPackId}";
    ListAnimationArtifacts = "listAnimationArtifacts" GET "/v1/animations/{targetType}/{targetId}/artifacts";
    GetAnimationArtifact = "getAnimationArtifact"
        GET "/v1/animations/{targetType}/{targetId}/artifacts/{artifactId}";
    GetAnimationArtifactManifest = "getAnimationArtifactManifest"
        GET "/v1/animations/{targetType}/{targetId}/artifact-manifest";
    GetAnimationOptions = "getAnimationOptions" GET "/v1/animation-options";
    GenerateAudio = "generateAudio" POST "/v1/audio:generate";
}

impl Route {
    /// Finds the route of a request, and the values of its path parameters.
    ///
    /// # Errors
    ///
    /// Returns a 404 problem for an unknown path, and a 405 problem for a path with other methods.
    pub(crate) fn find(method: &Method, path: &str) -> Result<(Self, Vec<String>), Problem> {
        let found = Self::ALL.iter().filter_map(|route| Some((*route, parameters(route.path(), path)?)));
        let mut allow = Vec::new();
        for (route, parameters) in found {
            if route.method() == method.as_str() {
                return Ok((route, parameters));
            }
            allow.push(route.method());
        }
        Err(if allow.is_empty() { Problem::not_found() } else { Problem::method_not_allowed(allow) })
    }
}

/// The values in a path for the parameters of a template; `None` if the path does not match.
fn parameters(template: &str, path: &str) -> Option<Vec<String>> {
    let mut found = Vec::new();
    let mut segments = path.split('/');
    for expected in template.split('/') {
        let segment = segments.next()?;
        let Some((_, verb)) = expected.strip_prefix('{').and_then(|rest| rest.split_once('}')) else {
            if segment != expected {
                return None;
            }
            continue;
        };
        let id = segment.strip_suffix(verb)?;
        // Clients escape a colon in an id. An unescaped colon starts a verb.
        if id.is_empty() || id.contains(':') {
            return None;
        }
        found.push(percent_decode_str(id).decode_utf8().map(Cow::into_owned).ok()?);
    }
    segments.next().is_none().then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn routes_are_found_by_method_and_path() {
        for (method, path, expected) in [
            (Method::GET, "/v1/operations/op_1", Some((Route::GetOperation, vec!["op_1"]))),
            (Method::POST, "/v1/operations/op_1:approve", Some((Route::ApproveOperation, vec!["op_1"]))),
            (Method::POST, "/v1/models:generate", Some((Route::GenerateModel, vec![]))),
            (Method::GET, "/v1/assets/model/a%3Ab", Some((Route::GetAsset, vec!["model", "a:b"]))),
            (Method::GET, "/v1/operations/op_1:approve", None),
            (Method::GET, "/v1/operations/", None),
            (Method::GET, "/v1/models/a/b", None),
        ] {
            let found = Route::find(&method, path).ok();
            let expected = expected.map(|(route, ids)| (route, ids.into_iter().map(str::to_owned).collect()));
            assert_eq!(found, expected, "{method} {path}");
        }
    }
}
