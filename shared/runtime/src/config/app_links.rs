//! Where a returning cardholder may be sent: links that are named by id, so that no caller ever chooses a URL.

use std::str::FromStr;

use url::Url;

use super::{InvalidValue, Pairs};

/// Links into the app by id: `mobile-app=bankapp://click-to-pay,web-bank=https://bank.example/click-to-pay`.
#[derive(Clone, Debug)]
pub struct AppLinks(Vec<(String, Url)>);

impl AppLinks {
    /// All links with their ids.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Url)> {
        self.0.iter().map(|(id, url)| (id.as_str(), url))
    }

    /// The link of this id.
    pub fn get(&self, id: &str) -> Option<&Url> {
        self.0.iter().find(|(known, _)| known == id).map(|(_, url)| url)
    }
}

impl FromStr for AppLinks {
    type Err = InvalidValue;

    fn from_str(raw: &str) -> Result<Self, InvalidValue> {
        let Pairs(pairs) = raw.parse()?;
        let links: Option<_> = pairs.into_iter().map(|(id, url)| Some((id, url.parse().ok()?))).collect();
        links.map(Self).ok_or(InvalidValue("wants absolute URLs"))
    }
}
