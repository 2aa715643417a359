//! The images that a generation works from.

use std::fmt;

use url::Url;

use crate::error::shown;

/// The images that a generation works from besides its prompt, at public https URLs.
#[derive(Clone, Eq, PartialEq)]
#[non_exhaustive]
pub enum Reference {
    /// One image.
    Image(String),
    /// Two to eight views of one object.
    Views(Vec<String>),
    /// An anchor image, and two to eight views that agree with it; for worlds only.
    ///
    /// One client of Mint was seen to send both, with up to six images in all. The API's documentation does not exclude it.
    AnchoredViews {
        /// The anchor image.
        anchor: String,
        /// The views.
        views: Vec<String>,
    },
}

/// The fields `imageUrl` and `sourceImages` of a request.
pub(super) type Fields = (Option<String>, Option<Vec<String>>);

impl Reference {
    /// The fields of a request for a model, which takes no anchor beside its views.
    pub(super) fn into_fields_of_model(self) -> Result<Fields, String> {
        match self {
            Self::AnchoredViews { .. } => {
                Err("a model takes an image or views, not both; give the anchor as one of `Reference::Views`"
                    .to_owned())
            }
            reference => reference.into_fields(),
        }
    }

    pub(super) fn into_fields(self) -> Result<Fields, String> {
        match self {
            Self::AnchoredViews { anchor, views } => {
                Ok((Self::Image(anchor).into_fields()?.0, Self::Views(views).into_fields()?.1))
            }
            Self::Image(url) => Ok((Some(checked("imageUrl", url)?), None)),
            Self::Views(urls) if (2..=8).contains(&urls.len()) => {
                let urls: Result<_, _> = urls.into_iter().map(|url| checked("sourceImages", url)).collect();
                Ok((None, Some(urls?)))
            }
            Self::Views(urls) => Err(format!(
                "`sourceImages` has {}, and may have 2 to 8; give one as `Reference::Image`",
                match urls.len() {
                    1 => "1 view".to_owned(),
                    count => format!("{count} views"),
                }
            )),
        }
    }
}

fn checked(field: &str, url: String) -> Result<String, String> {
    match Url::parse(&url) {
        Ok(_) => Ok(url),
        Err(error) => {
            Err(format!("`{field}` has a text that is not a URL ({error}); give the https URL of a public image"))
        }
    }
}

fn all_shown(urls: &[String]) -> Vec<String> {
    urls.iter().map(|url| shown(url)).collect()
}

/// Omits the queries of the URLs, which may be secrets.
impl fmt::Debug for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Image(url) => f.debug_tuple("Image").field(&shown(url)).finish(),
            Self::Views(urls) => f.debug_tuple("Views").field(&all_shown(urls)).finish(),
            Self::AnchoredViews { anchor, views } => f
                .debug_struct("AnchoredViews")
                .field("anchor", &shown(anchor))
                .field("views", &all_shown(views))
                .finish(),
        }
    }
}
