use std::fmt;

use progenitor_client::{ByteStream, Error, ResponseValue};
use reqwest::Response;
use reqwest::header::CONTENT_TYPE;
use serde::de::DeserializeOwned;

/// What came back from an operation whose replies are of several kinds.
///
/// [`ResponseValue::status`] and [`ResponseValue::headers`] say more about it.
#[non_exhaustive]
pub enum Reply<T> {
    /// A reply in JSON.
    Json(T),
    /// A reply in another media type, as it comes.
    Bytes(ByteStream),
    /// A reply without a body.
    Empty,
}

impl<T> Reply<T> {
    /// What a reply in JSON holds; `None` for any other.
    pub fn json(self) -> Option<T> {
        match self {
            Self::Json(value) => Some(value),
            Self::Bytes(_) | Self::Empty => None,
        }
    }

    /// The bytes of a reply in another media type; `None` for any other.
    pub fn bytes(self) -> Option<ByteStream> {
        match self {
            Self::Bytes(bytes) => Some(bytes),
            Self::Json(_) | Self::Empty => None,
        }
    }
}

impl<T: fmt::Debug> fmt::Debug for Reply<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Json(value) => f.debug_tuple("Json").field(value).finish(),
            Self::Bytes(_) => f.write_str("Bytes(..)"),
            Self::Empty => f.write_str("Empty"),
        }
    }
}

impl<T: DeserializeOwned> Reply<T> {
    pub(crate) async fn from_json<E>(response: Response) -> Result<ResponseValue<Self>, Error<E>> {
        let (status, headers) = (response.status(), response.headers().clone());
        let value = ResponseValue::<T>::from_response(response).await?.into_inner();
        Ok(ResponseValue::new(Self::Json(value), status, headers))
    }

    /// A reply of a status that comes as JSON or in another media type. One that does not say is JSON.
    pub(crate) async fn from_json_or_bytes<E>(response: Response) -> Result<ResponseValue<Self>, Error<E>> {
        let media_type = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let is_json = media_type.is_none_or(|media_type| {
            let essence = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
            essence.ends_with("/json") || essence.ends_with("+json")
        });
        if is_json { Self::from_json(response).await } else { Self::from_bytes(response).await }
    }

    pub(crate) async fn from_bytes<E>(response: Response) -> Result<ResponseValue<Self>, Error<E>> {
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = ResponseValue::stream(response).into_inner();
        Ok(ResponseValue::new(Self::Bytes(bytes), status, headers))
    }

    pub(crate) async fn from_nothing<E>(response: Response) -> Result<ResponseValue<Self>, Error<E>> {
        Ok(ResponseValue::new(Self::Empty, response.status(), response.headers().clone()))
    }
}
