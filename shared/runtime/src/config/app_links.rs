//! App links: the URLs that the browser may return to. A request chooses one by id and never sends a URL.

use std::str::FromStr;

use url::Url;

use super::{InvalidValue, Pairs};

/// App links by id: `mobile-app=bankapp://click-to-pay,web-bank=https://bank.example/click-to-pay`.
#[derive(Clone, Debug)]
pub struct AppLinks(Vec<(String, Url)>);

impl AppLinks {
    /// All links with their ids.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Url)> {
        self.0.iter().map(|(id, url)| (id.as_str(), url))
    }

    /// The link of this id.
    pub fn get(&self, id: &str) -> Option<&Url> {
        self.0.iter().find(|(other, _)| other == id).map(|(_, url)| url)
    }
}

impl FromStr for AppLinks {
    type Err = InvalidValue;

    fn from_str(raw: &str) -> Result<Self, InvalidValue> {
        let Pairs(pairs) = raw.parse()?;
        let links: Option<_> = pairs.into_iter().map(|(id, url)| Some((id, url.parse().ok()?))).collect();
        links.map(Self).ok_or(InvalidValue("must have absolute URLs"))
    }
}
