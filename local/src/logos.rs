//! Reads logos from the bucket.

use aws_sdk_s3::{Client, error::DisplayErrorContext};

/// The bucket of logos.
#[derive(Clone)]
pub(crate) struct Logos {
    pub(crate) s3: Client,
    pub(crate) bucket: String,
}

/// A stored logo.
pub(crate) struct Logo {
    pub(crate) content: Vec<u8>,
    pub(crate) media_type: String,
    pub(crate) cache_control: String,
}

/// The bucket could not be read.
#[derive(Debug, thiserror::Error)]
#[error("a logo could not be read: {0}")]
pub struct LogoError(String);

impl Logos {
    /// Reads a logo; `None` if it does not exist. Other objects of the bucket are never returned.
    pub(crate) async fn get(&self, key: &str) -> Result<Option<Logo>, LogoError> {
        if !is_logo(key) {
            return Ok(None);
        }
        let found = match self.s3.get_object().bucket(&self.bucket).key(key).send().await {
            Ok(found) => found,
            Err(error) if error.as_service_error().is_some_and(|error| error.is_no_such_key()) => {
                return Ok(None);
            }
            Err(error) => return Err(LogoError(DisplayErrorContext(error).to_string())),
        };
        let media_type = found.content_type.unwrap_or_else(|| "application/octet-stream".into());
        let cache_control = found.cache_control.unwrap_or_else(|| "no-store".into());
        let content = found.body.collect().await.map_err(|error| LogoError(error.to_string()))?;
        Ok(Some(Logo { content: content.to_vec(), media_type, cache_control }))
    }
}

/// `logos/<64 hexadecimal characters>.<png|svg>`
fn is_logo(key: &str) -> bool {
    let name = key.strip_prefix("logos/").and_then(|file| file.rsplit_once('.'));
    name.is_some_and(|(hash, extension)| {
        let hexadecimal = hash.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        hexadecimal && hash.len() == 64 && ["png", "svg"].contains(&extension)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_logos_can_be_read() {
        let hash = "0123456789abcdef".repeat(4);
        assert!(is_logo(&format!("logos/{hash}.png")) && is_logo(&format!("logos/{hash}.svg")));
        let others = [
            format!("kept/{hash}"),
            format!("logos/../kept/{hash}.png"),
            format!("logos/{hash}"),
            format!("logos/{hash}.html"),
            format!("{hash}.png"),
            "logos/unknown.png".into(),
        ];
        assert!(!others.iter().any(|key| is_logo(key)));
    }
}
