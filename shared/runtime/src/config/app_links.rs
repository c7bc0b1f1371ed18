//! Where a returning cardholder may be sent: links named by id, so that no caller ever chooses a URL.

use url::Url;

use super::SettingsReader;

/// `APP_LINKS`: `mobile-app=bankapp://click-to-pay,web-bank=https://bank.example/click-to-pay`.
#[derive(Clone, Debug)]
pub struct AppLinks(Vec<(String, Url)>);

impl AppLinks {
    /// Reads them; `None` if a problem was noted.
    pub fn read(read: &mut SettingsReader<'_>) -> Option<Self> {
        const NAME: &str = "APP_LINKS";
        let pairs = read.pairs(NAME)?;
        let links: Option<Vec<_>> =
            pairs.into_iter().map(|(id, url)| Some((id, url.parse().ok()?))).collect();
        if links.is_none() {
            read.problem(NAME, "wants absolute URLs");
        }
        links.map(Self)
    }

    /// The link of this id.
    pub fn get(&self, id: &str) -> Option<&Url> {
        self.0.iter().find(|(known, _)| known == id).map(|(_, url)| url)
    }
}
