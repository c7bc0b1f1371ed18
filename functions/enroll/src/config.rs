//! The bank's own terms: where cardholders may be sent and where they come back.

use std::time::Duration;

use aws_lc_rs::rand;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use mastercard::{redirect::AllowedOrigin, secret::CallbackState, token_requestor::TokenRequestorId};
use runtime::{
    config::{AppLinks, SettingsReader},
    http::Problem,
};
use url::Url;

/// Random bytes in a callback state; 128 bits would do.
const STATE_BYTES: usize = 24;
/// What remains of Mastercard's 256 characters for the address itself, once a state is appended.
const LONGEST_BASE: usize = 200;

/// Settings of this function alone.
pub struct EnrollConfig {
    /// Whom an app means that names nobody.
    pub(crate) default_requestor: TokenRequestorId,
    /// How long receipts are asked to live: 5 to 15 minutes.
    pub(crate) validity_minutes: u8,
    pub(crate) app_links: AppLinks,
    /// How long the app waits; Lambda's own deadline may be sooner.
    pub(crate) timeout: Duration,
    allowed_origins: Vec<(TokenRequestorId, AllowedOrigin)>,
    unsigned: Vec<TokenRequestorId>,
    callback_base_url: Url,
}

impl EnrollConfig {
    /// `DEFAULT_TOKEN_REQUESTOR_ID`, `RECEIPTS_VALIDITY_MINUTES`, `APP_LINKS`, `ALLOWED_REDIRECT_ORIGINS`,
    /// `CALLBACK_BASE_URL`; `UNSIGNED_REDIRECTS`, ids of token requestors, and `ENROLL_TIMEOUT_SECONDS` may be absent.
    pub fn read(read: &mut SettingsReader<'_>) -> Option<Self> {
        let default_requestor = read.required("DEFAULT_TOKEN_REQUESTOR_ID");
        let validity_minutes = validity_minutes(read);
        let app_links = AppLinks::read(read);
        let timeout = timeout(read);
        let allowed_origins = allowed_origins(read);
        let unsigned = unsigned(read);
        let callback_base_url = callback_base_url(read);
        Some(Self {
            default_requestor: default_requestor?,
            validity_minutes: validity_minutes?,
            app_links: app_links?,
            timeout: timeout?,
            allowed_origins: allowed_origins?,
            unsigned: unsigned?,
            callback_base_url: callback_base_url?,
        })
    }

    /// Where this requestor's push methods may lead.
    pub(crate) fn origins(&self, requestor: &TokenRequestorId) -> Vec<AllowedOrigin> {
        let of = |(id, origin): &(TokenRequestorId, AllowedOrigin)| (id == requestor).then(|| origin.clone());
        self.allowed_origins.iter().filter_map(of).collect()
    }

    /// Whether receipts may travel to this requestor without a signature around them.
    pub(crate) fn allows_unsigned(&self, requestor: &TokenRequestorId) -> bool {
        self.unsigned.contains(requestor)
    }

    /// The address for step 25; the state in it is all that the returning browser needs to bring.
    pub fn callback_url(&self, state: &CallbackState) -> String {
        format!("{}/{}", self.callback_base_url.as_str().trim_end_matches('/'), state.expose())
    }

    /// 192 random bits, in letters that need no encoding.
    pub fn new_state(&self) -> Result<CallbackState, Problem> {
        let mut bytes = [0; STATE_BYTES];
        rand::fill(&mut bytes).map_err(|_| Problem::internal("no randomness"))?;
        Ok(CallbackState::new(URL_SAFE_NO_PAD.encode(bytes)))
    }
}

fn timeout(read: &mut SettingsReader<'_>) -> Option<Duration> {
    const NAME: &str = "ENROLL_TIMEOUT_SECONDS";
    let seconds = read.or_default::<u8>(NAME, 10)?;
    if (2..=25).contains(&seconds) {
        return Some(Duration::from_secs(seconds.into()));
    }
    read.problem(NAME, "is 2 to 25");
    None
}

fn validity_minutes(read: &mut SettingsReader<'_>) -> Option<u8> {
    const NAME: &str = "RECEIPTS_VALIDITY_MINUTES";
    let minutes = read.or_default::<u8>(NAME, 15)?;
    if (5..=15).contains(&minutes) {
        return Some(minutes);
    }
    read.problem(NAME, "is 5 to 15");
    None
}

fn allowed_origins(read: &mut SettingsReader<'_>) -> Option<Vec<(TokenRequestorId, AllowedOrigin)>> {
    const NAME: &str = "ALLOWED_REDIRECT_ORIGINS";
    let pairs = read.pairs(NAME)?;
    let parsed: Option<_> =
        pairs.into_iter().map(|(id, origin)| Some((id.parse().ok()?, origin.parse().ok()?))).collect();
    if parsed.is_none() {
        read.problem(NAME, "wants <token requestor id>=<scheme://host[:port]>, comma separated");
    }
    parsed
}

fn unsigned(read: &mut SettingsReader<'_>) -> Option<Vec<TokenRequestorId>> {
    const NAME: &str = "UNSIGNED_REDIRECTS";
    match read.optional::<String>(NAME)? {
        Some(_) => read.list(NAME),
        None => Some(Vec::new()),
    }
}

fn callback_base_url(read: &mut SettingsReader<'_>) -> Option<Url> {
    const NAME: &str = "CALLBACK_BASE_URL";
    let url = read.required::<Url>(NAME)?;
    if url.as_str().len() <= LONGEST_BASE && url.query().is_none() && url.fragment().is_none() {
        return Some(url);
    }
    read.problem(NAME, format!("has at most {LONGEST_BASE} characters, no query and no fragment"));
    None
}

#[cfg(test)]
pub(crate) mod tests;
