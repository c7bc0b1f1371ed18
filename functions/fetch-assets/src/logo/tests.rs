//! The corpus in `testdata/`: the name of a file is its title. `hostile` holds what must not get through, `honest` what
//! must.

mod documents;
mod drawings;
mod pictures;

use super::*;

fn accepted(media_type: &str, data: impl Into<Vec<u8>>) -> Accepted {
    accept(vec![content(media_type, data)])
}

fn content(media_type: &str, data: impl Into<Vec<u8>>) -> MediaContent {
    MediaContent { media_type: media_type.into(), data: Some(data.into()), width: None, height: None }
}

/// The reasons for which forms were refused.
fn reasons(accepted: &Accepted) -> Vec<&str> {
    accepted.refused.iter().map(|form| form.reason.as_str()).collect()
}
