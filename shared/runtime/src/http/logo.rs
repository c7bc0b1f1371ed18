//! A logo of a token requestor in a response.

use mastercard::asset::Logo;
use serde::Serialize;
use url::Url;

/// A logo, with the address at which the app loads it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LogoResponse<'a> {
    media_type: &'a str,
    url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    width: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    height: Option<u32>,
}

impl<'a> LogoResponse<'a> {
    /// The logos below `base`, which is `LOGO_BASE_URL`.
    pub fn list(logos: &'a [Logo], base: &Url) -> Vec<Self> {
        let base = base.as_str().trim_end_matches('/');
        let logo = |logo: &'a Logo| Self {
            media_type: &logo.media_type,
            url: format!("{base}/{}", logo.key),
            width: logo.width,
            height: logo.height,
        };
        logos.iter().map(logo).collect()
    }
}
