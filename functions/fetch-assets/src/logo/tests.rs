//! Tests with the files in `testdata/`: `malicious` ones must be rejected or lose their active
//! content, `benign` ones must still look the same.

mod chromium;
mod documents;
mod faithful;
mod png_logos;
mod public_logos;
mod svg_logos;

use super::*;

fn checked(media_type: &str, data: impl Into<Vec<u8>>) -> CheckedAsset {
    check(vec![content(media_type, data)])
}

fn content(media_type: &str, data: impl Into<Vec<u8>>) -> MediaContent {
    MediaContent { media_type: media_type.into(), data: Some(data.into()), width: None, height: None }
}

/// The reasons for which forms were rejected.
fn reasons(checked: &CheckedAsset) -> Vec<&str> {
    checked.refused.iter().map(|form| form.reason.as_str()).collect()
}
